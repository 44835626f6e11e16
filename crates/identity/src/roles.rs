//! The view from the role: who uses it, what it is made of, and who else could.

use jiff::Timestamp;
use periscope_model::ClusterId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::CheckId;
use crate::accounts::RoleState;
use crate::bindings::{BindingSource, WorkloadPods};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    pub arn: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    pub state: RoleState,
    /// The service accounts that lead to it, directly or as the target of a chain.
    pub service_accounts: Vec<RoleUser>,
    pub workloads: Vec<WorkloadPods>,
    pub policies: Vec<RolePolicy>,
    /// The ARN of the permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_used: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
    /// Other clusters of this Periscope whose pods could be given the role.
    #[schema(value_type = Vec<String>)]
    pub other_clusters: Vec<ClusterId>,
    pub findings: Vec<CheckId>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleUser {
    pub namespace: String,
    pub name: String,
    pub source: BindingSource,
    /// Through another role first.
    pub as_target: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolePolicy {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    pub kind: RolePolicyKind,
    /// Its document could not be read, so the role may do more, or less, than is known.
    pub unread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RolePolicyKind {
    /// AWS's own.
    Managed,
    Customer,
    Inline,
}
