//! The StatefulSet controller: one after the other, each with its own claim.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Controllers, record, replica_set};
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::content::workloads::{own_claim, revision_hash};
use crate::counts;
use crate::deletion::{self, Dependents};
use crate::storage::{Entry, ObjectKey};

const KIND: &str = "statefulsets.apps";

pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(set) = cluster.get(KIND, &key.namespace, &key.name) else { return };
    if set["metadata"]["deletionTimestamp"].is_string() {
        return counts::workload(&cluster, KIND, &key.namespace, &key.name);
    }
    let wanted = usize::try_from(set["spec"]["replicas"].as_i64().unwrap_or(1)).unwrap_or(0);
    let pods = by_ordinal(&cluster, &set);
    let parallel = set["spec"]["podManagementPolicy"] == "Parallel";
    let there = |at: usize| pods.iter().find(|(ordinal, _)| *ordinal == at).map(|(_, entry)| entry);
    // a name is free only once the pod that had it is really gone
    let leaving =
        |at: usize| cluster.storage.read().get("pods", &key.namespace, &format!("{}-{at}", key.name)).is_some();
    for at in 0..wanted {
        match there(at) {
            None if leaving(at) => break,
            None => {
                create(&cluster, &set, at);
                if !parallel {
                    break;
                }
            }
            Some(entry) if !entry.ready && !parallel => break,
            Some(_) => {}
        }
    }
    let kind = cluster.kind("pods");
    if let Some((_, last)) = pods.iter().rev().find(|(ordinal, _)| *ordinal >= wanted) {
        deletion::delete(&cluster, &kind, last, None, Dependents::Delete);
        record::normal(
            &cluster,
            &set,
            "statefulset-controller",
            "SuccessfulDelete",
            &format!("delete Pod {} in StatefulSet {} successful", last.key.name, key.name),
        );
    } else {
        update(&cluster, &set, &pods);
    }
    counts::workload(&cluster, KIND, &key.namespace, &key.name);
}

fn by_ordinal(cluster: &Cluster, set: &Value) -> Vec<(usize, Arc<Entry>)> {
    let mut pods: Vec<_> = replica_set::active_pods(cluster, set)
        .into_iter()
        .filter_map(|entry| Some((entry.key.name.rsplit_once('-')?.1.parse().ok()?, entry)))
        .collect();
    pods.sort_by_key(|(ordinal, _)| *ordinal);
    pods
}

/// The template's revision, without the label that names it.
fn revision(set: &Value) -> String {
    let mut template = set["spec"]["template"].clone();
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        labels.remove("controller-revision-hash");
    }
    format!("{}-{}", set["metadata"]["name"].as_str().unwrap_or_default(), revision_hash(&template))
}

fn create(cluster: &Cluster, set: &Value, at: usize) {
    let base = set["metadata"]["name"].as_str().unwrap_or_default();
    let name = format!("{base}-{at}");
    claims(cluster, set, at);
    let revision = revision(set);
    replica_set::create_pod(cluster, set, &name, |pod| {
        own_claim(pod, set, at);
        pod["metadata"]["labels"]["controller-revision-hash"] = json!(revision);
    });
    record::normal(
        cluster,
        set,
        "statefulset-controller",
        "SuccessfulCreate",
        &format!("create Pod {name} in StatefulSet {base} successful"),
    );
}

fn claims(cluster: &Cluster, set: &Value, at: usize) {
    let namespace = set["metadata"]["namespace"].as_str().unwrap_or_default();
    let base = set["metadata"]["name"].as_str().unwrap_or_default();
    let kind = cluster.kind("persistentvolumeclaims");
    for claim in set["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
        let name = format!("{}-{base}-{at}", claim["metadata"]["name"].as_str().unwrap_or_default());
        if cluster.get(&kind.id, namespace, &name).is_some() {
            continue;
        }
        let uid = cluster.uid();
        let mut object = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name, "namespace": namespace, "uid": uid,
            "creationTimestamp": time(cluster.now().as_second()), "labels": set["spec"]["selector"]["matchLabels"], "finalizers": ["kubernetes.io/pvc-protection"]},
            "spec": claim["spec"]});
        object["spec"]["volumeName"] = json!(format!("pvc-{uid}"));
        object["status"] = json!({"phase": "Bound", "accessModes": claim["spec"]["accessModes"], "capacity": claim["spec"]["resources"]["requests"]});
        cluster.put_new(&kind, object);
    }
}

/// Replaces the highest pod that is of an old revision, when all are well.
fn update(cluster: &Cluster, set: &Value, pods: &[(usize, Arc<Entry>)]) {
    let revision = revision(set);
    let held = set["status"]["updateRevision"].as_str().unwrap_or_default();
    let namespace = set["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = set["metadata"]["name"].as_str().unwrap_or_default();
    let changed = held != revision;
    if changed {
        cluster.update(&cluster.kind(KIND), namespace, name, |object| {
            object["status"]["updateRevision"] = json!(revision);
            object["status"]["collisionCount"] = json!(0);
            true
        });
    }
    if set["spec"]["updateStrategy"]["type"] == "OnDelete" || pods.iter().any(|(_, entry)| !entry.ready) {
        return;
    }
    let partition =
        usize::try_from(set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].as_i64().unwrap_or(0)).unwrap_or(0);
    let old = pods
        .iter()
        .rev()
        .find(|(ordinal, entry)| *ordinal >= partition && entry.label("controller-revision-hash") != Some(&revision));
    if let Some((_, entry)) = old {
        deletion::delete(cluster, &cluster.kind("pods"), entry, None, Dependents::Delete);
    } else if set["status"]["currentRevision"] != json!(revision) {
        cluster.update(&cluster.kind(KIND), namespace, name, |object| {
            object["status"]["currentRevision"] = json!(revision);
            object["status"]["updatedReplicas"] = object["status"]["replicas"].clone();
            true
        });
    }
}
