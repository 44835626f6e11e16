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
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use crate::arn;
use crate::aws::configure;
use crate::client::{Access, Buckets, Call, Client};
use crate::credentials::{CredentialSource, Keys, Origin, Provider};
use crate::error::Error;
use crate::http::Http;
use crate::learnt::Learnt;
use crate::operations::{Operation, Service};
use crate::{AwsOptions, Capability, EksTarget, Endpoints, Limits, Partition, RoleToAssume};

/// What every call needs.
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) endpoints: Endpoints,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) skew: Skew,
    pub(crate) learnt: Learnt,
    pub(crate) buckets: Buckets,
    random: Mutex<SmallRng>,
}

/// AWS takes signatures that are five minutes off.
const SKEWED: SignedDuration = SignedDuration::from_mins(1);

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
        let ahead = SignedDuration::from_millis(self.skew.0.load(Ordering::Relaxed));
        self.clock.now().saturating_add(ahead).unwrap_or_else(|_| self.clock.now())
    }

    /// Whether what is taken for AWS's time is so far from this that signatures cannot hold.
    pub(crate) fn is_skewed(&self, theirs: Timestamp) -> bool {
        theirs.duration_since(self.now()).abs() >= SKEWED
    }

    /// From nothing up to this long.
    pub(crate) fn jittered(&self, longest: Duration) -> Duration {
        longest.mul_f64(self.random.lock().random_range(0.0..=1.0))
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
    caller: Mutex<Option<Caller>>,
    /// Held by whoever asks who we are; with what failed last.
    asking: tokio::sync::Mutex<Option<(Instant, Error)>>,
    open: Mutex<BTreeMap<Way, Arc<Access>>>,
    /// Accounts whose roles are read at once at the same time: pages of them are large.
    pub(crate) large: Semaphore,
}

const LARGE_READS: usize = 4;
/// Not everybody who waits asks again at once for what failed.
const REST: Duration = Duration::from_secs(5);

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

/// As whom AWS is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// The process's own identity.
    Own,
    Role(RoleToAssume),
    /// On loopback: as this account.
    Placeholder(String),
}

impl Reach {
    pub(crate) fn new(options: &AwsOptions) -> Self {
        let AwsOptions { clusters, accounts, organization, endpoints, credentials, limits, .. } = options;
        let first = clusters.first().map(|target| target.region.clone());
        let region = options.region.clone().or(first).unwrap_or_else(|| Partition::Aws.home().to_owned());
        let partition = Partition::of_region(&region);
        let one = |origin| Base::One(Arc::new(Access::new(Provider::new(origin), partition, Way::Own)));
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
            buckets: Buckets::new(limits),
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
            caller: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            open: Mutex::default(),
            large: Semaphore::new(LARGE_READS),
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
        let access = self.access(self.way_to_cluster(target), account).await?;
        Ok(self.client(access, &target.region))
    }

    /// As whom an account's IAM is read.
    pub(crate) async fn of_account(&self, account: &str) -> Result<Client, Gap> {
        let access = self.access(self.way_to_account(account), account).await?;
        Ok(self.client(access, &self.region_of(account)))
    }

    /// As whom the organisation of an account is read.
    pub(crate) async fn of_organization(&self, account: &str) -> Result<Client, Gap> {
        let asked = self.organization.asked(account).to_owned();
        let access = self.access(self.way_to_organization(account), &asked).await?;
        Ok(self.client(access, &self.region))
    }

    fn way_to_cluster(&self, target: &EksTarget) -> Way {
        match &target.assume_role {
            Some(role) => Way::Role(role.clone()),
            None => self.way_to_account(arn::account(&target.arn).unwrap_or_default()),
        }
    }

    fn way_to_account(&self, account: &str) -> Way {
        match (self.roles.get(account), &self.base) {
            (Some(Some(role)), _) => Way::Role(role.clone()),
            (_, Base::One(_)) => Way::Own,
            (_, Base::PerAccount) => Way::Placeholder(account.to_owned()),
        }
    }

    fn way_to_organization(&self, account: &str) -> Way {
        match &self.organization.role {
            Some(role) => Way::Role(role.clone()),
            None => self.way_to_account(self.organization.asked(account)),
        }
    }

    fn client(&self, access: Arc<Access>, region: &str) -> Client {
        Client { shared: self.shared.clone(), access, region: region.to_owned() }
    }

    /// An account, asked this way.
    async fn access(&self, way: Way, account: &str) -> Result<Arc<Access>, Gap> {
        let Base::One(base) = &self.base else { return Ok(self.opened(way, account)) };
        if way != Way::Own {
            return Ok(self.opened(way, account));
        }
        let caller = self.caller().await.map_err(|error| error.gap(&format!("account {account} is not read")))?;
        if caller.account == account {
            return Ok(base.clone());
        }
        let what = format!("account {account} is not read: Periscope is {}, which is of another account", caller.arn);
        Err(configure(Gap::new("ACCOUNT_NOT_CONFIGURED", what), account))
    }

    fn opened(&self, way: Way, account: &str) -> Arc<Access> {
        if let Some(open) = self.open.lock().get(&way) {
            return open.clone();
        }
        let origin = match (&way, &self.base) {
            (Way::Own, Base::One(base)) => return base.clone(),
            (Way::Role(role), Base::One(base)) => self.assumed(role, base.clone(), account),
            (Way::Role(role), Base::PerAccount) => {
                self.assumed(role, self.opened(Way::Placeholder(account.to_owned()), account), account)
            }
            (Way::Own | Way::Placeholder(_), _) => Origin::Fixed(Keys::placeholder(account)),
        };
        let access = Access::new(Provider::new(origin), Partition::of_region(&self.region_of(account)), way.clone());
        *access.account.lock() = Some(account.to_owned());
        self.open.lock().entry(way).or_insert_with(|| Arc::new(access)).clone()
    }

    /// Roles are assumed where the process is: a region that the other account opted in to may not be open to ours.
    fn assumed(&self, role: &RoleToAssume, base: Arc<Access>, account: &str) -> Origin {
        let theirs = self.region_of(account);
        let is_one_partition = Partition::of_region(&theirs) == Partition::of_region(&self.region);
        let region = if is_one_partition { self.region.clone() } else { theirs };
        Origin::Assumed { base, role: role.clone(), region }
    }

    /// A region of an account.
    fn region_of(&self, account: &str) -> String {
        self.target_in(account).map_or_else(|| self.region.clone(), |target| target.region.clone())
    }

    /// Who the process is; asked until it is known.
    async fn caller(&self) -> Result<Caller, Error> {
        if let Some(caller) = self.known_caller() {
            return Ok(caller);
        }
        let mut failed = self.asking.lock().await;
        match (self.known_caller(), &*failed) {
            (Some(caller), _) => Ok(caller),
            (None, Some((at, error))) if at.elapsed() < REST => Err(error.clone()),
            (None, _) => self.ask_who(&mut failed).await,
        }
    }

    /// The same, asked again. What was known stays known where that fails.
    pub(crate) async fn caller_anew(&self) -> Result<Caller, Error> {
        self.ask_who(&mut *self.asking.lock().await).await
    }

    fn known_caller(&self) -> Option<Caller> {
        self.caller.lock().clone()
    }

    async fn ask_who(&self, failed: &mut Option<(Instant, Error)>) -> Result<Caller, Error> {
        let access = match &self.base {
            Base::One(base) => base.clone(),
            Base::PerAccount => {
                let first = self.roles.keys().next().map_or("000000000000", String::as_str);
                self.opened(Way::Placeholder(first.to_owned()), first)
            }
        };
        let asked = caller(&self.client(access, &self.region)).await;
        *failed = asked.as_ref().err().map(|error| (Instant::now(), error.clone()));
        let caller = asked?;
        if let Base::One(base) = &self.base {
            *base.account.lock() = Some(caller.account.clone());
        }
        *self.caller.lock() = Some(caller.clone());
        Ok(caller)
    }

    /// What is known of the permissions that one cluster needs.
    pub(crate) fn capabilities(&self, target: &EksTarget) -> Vec<Capability> {
        let account = arn::account(&target.arn).unwrap_or_default();
        self.shared.learnt.capabilities(target, |service| match service {
            Service::Eks | Service::Ec2 => self.way_to_cluster(target),
            Service::Iam | Service::Sts => self.way_to_account(account),
            Service::Organizations => self.way_to_organization(account),
        })
    }

    /// A cluster of an account.
    pub(crate) fn target_in(&self, account: &str) -> Option<&EksTarget> {
        self.targets.iter().find(|target| arn::account(&target.arn) == Some(account))
    }
}

impl Organization {
    /// The account that is asked about this one: it may be asked about itself, at least which organisation it is in.
    fn asked<'a>(&'a self, account: &'a str) -> &'a str {
        let of_role = self.role.as_ref().and_then(|role| arn::account(&role.role_arn));
        self.account.as_deref().or(of_role).unwrap_or(account)
    }
}

/// Who AWS takes the asker for.
pub(crate) async fn caller(client: &Client) -> Result<Caller, Error> {
    let call = Call::new(Operation::GetCallerIdentity, "*");
    let root = client.xml(&call).await?;
    let part = |name: &str| root.find(name).map(|found| found.text.trim().to_owned()).filter(|text| !text.is_empty());
    match (part("Arn"), part("Account")) {
        (Some(arn), Some(account)) => Ok(Caller { arn, account }),
        _ => Err(Error::Unreadable { what: call.what(), reason: "it names nobody".to_owned() }),
    }
}
