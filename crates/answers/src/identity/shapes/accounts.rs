//! Which service account has which role.

use serde::Serialize;

use super::{IdentitySource, RoleState, TrustVerdict, Workload};

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountList {
    pub accounts: Vec<ServiceAccountIdentity>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountIdentity {
    pub namespace: String,
    pub name: String,
    /// `false`: an association names it, and the cluster has none.
    pub exists: bool,
    pub source: IdentitySource,
    /// The role that the next pod gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub association: Option<AssociationItem>,
    /// An association wins over an annotation that names another role.
    pub shadowed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_state: Option<RoleState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<TrustVerdict>,
    /// The role is in another account than the cluster.
    pub cross_account: bool,
    pub workloads: Vec<AccountWorkload>,
    /// Ids of findings about it.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationItem {
    pub id: String,
    pub role_arn: String,
    /// The second role of the chain, perhaps of another account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role_arn: Option<String>,
    pub has_session_policy: bool,
    pub disable_session_tags: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountWorkload {
    #[serde(flatten)]
    pub workload: Workload,
    pub pods: usize,
}
