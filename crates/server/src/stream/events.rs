//! What the stream says, for the API's description. Frames are shared bytes between viewers and never made from these
//! types; a test holds what is sent against what is described.

use std::collections::BTreeMap;

use periscope_answers::{
    ActionRun, ClusterPart, Count, Fleet, KindGroup, LogSource, LogTrouble, NamespaceItem, Overview, shape,
};
use periscope_model::{Answer, Gap};
use serde::Serialize;
use utoipa::ToSchema;

/// The payload of each event, by the event's name.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
pub(crate) struct StreamEvents {
    hello: Hello,
    window: WindowEvent,
    counts: CountsEvent,
    fleet: FleetEvent,
    overview: OverviewEvent,
    kinds: KindsEvent,
    namespaces: NamespacesEvent,
    object: ObjectEvent,
    audit: AuditEvent,
    logs: LogsEvent,
    run: RunEvent,
    bye: Bye,
}

/// An action under way: the whole run, whenever something of it changed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct RunEvent {
    sub: String,
    run: ActionRun,
}

/// The first event of every connection.
#[derive(Serialize, ToSchema)]
#[schema(as = HelloEvent)]
pub(crate) struct Hello {
    /// To be given as `resume` by the next connection.
    pub(crate) stream: String,
    /// Whether nothing was lost since the last event id; otherwise every subscription begins again.
    pub(crate) resumed: bool,
}

/// A window, whole or what changed in it: what is absent did not change.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes; is never made")]
pub(crate) struct WindowEvent {
    sub: String,
    /// What the receiver had before is void.
    reset: bool,
    version: u64,
    total: usize,
    from: usize,
    /// Ids of the rows in the window.
    order: Option<Vec<u64>>,
    /// Rows that are new or changed.
    rows: Option<Vec<shape::RowShape>>,
    columns: Option<Vec<shape::ColumnShape>>,
    facets: Option<Vec<shape::FacetShape>>,
    clusters: Option<Vec<ClusterPart>>,
    as_of: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct CountsEvent {
    sub: String,
    cluster: String,
    counts: BTreeMap<String, Count>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct FleetEvent {
    sub: String,
    answer: Answer<Fleet>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct OverviewEvent {
    sub: String,
    answer: Answer<Overview>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct KindsEvent {
    sub: String,
    cluster: String,
    groups: Vec<KindGroup>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct NamespacesEvent {
    sub: String,
    answer: Answer<Vec<NamespaceItem>>,
}

/// A nudge: read the object again.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes; is never made")]
struct ObjectEvent {
    sub: String,
    uid: String,
    resource_version: String,
    deleted: bool,
}

/// Lines of logs, and how it stands with the logs themselves: what is absent did not change.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct LogsEvent {
    sub: String,
    /// The subscription begins: what the receiver has may overlap with what comes now.
    reset: bool,
    /// Place in `sources`, time (RFC 3339, UTC; empty for the kubelet's own words), text. About 64 KiB at most, in the
    /// order of time as far as lines are within reach. Escape sequences are as the container wrote them; a line of more
    /// than 16 KiB is cut and ends with `…`.
    lines: Vec<(u32, String, String)>,
    /// All of them; a place is given again when its log has ended.
    sources: Option<Vec<LogSource>>,
    /// Why there is nothing to read; null when there is no trouble any more.
    problem: Option<LogTrouble>,
    gaps: Option<Vec<Gap>>,
    /// Whether it is still being found out whose logs there are.
    searching: Option<bool>,
}

/// How it stands with the record: when it cannot be written, and when there may be new rows.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes; is never made")]
struct AuditEvent {
    sub: String,
    /// Whether acts can be recorded; while they cannot, they are refused.
    writing: bool,
    /// Grows with the rows that the reader may see, where they are followed.
    size: Option<u64>,
}

/// The last event: the server ends the connection.
#[derive(Serialize, ToSchema)]
#[schema(as = ByeEvent)]
pub(crate) struct Bye {
    pub(crate) reason: String,
}
