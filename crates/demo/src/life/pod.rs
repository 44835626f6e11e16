//! The scheduler and the kubelets: a pod's way from Pending to Running, and out again.

use std::sync::Arc;

use serde_json::{Value, json};

use super::temper::{self, Temper};
use super::timers::PodChange;
use super::{Controllers, crash, node, record, replica_set};
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::content::image::hash;
use crate::content::pod;
use crate::storage::{Entry, ObjectKey};

/// No pod of this world takes longer to end than this, whatever its grace period.
const LONGEST_END: u64 = 2500;

pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    controllers.stale(&key.namespace);
    let cluster = Arc::clone(&controllers.cluster);
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else {
        owners_of_missing(controllers, key);
        return;
    };
    if object["metadata"]["deletionTimestamp"].is_string() {
        if node::answers(&cluster, object["spec"]["nodeName"].as_str()) {
            controllers.later(700 + hash(&key.name) % LONGEST_END, key, PodChange::Remove);
        }
    } else if object["status"]["phase"] == "Pending" && object["spec"]["nodeName"].is_null() {
        controllers.later(30 + hash(&key.name) % 170, key, PodChange::Schedule);
    } else if object["status"]["phase"] == "Pending" && object["status"]["startTime"].is_null() {
        // bound by somebody else, as a custom scheduler or a static pod would be
        bind(controllers, key);
    }
    owner_changed(controllers, &object);
}

/// The pod is gone, so its owner can only be found among those that miss one.
fn owners_of_missing(controllers: &mut Controllers, key: &ObjectKey) {
    let prefix = key.name.rsplit_once('-').map_or("", |(prefix, _)| prefix).to_owned();
    let owner = ObjectKey::new(&key.namespace, &prefix);
    for kind in ["replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch"] {
        let there = controllers.cluster.storage.read().get(kind, &key.namespace, &prefix).is_some();
        if there {
            controllers.changed(kind, &owner);
        }
    }
}

fn owner_changed(controllers: &mut Controllers, pod: &Value) {
    let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
    for (kind, id) in [
        ("ReplicaSet", "replicasets.apps"),
        ("StatefulSet", "statefulsets.apps"),
        ("DaemonSet", "daemonsets.apps"),
        ("Job", "jobs.batch"),
    ] {
        if let Some(owner) = replica_set::owner_of(pod, kind) {
            let key = ObjectKey::new(&namespace, owner);
            controllers.changed(id, &key);
        }
    }
}

pub(super) fn advance(controllers: &mut Controllers, entry: &Entry, change: PodChange) {
    let key = &entry.key;
    match change {
        PodChange::Schedule => schedule(controllers, key),
        PodChange::Start => start(controllers, key),
        PodChange::Ready => ready(&controllers.cluster, key),
        PodChange::Finish => finish(&controllers.cluster, key),
        PodChange::Pull => pull_again(controllers, key),
        PodChange::Crash => crash::fall(controllers, key),
        PodChange::Restart => crash::rise(controllers, key),
        PodChange::Remove => {
            let kind = controllers.cluster.kind("pods");
            controllers.cluster.remove_if(&kind, key, |held| held.uid == entry.uid && held.deleting);
        }
    }
}

fn schedule(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else { return };
    if !is_waiting(&object) {
        return;
    }
    let chosen = if temper::of(&cluster, &object) == Temper::NoRoom {
        Err(node::no_room(&cluster))
    } else {
        node::choose(&cluster, &object)
    };
    match chosen {
        Ok(name) => {
            let taken = cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
                // somebody else may have bound it, or be rid of it, since it was looked at
                let waits = is_waiting(pod);
                if waits {
                    pod["spec"]["nodeName"] = json!(name);
                }
                waits
            });
            if taken.is_some() {
                let message = format!("Successfully assigned {}/{} to {name}", key.namespace, key.name);
                record::normal(&cluster, &object, "default-scheduler", "Scheduled", &message);
                bind(controllers, key);
            }
        }
        Err(message) => refuse(&cluster, key, &object, &message),
    }
}

fn is_waiting(pod: &Value) -> bool {
    pod["spec"]["nodeName"].is_null() && pod["metadata"]["deletionTimestamp"].is_null()
}

fn refuse(cluster: &Cluster, key: &ObjectKey, object: &Value, message: &str) {
    if object["status"]["conditions"][0]["reason"] != "Unschedulable" {
        let at = time(cluster.now().as_second());
        cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
            let waits = is_waiting(pod);
            if waits {
                pod::unschedulable(pod, &at, message);
            }
            waits
        });
    }
    record::warning(cluster, object, "default-scheduler", "FailedScheduling", message);
}

/// The kubelet has the pod: it makes the sandbox and pulls.
fn bind(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = &controllers.cluster;
    let at = time(cluster.now().as_second());
    let Some(name) = node_of(cluster, key) else { return };
    let host = node::address(cluster, &name);
    let bound = cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        pod::creating(pod, &name, &host, &at);
        true
    });
    if bound.is_some() {
        controllers.later(700 + hash(&key.name) % 1600, key, PodChange::Start);
    }
}

fn node_of(cluster: &Cluster, key: &ObjectKey) -> Option<String> {
    let storage = cluster.storage.read();
    storage.get("pods", &key.namespace, &key.name)?.node.as_ref().map(ToString::to_string)
}

fn start(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else { return };
    if object["status"]["phase"] != "Pending" || object["metadata"]["deletionTimestamp"].is_string() {
        return;
    }
    let image = object["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    let temper = temper::of(&cluster, &object);
    if temper == Temper::NoImage {
        return pull_failed(controllers, key, &object, image);
    }
    run(&cluster, key);
    let container = object["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
    let pulled = format!("Container image \"{image}\" already present on machine");
    for (reason, message) in [
        ("Pulled", pulled),
        ("Created", format!("Created container: {container}")),
        ("Started", format!("Started container {container}")),
    ] {
        record::normal(&cluster, &object, "kubelet", reason, &message);
    }
    let wait = hash(&key.name) % 2500;
    match temper {
        Temper::Crashes(..) if object["spec"]["restartPolicy"] == "Always" => {
            controllers.later(2500 + wait, key, PodChange::Crash);
        }
        _ if object["spec"]["restartPolicy"] != "Always" => {
            controllers.later(5000 + wait * 5, key, PodChange::Finish);
        }
        Temper::NeverReady => record::warning(
            &cluster,
            &object,
            "kubelet",
            "Unhealthy",
            "Startup probe failed: HTTP probe failed with statuscode: 503",
        ),
        _ => controllers.later(900 + wait, key, PodChange::Ready),
    }
}

/// Running, but not ready yet.
fn run(cluster: &Cluster, key: &ObjectKey) {
    let now = cluster.now().as_second();
    let draw = hash(&format!("{}{now}", key.name));
    let Some(name) = node_of(cluster, key) else { return };
    let host = node::address(cluster, &name);
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        if pod["metadata"]["deletionTimestamp"].is_string() {
            return false;
        }
        let mut parts: Vec<String> = host.split('.').map(str::to_owned).collect();
        if let Some(last) = parts.last_mut() {
            *last = (draw % 246 + 5).to_string();
        }
        if parts.len() == 4 {
            parts[2] = (draw / 256 % 190).to_string();
        }
        let started = pod["status"]["startTime"]
            .as_str()
            .and_then(|text| text.parse::<jiff::Timestamp>().ok())
            .map_or(now, jiff::Timestamp::as_second);
        let mut placement = pod::Placement::at(&name, &host, &parts.join("."), started);
        placement.started = time(now);
        placement.ready = time(now);
        let own = pod["metadata"]["creationTimestamp"].clone();
        pod::run(pod, &placement);
        pod["metadata"]["creationTimestamp"] = own;
        for status in pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten() {
            status["ready"] = json!(false);
        }
        pod::unready(pod, now);
        true
    });
}

pub(super) fn ready(cluster: &Cluster, key: &ObjectKey) {
    let now = cluster.now().as_second();
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        if pod["status"]["phase"] != "Running" || pod["metadata"]["deletionTimestamp"].is_string() {
            return false;
        }
        make_ready(pod, now);
        true
    });
}

pub(super) fn make_ready(pod: &mut Value, now: i64) {
    for status in pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten() {
        status["ready"] = json!(status["state"]["running"].is_object());
    }
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if matches!(condition["type"].as_str(), Some("Ready" | "ContainersReady")) {
            *condition = json!({"type": condition["type"], "status": "True", "lastProbeTime": null, "lastTransitionTime": time(now)});
        }
    }
}

fn finish(cluster: &Cluster, key: &ObjectKey) {
    let now = cluster.now().as_second();
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else { return };
    let exit = i64::from(matches!(temper::of(cluster, &object), Temper::Crashes(..)));
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        if pod["status"]["phase"] != "Running" {
            return false;
        }
        let started = pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"].as_str();
        let started =
            started.and_then(|text| text.parse::<jiff::Timestamp>().ok()).map_or(now, jiff::Timestamp::as_second);
        pod::finish(pod, (started, now), exit);
        true
    });
}

fn pull_failed(controllers: &mut Controllers, key: &ObjectKey, object: &Value, image: &str) {
    let cluster = &controllers.cluster;
    let now = cluster.now().as_second();
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        pod::image_pull_failure(pod, 0, now);
        pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] = json!("ErrImagePull");
        true
    });
    let message = format!(
        "Failed to pull image \"{image}\": rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
    );
    record::normal(cluster, object, "kubelet", "Pulling", &format!("Pulling image \"{image}\""));
    record::warning(cluster, object, "kubelet", "Failed", &message);
    controllers.later(4000, key, PodChange::Pull);
}

/// From the first failure to backing off, and then a note every now and then.
fn pull_again(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else { return };
    let image = object["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    if object["metadata"]["deletionTimestamp"].is_string() || temper::of(&cluster, &object) != Temper::NoImage {
        return;
    }
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        let reason = &mut pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"];
        let first = *reason == "ErrImagePull";
        *reason = json!("ImagePullBackOff");
        first
    });
    record::warning(&cluster, &object, "kubelet", "BackOff", &format!("Back-off pulling image \"{image}\""));
    controllers.later(45_000, key, PodChange::Pull);
}
