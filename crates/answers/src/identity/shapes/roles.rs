//! Roles, and what runs as them.

use jiff::Timestamp;
use serde::Serialize;

use super::{IdentitySource, RoleState};

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsRoleList {
    pub roles: Vec<AwsRole>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsRole {
    pub arn: String,
    pub name: String,
    pub account: String,
    pub state: RoleState,
    pub service_accounts: Vec<RoleAccount>,
    /// How many workloads run as it, of those that the caller sees.
    pub workloads: usize,
    pub policies: Vec<RolePolicy>,
    /// The ARN of its permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// Ids of the catalogue's entries that it grants.
    pub sensitive: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_used: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
    /// Clusters in which the caller sees service accounts that name it, too.
    pub other_clusters: Vec<String>,
    /// Ids of findings about it.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAccount {
    pub namespace: String,
    pub name: String,
    pub source: IdentitySource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsPolicyKind)]
pub enum PolicyKindItem {
    /// AWS' own.
    Managed,
    Customer,
    Inline,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolePolicy {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    pub kind: PolicyKindItem,
}
