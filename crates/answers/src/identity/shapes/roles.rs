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
    /// Why its policies, limits and use are not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
}

impl AwsRole {
    /// For who sees only those who name the role, none of whom it lets in: to write its name somewhere is not to be it.
    pub(crate) fn withheld(role: RoleView) -> Self {
        let why =
            "its trust policy lets in none of the service accounts that you may see, so what it may do is not told";
        let (policies, boundary, last_used, other_clusters) = (Vec::new(), None, None, Vec::new());
        let role = RoleView { policies, boundary, last_used, other_clusters, ..role };
        Self { role, sensitive: Vec::new(), withheld: Some(why.to_owned()) }
    }
}
