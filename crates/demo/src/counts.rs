//! What a controller reports about its pods: counted from the pods there are.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::storage::Entry;

/// Pods of one controller, by what a status counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) total: i64,
    pub(crate) ready: i64,
}

pub(crate) fn tally<'a>(pods: impl Iterator<Item = &'a std::sync::Arc<Entry>>) -> Tally {
    let mut tally = Tally::default();
    for entry in pods.filter(|entry| entry.is_active()) {
        tally.total += 1;
        tally.ready += i64::from(entry.ready);
    }
    tally
}

/// Brings the status of a Deployment (with its ReplicaSets), StatefulSet or DaemonSet up to date.
pub(crate) fn workload(cluster: &Cluster, kind: &str, namespace: &str, name: &str) {
    let Some(object) = cluster.get(kind, namespace, name) else { return };
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    match kind {
        "deployments.apps" => deployment(cluster, &object, uid),
        _ => direct(cluster, kind, &object, uid),
    }
}

fn owned_tally(cluster: &Cluster, namespace: &str, uid: &str) -> Tally {
    let storage = cluster.storage.read();
    tally(storage.list("pods", Some(namespace)).filter(|entry| entry.owner.as_deref() == Some(uid)))
}

fn deployment(cluster: &Cluster, deployment: &Value, uid: &str) {
    let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let current = &deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
    let (mut all, mut updated) = (Tally::default(), 0);
    let sets = cluster.entries("replicasets.apps", Some(namespace));
    for entry in sets.iter().filter(|entry| entry.owner.as_deref() == Some(uid)) {
        let held = replica_set(cluster, entry);
        all = Tally { total: all.total + held.total, ready: all.ready + held.ready };
        if &entry.value()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == current {
            updated = held.total;
        }
    }
    let kind = cluster.kind("deployments.apps");
    let now = crate::content::builder::time(cluster.now().as_second());
    cluster.update(&kind, namespace, name, |object| {
        let desired = object["spec"]["replicas"].as_i64().unwrap_or(1);
        let before = object["status"].clone();
        let status = &mut object["status"];
        for (field, value) in [
            ("replicas", all.total),
            ("updatedReplicas", updated),
            ("readyReplicas", all.ready),
            ("availableReplicas", all.ready),
            ("unavailableReplicas", (desired.max(all.total) - all.ready).max(0)),
        ] {
            set_count(status, field, value);
        }
        let enough = all.ready >= desired - desired / 4;
        set_available(status, enough, &now);
        *status != before
    });
}

fn set_available(status: &mut Value, enough: bool, now: &str) {
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Available" && (condition["status"] == "True") != enough {
            condition["status"] = json!(if enough { "True" } else { "False" });
            condition["reason"] = json!(if enough { "MinimumReplicasAvailable" } else { "MinimumReplicasUnavailable" });
            condition["message"] = json!(if enough {
                "Deployment has minimum availability."
            } else {
                "Deployment does not have minimum availability."
            });
            condition["lastTransitionTime"] = json!(now);
            condition["lastUpdateTime"] = json!(now);
        }
    }
}

/// Go leaves zero counts out.
fn set_count(status: &mut Value, field: &str, value: i64) {
    if value == 0 {
        if let Some(status) = status.as_object_mut() {
            status.remove(field);
        }
    } else {
        status[field] = json!(value);
    }
}

pub(crate) fn replica_set(cluster: &Cluster, entry: &Entry) -> Tally {
    let tally = owned_tally(cluster, &entry.key.namespace, &entry.uid);
    let kind = cluster.kind("replicasets.apps");
    cluster.update(&kind, &entry.key.namespace, &entry.key.name, |object| {
        let before = object["status"].clone();
        let generation = object["metadata"]["generation"].clone();
        let status = &mut object["status"];
        status["replicas"] = json!(tally.total);
        status["observedGeneration"] = generation;
        for (field, value) in
            [("fullyLabeledReplicas", tally.total), ("readyReplicas", tally.ready), ("availableReplicas", tally.ready)]
        {
            set_count(status, field, value);
        }
        *status != before
    });
    tally
}

fn direct(cluster: &Cluster, kind: &str, object: &Value, uid: &str) {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let tally = owned_tally(cluster, namespace, uid);
    let kind = cluster.kind(kind);
    let fields: &[(&str, i64)] = if &*kind.kind == "DaemonSet" {
        &[
            ("currentNumberScheduled", tally.total),
            ("numberReady", tally.ready),
            ("numberAvailable", tally.ready),
            ("updatedNumberScheduled", tally.total),
        ]
    } else {
        &[
            ("replicas", tally.total),
            ("readyReplicas", tally.ready),
            ("availableReplicas", tally.ready),
            ("currentReplicas", tally.total),
        ]
    };
    cluster.update(&kind, namespace, name, |object| {
        let before = object["status"].clone();
        for (field, value) in fields {
            object["status"][*field] = json!(value);
        }
        object["status"]["observedGeneration"] = object["metadata"]["generation"].clone();
        object["status"] != before
    });
}
