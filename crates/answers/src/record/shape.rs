//! What readers of the record are answered.

use jiff::Timestamp;
use periscope_audit::{AuditActor, Covering, Outcome, Row, Stage, Target, VerbClass};
use periscope_model::Gap;
use serde::Serialize;
use serde_json::{Map, Value};

/// Whose rows an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuditScope {
    /// Everybody's.
    All,
    /// The reader's own.
    Own,
}

/// What a row says of its act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AuditPhase {
    /// It is about to be done.
    Intent,
    /// How an intent ended.
    Outcome,
    /// Complete when told.
    Single,
}

/// What an act was about, in Kubernetes' terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditTarget {
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub cluster: String,
    /// Absent for the core group.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub group: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub version: String,
    /// The plural, such as `deployments`.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    pub resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subresource: Option<String>,
}

/// How an act ended, on the line of its intent.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditResult {
    pub outcome: Outcome,
    pub sequence: u64,
    #[schema(value_type = String)]
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One line of the record: an act, or, where rows are asked for as they were written, a row.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditRow {
    pub chain: String,
    pub sequence: u64,
    #[schema(value_type = String)]
    pub at: Timestamp,
    pub request_id: String,
    pub phase: AuditPhase,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Of an outcome: the intent that it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent_sequence: Option<u64>,
    pub verb: String,
    pub actor: AuditActor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<AuditTarget>,
    /// Of an intent what the person gave, of an outcome why it ended so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub extra: Map<String, Value>,
    /// Of an intent, where acts are folded: absent while it is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<AuditResult>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The newest first.
    pub rows: Vec<AuditRow>,
    /// The cursor of the rows after these; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    pub scope: AuditScope,
    /// Present when the search took too long and stopped: nothing older was looked at. `next` goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub searched_to: Option<Timestamp>,
    pub gaps: Vec<Gap>,
}

/// Acts that ended in a span, by outcome, and those that began in it and are under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditBucket {
    /// Where it begins; it ends where the next one does.
    #[schema(value_type = String)]
    pub at: Timestamp,
    pub success: u64,
    pub failure: u64,
    pub denied: u64,
    pub unknown: u64,
    pub open: u64,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditHistogram {
    #[schema(value_type = String)]
    pub from: Timestamp,
    #[schema(value_type = String)]
    pub to: Timestamp,
    /// At round times; the first and the last may be narrower than the others.
    pub buckets: Vec<AuditBucket>,
    pub scope: AuditScope,
}

/// A signed checkpoint that covers a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditCheckpoint {
    /// Rows of the chain that it covers.
    pub size: u64,
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The root of the Merkle tree over them, in base64 as the signed note has it.
    pub root: String,
}

/// A row with the one that belongs to it, and what holds it in its place.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPair {
    /// The one that was asked for.
    pub row: AuditRow,
    /// The intent of an outcome, the outcome of an intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pair: Option<AuditRow>,
    /// Of `row`, in hexadecimal digits.
    pub hash: String,
    /// Of the row before it in the chain.
    pub previous_hash: String,
    /// The first that covers `row`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<AuditCheckpoint>,
    /// Under which ids the API server's own audit log has what was asked of it.
    pub kubernetes_audit_ids: Vec<String>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerb {
    pub verb: &'static str,
    pub about: &'static str,
    pub class: VerbClass,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastCheckpoint {
    pub size: u64,
    #[schema(value_type = String)]
    pub at: Timestamp,
}

/// How it stands with the record.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditStatus {
    /// The chain that this process writes.
    pub chain: String,
    /// Rows that the reader may see.
    pub size: u64,
    /// When the oldest row was written that is still kept, whosever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub first_at: Option<Timestamp>,
    /// For audit admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_at: Option<Timestamp>,
    /// For audit admins only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_checkpoint: Option<LastCheckpoint>,
    /// Whether acts can be recorded now; while they cannot, they are refused.
    pub writing: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub scope: AuditScope,
    /// Everything that is recorded, by the name it has in the record.
    pub verbs: Vec<AuditVerb>,
}

impl AuditPhase {
    pub(super) fn of(stage: Stage) -> Self {
        match stage {
            Stage::Intent => Self::Intent,
            Stage::Outcome => Self::Outcome,
            Stage::Single => Self::Single,
        }
    }
}

impl AuditTarget {
    fn of(target: Target) -> Self {
        let Target { cluster, group, version, resource, namespace, name, subresource } = target;
        Self { cluster, group, version, resource, namespace, name, subresource }
    }
}

impl AuditRow {
    /// A row as it was written.
    pub(super) fn of(row: Row) -> Self {
        Self {
            chain: row.sequence.chain,
            sequence: row.sequence.number,
            at: row.time,
            request_id: row.request_id,
            phase: AuditPhase::of(row.stage),
            outcome: row.outcome,
            intent_sequence: row.intent,
            verb: row.verb,
            actor: row.actor,
            target: row.target.map(AuditTarget::of),
            reason: row.reason,
            extra: row.extra,
            result: None,
        }
    }
}

impl AuditCheckpoint {
    pub(super) fn of(covering: Covering) -> Self {
        Self { size: covering.size, at: covering.time, root: covering.root }
    }
}
