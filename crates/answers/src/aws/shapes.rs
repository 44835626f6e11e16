//! What the answer about the connection to AWS looks like.

use jiff::Timestamp;
use periscope_model::Gap;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsStatus {
    /// All three absent of a cluster that is not known to be an EKS cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// The role with which this Periscope asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_role: Option<String>,
    pub parts: Vec<AwsPart>,
    pub capabilities: Vec<AwsCapability>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AwsPartKind {
    Eks,
    AccessEntries,
    PodIdentity,
    Iam,
    OidcProviders,
    Organization,
    Instances,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AwsPartState {
    Live,
    /// Read before; the last attempt failed.
    Stale,
    Refused,
    /// Not read yet.
    Never,
    Unreachable,
}

/// One part of what is read of AWS.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsPart {
    pub part: AwsPartKind,
    pub state: AwsPartState,
    /// When it was last read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CapabilityState {
    Allowed,
    Denied,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CapabilitySource {
    /// Asked of AWS.
    Simulated,
    /// From what it was refused.
    Learnt,
}

/// Whether this Periscope's own role may do what a feature needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsCapability {
    pub feature: String,
    /// What the feature is good for.
    pub about: String,
    pub action: String,
    pub resource: String,
    pub state: CapabilityState,
    /// Absent while it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<CapabilitySource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
}
