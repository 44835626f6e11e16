//! Summaries of small inventories.

use std::sync::Arc;

use periscope_model::Tone;
use periscope_store::{Store, Visible};
use serde_json::{Value, json};

use super::{KINDS, Signal, Summary, Visibles};
use crate::testing::{self, Objects};

fn uid(name: &str) -> String {
    let number = name.bytes().fold(7_u64, |number, byte| number.wrapping_mul(31).wrapping_add(byte.into()));
    format!("00000000-0000-4000-8000-{:012x}", number & 0xffff_ffff_ffff)
}

fn meta(namespace: &str, name: &str) -> Value {
    json!({"name": name, "namespace": namespace, "uid": uid(name), "resourceVersion": "1", "generation": 1,
        "creationTimestamp": "2026-11-24T09:00:00Z"})
}

fn pod(namespace: &str, name: &str, owner: Option<(&str, &str)>, status: &Value) -> Value {
    let mut meta = meta(namespace, name);
    if let Some((kind, owner)) = owner {
        meta["ownerReferences"] =
            json!([{"apiVersion": "apps/v1", "kind": kind, "name": owner, "uid": uid(owner), "controller": true}]);
        if kind == "ReplicaSet" {
            meta["labels"] = json!({"pod-template-hash": owner.rsplit('-').next()});
        }
    }
    let resources = json!({"requests": {"cpu": "250m", "memory": "1Gi"}});
    json!({"metadata": meta, "spec": {"nodeName": "n1", "containers": [{"name": "app", "image": "app:1", "resources": resources}]},
        "status": status})
}

fn crashing() -> Value {
    json!({"phase": "Running", "containerStatuses": [{"name": "app", "ready": false, "restartCount": 9,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]})
}

fn running() -> Value {
    json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0, "state": {"running": {}}}]})
}

fn node(name: &str, ready: &str) -> Value {
    json!({"metadata": {"name": name, "uid": uid(name), "creationTimestamp": "2026-11-24T09:00:00Z"},
        "status": {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"}, "conditions": [{"type": "Ready", "status": ready}]}})
}

async fn visibles(store: &Store, visible: &Visible) -> Visibles {
    let mut seen: Visibles = Visibles::default();
    for (slot, kind) in seen.iter_mut().zip(KINDS) {
        *slot = Some(testing::part(store, kind, visible.clone()).await);
    }
    seen
}

async fn summary(objects: Objects, visible: &Visible) -> Summary {
    let seen = visibles(&objects.store(), visible).await;
    Summary::new(&testing::cluster(), &seen, None)
}

fn told(signals: &[Signal]) -> Vec<String> {
    signals.iter().map(|signal| format!("{} {} {}", signal.object.kind, signal.object.name, signal.sentence)).collect()
}

#[tokio::test]
async fn many_pods_of_one_workload_are_one_thing() {
    let owner = Some(("ReplicaSet", "api-abc"));
    let pods = (0..30).map(|n| pod("shop", &format!("api-abc-{n}"), owner, &crashing()));
    let found = summary(Objects::default().with("pods", pods).with("nodes", [node("n1", "True")]), &Visible::All).await;
    assert_eq!(told(&found.signals), ["deployments.apps api 30 pods CrashLoopBackOff"]);
    assert_eq!((found.signals[0].count, found.signals[0].tone), (30, Tone::Danger));
    assert_eq!(found.health().sentence, "api 30 pods CrashLoopBackOff");
    let pods = found.pods.expect("pods are seen");
    assert_eq!((pods.total, pods.failing), (30, 30));
}

#[tokio::test]
async fn a_lost_node_is_told_with_its_pods() {
    let lost = pod("shop", "web-0", Some(("StatefulSet", "web")), &crashing());
    let objects = Objects::default().with("nodes", [node("n1", "Unknown"), node("n2", "True")]).with("pods", [lost]);
    let found = summary(objects, &Visible::All).await;
    assert_eq!(told(&found.signals), ["nodes n1 does not report any more"]);
    assert_eq!(found.signals[0].hint.as_deref(), Some("1 pod on it in trouble"));
    assert_eq!(found.nodes.map(|nodes| (nodes.ready, nodes.total)), Some((1, 2)));
}

#[tokio::test]
async fn nothing_of_what_is_not_visible_is_counted_or_told() {
    let pods = [pod("mine", "a", None, &running()), pod("theirs", "b", None, &crashing())];
    let mine = Visible::Namespaces(Arc::new(["mine".into()].into()));
    let found = summary(Objects::default().with("pods", pods).with("nodes", [node("n1", "False")]), &mine).await;
    assert_eq!(found.signals, []);
    assert_eq!(found.pods.map(|pods| (pods.total, pods.failing)), Some((1, 0)));
    assert_eq!(found.nodes.map(|nodes| nodes.total), Some(0), "nodes are in no namespace");
    assert!(found.capacity.is_none(), "requests of some namespaces would look like the whole");
}

#[tokio::test]
async fn capacity_is_what_nodes_have_and_living_pods_asked_for() {
    let ended = pod("shop", "done", None, &json!({"phase": "Succeeded"}));
    let pods = [pod("shop", "a", None, &running()), pod("shop", "b", None, &running()), ended];
    let found = summary(Objects::default().with("pods", pods).with("nodes", [node("n1", "True")]), &Visible::All).await;
    let capacity = found.capacity.expect("both are seen");
    assert_eq!((capacity.cpu.allocatable, capacity.cpu.requested), (4000, 500));
    assert_eq!((capacity.memory.requested, capacity.pods.requested), (2 << 30, 2));
    assert_eq!(capacity.cpu.used, None, "nobody measured");
}

#[tokio::test]
async fn what_may_not_be_seen_is_unknown() {
    let found = Summary::new(&testing::cluster(), &Visibles::default(), None);
    assert_eq!(found.health().tone, Tone::Unknown);
    assert!(found.pods.is_none() && found.nodes.is_none());
}

#[tokio::test]
async fn the_heaviest_comes_first() {
    let deployment = json!({"metadata": meta("shop", "api"), "spec": {"replicas": 3}, "status": {"observedGeneration": 1,
        "replicas": 3, "updatedReplicas": 1, "readyReplicas": 2, "availableReplicas": 2,
        "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "too long"}]}});
    let claim = json!({"metadata": meta("shop", "data"), "spec": {}, "status": {"phase": "Lost"}});
    let objects = Objects::default()
        .with("persistentvolumeclaims", [claim])
        .with("deployments.apps", [deployment])
        .with("nodes", [node("n1", "False")]);
    let found = summary(objects, &Visible::All).await;
    let weights: Vec<u32> = found.signals.iter().map(|signal| signal.weight).collect();
    assert!(weights.len() == 3 && weights.is_sorted_by(|a, b| a >= b), "{:?}", told(&found.signals));
    assert_eq!(found.rollouts.len(), 1);
    assert_eq!(found.rollouts[0].sentence, "too long");
}
