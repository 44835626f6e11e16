//! What the answers about AWS identities look like.

mod access;
mod accounts;
mod findings;
mod reference;
mod roles;
mod who_can;
mod why;
mod workload;

use periscope_model::ClusterId;
use serde::Serialize;

pub use access::{
    AccessPolicyItem, AccessPrincipal, AccessScopeItem, ClusterAccess, MigrationChip, PrincipalEntry, PrincipalMapping,
    PrincipalState,
};
pub use accounts::{AccountWorkload, AssociationItem, ServiceAccountIdentity, ServiceAccountList};
pub use findings::{CheckState, Finding, FindingCertainty, FindingCheck, FindingList, FindingSubject, Severity};
pub use reference::{AwsActionItem, AwsActionList, SensitiveCatalog, SensitiveEntry};
pub use roles::{AwsRole, AwsRoleList, PolicyKindItem, RoleAccount, RolePolicy};
pub use who_can::{WhoCan, WhoCanCluster, WhoCanHop, WhoCanQuestion, WhoCanRow, WhoCanTotal};
pub use why::{AwsWhy, LayerState, WhyLayer, WhyQuestion};
pub use workload::{
    AccessSummary, AfterRestart, AwsAccess, AwsChain, AwsLinks, AwsPod, AwsPods, AwsService, AwsServiceActions,
    ChainStep, GrantedAction, IdentityState, PodIdentity, PolicyFile, StepKind, StepVerdict, TrustAnswer,
};

/// One object that runs pods, or a pod that nothing owns.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    /// As kubectl names it: `deployments.apps`.
    pub kind: String,
    pub namespace: String,
    pub name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    Allowed,
    Denied,
    /// Allowed if `condition` holds.
    Conditional,
    /// What decides could not be read.
    Unknown,
}

/// What AWS would answer, as far as it can be known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsVerdict)]
pub struct AwsVerdict {
    pub decision: Decision,
    /// Under which condition, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The layers that stand in the way: `boundary`, `serviceControl`, …
    pub blocked_by: Vec<String>,
}

impl AwsVerdict {
    pub(crate) fn unknown() -> Self {
        Self { decision: Decision::Unknown, condition: None, blocked_by: Vec::new() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    Allow,
    Deny,
}

/// One statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsReason)]
pub struct AwsReason {
    pub layer: String,
    pub policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_arn: Option<String>,
    /// Its Sid, or its number: `#2`.
    pub statement: String,
    pub effect: Effect,
    pub words: String,
    /// The statement as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Where a workload's credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IdentitySource {
    Irsa,
    PodIdentity,
    /// An annotation and an association; the association wins.
    Both,
    Node,
    StaticKeys,
    None,
}

/// Whether a role that something names is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RoleState {
    Found,
    Missing,
    /// It could not be read; the gaps say why.
    Unread,
    /// What is named is no role.
    NotARole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Admits {
    Yes,
    No,
    Conditional,
    Unknown,
}

/// Whether a role's trust policy lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustVerdict {
    pub admits: Admits,
    pub words: String,
}
