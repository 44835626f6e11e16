//! Containers that end again and again, and the backing off in between.

use std::sync::Arc;

use serde_json::json;

use super::temper::{self, Temper};
use super::timers::PodChange;
use super::{Controllers, record};
use crate::content::builder::time;
use crate::content::image::hash;
use crate::content::pod;
use crate::storage::ObjectKey;

/// Real back-off grows to five minutes; here it stays short enough to be seen.
const BACK_OFF: u64 = 25_000;

/// Puts the crash loops the world was built with into motion.
pub(super) fn begin(controllers: &mut Controllers) {
    for entry in controllers.cluster.entries("pods", None) {
        if entry.ready || !entry.is_active() {
            continue;
        }
        if entry.value()["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff" {
            controllers.later(4000 + hash(&entry.key.name) % BACK_OFF, &entry.key, PodChange::Restart);
        }
    }
}

/// The container ends.
pub(super) fn fall(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(object) = cluster.get("pods", &key.namespace, &key.name) else { return };
    if object["metadata"]["deletionTimestamp"].is_string() {
        return;
    }
    let (reason, exit) = match temper::of(&cluster, &object) {
        Temper::Crashes(reason, exit) => (reason, exit),
        _ => ("Error", 1),
    };
    let now = cluster.now().as_second();
    let started = object["status"]["containerStatuses"][0]["state"]["running"]["startedAt"].clone();
    cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        let restarts = pod["status"]["containerStatuses"][0]["restartCount"].as_i64().unwrap_or(0);
        pod::crash_loop(pod, 0, restarts, now, (reason, exit));
        let last = &mut pod["status"]["containerStatuses"][0]["lastState"]["terminated"];
        last["finishedAt"] = json!(time(now));
        last["startedAt"] = started;
        true
    });
    let container = object["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    let message =
        format!("Back-off restarting failed container {container} in pod {}_{}({uid})", key.name, key.namespace);
    record::warning(&cluster, &object, "kubelet", "BackOff", &message);
    controllers.later(BACK_OFF + hash(&key.name) % 9000, key, PodChange::Restart);
}

/// The container is started once more.
pub(super) fn rise(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = &controllers.cluster;
    let now = cluster.now().as_second();
    let risen = cluster.update(&cluster.kind("pods"), &key.namespace, &key.name, |pod| {
        if pod["metadata"]["deletionTimestamp"].is_string() {
            return false;
        }
        let status = &mut pod["status"]["containerStatuses"][0];
        status["restartCount"] = json!(status["restartCount"].as_i64().unwrap_or(0) + 1);
        status["state"] = json!({"running": {"startedAt": time(now)}});
        status["started"] = json!(true);
        true
    });
    if risen.is_some() {
        controllers.later(4000 + hash(&key.name) % 3000, key, PodChange::Crash);
    }
}
