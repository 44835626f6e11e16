//! Which role each service account leads to, and what stands in the way.

use periscope_model::ObjectRef;
use serde::Serialize;
use utoipa::ToSchema;

use crate::CheckId;
use crate::accounts::RoleState;
use crate::trust::TrustAnswer;

/// One service account with the role that its next pod gets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountBinding {
    pub namespace: String,
    pub name: String,
    /// Absent when service accounts could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    pub source: BindingSource,
    /// The first role of the chain: of the association where there is one, else of the annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub association: Option<AssociationView>,
    /// The annotation has no effect, because of the association.
    pub shadowed: bool,
    /// Absent without a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_state: Option<RoleState>,
    /// Absent without a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<TrustAnswer>,
    /// Whether any role of the chain is of another account than the cluster.
    pub cross_account: bool,
    pub workloads: Vec<WorkloadPods>,
    pub findings: Vec<CheckId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BindingSource {
    Irsa,
    PodIdentity,
    /// Both are configured; Pod Identity wins.
    Both,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationView {
    pub id: String,
    pub role_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role_state: Option<RoleState>,
    pub has_session_policy: bool,
    pub disable_session_tags: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadPods {
    #[serde(flatten)]
    pub workload: ObjectRef,
    /// Running and pending ones.
    pub pods: usize,
}
