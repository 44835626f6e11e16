//! Objects for this crate's tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use periscope_model::{ClusterId, KindId, ManualClock};
use tokio::sync::Semaphore;

use crate::feed::{ClusterShare, Feed};
use crate::intern::Interner;
use crate::key::FeedKey;
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

/// A feed that nothing fills but the test.
pub(crate) fn feed(cluster: &str, kind_id: &str) -> Arc<Feed> {
    let share = ClusterShare { interner: Interner::new(), lists: Arc::new(Semaphore::new(1)) };
    let key = FeedKey::shared(ClusterId::slug(cluster), kind(kind_id));
    Feed::new(key, clock(), &share)
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-24T10:19:06Z".parse().expect("a time")))
}

pub(crate) fn put(feed: &Feed, kind_id: &str, json: &str) -> u64 {
    let mut partition = feed.partition.write();
    let typed = Typed::of(&kind(kind_id)).expect("a typed kind");
    let draft = rows::parse(typed, json.as_bytes(), partition.interner()).expect("an object");
    partition.upsert(draft, 1_795_515_546)
}
