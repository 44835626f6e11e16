//! What needs somebody, heaviest first, one signal per cause.

use std::collections::HashSet;

use periscope_model::{ClusterId, ObjectRef, Tone};
use periscope_store::{Class, Row};

use super::pods::{PodGroup, PodGroups, Root};
use super::summary::Rows;
use super::{Signal, object, rollouts, time};
use crate::kinds::known;

/// A signal about one row.
fn about(cluster: &ClusterId, kind: &str, row: &Row, (code, weight): (&'static str, u32), sentence: String) -> Signal {
    Signal {
        cluster: cluster.clone(),
        weight,
        tone: row.tone(),
        code,
        sentence,
        object: object(cluster, kind, row),
        count: 1,
        since: time(row.judged.since),
        hint: row.judged.note.as_deref().map(str::to_owned),
    }
}

fn needs_somebody(row: &Row) -> bool {
    row.tone() >= Tone::Warning
}

/// Nodes that do not run their pods any more.
pub(super) fn lost_nodes(nodes: &Rows<'_>) -> HashSet<Box<str>> {
    let lost = nodes.each().filter(|row| matches!(row.class(), Class::Failing | Class::Unknown));
    lost.map(|row| row.meta.name.clone()).collect()
}

pub(super) fn of_nodes(cluster: &ClusterId, nodes: &Rows<'_>, pods: &PodGroups) -> Vec<Signal> {
    let signal = |row: &std::sync::Arc<Row>| {
        let (code, weight, sentence) = match row.class() {
            Class::Failing => ("NODE_NOT_READY", 90, "is not ready"),
            Class::Unknown => ("NODE_UNKNOWN", 90, "does not report any more"),
            _ => ("NODE_PRESSURE", 60, "is under pressure"),
        };
        let signal = about(cluster, "nodes", row, (code, weight), sentence.to_owned());
        let with_it = Some(pods.on_lost_node(&row.meta.name))
            .filter(|pods| *pods > 0)
            .map(|pods| format!("{} on it in trouble", counted(pods)));
        let hint = [signal.hint.clone(), with_it].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        Signal { hint: Some(hint).filter(|hint| !hint.is_empty()), ..signal }
    };
    nodes.each().filter(|row| needs_somebody(row)).map(signal).collect()
}

/// Deployments, stateful sets and daemon sets; the trouble of their pods is the hint.
pub(super) fn of_workloads(cluster: &ClusterId, kind: &'static str, rows: &Rows<'_>, pods: &PodGroups) -> Vec<Signal> {
    let signal = |row: &std::sync::Arc<Row>| {
        let (desired, ready) = rollouts::replicas(row).map_or((0, 0), |replicas| (replicas.desired, replicas.ready));
        let (code, weight, sentence) = match row.status() {
            "Stuck" => ("WORKLOAD_STUCK", 80, "its rollout is stuck".to_owned()),
            "Unavailable" => ("WORKLOAD_UNAVAILABLE", 85, format!("none of {desired} pods is available")),
            "Terminating" => ("WORKLOAD_TERMINATING", 40, "cannot finish its deletion".to_owned()),
            _ => ("WORKLOAD_DEGRADED", 50, format!("{ready} of {desired} pods ready")),
        };
        let mut signal = about(cluster, kind, row, (code, weight), sentence);
        if let Some(group) = pods.worst_of(&root_of(kind, row)) {
            signal.hint = Some(trouble(group));
            // A workload is as old as its first rollout; its trouble is as old as its pods'.
            signal.since = time(group.since).or(signal.since);
            signal.tone = signal.tone.max(group.tone);
        }
        signal
    };
    // What only a lost node took is told with the node.
    let explained = |row: &Row| {
        let missing = rollouts::replicas(row).map_or(0, |replicas| replicas.desired.saturating_sub(replicas.ready));
        row.status() == "Degraded" && pods.lost_of(&root_of(kind, row)) >= missing as usize
    };
    rows.each().filter(|row| needs_somebody(row) && !explained(row)).map(signal).collect()
}

pub(super) fn of_jobs(cluster: &ClusterId, jobs: &Rows<'_>, pods: &PodGroups) -> Vec<Signal> {
    let signal = |row: &std::sync::Arc<Row>| {
        let sentence = if row.class() == Class::Failing { "has failed" } else { "does not get on" };
        let mut signal = about(cluster, "jobs.batch", row, ("JOB_FAILED", 55), sentence.to_owned());
        if let Some(group) = pods.worst_of(&root_of("jobs.batch", row)) {
            signal.hint.get_or_insert_with(|| trouble(group));
        }
        signal
    };
    jobs.each().filter(|row| needs_somebody(row)).map(signal).collect()
}

pub(super) fn of_claims(cluster: &ClusterId, claims: &Rows<'_>) -> Vec<Signal> {
    let signal = |row: &std::sync::Arc<Row>| {
        let sentence = format!("claim is {}", row.status().to_lowercase());
        about(cluster, "persistentvolumeclaims", row, ("CLAIM_NOT_BOUND", 45), sentence)
    };
    claims.each().filter(|row| needs_somebody(row)).map(signal).collect()
}

/// Pods in trouble whose workload is not told of already.
pub(super) fn of_pods(cluster: &ClusterId, pods: &PodGroups, told: &[Signal]) -> Vec<Signal> {
    let told: HashSet<Root> = told.iter().map(|signal| root_of_ref(&signal.object)).collect();
    pods.each()
        .filter(|(root, _)| !told.contains(*root))
        .map(|(root, group)| {
            let row = &group.pod;
            let base = match row.class() {
                Class::Failing if group.tone >= Tone::Danger => 70,
                Class::Pending => 65,
                Class::Terminating => 35,
                Class::Failing => 20,
                _ => 45,
            };
            let more = u32::try_from(group.count.min(10)).unwrap_or(10);
            let signal =
                about(cluster, "pods", row, ("POD_IN_TROUBLE", base + more - 1), format!("is {}", row.status()));
            let signal = Signal { count: group.count, tone: group.tone, since: time(group.since), ..signal };
            of_owner(cluster, root, group, signal)
        })
        .collect()
}

/// A pod is made by something that stays: that is what people know by name.
fn of_owner(cluster: &ClusterId, (namespace, kind, name): &Root, group: &PodGroup, signal: Signal) -> Signal {
    let kind = match kind.as_str() {
        "Deployment" => "deployments.apps",
        "StatefulSet" => "statefulsets.apps",
        "DaemonSet" => "daemonsets.apps",
        "Job" => "jobs.batch",
        _ => return signal,
    };
    let object = ObjectRef {
        cluster: cluster.clone(),
        kind: known(kind),
        namespace: Some(namespace.clone()),
        name: name.clone(),
    };
    Signal { object, sentence: format!("{} {}", counted(group.count), group.pod.status()), ..signal }
}

fn trouble(group: &PodGroup) -> String {
    let pods = counted(group.count);
    match group.pod.judged.note.as_deref() {
        Some(note) => format!("{pods} {}: {note}", group.pod.status()),
        None => format!("{pods} {}", group.pod.status()),
    }
}

fn counted(pods: usize) -> String {
    if pods == 1 { "1 pod".to_owned() } else { format!("{pods} pods") }
}

fn root_of(kind: &str, row: &Row) -> Root {
    (row.meta.namespace.to_string(), singular(kind).to_owned(), row.meta.name.to_string())
}

fn root_of_ref(object: &ObjectRef) -> Root {
    let kind = object.kind.to_string();
    (object.namespace.clone().unwrap_or_default(), singular(&kind).to_owned(), object.name.clone())
}

/// As owner references name it.
fn singular(kind: &str) -> &str {
    match kind {
        "deployments.apps" => "Deployment",
        "statefulsets.apps" => "StatefulSet",
        "daemonsets.apps" => "DaemonSet",
        "jobs.batch" => "Job",
        "pods" => "Pod",
        other => other,
    }
}
