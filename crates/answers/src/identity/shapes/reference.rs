//! The catalogue of sensitive permissions, and the actions of AWS.

use serde::Serialize;

/// What is called sensitive here; operators add to it and silence entries in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SensitiveCatalog {
    pub version: String,
    /// Of the published list that is shown by default.
    pub published_version: String,
    pub entries: Vec<SensitiveEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SensitiveEntry {
    pub id: String,
    pub category: String,
    pub title: String,
    pub why: String,
    /// All of them must be granted.
    pub actions: Vec<String>,
    /// Of the published list that is shown by default.
    pub published: bool,
    /// Why the operator does not want to be told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silenced: Option<String>,
    /// Added by the operator.
    pub custom: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsActionList {
    /// The day of the reference data.
    pub date: String,
    pub notice: String,
    /// Actions that begin so, sorted; cut at `limit`.
    pub actions: Vec<AwsActionItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsActionItem {
    /// `s3:GetObject`
    pub action: String,
    pub service: String,
    /// `Read`, `Write`, `List`, `Tagging`, `Permissions management`
    pub access_level: String,
    pub resource_types: Vec<String>,
    /// Whether a policy can allow it on `*` only.
    pub wildcard_only: bool,
}
