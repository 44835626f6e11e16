//! What is wrong with the identities of a cluster, and which checks said so.

use periscope_model::ClusterId;
use serde::Serialize;

use super::Workload;

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingList {
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Every check, also those that found nothing.
    pub checked: Vec<FindingCheck>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsFinding)]
pub struct Finding {
    /// Of the check: `irsa-shadowed`.
    pub id: String,
    pub title: String,
    pub severity: Severity,
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub subject: FindingSubject,
    pub evidence: Vec<String>,
    pub fix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    pub certainty: FindingCertainty,
    /// Of those that the caller sees.
    pub workloads: Vec<Workload>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FindingCertainty {
    Exact,
    /// It holds under a condition that is not known here.
    Conditional,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingSubject {
    /// `serviceaccounts`, `deployments.apps`, `role`, `principal`, …
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    Found,
    Clear,
    /// What it needs could not be read.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingCheck {
    pub id: String,
    pub title: String,
    pub state: CheckState,
    pub count: usize,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
