//! How a cluster is: capacity, phases, rollouts and what needs somebody, from the rows that a caller may see. Pure.

mod cache;
mod capacity;
mod pods;
mod rollouts;
mod signals;
mod summary;

use jiff::Timestamp;
use periscope_model::{ClusterId, ObjectRef, Tone};
use serde::Serialize;

pub(crate) use cache::Summaries;
pub(crate) use summary::{KINDS, Summary, Visibles};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    pub tone: Tone,
    /// The verdict in one sentence.
    pub sentence: String,
}

/// CPU in millicores, memory in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Amounts {
    pub allocatable: i64,
    pub requested: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<i64>,
    /// As metrics-server measured it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    pub cpu: Amounts,
    pub memory: Amounts,
    /// Numbers of pods.
    pub pods: Amounts,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeCapacity {
    pub node: String,
    #[serde(flatten)]
    pub capacity: Capacity,
    pub tone: Tone,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeTotals {
    pub ready: usize,
    pub total: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PodTotals {
    pub total: usize,
    pub running: usize,
    pub pending: usize,
    pub failing: usize,
    pub succeeded: usize,
}

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signal {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    /// The heavier, the sooner somebody should look.
    pub weight: u32,
    pub tone: Tone,
    /// Stable: `WORKLOAD_STUCK`, `NODE_NOT_READY`, …
    pub code: &'static str,
    pub sentence: String,
    pub object: ObjectRef,
    /// How many objects it is about.
    pub count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// Why, as far as the objects tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// A workload on its way to another template, or stuck there.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    pub object: ObjectRef,
    pub tone: Tone,
    pub sentence: String,
    pub desired: u32,
    pub updated: u32,
    pub ready: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
}

fn time(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

fn object(cluster: &ClusterId, kind: &str, row: &periscope_store::Row) -> ObjectRef {
    ObjectRef {
        cluster: cluster.clone(),
        kind: crate::kinds::known(kind),
        namespace: (!row.meta.namespace.is_empty()).then(|| row.meta.namespace.to_string()),
        name: row.meta.name.to_string(),
    }
}

#[cfg(test)]
mod tests;
