//! The AWS half of the world: an organisation with four accounts, in two of which the EKS clusters stand, spoken to over
//! AWS's own protocols at one loopback address. The service is told by the signature's scope, the account by its key.

pub(crate) mod access;
mod authority;
mod bearer;
mod documents;
mod ec2;
mod eks;
mod eks_auth;
mod estate;
mod http;
mod iam;
pub(crate) mod inject;
mod keys;
mod organizations;
mod registry;
mod role;
mod sts;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use parking_lot::RwLock;
use periscope_model::Clock;
use rand::rand_core::OsError;

pub(crate) use bearer::user as bearer_user;
pub(crate) use documents::access::aws_auth;
pub(crate) use documents::apps::has_role;
pub(crate) use documents::examples::NAMESPACE as EXAMPLES;
pub(crate) use estate::EksCluster;
pub(crate) use http::{Service, serve};

use crate::content::image::hex;
use crate::tokens::{Claims, Issuer};
use documents::{apps, console, examples, platform};
use estate::{ACCOUNTS, Account, CLUSTERS, DATA};
use keys::Keys;
use registry::Registry;
use role::{Role, Source};

/// How a client reaches the world's AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldAws {
    /// `http://127.0.0.1:PORT`, for every service and region.
    pub endpoint: String,
    /// That of `prod-eu` first.
    pub accounts: Vec<WorldAccount>,
    /// Who may, or may not, enter the clusters: `production/sre-oncall` names keys of that account's role `sre-oncall`.
    pub people: Vec<WorldAccount>,
    /// ARN of the role the console runs as, in the first account; it may become `reader_role` of the others.
    pub server_role: String,
    /// What a web identity token file would hold for the console's service account: `AssumeRoleWithWebIdentity` takes it.
    pub web_identity_token: String,
}

/// One account, and keys that are a session of the console's role in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldAccount {
    pub id: String,
    /// `production`
    pub name: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
    /// ARN of the role these keys are a session of.
    pub role: String,
}

impl WorldAws {
    /// For a shell to source: the first account at once, the others and the people in them by `periscope_aws NAME`.
    pub fn shell_exports(&self) -> String {
        let mut text = format!("export AWS_ENDPOINT_URL={}\nunset AWS_SESSION_TOKEN AWS_PROFILE\n", self.endpoint);
        text.push_str("# takes another account's keys, or those of somebody in it: periscope_aws NAME\nperiscope_aws() {\n  case $1 in\n");
        for account in self.accounts.iter().chain(&self.people) {
            let _ = writeln!(
                text,
                "    {}) export AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={} AWS_REGION={region} AWS_DEFAULT_REGION={region} ;;",
                account.name,
                account.access_key_id,
                account.secret_access_key,
                region = account.region
            );
        }
        let all = self.accounts.iter().chain(&self.people);
        let names: Vec<&str> = all.map(|account| account.name.as_str()).collect();
        let _ = writeln!(text, "    *) echo 'one of: {}' >&2; return 1 ;;\n  esac\n}}", names.join(", "));
        text.push_str("# AssumeRoleWithWebIdentity takes this for the first account's role\n");
        let _ = writeln!(text, "export PERISCOPE_WEB_IDENTITY_TOKEN={}", self.web_identity_token);
        let _ = writeln!(text, "periscope_aws {}", names.first().copied().unwrap_or_default());
        text
    }
}

/// What is to go wrong. Nothing at the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsFaults {
    /// Actions refused to everybody: `iam:GetPolicyVersion`, `organizations:*`; `444455556666/iam:*` in one account only.
    pub deny: Vec<String>,
    /// Every so many-th request is told that there were too many.
    pub throttle_every: Option<u64>,
    /// Answers come late by this.
    pub delay: Option<std::time::Duration>,
    /// What looks at times believes it to be so many seconds later: tokens expire, signatures are too old.
    pub clock_skew: i64,
    /// No answer at all: connections are closed.
    pub unreachable: bool,
}

/// Everything the accounts hold. What runs in the clusters is not here.
pub(crate) struct Aws {
    pub(crate) clock: Arc<dyn Clock>,
    /// When the world began, epoch seconds.
    pub(crate) started: i64,
    pub(crate) keys: Keys,
    pub(crate) faults: RwLock<AwsFaults>,
    registries: Vec<Registry>,
    roles: RwLock<HashMap<&'static str, BTreeMap<String, Source>>>,
    /// Requests so far.
    requests: AtomicU64,
    /// `127.0.0.1:PORT`
    address: OnceLock<String>,
    /// What the console's service account in `prod-eu` would find in its token file.
    web_identity_token: OnceLock<String>,
}

impl Aws {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Result<Self, OsError> {
        let started = clock.now().as_second();
        Ok(Self {
            keys: Keys::generate()?,
            registries: CLUSTERS.iter().map(|cluster| Registry::new(cluster, started)).collect(),
            roles: RwLock::new(ACCOUNTS.into_iter().map(|account| (account.id, roles_of(account))).collect()),
            faults: RwLock::default(),
            requests: AtomicU64::new(0),
            address: OnceLock::new(),
            web_identity_token: OnceLock::new(),
            clock,
            started,
        })
    }

    /// Epoch seconds, as AWS's own clock has it.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_second() + self.faults.read().clock_skew
    }

    pub(crate) fn listens_at(&self, address: String) {
        // it is told once, by who starts the world
        let _ = self.address.set(address);
    }

    /// The console's own token, of the first cluster. It lives as long as a demo may.
    pub(crate) fn has_web_identity(&self, issuer: &Issuer) {
        let claims = Claims {
            namespace: "periscope".to_owned(),
            name: "periscope".to_owned(),
            uid: hex("periscope/periscope", 32),
            audiences: vec!["sts.amazonaws.com".to_owned()],
            pod: None,
            issued: self.started,
            expires: self.started + 365 * 86_400,
        };
        if let Some(token) = issuer.sign(&claims) {
            let _ = self.web_identity_token.set(token);
        }
    }

    pub(crate) fn address(&self) -> &str {
        self.address.get().map_or("127.0.0.1", String::as_str)
    }

    pub(crate) fn registries(&self) -> impl Iterator<Item = &Registry> {
        self.registries.iter()
    }

    /// By the world's id of a cluster.
    pub(crate) fn registry(&self, cluster: &str) -> Option<&Registry> {
        self.registries.iter().find(|registry| registry.cluster.name == cluster)
    }

    /// Workloads whose role exists: (namespace, name).
    pub(crate) fn add_apps(&self, cluster: &str, apps: impl Iterator<Item = (Arc<str>, Arc<str>)>) {
        let Some(cluster) = EksCluster::of(cluster) else { return };
        let mut roles = self.roles.write();
        let account = roles.entry(cluster.account.id).or_default();
        for (namespace, name) in apps {
            let role = apps::role_name(cluster.name, &namespace, &name);
            account.insert(role, Source::App(cluster, namespace, name));
        }
    }

    /// By its name, which is unique in the account whatever its path.
    pub(crate) fn role(&self, account: &'static Account, name: &str) -> Option<Role> {
        let source = self.roles.read().get(account.id)?.get(name).cloned()?;
        Some(source.role(account))
    }

    /// By its ARN, in any account of the organisation.
    pub(crate) fn role_by_arn(&self, arn: &str) -> Option<Role> {
        let account = estate::account(arn.split(':').nth(4)?)?;
        let role = self.role(account, arn.rsplit('/').next()?)?;
        (role.arn() == arn).then_some(role)
    }

    /// All of an account's.
    pub(crate) fn roles(&self, account: &'static Account) -> Vec<Role> {
        self.role_names(account).iter().filter_map(|name| self.role(account, name)).collect()
    }

    /// In the order AWS lists them.
    pub(crate) fn role_names(&self, account: &'static Account) -> Vec<String> {
        self.roles.read().get(account.id).map(|roles| roles.keys().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn describe(&self) -> WorldAws {
        let keys = |account: &'static Account, name: String, id: String| {
            let key = self.keys.get(&id)?;
            Some(WorldAccount {
                id: account.id.to_owned(),
                name,
                region: account.region.to_owned(),
                secret_access_key: key.secret,
                access_key_id: id,
                role: key.caller.principal_arn,
            })
        };
        let accounts: Vec<WorldAccount> = ACCOUNTS
            .into_iter()
            .filter_map(|account| keys(account, account.name.to_owned(), keys::key_id(account)))
            .collect();
        let people = keys::people().filter_map(|(account, principal)| {
            let name = format!("{}/{}", account.name, principal.rsplit('/').next().unwrap_or_default());
            keys(account, name, keys::key_id_of(&principal))
        });
        WorldAws {
            endpoint: format!("http://{}", self.address()),
            server_role: accounts.first().map(|account| account.role.clone()).unwrap_or_default(),
            people: people.collect(),
            accounts,
            web_identity_token: self.web_identity_token.get().cloned().unwrap_or_default(),
        }
    }
}

/// Of a cluster's role that an annotation names, whether it exists or not.
pub(crate) fn role_arn(cluster: &str, name: &str) -> String {
    let account = EksCluster::of(cluster).map_or("", |eks| eks.account.id);
    format!("arn:aws:iam::{account}:role/{cluster}-{name}")
}

fn roles_of(account: &'static Account) -> BTreeMap<String, Source> {
    let mut sources = vec![Source::Account(console::role(account))];
    for cluster in CLUSTERS.iter().filter(|cluster| *cluster.account == *account) {
        sources.extend(examples::ROLES.iter().map(|spec| Source::Cluster(spec, cluster)));
        sources.extend(platform::ROLES.iter().map(|spec| Source::Cluster(spec, cluster)));
        sources.extend(platform::PEOPLE.iter().map(Source::Account));
    }
    if *account == *DATA {
        sources.extend(examples::DATA_ROLES.iter().map(Source::Account));
    }
    sources.into_iter().map(|source| (source.name(), source)).collect()
}
