//! Events as the console shows them.

use jiff::Timestamp;
use periscope_model::{ClusterId, KindId, ObjectRef};
use periscope_store::Row;
use serde::{Deserialize, Serialize};

use crate::clusters::Discovered;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventItem {
    /// `Normal` or `Warning`.
    #[serde(rename = "type")]
    pub kind: String,
    pub reason: String,
    pub message: String,
    /// How often it was seen.
    pub count: u32,
    /// What it is about.
    pub object: ObjectRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub first_seen: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_seen: Option<Timestamp>,
    /// Who reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl EventItem {
    /// Of a row of the inventory; `None` for anything but an event.
    pub(crate) fn of_row(cluster: &ClusterId, discovered: Option<&Discovered>, row: &Row) -> Option<Self> {
        let event = row.event()?;
        let about = &event.regarding;
        let time = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        Some(Self {
            kind: event.kind.to_string(),
            reason: event.reason.to_string(),
            message: event.message.to_string(),
            count: event.count,
            object: ObjectRef {
                cluster: cluster.clone(),
                kind: kind_named(discovered, &about.group, &about.kind),
                namespace: (!about.namespace.is_empty()).then(|| about.namespace.to_string()),
                name: about.name.to_string(),
            },
            first_seen: time(event.first_seen.or(row.meta.created)),
            last_seen: time(event.last_seen.or(row.meta.created)),
            source: event.source.as_deref().map(str::to_owned),
        })
    }
}

/// The kind that an object reference calls `kind`. What the cluster does not serve (any more) is called after English.
pub(crate) fn kind_named(discovered: Option<&Discovered>, group: &str, kind: &str) -> KindId {
    if let Some(resource) = discovered.and_then(|discovered| discovered.by_name(group, kind)) {
        return resource.kind_id.clone();
    }
    let singular = kind.to_lowercase();
    let plural = match singular.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None if singular.ends_with('s') => format!("{singular}es"),
        None => format!("{singular}s"),
    };
    KindId::new(group, &plural).unwrap_or_else(|_| crate::kinds::known("unknown"))
}
