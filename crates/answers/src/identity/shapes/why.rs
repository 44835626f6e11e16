//! Why somebody may do something, or may not.

use periscope_identity::IdentityGroup;
use serde::Serialize;

use super::{AwsReason, AwsVerdict};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyQuestion {
    pub kind: String,
    pub namespace: String,
    pub name: String,
    /// `s3:GetObject`
    pub action: String,
    /// An ARN; `*` when absent.
    pub resource: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsWhy {
    /// The question in words.
    pub question: String,
    pub verdict: AwsVerdict,
    pub reasons: Vec<AwsReason>,
    /// Every layer that AWS asks, in its order.
    pub layers: Vec<WhyLayer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityGroup>,
    /// The role whose policies decide: the pod's own, the one that EKS has it become, or one that it can become from there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// How the decision comes about, in words.
    pub steps: Vec<String>,
    pub action: String,
    pub resource: String,
    /// What was taken as known and as unknown.
    pub assumptions: Vec<String>,
    /// What would have to change, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_can_grant: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsLayerState)]
pub enum LayerState {
    Allows,
    Denies,
    /// It says nothing of this.
    Silent,
    Conditional,
    /// It could not be read.
    NotSeen,
    /// There is none.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhyLayer {
    pub layer: String,
    pub verdict: LayerState,
    pub words: String,
}
