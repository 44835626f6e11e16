//! What the answers about AWS identities look like.

mod findings;
mod reference;
mod roles;
mod who_can;
mod why;
mod workload;

use serde::Serialize;

pub use findings::FindingList;
pub use reference::{AwsActionItem, AwsActionList, SensitiveCatalog, SensitiveEntry};
pub use roles::{AwsRole, AwsRoleList, ServiceAccountList};
pub use who_can::{WhoCan, WhoCanCluster, WhoCanHop, WhoCanQuestion, WhoCanRow, WhoCanTotal};
pub use why::{AwsWhy, LayerState, WhyLayer, WhyQuestion};
pub use workload::{
    AccessSummary, AwsAccess, AwsChain, AwsLinks, AwsPod, AwsPods, AwsService, AwsServiceActions, AwsTrust,
    GrantedAction, PolicyFile,
};

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
pub struct AwsVerdict {
    pub decision: Decision,
    /// Under which condition, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The layers that stand in the way: `boundary`, `serviceControl`, …
    pub blocked_by: Vec<String>,
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
