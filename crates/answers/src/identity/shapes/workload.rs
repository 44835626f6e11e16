//! What one workload can do in AWS.

use periscope_identity::{ChainStep, Finding, IdentityGroup, IdentitySource, IdentityState, NextIdentity, TrustAnswer};
use periscope_model::{Certainty, ObjectRef};
use serde::Serialize;

use super::{AwsReason, AwsVerdict};

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsAccess {
    pub subject: ObjectRef,
    pub service_account: String,
    /// What its running pods are now, the most pods first.
    pub identities: Vec<IdentityGroup>,
    /// What they would be after a restart, when that is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_restart: Option<NextIdentity>,
    /// From the pod to the role, in order.
    pub chain: Vec<ChainStep>,
    pub summary: AccessSummary,
    /// Those with sensitive permissions first.
    pub services: Vec<AwsService>,
    /// Roles that it can assume.
    pub chains: Vec<AwsChain>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<AwsTrust>,
    /// What decides, too, and could not be seen.
    pub unseen: Vec<String>,
    /// What the policy to download cannot say; it never allows more.
    pub policy_left_out: Vec<String>,
    pub links: AwsLinks,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AwsAccessSummary)]
pub struct AccessSummary {
    /// Entries of the catalogue that it may do.
    pub sensitive: usize,
    pub services: usize,
    /// Everything on everything.
    pub admin: bool,
    pub certainty: Certainty,
    pub sentence: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsService {
    /// The prefix of its actions: `s3`.
    pub service: String,
    pub name: String,
    /// At most fifty; sensitive ones first.
    pub actions: Vec<GrantedAction>,
    pub total: usize,
    pub cut: bool,
}

/// An action, or a whole pattern of them that is decided alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GrantedAction {
    /// `s3:GetObject` or `s3:*`
    pub action: String,
    /// How many actions a pattern stands for; 1 for one action.
    pub count: usize,
    pub access_level: String,
    /// Ids of the catalogue's entries that it has a part in.
    pub sensitive: Vec<String>,
    pub resources: Vec<String>,
    /// Within them, what a Deny takes away.
    pub except: Vec<String>,
    pub verdict: AwsVerdict,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsChain {
    pub role_arn: String,
    /// The roles on the way to it.
    pub via: Vec<String>,
    pub verdict: AwsVerdict,
    pub words: String,
    pub sensitive: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsTrust {
    #[serde(flatten)]
    pub answer: TrustAnswer,
    pub reasons: Vec<AwsReason>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsLinks {
    /// The role in the AWS console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<String>,
    /// Commands of the AWS CLI that read the same.
    pub cli: Vec<String>,
}

/// Every action of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsServiceActions {
    pub service: String,
    pub name: String,
    pub actions: Vec<GrantedAction>,
    pub total: usize,
    /// Whether there are more than are told.
    pub cut: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsPods {
    /// At most five hundred.
    pub pods: Vec<AwsPod>,
    pub total: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsPod {
    pub name: String,
    pub service_account: String,
    pub source: IdentitySource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    pub state: IdentityState,
    pub words: String,
}

/// A policy document as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    pub file_name: String,
    pub document: String,
}
