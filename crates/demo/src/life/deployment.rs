//! The Deployment controller: revisions, rolling, deadlines.

use std::sync::Arc;

use serde_json::{Value, json};

use super::timers::Step;
use super::{Controllers, record, replica_set};
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::content::managed;
use crate::content::workloads::{DEPLOYMENTS, REPLICA_SETS, replica_set_object, revision_hash};
use crate::counts;
use crate::deletion::{self, Dependents};
use crate::storage::{Entry, ObjectKey};

const REVISION: &str = "deployment.kubernetes.io/revision";

pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(deployment) = cluster.get(DEPLOYMENTS, &key.namespace, &key.name) else { return };
    if deployment["metadata"]["deletionTimestamp"].is_string() {
        return;
    }
    replica_set::adopt(&cluster, &deployment, &cluster.kind(REPLICA_SETS));
    let sets = owned_sets(&cluster, &deployment);
    let paused = deployment["spec"]["paused"] == true;
    let current = match (current_set(&deployment, &sets), paused) {
        (Some(current), _) => Some(adopt_revision(&cluster, &deployment, &sets, current)),
        (None, true) => None,
        (None, false) => Some(new_set(controllers, &deployment, &sets)),
    };
    if let Some(current) = current {
        let sets = owned_sets(&cluster, &deployment);
        roll(&cluster, &deployment, &current, &sets);
        counts::workload(&cluster, DEPLOYMENTS, &key.namespace, &key.name);
        report(&cluster, key, &current);
        forget_old(&cluster, &deployment, &current, &sets);
    }
    observe(&cluster, key);
}

fn owned_sets(cluster: &Cluster, deployment: &Value) -> Vec<Arc<Entry>> {
    let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let uid = deployment["metadata"]["uid"].as_str().unwrap_or_default();
    let sets = cluster.entries(REPLICA_SETS, Some(namespace));
    sets.into_iter().filter(|entry| entry.owner.as_deref() == Some(uid)).collect()
}

fn set_name(deployment: &Value) -> String {
    let hash = revision_hash(&deployment["spec"]["template"]);
    format!("{}-{hash}", deployment["metadata"]["name"].as_str().unwrap_or_default())
}

fn current_set(deployment: &Value, sets: &[Arc<Entry>]) -> Option<String> {
    let name = set_name(deployment);
    sets.iter().find(|entry| *entry.key.name == *name).map(|_| name)
}

fn revision_of(object: &Value) -> i64 {
    object["metadata"]["annotations"][REVISION].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn newest_revision(sets: &[Arc<Entry>]) -> i64 {
    sets.iter().map(|entry| revision_of(&entry.value())).max().unwrap_or(0)
}

/// An old template that came back takes the newest revision number, as `rollout undo` does.
fn adopt_revision(cluster: &Cluster, deployment: &Value, sets: &[Arc<Entry>], name: String) -> String {
    let newest = newest_revision(sets);
    let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let mut revision = newest;
    cluster.update(&cluster.kind(REPLICA_SETS), namespace, &name, |set| {
        let own = revision_of(set);
        if own == newest {
            return false;
        }
        revision = newest + 1;
        set["metadata"]["annotations"][REVISION] = json!(revision.to_string());
        true
    });
    annotate(cluster, deployment, revision);
    name
}

fn annotate(cluster: &Cluster, deployment: &Value, revision: i64) {
    let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let text = json!(revision.to_string());
    cluster.update(&cluster.kind(DEPLOYMENTS), namespace, name, |object| {
        if object["metadata"]["annotations"][REVISION] == text {
            return false;
        }
        object["metadata"]["annotations"][REVISION] = text;
        true
    });
}

fn new_set(controllers: &mut Controllers, deployment: &Value, sets: &[Arc<Entry>]) -> String {
    let cluster = &controllers.cluster;
    let now = cluster.now().as_second();
    let revision = newest_revision(sets) + 1;
    let mut set = replica_set_object(deployment, &deployment["spec"]["template"], revision, 0);
    let uid = cluster.uid().into_boxed_str();
    set["metadata"]["uid"] = json!(uid);
    set["metadata"]["creationTimestamp"] = json!(time(now));
    set["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"] =
        json!(deployment["spec"]["replicas"].to_string());
    set["metadata"]["managedFields"] = managed::entries(&set, "apps/v1", "kube-controller-manager", now, now);
    let name = set["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    cluster.put_owned(&cluster.kind(REPLICA_SETS), set);
    annotate(cluster, deployment, revision);
    let namespace = deployment["metadata"]["namespace"].as_str().unwrap_or_default();
    let own = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let key = ObjectKey::new(namespace, own);
    progress(cluster, &key, ("True", "NewReplicaSetCreated", &format!("Created new replica set \"{name}\"")));
    let seconds = deployment["spec"]["progressDeadlineSeconds"].as_u64().unwrap_or(600);
    controllers.timers.after(seconds * 1000 + 500, Step::Deadline(key, uid));
    name
}

/// `25%` of `of`, or a plain number.
fn share(limit: &Value, of: i64, up: bool) -> i64 {
    match limit {
        Value::Number(number) => number.as_i64().unwrap_or(0),
        Value::String(text) => {
            let percent: i64 = text.trim_end_matches('%').parse().unwrap_or(25);
            let exact = percent * of;
            if up { (exact + 99) / 100 } else { exact / 100 }
        }
        _ => {
            if up {
                (25 * of + 99) / 100
            } else {
                25 * of / 100
            }
        }
    }
}

fn roll(cluster: &Cluster, deployment: &Value, current: &str, sets: &[Arc<Entry>]) {
    let desired = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    let replicas = |entry: &Entry| entry.value()["spec"]["replicas"].as_i64().unwrap_or(0);
    let ready = |entry: &Entry| counts::replica_set(cluster, entry).ready;
    let old: Vec<&Arc<Entry>> =
        sets.iter().filter(|entry| *entry.key.name != *current && replicas(entry) > 0).collect();
    let Some(new) = sets.iter().find(|entry| *entry.key.name == *current) else { return };
    let strategy = &deployment["spec"]["strategy"];
    let old_total: i64 = old.iter().map(|entry| replicas(entry)).sum();
    if strategy["type"] == "Recreate" {
        for entry in &old {
            scale(cluster, deployment, entry, 0);
        }
        if old_total == 0 && replicas(new) != desired {
            scale(cluster, deployment, new, desired);
        }
        return;
    }
    let rolling = &strategy["rollingUpdate"];
    let surge = share(&rolling["maxSurge"], desired, true);
    let mut unavailable = share(&rolling["maxUnavailable"], desired, false);
    if surge == 0 && unavailable == 0 {
        unavailable = 1;
    }
    let mine = replicas(new);
    let may_have =
        if old_total == 0 { desired } else { (desired + surge - old_total).clamp(mine.min(desired), desired) };
    if mine != may_have {
        scale(cluster, deployment, new, may_have);
    }
    let old_ready: i64 = old.iter().map(|entry| ready(entry)).sum();
    let unhealthy = old_total - old_ready;
    let mut spare = old_ready + ready(new) - (desired - unavailable) + unhealthy;
    for entry in &old {
        let step = replicas(entry).min(spare);
        if step > 0 {
            scale(cluster, deployment, entry, replicas(entry) - step);
            spare -= step;
        }
    }
}

fn scale(cluster: &Cluster, deployment: &Value, set: &Entry, to: i64) {
    let mut from = to;
    let desired = deployment["spec"]["replicas"].to_string();
    cluster.update(&cluster.kind(REPLICA_SETS), &set.key.namespace, &set.key.name, |object| {
        from = object["spec"]["replicas"].as_i64().unwrap_or(0);
        object["spec"]["replicas"] = json!(to);
        object["metadata"]["generation"] = json!(object["metadata"]["generation"].as_i64().unwrap_or(1) + 1);
        object["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"] = json!(desired);
        from != to
    });
    if from != to {
        let direction = if to > from { "up" } else { "down" };
        let message = format!("Scaled {direction} replica set {} from {from} to {to}", set.key.name);
        record::normal(cluster, deployment, "deployment-controller", "ScalingReplicaSet", &message);
    }
}

/// Writes the condition `Progressing`.
fn progress(cluster: &Cluster, key: &ObjectKey, (status, reason, message): (&str, &str, &str)) {
    let now = time(cluster.now().as_second());
    cluster.update(&cluster.kind(DEPLOYMENTS), &key.namespace, &key.name, |object| {
        if !object["status"].is_object() {
            object["status"] = json!({});
        }
        if !object["status"]["conditions"].is_array() {
            object["status"]["conditions"] = json!([{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable",
                "message": "Deployment does not have minimum availability.", "lastUpdateTime": now, "lastTransitionTime": now}]);
        }
        let conditions = object["status"]["conditions"].as_array_mut();
        let Some(conditions) = conditions else { return false };
        let held = conditions.iter().position(|condition| condition["type"] == "Progressing");
        let at = held.unwrap_or_else(|| {
            conditions.push(json!({"type": "Progressing", "status": "Unknown", "lastTransitionTime": now}));
            conditions.len() - 1
        });
        let condition = &mut conditions[at];
        if condition["reason"] == reason && condition["message"] == message {
            return false;
        }
        if condition["status"] != status {
            condition["lastTransitionTime"] = json!(now);
        }
        for (field, value) in [("status", status), ("reason", reason), ("message", message), ("lastUpdateTime", &now)] {
            condition[field] = json!(value);
        }
        true
    });
}

fn is_complete(deployment: &Value) -> bool {
    let desired = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    let count = |field: &str| deployment["status"][field].as_i64().unwrap_or(0);
    count("updatedReplicas") == desired && count("replicas") == desired && count("availableReplicas") == desired
}

fn report(cluster: &Cluster, key: &ObjectKey, current: &str) {
    let Some(deployment) = cluster.get(DEPLOYMENTS, &key.namespace, &key.name) else { return };
    let conditions = deployment["status"]["conditions"].as_array().into_iter().flatten();
    let held = conditions.into_iter().find(|condition| condition["type"] == "Progressing");
    let reason = held.map(|condition| condition["reason"].as_str().unwrap_or_default());
    if is_complete(&deployment) {
        progress(
            cluster,
            key,
            ("True", "NewReplicaSetAvailable", &format!("ReplicaSet \"{current}\" has successfully progressed.")),
        );
    } else if reason == Some("NewReplicaSetCreated") {
        progress(cluster, key, ("True", "ReplicaSetUpdated", &format!("ReplicaSet \"{current}\" is progressing.")));
    }
}

/// The time that the rollout to this ReplicaSet had is over; there may have been another rollout since.
pub(super) fn deadline(cluster: &Cluster, key: &ObjectKey, set: &str) {
    let Some(deployment) = cluster.get(DEPLOYMENTS, &key.namespace, &key.name) else { return };
    let current = cluster.storage.read().get(REPLICA_SETS, &key.namespace, &set_name(&deployment)).cloned();
    if current.is_none_or(|current| *current.uid != *set) {
        return;
    }
    if !is_complete(&deployment) && deployment["spec"]["paused"] != true {
        let message = format!("ReplicaSet \"{}\" has timed out progressing.", set_name(&deployment));
        progress(cluster, key, ("False", "ProgressDeadlineExceeded", &message));
    }
}

fn forget_old(cluster: &Cluster, deployment: &Value, current: &str, sets: &[Arc<Entry>]) {
    let limit = usize::try_from(deployment["spec"]["revisionHistoryLimit"].as_i64().unwrap_or(10)).unwrap_or(10);
    let mut old: Vec<_> = sets
        .iter()
        .filter(|entry| *entry.key.name != *current)
        .map(|entry| (revision_of(&entry.value()), entry))
        .filter(|(_, entry)| entry.value()["spec"]["replicas"] == 0)
        .collect();
    old.sort_by_key(|(revision, _)| *revision);
    let kind = cluster.kind(REPLICA_SETS);
    for (_, entry) in old.iter().take(old.len().saturating_sub(limit)) {
        deletion::delete(cluster, &kind, entry, None, Dependents::Delete);
    }
}

fn observe(cluster: &Cluster, key: &ObjectKey) {
    cluster.update(&cluster.kind(DEPLOYMENTS), &key.namespace, &key.name, |object| {
        let generation = object["metadata"]["generation"].clone();
        if object["status"]["observedGeneration"] == generation {
            return false;
        }
        object["status"]["observedGeneration"] = generation;
        true
    });
}
