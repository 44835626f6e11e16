//! How objects go: gracefully, with what they own, after their finalizers.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::registry::KindRef;
use crate::storage::ObjectKey;

/// Kinds that are made by controllers, and so may have an owner that goes.
const OWNED: &[&str] =
    &["replicasets.apps", "pods", "jobs.batch", "controllerrevisions.apps", "endpointslices.discovery.k8s.io"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dependents {
    Delete,
    Orphan,
}

/// Deletes one object. `grace` overrides a pod's own; the object as it was (or became) is returned.
pub(crate) fn delete(
    cluster: &Cluster,
    kind: &KindRef,
    key: &ObjectKey,
    grace: Option<i64>,
    dependents: Dependents,
) -> Option<Value> {
    let object = cluster.get(&kind.id, &key.namespace, &key.name)?;
    let waits = match &*kind.id {
        "pods" => pod_grace(&object, grace),
        "namespaces" => Some(0),
        _ => (!foreign_finalizers(&object).is_empty()).then_some(0),
    };
    if let Some(seconds) = waits {
        return mark(cluster, kind, key, seconds);
    }
    remove(cluster, kind, key, dependents);
    Some(object)
}

/// The object goes now, and with it what it owns.
pub(crate) fn remove(cluster: &Cluster, kind: &KindRef, key: &ObjectKey, dependents: Dependents) {
    let Some(entry) = cluster.remove(kind, key) else { return };
    if dependents == Dependents::Delete {
        collect(cluster, &key.namespace, &entry.uid);
    }
}

/// `None`: nothing runs any more, so nothing needs to be waited for.
fn pod_grace(pod: &Value, asked: Option<i64>) -> Option<i64> {
    let ended = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    if ended || !pod["spec"]["nodeName"].is_string() {
        return None;
    }
    let seconds = asked.or_else(|| pod["spec"]["terminationGracePeriodSeconds"].as_i64()).unwrap_or(30);
    (seconds > 0).then_some(seconds)
}

/// Finalizers that nobody in this world takes care of, so that somebody must remove them by hand.
pub(crate) fn foreign_finalizers(object: &Value) -> Vec<&str> {
    let finalizers = object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let own = ["kubernetes.io/", "karpenter.sh/", "foregroundDeletion", "batch.kubernetes.io/", "orphan"];
    finalizers.filter(|name| !own.iter().any(|prefix| name.starts_with(prefix))).collect()
}

fn mark(cluster: &Cluster, kind: &KindRef, key: &ObjectKey, seconds: i64) -> Option<Value> {
    let at = cluster.now().as_second() + seconds;
    cluster.update(kind, &key.namespace, &key.name, |object| {
        let shorter = object["metadata"]["deletionGracePeriodSeconds"].as_i64().is_none_or(|held| seconds < held);
        if object["metadata"]["deletionTimestamp"].is_string() && !shorter {
            return false;
        }
        object["metadata"]["deletionTimestamp"] = json!(time(at));
        object["metadata"]["deletionGracePeriodSeconds"] = json!(seconds);
        if &*kind.id == "namespaces" {
            object["status"]["phase"] = json!("Terminating");
        }
        true
    });
    cluster.get(&kind.id, &key.namespace, &key.name)
}

/// The garbage collector: everything that names this uid as its controller.
fn collect(cluster: &Cluster, namespace: &str, uid: &str) {
    for id in OWNED {
        let kind = cluster.kind(id);
        let owned = cluster.entries(id, Some(namespace).filter(|name| !name.is_empty()));
        for entry in owned.iter().filter(|entry| entry.owner.as_deref() == Some(uid)) {
            delete(cluster, &kind, &entry.key, None, Dependents::Delete);
        }
    }
}
