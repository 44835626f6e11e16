//! Which node takes a pod; what a node's return means for those that wait.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::Controllers;
use super::timers::PodChange;
use crate::cluster::Cluster;
use crate::content::image::hash;
use crate::storage::ObjectKey;

/// Nodes among which a pod's own name decides.
const CHOICES: usize = 8;

/// A node came, went, or was opened again: pods without a place try once more.
pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    let opened =
        controllers.cluster.get("nodes", "", &key.name).is_some_and(|node| node["spec"]["unschedulable"] != true);
    if !opened {
        return;
    }
    let waiting: Vec<ObjectKey> = {
        let storage = controllers.cluster.storage.read();
        let pods = storage.list("pods", None).filter(|entry| entry.node.is_none() && entry.is_active());
        pods.map(|entry| entry.key.clone()).collect()
    };
    for pod in waiting {
        controllers.later(400, &pod, PodChange::Schedule);
    }
    let sets: Vec<ObjectKey> =
        controllers.cluster.entries("daemonsets.apps", None).iter().map(|entry| entry.key.clone()).collect();
    for set in sets {
        super::daemon_set::sync(&controllers.cluster, &set);
    }
}

/// Whether the node's kubelet would act; without a node there is nothing to wait for.
pub(super) fn answers(cluster: &Cluster, node: Option<&str>) -> bool {
    let Some(node) = node else { return true };
    cluster.storage.read().get("nodes", "", node).is_none_or(|entry| entry.ready)
}

pub(super) fn address(cluster: &Cluster, node: &str) -> String {
    let object = cluster.get("nodes", "", node).unwrap_or_default();
    object["status"]["addresses"][0]["address"].as_str().unwrap_or("10.0.0.1").to_owned()
}

/// What already runs on each node.
fn load(cluster: &Cluster) -> HashMap<Arc<str>, (usize, u32)> {
    let storage = cluster.storage.read();
    let mut load: HashMap<Arc<str>, (usize, u32)> = HashMap::new();
    for entry in storage.list("pods", None).filter(|entry| entry.is_active()) {
        if let Some(node) = &entry.node {
            let (pods, cpu) = load.entry(Arc::clone(node)).or_default();
            *pods += 1;
            *cpu += entry.cpu;
        }
    }
    load
}

/// The node that is asked for least and has room, or why there is none, as the scheduler would say it.
pub(super) fn choose(cluster: &Cluster, pod: &Value) -> Result<String, String> {
    let load = load(cluster);
    let wanted = crate::storage::Entry::from_value(pod, 0);
    let mut nodes: Vec<_> = cluster
        .entries("nodes", None)
        .into_iter()
        .map(|entry| (load.get(&*entry.key.name).copied().unwrap_or_default(), entry))
        .collect();
    nodes.sort_by_key(|((_, cpu), _)| *cpu);
    let mut refusals = Refusals::default();
    let mut fitting = Vec::new();
    for (used, entry) in nodes {
        match room(&entry.value(), &wanted, pod, used) {
            Ok(()) => fitting.push(entry.key.name.to_string()),
            Err(refusal) => refusals.add(refusal),
        }
        if fitting.len() == CHOICES {
            break;
        }
    }
    if fitting.is_empty() {
        return Err(refusals.sentence());
    }
    // pods of one workload should not all land on the emptiest node
    let at = usize::try_from(hash(&wanted.key.name)).unwrap_or(0) % fitting.len();
    Ok(fitting.swap_remove(at))
}

fn room(
    node: &Value,
    wanted: &crate::storage::Entry,
    pod: &Value,
    (pods, cpu): (usize, u32),
) -> Result<(), &'static str> {
    if node["spec"]["unschedulable"] == true {
        return Err("node(s) were unschedulable");
    }
    if !crate::endpoints::is_ready(node) {
        return Err("node(s) had untolerated taint {node.kubernetes.io/unreachable: }");
    }
    if !tolerated(node, pod) {
        return Err("node(s) had untolerated taints");
    }
    let labels = &node["metadata"]["labels"];
    let selected =
        pod["spec"]["nodeSelector"].as_object().into_iter().flatten().all(|(key, value)| &labels[key] == value);
    if !selected {
        return Err("node(s) didn't match Pod's node affinity/selector");
    }
    let number =
        |value: &Value| value.as_str().and_then(|text| text.trim_end_matches('m').parse::<i64>().ok()).unwrap_or(0);
    let allocatable = &node["status"]["allocatable"];
    if i64::try_from(pods).unwrap_or(i64::MAX) >= number(&allocatable["pods"]) {
        return Err("Too many pods");
    }
    let left = number(&allocatable["cpu"]) - i64::from(cpu) - i64::from(wanted.cpu);
    if left < 0 { Err("Insufficient cpu") } else { Ok(()) }
}

fn tolerated(node: &Value, pod: &Value) -> bool {
    let taints =
        node["spec"]["taints"].as_array().into_iter().flatten().filter(|taint| taint["effect"] != "PreferNoSchedule");
    taints.into_iter().all(|taint| {
        let tolerations = pod["spec"]["tolerations"].as_array().into_iter().flatten();
        tolerations.into_iter().any(|toleration| {
            let key = toleration["key"].is_null() || toleration["key"] == taint["key"];
            let effect = toleration["effect"].is_null() || toleration["effect"] == taint["effect"];
            key && effect && (toleration["operator"] == "Exists" || toleration["value"] == taint["value"])
        })
    })
}

/// The sentence for a pod that is meant to stay pending.
pub(super) fn no_room(cluster: &Cluster) -> String {
    let mut refusals = Refusals::default();
    for _ in 0..cluster.entries("nodes", None).len() {
        refusals.add("Insufficient memory");
    }
    refusals.sentence()
}

#[derive(Default)]
struct Refusals {
    total: usize,
    by_reason: std::collections::BTreeMap<&'static str, usize>,
}

impl Refusals {
    fn add(&mut self, reason: &'static str) {
        self.total += 1;
        *self.by_reason.entry(reason).or_default() += 1;
    }

    fn sentence(&self) -> String {
        let total = self.total;
        let reasons: Vec<String> = self.by_reason.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        format!(
            "0/{total} nodes are available: {}. preemption: 0/{total} nodes are available: {total} No preemption victims found for incoming pod.",
            reasons.join(", ")
        )
    }
}
