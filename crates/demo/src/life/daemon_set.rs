//! The DaemonSet controller: one pod on every node.

use std::collections::BTreeSet;

use serde_json::json;

use super::{record, replica_set};
use crate::cluster::Cluster;
use crate::content::builder::suffix;
use crate::counts;
use crate::deletion::{self, Dependents};
use crate::storage::ObjectKey;

const KIND: &str = "daemonsets.apps";

pub(super) fn sync(cluster: &Cluster, key: &ObjectKey) {
    let Some(set) = cluster.get(KIND, &key.namespace, &key.name) else { return };
    if set["metadata"]["deletionTimestamp"].is_string() {
        return counts::workload(cluster, KIND, &key.namespace, &key.name);
    }
    let nodes: BTreeSet<String> =
        cluster.entries("nodes", None).iter().map(|entry| entry.key.name.to_string()).collect();
    let pods = replica_set::active_pods(cluster, &set);
    let served: BTreeSet<&str> = pods.iter().filter_map(|entry| entry.node.as_deref()).collect();
    for node in nodes.iter().filter(|node| !served.contains(node.as_str())) {
        let name = format!("{}-{}", key.name, cluster.random(|random| suffix(random, 5)));
        replica_set::create_pod(cluster, &set, &name, |pod| pod["spec"]["nodeName"] = json!(node));
        record::normal(cluster, &set, "daemonset-controller", "SuccessfulCreate", &format!("Created pod: {name}"));
    }
    let kind = cluster.kind("pods");
    let image = &set["spec"]["template"]["spec"]["containers"][0]["image"];
    let restarted = &set["spec"]["template"]["metadata"]["annotations"];
    let well = pods.iter().all(|entry| entry.ready || !super::node::answers(cluster, entry.node.as_deref()));
    let mut replaced = false;
    for entry in &pods {
        let gone = entry.node.as_deref().is_some_and(|node| !nodes.contains(node));
        let pod = entry.value();
        let old = &pod["spec"]["containers"][0]["image"] != image
            || restarted
                .as_object()
                .into_iter()
                .flatten()
                .any(|(name, value)| &pod["metadata"]["annotations"][name] != value);
        // one at a time, and only while the others are well
        if gone || (old && well && !replaced) {
            replaced |= old;
            deletion::delete(cluster, &kind, entry, None, Dependents::Delete);
        }
    }
    let count = nodes.len();
    cluster.update(&cluster.kind(KIND), &key.namespace, &key.name, |object| {
        let changed = object["status"]["desiredNumberScheduled"] != json!(count);
        object["status"]["desiredNumberScheduled"] = json!(count);
        changed
    });
    counts::workload(cluster, KIND, &key.namespace, &key.name);
}
