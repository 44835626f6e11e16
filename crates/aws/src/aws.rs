//! What the answers ask: snapshots of what was read, without waiting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use periscope_model::aws::{
    AccessEntry, AccountIam, EksCluster, InstanceMetadata, Observed, OrganizationPath, PodIdentityAssociation, RoleRead,
};
use periscope_model::{ClusterId, Gap};
use tokio::sync::{Notify, watch};

use crate::keep::{
    AccountKeeper, Attention, ClusterKeeper, IdentityKeeper, Keeper as _, OrganizationKeeper, Spared, keep_current,
};
use crate::reach::Reach;
use crate::{AwsOptions, Capability, EksAccess, EksTarget};

/// What is known of AWS, kept current in the background while somebody looks. Cheap to clone.
#[derive(Clone)]
pub struct Aws(Arc<Inner>);

struct Inner {
    reach: Arc<Reach>,
    targets: BTreeMap<ClusterId, EksTarget>,
    clusters: BTreeMap<ClusterId, Arc<ClusterKeeper>>,
    accounts: BTreeMap<String, Arc<AccountKeeper>>,
    organizations: BTreeMap<String, Arc<OrganizationKeeper>>,
    identity: Arc<IdentityKeeper>,
    pace: Duration,
    tasks: Vec<tokio::task::AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::AbortHandle::abort);
    }
}

/// What EKS and EC2 know of one cluster.
#[derive(Debug, Clone, Default)]
pub struct ClusterAws {
    pub eks: Observed<EksCluster>,
    pub access_entries: Observed<Vec<AccessEntry>>,
    pub associations: Observed<Vec<PodIdentityAssociation>>,
    pub instances: Observed<Vec<InstanceMetadata>>,
}

/// What is read anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// A cluster, its account and that account's place in the organisation.
    Cluster(ClusterId),
    Account(String),
}

/// What came of reading anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// It took longer than it is waited for: what is missing comes later.
    pub late: Option<Duration>,
    /// Something was not read again, as that was asked for too often.
    pub spared: Option<Spared>,
}

impl Aws {
    /// Starts without asking anything: the first read comes when somebody looks.
    pub fn start(options: AwsOptions) -> Self {
        let reach = Arc::new(Reach::new(&options));
        let pace = options.refresh;
        let mut tasks = Vec::new();
        let mut clusters = BTreeMap::new();
        let nodes_read: BTreeMap<String, Arc<Notify>> = reach.accounts().map(|id| (id, Arc::default())).collect();
        let woken = |account: &str| nodes_read.get(account).cloned().unwrap_or_default();
        for target in &options.clusters {
            let account = crate::arn::account(&target.arn).unwrap_or_default();
            let keeper = Arc::new(ClusterKeeper::new(reach.clone(), target.clone(), woken(account)));
            tasks.push(keep_current(keeper.clone(), pace));
            clusters.insert(target.cluster.clone(), keeper);
        }
        let (mut accounts, mut organizations) = (BTreeMap::new(), BTreeMap::new());
        for account in reach.accounts() {
            let of_account = |keeper: &&Arc<ClusterKeeper>| keeper.account() == account;
            let nodes = clusters.values().filter(of_account).cloned().collect();
            let keeper = Arc::new(AccountKeeper::new(reach.clone(), account.clone(), nodes, woken(&account)));
            tasks.push(keep_current(keeper.clone(), pace));
            accounts.insert(account.clone(), keeper);
            let keeper = Arc::new(OrganizationKeeper::new(reach.clone(), account.clone()));
            tasks.push(keep_current(keeper.clone(), pace));
            organizations.insert(account, keeper);
        }
        let identity = Arc::new(IdentityKeeper::new(reach.clone()));
        tasks.push(keep_current(identity.clone(), pace));
        let targets = options.clusters.into_iter().map(|target| (target.cluster.clone(), target)).collect();
        Self(Arc::new(Inner { reach, targets, clusters, accounts, organizations, identity, pace, tasks }))
    }

    /// How old what is kept gets while somebody looks.
    pub fn pace(&self) -> Duration {
        self.0.pace
    }

    /// What is known of a cluster; `None` when it is no EKS cluster. Looking keeps it current.
    pub fn cluster(&self, cluster: &ClusterId) -> Option<ClusterAws> {
        let keeper = self.0.clusters.get(cluster)?;
        keeper.attention().look();
        self.0.identity.attention().look();
        Some(keeper.seen())
    }

    /// What AWS knows the cluster as.
    pub fn target(&self, cluster: &ClusterId) -> Option<&EksTarget> {
        self.0.targets.get(cluster)
    }

    /// Every account that is configured or has a cluster.
    pub fn accounts(&self) -> Vec<String> {
        self.0.accounts.keys().cloned().collect()
    }

    /// What an account's IAM holds; `None` when nothing tells how to reach the account.
    pub fn account(&self, account: &str) -> Option<Observed<AccountIam>> {
        let keeper = self.0.accounts.get(account)?;
        keeper.attention().look();
        Some(keeper.seen())
    }

    /// A role by its ARN, in whichever account.
    pub fn role(&self, arn: &str) -> RoleRead {
        let account = crate::arn::account(arn).unwrap_or_default();
        let Some(seen) = self.account(account) else {
            return RoleRead::Unread(unread_account(arn, account));
        };
        match (&seen.value, seen.gaps.first()) {
            (Some(iam), _) => iam.role(arn),
            (None, Some(gap)) => RoleRead::Unread(gap.clone()),
            (None, None) => RoleRead::Unread(Gap::new("NOT_READ", format!("the role {arn} is not read yet"))),
        }
    }

    /// Where an account stands in its organisation. One that is in none has an empty id and no levels.
    pub fn organization(&self, account: &str) -> Observed<OrganizationPath> {
        let Some(keeper) = self.0.organizations.get(account) else {
            let what = format!("the organisation's policies for account {account} are not read: it is not configured");
            return Observed::missing(configure(Gap::new("ACCOUNT_NOT_CONFIGURED", what), account));
        };
        keeper.attention().look();
        keeper.seen()
    }

    /// Roles that are needed: where an account's roles may not be read at once, only these are.
    pub fn want_roles<'a>(&self, arns: impl IntoIterator<Item = &'a str>) {
        for arn in arns {
            let keeper = crate::arn::account(arn).and_then(|account| self.0.accounts.get(account));
            if let Some(keeper) = keeper {
                keeper.want(arn);
            }
        }
    }

    /// Reads anew, and waits until that is done or has taken too long; what is there then is there.
    pub async fn refresh(&self, scope: Scope) -> Refreshed {
        let inner = &self.0;
        let account_of = |cluster: &ClusterId| inner.clusters.get(cluster).map(|keeper| keeper.account().to_owned());
        let wanted = match &scope {
            Scope::Everything => None,
            Scope::Cluster(cluster) => Some(account_of(cluster).unwrap_or_default()),
            Scope::Account(account) => Some(account.clone()),
        };
        let in_scope = |account: &str| wanted.as_deref().is_none_or(|wanted| wanted == account);
        let clusters = inner.clusters.iter().filter(|(id, keeper)| match &scope {
            Scope::Cluster(cluster) => *id == cluster,
            _ => in_scope(keeper.account()),
        });
        let accounts = inner.accounts.iter().filter(|(account, _)| in_scope(account));
        let organizations = inner.organizations.iter().filter(|(account, _)| in_scope(account));
        let rounds: Vec<&Attention> = clusters
            .map(|(_, keeper)| keeper.attention())
            .chain(accounts.map(|(_, keeper)| keeper.attention()))
            .chain(organizations.map(|(_, keeper)| keeper.attention()))
            .collect();
        let rounds = futures::future::join_all(rounds.into_iter().map(Attention::round));
        // Who we are is asked for all clusters at once: that somebody else had it asked is nobody's concern.
        let rounds = async { futures::join!(rounds, inner.identity.attention().round()).0 };
        let patience = inner.reach.limits.refresh;
        let Ok(rounds) = tokio::time::timeout(patience, rounds).await else {
            return Refreshed { late: Some(patience), spared: None };
        };
        let spared = rounds.into_iter().filter_map(Result::err).max_by_key(|spared| spared.again);
        Refreshed { late: None, spared }
    }

    /// Counts up whenever something that was read is another than before.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.reach.changed.subscribe()
    }

    /// What Periscope may do for a cluster, permission by permission: each as whoever asks for that.
    pub fn capabilities(&self, cluster: &ClusterId) -> Vec<Capability> {
        self.0.targets.get(cluster).map_or_else(Vec::new, |target| self.0.reach.capabilities(target))
    }

    /// The ARN that AWS knows this process by.
    pub fn server_identity(&self) -> Observed<String> {
        self.0.identity.attention().look();
        self.0.identity.seen()
    }

    /// How the API server of an EKS cluster is reached.
    pub fn eks_access(&self, cluster: &ClusterId) -> Option<EksAccess> {
        let target = self.0.targets.get(cluster)?;
        Some(EksAccess::new(self.0.reach.clone(), target.clone()))
    }
}

pub(crate) fn unread_account(arn: &str, account: &str) -> Gap {
    let what = format!("the role {arn} is in account {account}, which is not read");
    configure(Gap::new("ROLE_IN_UNREAD_ACCOUNT", what), account)
}

pub(crate) fn configure(gap: Gap, account: &str) -> Gap {
    let fix = format!("add {{id: \"{account}\", assumeRole: ARN}} to aws.accounts, with a role of that account");
    Gap { fix: Some(fix), docs: Some("docs/aws.md".to_owned()), ..gap }
}
