//! Objects for this crate's tests.

use std::sync::atomic::{AtomicU64, Ordering};

use periscope_model::KindId;

use crate::intern::Interner;
use crate::rows::{self, Row, Typed};

static IDS: AtomicU64 = AtomicU64::new(1);

pub(crate) fn kind(text: &str) -> KindId {
    text.parse().expect("a kind")
}

pub(crate) fn row(kind_id: &str, json: &str) -> Row {
    row_at(kind_id, json, 1_795_515_546)
}

pub(crate) fn row_at(kind_id: &str, json: &str, now: i64) -> Row {
    let interner = Interner::new();
    let typed = Typed::of(&kind(kind_id)).expect("a typed kind");
    let draft = rows::parse(typed, json.as_bytes(), &interner).expect("an object");
    draft.into_row(IDS.fetch_add(1, Ordering::Relaxed), &mut interner.lock(), now)
}

pub(crate) fn pod(namespace: &str, name: &str) -> String {
    let status = r#"{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],
        "containerStatuses":[{"name":"app","ready":true,"restartCount":0,"state":{"running":{}}}]}"#;
    pod_with(namespace, name, status)
}

pub(crate) fn pod_with(namespace: &str, name: &str, status: &str) -> String {
    format!(
        r#"{{"metadata":{{"name":"{name}","namespace":"{namespace}","uid":"{name}-{namespace}","resourceVersion":"1",
        "labels":{{"app":"web"}},"creationTimestamp":"2026-11-24T09:00:00Z"}},
        "spec":{{"nodeName":"node-1","containers":[{{"name":"app","image":"registry/app:1"}}]}},"status":{status}}}"#
    )
}
