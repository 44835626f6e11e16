//! How objects go: gracefully, with what they own, after their finalizers.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::registry::KindRef;
use crate::storage::Entry;

/// Kinds that are made by controllers, and so may have an owner that goes.
const OWNED: &[&str] =
    &["replicasets.apps", "pods", "jobs.batch", "controllerrevisions.apps", "endpointslices.discovery.k8s.io"];

/// What keeps an owner until everything it owns is gone.
const FOREGROUND: &str = "foregroundDeletion";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dependents {
    /// They go after their owner.
    Delete,
    /// They go before their owner.
    Foreground,
    Orphan,
}

/// Deletes one object, and no other that has its name by now. `grace` overrides a pod's own. Whether it was there.
pub(crate) fn delete(
    cluster: &Cluster,
    kind: &KindRef,
    entry: &Entry,
    grace: Option<i64>,
    dependents: Dependents,
) -> bool {
    let object = entry.value();
    let waits = match &*kind.id {
        "pods" => pod_grace(&object, grace),
        "namespaces" => Some(0),
        _ => (!foreign_finalizers(&object).is_empty()).then_some(0),
    };
    if dependents == Dependents::Foreground && owns_something(cluster, entry) {
        let marked = mark(cluster, kind, entry, (0, true));
        collect(cluster, entry, dependents);
        return marked;
    }
    match waits {
        Some(seconds) => mark(cluster, kind, entry, (seconds, false)),
        None => remove(cluster, kind, entry, dependents),
    }
}

/// The object goes now, and with it what it owns.
pub(crate) fn remove(cluster: &Cluster, kind: &KindRef, entry: &Entry, dependents: Dependents) -> bool {
    if cluster.remove_if(kind, &entry.key, |held| held.uid == entry.uid).is_none() {
        return false;
    }
    match dependents {
        Dependents::Orphan => orphan(cluster, entry),
        Dependents::Delete | Dependents::Foreground => collect(cluster, entry, dependents),
    }
    true
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

fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Finalizers that nobody in this world takes care of, so that somebody must remove them by hand.
fn foreign_finalizers(object: &Value) -> Vec<&str> {
    let own = ["kubernetes.io/", "karpenter.sh/", FOREGROUND, "batch.kubernetes.io/", "orphan"];
    finalizers(object).filter(|name| !own.iter().any(|prefix| name.starts_with(prefix))).collect()
}

/// Whether an object on its way out still waits for what it owns.
pub(crate) fn is_foreground(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string() && finalizers(object).any(|name| name == FOREGROUND)
}

/// Whether nothing keeps an object that is on its way out.
pub(crate) fn is_free(object: &Value) -> bool {
    foreign_finalizers(object).is_empty() && !is_foreground(object)
}

/// Takes the finalizer from an owner whose dependents are gone; nothing else may keep it, and then it goes.
pub(crate) fn finish_foreground(cluster: &Cluster, kind: &KindRef, entry: &Entry) {
    let freed = cluster.update(kind, &entry.key.namespace, &entry.key.name, |object| {
        if object["metadata"]["uid"] != *entry.uid || !is_foreground(object) {
            return false;
        }
        if let Some(list) = object["metadata"]["finalizers"].as_array_mut() {
            list.retain(|name| name != FOREGROUND);
        }
        true
    });
    if let Some(freed) = freed.filter(|freed| is_free(&freed.value())) {
        remove(cluster, kind, &freed, Dependents::Delete);
    }
}

fn mark(cluster: &Cluster, kind: &KindRef, entry: &Entry, (seconds, foreground): (i64, bool)) -> bool {
    let at = cluster.now().as_second() + seconds;
    let mut there = false;
    cluster.update(kind, &entry.key.namespace, &entry.key.name, |object| {
        there = object["metadata"]["uid"] == *entry.uid;
        let shorter = object["metadata"]["deletionGracePeriodSeconds"].as_i64().is_none_or(|held| seconds < held);
        let again = object["metadata"]["deletionTimestamp"].is_string() && !shorter;
        if !there || (again && (!foreground || is_foreground(object))) {
            return false;
        }
        object["metadata"]["deletionTimestamp"] = json!(time(at));
        object["metadata"]["deletionGracePeriodSeconds"] = json!(seconds);
        if foreground {
            match object["metadata"]["finalizers"].as_array_mut() {
                Some(list) => list.push(json!(FOREGROUND)),
                None => object["metadata"]["finalizers"] = json!([FOREGROUND]),
            }
        }
        if &*kind.id == "namespaces" {
            object["status"]["phase"] = json!("Terminating");
        }
        true
    });
    there
}

/// Everything that names this object as its controller.
fn owned(cluster: &Cluster, owner: &Entry) -> Vec<(KindRef, std::sync::Arc<Entry>)> {
    let namespace = Some(&*owner.key.namespace).filter(|name| !name.is_empty());
    let mut all = Vec::new();
    for id in OWNED {
        let kind = cluster.kind(id);
        let of_kind = cluster.entries(id, namespace).into_iter();
        all.extend(
            of_kind
                .filter(|entry| entry.owner.as_deref() == Some(&*owner.uid))
                .map(|entry| (KindRef::clone(&kind), entry)),
        );
    }
    all
}

pub(crate) fn owns_something(cluster: &Cluster, owner: &Entry) -> bool {
    !owned(cluster, owner).is_empty()
}

/// The garbage collector.
fn collect(cluster: &Cluster, owner: &Entry, dependents: Dependents) {
    for (kind, entry) in owned(cluster, owner) {
        delete(cluster, &kind, &entry, None, dependents);
    }
}

/// They stay, and nobody's they are.
fn orphan(cluster: &Cluster, owner: &Entry) {
    for (kind, entry) in owned(cluster, owner) {
        cluster.update(&kind, &entry.key.namespace, &entry.key.name, |object| {
            let metadata = &mut object["metadata"];
            let Some(list) = metadata["ownerReferences"].as_array_mut() else { return false };
            list.retain(|one| one["uid"] != *owner.uid);
            if list.is_empty()
                && let Some(metadata) = metadata.as_object_mut()
            {
                metadata.remove("ownerReferences");
            }
            true
        });
    }
}
