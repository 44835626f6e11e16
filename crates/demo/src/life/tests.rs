//! What controllers do with what changed since they looked.

use std::collections::HashMap;

use periscope_model::SystemClock;
use serde_json::{Value, json};

use super::*;
use crate::aws::Aws;
use crate::profile::Profile;

/// A cluster with nothing in it but a namespace, and its controllers.
fn controllers() -> Controllers {
    let aws = Arc::new(Aws::new(Arc::new(SystemClock)).expect("random bytes"));
    let issuer = crate::tokens::Issuer::generate("prod-eu").expect("keys");
    let profile = Profile::all().into_iter().next().expect("a profile");
    let cluster = Arc::new(Cluster::new(profile, HashMap::new(), aws, issuer, 1));
    cluster.put(&cluster.kind("namespaces"), json!({"metadata": {"name": "shop", "uid": "n"}}));
    Controllers::new(cluster)
}

fn pod(cluster: &Cluster, uid: &str) {
    let status = json!({"phase": "Running", "containerStatuses": [{"name": "c", "restartCount": 0, "ready": true,
        "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]});
    let metadata = json!({"name": "s-0", "namespace": "shop", "uid": uid});
    let spec = json!({"nodeName": "n", "containers": [{"name": "c", "image": "c:1"}]});
    let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status});
    cluster.put(&cluster.kind("pods"), object);
}

#[tokio::test]
async fn what_was_planned_for_a_pod_is_not_done_to_the_next_of_its_name() {
    let mut controllers = controllers();
    let (cluster, key) = (Arc::clone(&controllers.cluster), ObjectKey::new("shop", "s-0"));
    for change in [PodChange::Crash, PodChange::Restart, PodChange::Finish, PodChange::Remove] {
        pod(&cluster, "first");
        controllers.later(0, &key, change);
        pod(&cluster, "second");
        let before = cluster.get("pods", "shop", "s-0");
        controllers.turn().await;
        assert_eq!(cluster.get("pods", "shop", "s-0"), before, "{change:?}");
        // and of the pod itself it is done
        controllers.later(0, &key, PodChange::Crash);
        controllers.turn().await;
        let reason = cluster.get("pods", "shop", "s-0").expect("a pod")["status"]["containerStatuses"][0]["state"]
            ["waiting"]["reason"]
            .clone();
        assert_eq!(reason, "CrashLoopBackOff");
    }
}

/// An autoscaler as somebody has just made it: it has no status yet.
fn scaled(replicas: i64, (most, wanted): (i64, i64)) -> (Controllers, Arc<crate::storage::Entry>) {
    let controllers = controllers();
    let cluster = &controllers.cluster;
    let metadata = json!({"name": "web", "namespace": "shop", "uid": "d", "generation": 1});
    cluster.put(&cluster.kind("deployments.apps"), json!({"metadata": metadata, "spec": {"replicas": replicas}}));
    let target = json!({"kind": "Deployment", "name": "web"});
    let metric = json!({"resource": {"target": {"averageUtilization": wanted}}});
    let spec = json!({"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": most, "metrics": [metric]});
    let metadata = json!({"name": "web", "namespace": "shop", "uid": "h"});
    let entry =
        cluster.put(&cluster.kind("horizontalpodautoscalers.autoscaling"), json!({"metadata": metadata, "spec": spec}));
    (controllers, entry)
}

fn replicas(cluster: &Cluster) -> Value {
    cluster.get("deployments.apps", "shop", "web").expect("a deployment")["spec"]["replicas"].clone()
}

#[test]
fn what_is_scaled_to_nothing_stays_there() {
    for (from, to) in [(0, 0), (2, 3)] {
        let (controllers, entry) = scaled(from, (9, 70));
        autoscaler::wander(&controllers.cluster, &entry, 95);
        assert_eq!(replicas(&controllers.cluster), json!(to));
    }
}

#[test]
fn an_autoscaler_that_makes_no_sense_stops_nobody() {
    for (limits, to) in [((0, 70), 1), ((9, 0), 5)] {
        let (controllers, entry) = scaled(2, limits);
        autoscaler::wander(&controllers.cluster, &entry, 95);
        assert_eq!(replicas(&controllers.cluster), json!(to), "{limits:?}");
    }
}

#[test]
fn a_rollout_is_not_late_because_the_one_before_it_was() {
    let controllers = controllers();
    let cluster = &controllers.cluster;
    let template =
        json!({"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "c:2"}]}});
    let metadata = json!({"name": "web", "namespace": "shop", "uid": "d"});
    let object = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": 1, "template": template}});
    let mut set = crate::content::workloads::replica_set_object(&object, &object["spec"]["template"], 2, 1);
    set["metadata"]["uid"] = json!("second");
    cluster.put(&cluster.kind("deployments.apps"), object);
    cluster.put(&cluster.kind("replicasets.apps"), set);
    let key = ObjectKey::new("shop", "web");
    let late = |set: &str| {
        deployment::deadline(cluster, &key, set);
        let held = cluster.get("deployments.apps", "shop", "web").expect("a deployment");
        held["status"].to_string().contains("ProgressDeadlineExceeded")
    };
    assert!(!late("first"));
    assert!(late("second"));
}

#[tokio::test]
async fn a_pod_that_somebody_bound_meanwhile_stays_where_it_is() {
    let mut controllers = controllers();
    let cluster = Arc::clone(&controllers.cluster);
    pod(&cluster, "first");
    let (kind, key) = (cluster.kind("pods"), ObjectKey::new("shop", "s-0"));
    let bound = cluster.get("pods", "shop", "s-0");
    controllers.later(0, &key, PodChange::Schedule);
    controllers.turn().await;
    assert_eq!(cluster.get("pods", "shop", "s-0"), bound);
    cluster.put_new(&kind, json!({"metadata": {"name": "s-0", "namespace": "shop", "uid": "second"}}));
    assert_eq!(cluster.get("pods", "shop", "s-0"), bound, "what is there is not made again");
}

#[test]
fn nothing_is_written_into_a_namespace_that_goes() {
    let controllers = controllers();
    let cluster = &controllers.cluster;
    let about = |namespace: &str| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": namespace, "uid": "p"}});
    record::normal(cluster, &about("gone"), "kubelet", "Started", "Started container c");
    assert_eq!(cluster.entries("events", None).len(), 0);
    record::normal(cluster, &about("shop"), "kubelet", "Started", "Started container c");
    assert_eq!(cluster.entries("events", None).len(), 1);
}
