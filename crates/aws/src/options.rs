//! What has to be known to reach AWS.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::{Clock, ClusterId};

use crate::CredentialSource;

/// Everything that is configured, and what the process was given.
#[derive(Clone)]
pub struct AwsOptions {
    pub clusters: Vec<EksTarget>,
    pub accounts: Vec<AccountEntry>,
    pub organization: Option<OrganizationEntry>,
    pub endpoints: Endpoints,
    pub credentials: CredentialSource,
    /// The region of the process itself, where its first token is had; a cluster's when absent.
    pub region: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// How old what is kept gets while somebody looks.
    pub refresh: Duration,
    pub limits: Limits,
    /// Jitter comes from it.
    pub seed: u64,
}

/// An EKS cluster: on whatever connection it is reached, this is what AWS knows it as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksTarget {
    pub cluster: ClusterId,
    /// `arn:aws:eks:eu-west-1:111122223333:cluster/prod`
    pub arn: String,
    pub region: String,
    /// The role that reads this cluster and tokens for it are made with; the account's, or the process's own, when absent.
    pub assume_role: Option<RoleToAssume>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleToAssume {
    pub role_arn: String,
    pub external_id: Option<String>,
}

/// An account whose roles are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEntry {
    /// Twelve digits.
    pub id: String,
    pub assume_role: Option<RoleToAssume>,
}

/// Who reads the organisation's policies: the management account, or one that it delegated that to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationEntry {
    pub assume_role: Option<RoleToAssume>,
    /// The account that is asked; the role's, or the process's own, when absent.
    pub account: Option<String>,
}

/// Addresses that stand in for AWS's own. What is not here is AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// For every service that has none of its own.
    pub all: Option<String>,
    pub eks: Option<String>,
    pub iam: Option<String>,
    pub sts: Option<String>,
    pub organizations: Option<String>,
    pub ec2: Option<String>,
}

/// How hard AWS is asked. The usual ones stay well below what AWS allows an account.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests per second to one service about one account in one region, and how many at once.
    pub rate: f64,
    pub burst: u32,
    /// How often one call is tried.
    pub attempts: u32,
    /// The longest pause before the second try; it doubles from there, up to `longest_pause`, and is shortened at random.
    pub first_pause: Duration,
    pub longest_pause: Duration,
    /// One try, until the end of its body.
    pub attempt: Duration,
    /// No try begins after this.
    pub call: Duration,
    /// How long an explicit refresh is waited for.
    pub refresh: Duration,
    /// How often people may have one source read again at once; one more such reading is theirs after each `refresh_every`.
    pub refreshes: u32,
    pub refresh_every: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate: 10.0,
            burst: 20,
            attempts: 4,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(10),
            attempt: Duration::from_secs(20),
            call: Duration::from_mins(1),
            refresh: Duration::from_secs(20),
            refreshes: 20,
            refresh_every: Duration::from_secs(10),
        }
    }
}
