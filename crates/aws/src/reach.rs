//! Who asks for which account, and what all askers share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::{Clock, Gap};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;

use crate::arn;
use crate::aws::configure;
use crate::client::{Access, Call, Client};
use crate::credentials::{CredentialSource, Keys, Origin, Provider};
use crate::error::Error;
use crate::http::Http;
use crate::learnt::Learnt;
use crate::operations::Operation;
use crate::{AwsOptions, Capability, EksTarget, Endpoints, Limits, Partition, RoleToAssume};

/// What every call needs.
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) endpoints: Endpoints,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) skew: Skew,
    pub(crate) learnt: Learnt,
    random: Mutex<SmallRng>,
}

/// How far AWS's clock is ahead of ours, in milliseconds.
#[derive(Debug, Default)]
pub(crate) struct Skew(AtomicI64);

impl Skew {
    pub(crate) fn set(&self, theirs: Timestamp, ours: Timestamp) {
        let ahead = theirs.as_millisecond() - ours.as_millisecond();
        tracing::warn!(
            seconds = ahead / 1000,
            "this machine's clock differs from AWS's, signatures are corrected by that"
        );
        self.0.store(ahead, Ordering::Relaxed);
    }
}

impl Shared {
    /// The time as AWS has it.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now() + SignedDuration::from_millis(self.skew.0.load(Ordering::Relaxed))
    }

    /// From nothing up to this long.
    pub(crate) fn jittered(&self, longest: Duration) -> Duration {
        longest.mul_f64(self.random.lock().random_range(0.0..=1.0))
    }

    /// What a call taught about permissions.
    pub(crate) fn learn<T>(&self, access: &Access, operation: Operation, sent: &Result<T, Error>) {
        let Some(account) = access.account.lock().clone() else { return };
        match sent {
            Ok(_) | Err(Error::NotFound { .. }) => self.learnt.allowed(&account, operation, self.clock.now()),
            Err(Error::Denied { permission, .. }) => {
                self.learnt.denied(&account, operation, permission, self.clock.now());
            }
            Err(_) => {}
        }
    }
}

/// The ways to every configured account.
pub(crate) struct Reach {
    pub(crate) shared: Arc<Shared>,
    pub(crate) limits: Limits,
    pub(crate) changed: watch::Sender<u64>,
    base: Base,
    /// Where the process itself asks.
    region: String,
    targets: Vec<EksTarget>,
    /// The role to assume for each account; `None`: the process's own.
    roles: BTreeMap<String, Option<RoleToAssume>>,
    organization: Organization,
    caller: tokio::sync::Mutex<Option<Caller>>,
    open: Mutex<BTreeMap<Way, Arc<Access>>>,
}

enum Base {
    One(Arc<Access>),
    /// On loopback: whoever is asked about an account is asked as that account.
    PerAccount,
}

#[derive(Default)]
struct Organization {
    role: Option<RoleToAssume>,
    account: Option<String>,
}

/// Who the process is, by AWS's word.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) arn: String,
    pub(crate) account: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Role(RoleToAssume),
    Placeholder(String),
}

impl Reach {
    pub(crate) fn new(options: &AwsOptions) -> Self {
        let AwsOptions { clusters, accounts, organization, endpoints, credentials, limits, .. } = options;
        let first = clusters.first().map(|target| target.region.clone());
        let region = options.region.clone().or(first).unwrap_or_else(|| Partition::Aws.home().to_owned());
        let partition = Partition::of_region(&region);
        let one = |origin| {
            Base::One(Arc::new(Access::new(Arc::new(Provider::new(origin)), partition, limits.rate, limits.burst)))
        };
        let base = match credentials.clone() {
            CredentialSource::PodIdentity { uri, token_file } => one(Origin::PodIdentity { uri, token_file }),
            CredentialSource::WebIdentity { role_arn, token_file, session } => {
                one(Origin::WebIdentity { role_arn, token_file, session, region: region.clone() })
            }
            CredentialSource::Placeholder(keys) => one(Origin::Fixed(keys)),
            CredentialSource::PlaceholderPerAccount => Base::PerAccount,
        };
        let mut roles: BTreeMap<String, Option<RoleToAssume>> = BTreeMap::new();
        for target in clusters {
            let role = roles.entry(arn::account(&target.arn).unwrap_or_default().to_owned()).or_default();
            *role = role.take().or_else(|| target.assume_role.clone());
        }
        for account in accounts {
            let role = roles.entry(account.id.clone()).or_default();
            *role = account.assume_role.clone().or_else(|| role.take());
        }
        let organization = organization.clone().unwrap_or_default();
        let shared = Arc::new(Shared {
            http: Http::default(),
            endpoints: endpoints.clone(),
            limits: limits.clone(),
            clock: options.clock.clone(),
            skew: Skew::default(),
            learnt: Learnt::default(),
            random: Mutex::new(SmallRng::seed_from_u64(options.seed)),
        });
        Self {
            shared,
            limits: limits.clone(),
            changed: watch::Sender::new(0),
            base,
            region,
            targets: clusters.clone(),
            roles,
            organization: Organization { role: organization.assume_role, account: organization.account },
            caller: tokio::sync::Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// The accounts whose roles are read.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = String> {
        self.roles.keys().cloned()
    }

    pub(crate) fn note_change(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// As whom an EKS cluster is asked about, in its region.
    pub(crate) async fn of_cluster(&self, target: &EksTarget) -> Result<Client, Gap> {
        let account = arn::account(&target.arn).unwrap_or_default();
        let access = match &target.assume_role {
            Some(role) => self.assumed(role, account),
            None => self.access(account).await?,
        };
        Ok(self.client(access, &target.region))
    }

    /// As whom an account's IAM is read.
    pub(crate) async fn of_account(&self, account: &str) -> Result<Client, Gap> {
        let access = self.access(account).await?;
        let target = self.targets.iter().find(|target| arn::account(&target.arn) == Some(account));
        let region = target.map_or(&self.region, |target| &target.region);
        Ok(self.client(access, region))
    }

    /// As whom the organisation of an account is read.
    pub(crate) async fn of_organization(&self, account: &str) -> Result<Client, Gap> {
        let access = match &self.organization {
            Organization { role: Some(role), account } => {
                let of_role = account.clone().or_else(|| arn::account(&role.role_arn).map(str::to_owned));
                self.assumed(role, &of_role.unwrap_or_default())
            }
            Organization { role: None, account: Some(asked) } => self.access(asked).await?,
            // An account may be asked about itself, at least which organisation it is in.
            Organization { role: None, account: None } => self.access(account).await?,
        };
        Ok(self.client(access, &self.region))
    }

    fn client(&self, access: Arc<Access>, region: &str) -> Client {
        Client { shared: self.shared.clone(), access, region: region.to_owned() }
    }

    async fn access(&self, account: &str) -> Result<Arc<Access>, Gap> {
        if let Some(Some(role)) = self.roles.get(account) {
            return Ok(self.assumed(role, account));
        }
        let Base::One(base) = &self.base else { return Ok(self.placeholder(account)) };
        let caller = self.caller().await.map_err(|error| error.gap(&format!("account {account} is not read")))?;
        if caller.account == account {
            return Ok(base.clone());
        }
        let what = format!("account {account} is not read: Periscope is {}, which is of another account", caller.arn);
        Err(configure(Gap::new("ACCOUNT_NOT_CONFIGURED", what), account))
    }

    fn assumed(&self, role: &RoleToAssume, account: &str) -> Arc<Access> {
        let base = match &self.base {
            Base::One(base) => base.clone(),
            Base::PerAccount => self.placeholder(account),
        };
        let origin = Origin::Assumed { base, role: role.clone(), region: self.region_for(account) };
        self.opened(Way::Role(role.clone()), account, origin)
    }

    fn placeholder(&self, account: &str) -> Arc<Access> {
        self.opened(Way::Placeholder(account.to_owned()), account, Origin::Fixed(Keys::placeholder(account)))
    }

    /// The region where a role of this account is assumed.
    fn region_for(&self, account: &str) -> String {
        let target = self.targets.iter().find(|target| arn::account(&target.arn) == Some(account));
        target.map_or_else(|| self.region.clone(), |target| target.region.clone())
    }

    fn opened(&self, way: Way, account: &str, origin: Origin) -> Arc<Access> {
        let mut open = self.open.lock();
        let partition = Partition::of_region(&self.region_for(account));
        let made = || {
            let access = Access::new(Arc::new(Provider::new(origin)), partition, self.limits.rate, self.limits.burst);
            *access.account.lock() = Some(account.to_owned());
            Arc::new(access)
        };
        open.entry(way).or_insert_with(made).clone()
    }

    /// Who the process is; asked once, until it is forgotten.
    pub(crate) async fn caller(&self) -> Result<Caller, Error> {
        let mut known = self.caller.lock().await;
        if let Some(caller) = &*known {
            return Ok(caller.clone());
        }
        let client = match &self.base {
            Base::One(base) => self.client(base.clone(), &self.region),
            Base::PerAccount => {
                let first = self.roles.keys().next().map_or("000000000000", String::as_str);
                self.client(self.placeholder(first), &self.region)
            }
        };
        let caller = caller(&client).await?;
        if let Base::One(base) = &self.base {
            *base.account.lock() = Some(caller.account.clone());
        }
        *known = Some(caller.clone());
        Ok(caller)
    }

    /// A refresh asks anew who we are.
    pub(crate) fn forget_caller(&self) {
        if let Ok(mut known) = self.caller.try_lock() {
            *known = None;
        }
    }

    /// What is known of the permissions in one account.
    pub(crate) fn capabilities(&self, account: &str) -> Vec<Capability> {
        let targets: Vec<&EksTarget> =
            self.targets.iter().filter(|target| arn::account(&target.arn) == Some(account)).collect();
        self.shared.learnt.capabilities(account, &targets)
    }

    /// The clusters of one account.
    pub(crate) fn targets_of(&self, account: &str) -> Vec<EksTarget> {
        self.targets.iter().filter(|target| arn::account(&target.arn) == Some(account)).cloned().collect()
    }
}

/// Who AWS takes the asker for.
pub(crate) async fn caller(client: &Client) -> Result<Caller, Error> {
    let call = Call::new(Operation::GetCallerIdentity, "*");
    let root = client.xml(call.clone()).await?;
    let part = |name: &str| root.find(name).map(|found| found.text.trim().to_owned()).filter(|text| !text.is_empty());
    match (part("Arn"), part("Account")) {
        (Some(arn), Some(account)) => Ok(Caller { arn, account }),
        _ => Err(Error::Unreadable { what: call.what(), reason: "it names nobody".to_owned() }),
    }
}
