//! What AWS knows, as plain data: the words shared by who reads it and who answers from it. Policy documents are
//! text, already decoded; who judges them parses them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Gap;

/// What Periscope itself would need in AWS: one action on one resource, for one principal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsPermission {
    /// `iam:GetRole`
    pub action: String,
    /// An ARN, or `*` where the action knows no resources.
    pub resource: String,
    /// The role that asked and was refused: who is to be granted it. Absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
}

impl fmt::Display for AwsPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)?;
        self.principal.as_ref().map_or(Ok(()), |principal| write!(f, " for {principal}"))
    }
}

/// One part of AWS as it was last read. A refusal keeps what was read before it, and says so in the gaps.
#[derive(Debug, PartialEq)]
pub struct Observed<T> {
    /// `None`: never read, see the gaps.
    pub value: Option<Arc<T>>,
    /// When `value` was read.
    pub at: Option<Timestamp>,
    /// What the last attempt could not read.
    pub gaps: Vec<Gap>,
}

/// What it holds is shared, not copied.
impl<T> Clone for Observed<T> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), at: self.at, gaps: self.gaps.clone() }
    }
}

impl<T> Default for Observed<T> {
    fn default() -> Self {
        Self { value: None, at: None, gaps: Vec::new() }
    }
}

impl<T> Observed<T> {
    pub fn new(value: T, at: Timestamp) -> Self {
        Self { value: Some(Arc::new(value)), at: Some(at), gaps: Vec::new() }
    }

    pub fn missing(gap: Gap) -> Self {
        Self { gaps: vec![gap], ..Self::default() }
    }
}

/// An EKS cluster as `DescribeCluster` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksCluster {
    pub arn: String,
    pub name: String,
    /// `1.33`
    pub version: String,
    pub platform_version: Option<String>,
    /// `ACTIVE`
    pub status: String,
    pub endpoint: Option<String>,
    /// PEM.
    pub certificate_authority: Option<String>,
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
    pub authentication_mode: Option<String>,
    /// The issuer of its service account tokens, without `https://`.
    pub issuer: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// Who may enter a cluster, by EKS's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    pub principal_arn: String,
    /// `STANDARD`, `EC2_LINUX`, `EC2_WINDOWS`, `FARGATE_LINUX`, `EC2`, `HYBRID_LINUX`, `HYPERPOD_LINUX`.
    pub kind: String,
    pub username: String,
    pub groups: Vec<String>,
    pub policies: Vec<AssociatedAccessPolicy>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociatedAccessPolicy {
    /// `arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy`
    pub policy_arn: String,
    pub scope: AccessScope,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessScope {
    Cluster,
    Namespaces(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodIdentityAssociation {
    pub id: String,
    pub arn: String,
    pub namespace: String,
    pub service_account: String,
    pub role_arn: String,
    /// The second role of the chain, perhaps of another account.
    pub target_role_arn: Option<String>,
    pub external_id: Option<String>,
    /// A session policy: what the pod may is at most this.
    pub policy: Option<Arc<str>>,
    pub disable_session_tags: bool,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
}

/// How EC2 lets what runs on an instance reach the instance's own credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceMetadata {
    /// `i-0123456789abcdef0`, the end of a node's `spec.providerID`.
    pub instance_id: String,
    pub endpoint_enabled: bool,
    /// From 2 on a pod that is not in the host's network reaches it too.
    pub hop_limit: u32,
    pub token_required: bool,
    /// `arn:aws:iam::111122223333:instance-profile/NAME`
    pub instance_profile_arn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub arn: String,
    /// The last part of the path.
    pub name: String,
    /// `AROA…`
    pub id: String,
    pub trust: Arc<str>,
    pub inline: Vec<InlinePolicy>,
    /// ARNs of the managed policies.
    pub attached: Vec<String>,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub created: Option<Timestamp>,
    pub last_used: Option<Timestamp>,
    /// What of it could not be read; it may do more, or less, than the rest says.
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlinePolicy {
    pub name: String,
    pub document: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    pub arn: String,
    pub name: String,
    /// The default version: `v3`. Empty for policies of an organisation, which have none.
    pub version: String,
    pub document: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcProvider {
    pub arn: String,
    /// Without `https://`.
    pub issuer: String,
    pub audiences: Vec<String>,
}

/// A role as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleRead {
    Found(Arc<Role>),
    /// AWS says that there is no such role.
    Missing,
    /// Not known: refused, throttled, or not asked yet.
    Unread(Gap),
}

/// What one account's IAM holds, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AccountIam {
    /// By ARN.
    pub roles: BTreeMap<String, RoleRead>,
    /// Whether all roles are here, so that an absent one does not exist.
    pub whole: bool,
    /// Managed policies that roles here use, by ARN; one that is absent could not be read.
    pub policies: BTreeMap<String, Arc<ManagedPolicy>>,
    /// Absent when they could not be listed.
    pub oidc_providers: Option<Vec<OidcProvider>>,
    /// The role of an instance profile, both by ARN; one that is absent is not known.
    pub instance_profiles: BTreeMap<String, String>,
}

impl AccountIam {
    /// The role by its ARN, or why it is not here.
    pub fn role(&self, arn: &str) -> RoleRead {
        match self.roles.get(arn) {
            Some(read) => read.clone(),
            None if self.whole => RoleRead::Missing,
            None => RoleRead::Unread(Gap::new("NOT_READ", format!("the role {arn} is not read yet"))),
        }
    }
}

/// Where an account stands in its organisation, and the policies of every level on the way to it. That an account is in
/// none is known, too: then the id is empty and there are no levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationPath {
    pub organization_id: String,
    pub management_account: String,
    /// Root first, the account itself last.
    pub levels: Vec<OrganizationLevel>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationLevel {
    /// `r-ab12`, `ou-ab12-…` or the account.
    pub id: String,
    pub name: String,
    /// `None` when they could not be listed.
    pub service_control: Option<Vec<Arc<ManagedPolicy>>>,
    pub resource_control: Option<Vec<Arc<ManagedPolicy>>>,
}
