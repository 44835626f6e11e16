//! Events that controllers and kubelets write while the world lives; repeated ones are counted, old ones dropped.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::content::events::{Happening, event, unique};
use crate::storage::ObjectKey;

/// More than this many, and the oldest go; a real API server drops them after an hour.
const KEPT: usize = 25_000;

pub(crate) fn normal(cluster: &Cluster, about: &Value, component: &str, reason: &str, message: &str) {
    record(cluster, about, (component, false), reason, message);
}

pub(crate) fn warning(cluster: &Cluster, about: &Value, component: &str, reason: &str, message: &str) {
    record(cluster, about, (component, true), reason, message);
}

fn record(cluster: &Cluster, about: &Value, (component, warning): (&str, bool), reason: &str, message: &str) {
    let kind = cluster.kind("events");
    if let Some(namespace) = about["metadata"]["namespace"].as_str()
        && cluster.storage.read().get("namespaces", "", namespace).is_none_or(|namespace| namespace.deleting)
    {
        // nobody would ever take it away
        return;
    }
    let now = cluster.now().as_second();
    let unique = unique(about, component, reason, message);
    let happening = Happening { reason, message, warning, component, first: now, last: now, count: 1 };
    let mut object = event(about, &happening, &unique);
    let key = ObjectKey::new(
        object["metadata"]["namespace"].as_str().unwrap_or_default(),
        object["metadata"]["name"].as_str().unwrap_or_default(),
    );
    let again = cluster.update(&kind, &key.namespace, &key.name, |held| {
        held["count"] = json!(held["count"].as_i64().unwrap_or(1) + 1);
        held["lastTimestamp"] = json!(time(now));
        true
    });
    if again.is_some() {
        return;
    }
    object["metadata"]["uid"] = json!(cluster.uid());
    object["metadata"]["creationTimestamp"] = json!(time(now));
    cluster.put_new(&kind, object);
    forget(cluster);
}

/// Drops the oldest tenth when there are too many.
fn forget(cluster: &Cluster) {
    let full = cluster.storage.read().partition("events").is_some_and(|events| events.len() > KEPT);
    if !full {
        return;
    }
    let kind = cluster.kind("events");
    let mut entries = cluster.entries("events", None);
    entries.sort_by_key(|entry| entry.version);
    for entry in entries.iter().take(KEPT / 10) {
        cluster.remove_if(&kind, &entry.key, |held| held.uid == entry.uid);
    }
}
