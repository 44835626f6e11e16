//! Roles and service accounts, as lists.

use periscope_identity::{RoleView, ServiceAccountBinding};
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountList {
    /// By namespace and name.
    pub accounts: Vec<ServiceAccountBinding>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsRoleList {
    pub roles: Vec<AwsRole>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsRole {
    #[serde(flatten)]
    pub role: RoleView,
    /// Ids of the catalogue's entries that it grants.
    pub sensitive: Vec<String>,
}
