//! Who may enter a cluster: access entries beside `aws-auth`.

use jiff::Timestamp;
use serde::Serialize;

use super::{Finding, RoleState};

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAccess {
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_mode: Option<String>,
    pub chip: MigrationChip,
    pub principals: Vec<AccessPrincipal>,
    /// Accounts whose principals `aws-auth` lets in as a whole.
    pub map_accounts: Vec<String>,
    pub findings: Vec<Finding>,
}

/// How far the move from `aws-auth` to access entries has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MigrationChip {
    pub aws_auth_only: usize,
    pub both: usize,
    pub entries_only: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PrincipalState {
    AwsAuthOnly,
    Both,
    EntryOnly,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPrincipal {
    /// As IAM writes it: with its path, and of a session its role.
    pub arn: String,
    pub account: String,
    pub name: String,
    pub state: PrincipalState,
    /// Whether both sides grant the same; where there are both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_rights: Option<bool>,
    /// What differs, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// Of nodes, not of people or programs.
    pub node: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<PrincipalEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_auth: Option<PrincipalMapping>,
    pub role_state: RoleState,
    /// The role in the AWS console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_url: Option<String>,
    /// Ids of findings about it.
    pub findings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalEntry {
    /// `STANDARD`, `EC2_LINUX`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub username: String,
    pub groups: Vec<String>,
    pub policies: Vec<AccessPolicyItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub created: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub modified: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPolicyItem {
    pub name: String,
    pub arn: String,
    pub scope: AccessScopeItem,
    /// What it allows, in words.
    pub means: String,
    /// What it says of custom resources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_resources: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessScopeItem {
    pub cluster_wide: bool,
    /// Empty when `clusterWide`.
    pub namespaces: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrincipalMapping {
    /// As `aws-auth` writes them; more than one when it names the principal twice.
    pub arns: Vec<String>,
    pub username: String,
    pub groups: Vec<String>,
    /// In the list of roles or users, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}
