//! Which workloads can do something.

use periscope_identity::IdentitySource;
use periscope_model::{Certainty, ClusterId, Gap, ObjectRef, State};
use serde::Serialize;

use super::AwsVerdict;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhoCanQuestion {
    /// A pattern: `s3:Get*`; several that must be able to be done together with `+` between them.
    pub action: String,
    /// A pattern of ARNs; any when absent.
    pub resource: Option<String>,
    pub namespace: Option<String>,
    /// All when empty.
    pub clusters: Vec<String>,
    pub limit: usize,
    pub cursor: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCan {
    pub action: String,
    /// How many actions of the reference data the pattern means.
    pub actions_matched: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// By cluster, namespace and name.
    pub rows: Vec<WhoCanRow>,
    pub total: WhoCanTotal,
    pub per_cluster: Vec<WhoCanCluster>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanRow {
    pub workload: ObjectRef,
    pub pods: usize,
    pub service_account: String,
    pub role_arn: String,
    pub source: IdentitySource,
    pub verdict: AwsVerdict,
    /// The first few of the actions that it may do.
    pub matched: Vec<String>,
    pub matched_total: usize,
    /// The roles from the pod's own to the one that may; one when direct.
    pub path: Vec<WhoCanHop>,
    /// Ids of the catalogue's entries that the matched actions have a part in.
    pub sensitive: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanHop {
    pub arn: String,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanTotal {
    pub count: usize,
    pub certainty: Certainty,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanCluster {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub count: usize,
    pub state: State,
    pub gaps: Vec<Gap>,
}
