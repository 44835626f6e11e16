//! Pods in trouble, by the workload that made them: thirty crashing pods of one Deployment are one thing to look at.
//! Pods on a node that is lost are that node's trouble, not theirs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use periscope_model::Tone;
use periscope_store::{Class, Row};

use super::summary::Rows;

/// Who made a pod, as far as the pod itself tells: `(namespace, kind, name)`.
pub(super) type Root = (String, String, String);

/// Pods of one workload that are in the same trouble.
pub(super) struct PodGroup {
    /// One of them.
    pub(super) pod: Arc<Row>,
    pub(super) count: usize,
    pub(super) since: Option<i64>,
    pub(super) tone: Tone,
}

#[derive(Default)]
pub(super) struct PodGroups {
    groups: BTreeMap<Root, BTreeMap<String, PodGroup>>,
    /// Pods in trouble on each lost node.
    on_lost: HashMap<String, usize>,
    /// The same by workload.
    of_lost: HashMap<Root, usize>,
}

impl PodGroups {
    pub(super) fn new(pods: &Rows<'_>, lost: &HashSet<Box<str>>) -> Self {
        let mut groups = Self::default();
        for row in pods.each().filter(|row| is_trouble(row)) {
            if let Some(node) = row.pod().and_then(|pod| pod.node.as_deref()).filter(|node| lost.contains(*node)) {
                *groups.on_lost.entry(node.to_owned()).or_default() += 1;
                *groups.of_lost.entry(root(row)).or_default() += 1;
                continue;
            }
            let status = row.status().to_owned();
            let group = groups.groups.entry(root(row)).or_default().entry(status).or_insert_with(|| PodGroup {
                pod: row.clone(),
                count: 0,
                since: None,
                tone: row.tone(),
            });
            group.count += 1;
            group.tone = group.tone.max(row.tone());
            group.since = match (group.since, row.judged.since) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (one, other) => one.or(other),
            };
        }
        groups
    }

    /// The worst group of a workload's pods.
    pub(super) fn worst_of(&self, root: &Root) -> Option<&PodGroup> {
        self.groups.get(root)?.values().max_by_key(|group| (group.tone, group.count))
    }

    /// How many pods in trouble are on this lost node.
    pub(super) fn on_lost_node(&self, node: &str) -> usize {
        self.on_lost.get(node).copied().unwrap_or(0)
    }

    /// How many pods of a workload a lost node took with it.
    pub(super) fn lost_of(&self, root: &Root) -> usize {
        self.of_lost.get(root).copied().unwrap_or(0)
    }

    pub(super) fn each(&self) -> impl Iterator<Item = (&Root, &PodGroup)> {
        self.groups.iter().flat_map(|(root, groups)| groups.values().map(move |group| (root, group)))
    }
}

/// What passes by itself is no trouble; nor is a restart that is over.
fn is_trouble(row: &Row) -> bool {
    match row.class() {
        Class::Failing | Class::Unknown => true,
        Class::Pending | Class::Terminating => row.tone() >= Tone::Warning,
        Class::Running => row.tone() >= Tone::Warning && row.judged.note.as_deref() == Some("not ready"),
        Class::Ok | Class::Succeeded | Class::Neutral => false,
    }
}

/// A ReplicaSet of a Deployment is named after it and its template's hash, which its pods carry as a label.
fn root(row: &Row) -> Root {
    let namespace = row.meta.namespace.to_string();
    let Some(owner) = row.meta.controller() else {
        return (namespace, "Pod".to_owned(), row.meta.name.to_string());
    };
    if &*owner.kind == "ReplicaSet"
        && let Some(hash) = row.meta.labels.get("pod-template-hash")
        && let Some(name) = owner.name.strip_suffix(hash).and_then(|name| name.strip_suffix('-'))
    {
        return (namespace, "Deployment".to_owned(), name.to_owned());
    }
    (namespace, owner.kind.to_string(), owner.name.to_string())
}
