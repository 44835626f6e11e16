//! The one envelope of every derived answer: when, from what, for where, and what is missing.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AwsPermission, Permission, State};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Answer<T> {
    pub data: T,
    /// When the answer was composed.
    #[schema(value_type = String)]
    pub as_of: Timestamp,
    pub scope: Scope,
    pub sources: Vec<Source>,
    pub gaps: Vec<Gap>,
}

/// The namespaces this caller's answer covers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    pub cluster_wide: bool,
    /// Empty when `clusterWide`.
    pub namespaces: Vec<String>,
}

impl Scope {
    pub fn everywhere() -> Self {
        Self { cluster_wide: true, namespaces: Vec::new() }
    }
}

/// One thing an answer was computed from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    pub what: String,
    #[schema(value_type = String)]
    pub at: Timestamp,
    pub state: State,
}

/// Something an answer lacks, and what would close the gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// Stable, in capitals: `MISSING_PERMISSION`, `NOT_SERVED`, `UNREACHABLE`.
    pub code: String,
    pub what: String,
    #[serde(default)]
    #[schema(required = true)]
    pub needs: Vec<Permission>,
    /// What Periscope's own role would need in AWS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs_aws: Vec<AwsPermission>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<String>,
}

impl Gap {
    pub fn new(code: &str, what: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            what: what.into(),
            needs: Vec::new(),
            needs_aws: Vec::new(),
            fix: None,
            docs: None,
        }
    }

    pub fn missing_permission(what: impl Into<String>, needs: Permission) -> Self {
        Self { needs: vec![needs], ..Self::new("MISSING_PERMISSION", what) }
    }

    /// Periscope's own role was refused something in AWS.
    pub fn missing_iam_permission(what: impl Into<String>, needs: AwsPermission) -> Self {
        Self { needs_aws: vec![needs], ..Self::new("MISSING_IAM_PERMISSION", what) }
    }
}

/// How far a derived number can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Certainty {
    Exact,
    AtLeast,
    AtMost,
    Unknown,
}
