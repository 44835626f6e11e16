//! The way from a pod to what it may do, step by step: the small picture.

use periscope_model::ObjectRef;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainStep {
    pub step: ChainStepKind,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// In AWS's console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub verdict: StepVerdict,
    /// Why it is not simply fine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The object in Kubernetes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<ObjectRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChainStepKind {
    Pod,
    ServiceAccount,
    Association,
    Annotation,
    Role,
    TargetRole,
    SessionPolicy,
    Boundary,
    Scp,
    Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepVerdict {
    Ok,
    /// The way ends here.
    Broken,
    Conditional,
    Unknown,
}
