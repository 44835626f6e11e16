//! What is told about an action: before, while and after it is done.

use jiff::Timestamp;
use periscope_audit::Sequence;
use periscope_model::{ClusterId, KindId, ObjectRef, Permission, Tone};
use serde::{Deserialize, Serialize};

use super::action::Action;

/// One object to act on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ActionTarget)]
pub struct Target {
    #[schema(value_type = String)]
    pub kind: KindId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    /// It must still be this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Where a difference was shown: it must not have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_version: Option<String>,
}

impl Target {
    pub(super) fn place(&self, cluster: &ClusterId) -> ObjectRef {
        let (kind, namespace, name) = (self.kind.clone(), self.namespace.clone(), self.name.clone());
        ObjectRef { cluster: cluster.clone(), kind, namespace, name }
    }
}

/// An action on at most 500 objects of one cluster.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActionRequest {
    pub action: Action,
    pub targets: Vec<Target>,
    /// In production, for what cannot be undone: the name that the preview asks for.
    #[serde(default)]
    pub confirm: Option<String>,
}

/// What an action would do.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionPreview {
    /// As the record will call it.
    pub verb: String,
    pub summary: String,
    /// What has to be typed before this is done in production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_name: Option<String>,
    pub targets: Vec<TargetPreview>,
    /// About the whole.
    pub warnings: Vec<Notice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain: Option<DrainPlan>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetPreview {
    /// With uid and resourceVersion, when it was found.
    pub target: Target,
    pub found: bool,
    /// Whether the caller may, and the object can take it.
    pub allowed: bool,
    /// What the caller lacks.
    pub needs: Vec<Permission>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `3 → 5 replicas`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Unified, of the object's YAML; Secret values masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    pub warnings: Vec<Notice>,
    /// What the API server said to the same request with `dryRun`; absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRun>,
    pub kubectl: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DryRun {
    pub accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Something to know before one acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ActionNotice)]
pub struct Notice {
    /// Stable: `pdb`, `hpa`, `gitops`, `helm`, `owner`, `last_replica`, `finalizers`, `namespace_content`,
    /// `local_storage`, `not_seen` …
    pub code: String,
    pub tone: Tone,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
}

impl Notice {
    pub(super) fn new(code: &str, tone: Tone, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), tone, text: text.into(), object: None }
    }
}

/// What a drain would do with each pod of the node.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct DrainPlan {
    pub pods: Vec<PlannedPod>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedPod {
    pub namespace: String,
    pub name: String,
    /// `ReplicaSet`; absent when nobody makes it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_kind: Option<String>,
    pub fate: Fate,
    /// The disruption budget that allows no eviction now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
}

/// What a drain does with a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    Evict,
    /// Stays: its DaemonSet would put it back.
    DaemonSet,
    /// Stays: the kubelet makes it from a file.
    Mirror,
    /// Stands against the drain unless its data may be lost.
    EmptyDir,
    /// Stands against the drain unless forced: nobody makes it again.
    Unmanaged,
    /// Has ended; its object goes.
    Finished,
    /// A disruption budget allows no eviction now.
    Blocked,
}

/// An action while and after it is done.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionRun {
    pub id: String,
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub action: Action,
    pub verb: String,
    pub summary: String,
    pub started_by: String,
    #[schema(value_type = String)]
    pub started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub finished_at: Option<Timestamp>,
    pub state: RunState,
    pub done: usize,
    pub total: usize,
    /// One for each object, in the order they were given.
    pub results: Vec<ActionResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drain: Option<DrainProgress>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    Running,
    Done,
    /// Somebody stopped it; the results say what was done until then.
    Cancelled,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActionResult {
    pub target: Target,
    pub state: ResultState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Stable, of what went wrong: `conflict`, `disruption_budget`, `not_recorded` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    pub needs: Vec<Permission>,
    /// The Job that was triggered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<ObjectRef>,
    /// Where the record has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<RecordedAt>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RecordedAt {
    pub chain: String,
    pub sequence: u64,
}

impl From<Sequence> for RecordedAt {
    fn from(row: Sequence) -> Self {
        Self { chain: row.chain, sequence: row.number }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ResultState {
    Waiting,
    Running,
    Success,
    Failure,
    /// Refused; `needs` names the permission.
    Denied,
    /// It was sent and no answer came.
    Unknown,
    /// Stopped before its turn, or in the middle.
    Cancelled,
}

/// How far a drain is.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct DrainProgress {
    pub pods: Vec<DrainedPod>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DrainedPod {
    pub namespace: String,
    pub name: String,
    pub state: DrainState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DrainState {
    Waiting,
    Evicting,
    /// Evicted; it takes its grace period.
    Terminating,
    Gone,
    /// A disruption budget says not now; it is tried again.
    Blocked,
    /// Stays, as it should.
    Skipped,
    Failed,
}
