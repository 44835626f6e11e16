//! The disruption controller: how many pods may go.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::endpoints::match_labels;

const KIND: &str = "poddisruptionbudgets.policy";

/// Pods of a budget.
pub(crate) struct Room {
    pub(crate) total: i64,
    pub(crate) healthy: i64,
    pub(crate) needed: i64,
    /// That may go.
    pub(crate) allowed: i64,
}

pub(crate) fn refresh(cluster: &Cluster, namespace: &str) {
    for entry in cluster.entries(KIND, Some(namespace)) {
        let room = room(cluster, &entry.value());
        let at = time(cluster.now().as_second());
        cluster.update(&cluster.kind(KIND), namespace, &entry.key.name, |object| {
            let before = object["status"].clone();
            write(object, &room, &at);
            object["status"] != before
        });
    }
}

/// How many of the pods there are now a budget lets go.
pub(crate) fn room(cluster: &Cluster, budget: &Value) -> Room {
    let selector = match_labels(&budget["spec"]["selector"]);
    let (mut total, mut healthy) = (0, 0);
    let storage = cluster.storage.read();
    let pods = storage.list("pods", budget["metadata"]["namespace"].as_str());
    for pod in pods.filter(|pod| pod.is_active() && selector.matches(pod)) {
        total += 1;
        healthy += i64::from(pod.ready);
    }
    let needed = needed(&budget["spec"], total);
    Room { total, healthy, needed, allowed: (healthy - needed).max(0) }
}

fn write(object: &mut Value, &Room { total, healthy, needed, allowed }: &Room, at: &str) {
    let generation = object["metadata"]["generation"].as_i64().unwrap_or(1);
    let (status, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
    let held = &object["status"]["conditions"][0];
    let since = if held["status"] == status { held["lastTransitionTime"].clone() } else { json!(at) };
    object["status"] = json!({"currentHealthy": healthy, "desiredHealthy": needed, "disruptionsAllowed": allowed, "expectedPods": total,
        "observedGeneration": generation, "conditions": [{"type": "DisruptionAllowed", "status": status, "reason": reason, "message": "",
            "observedGeneration": generation, "lastTransitionTime": since}]});
}

fn needed(spec: &Value, total: i64) -> i64 {
    let of = |limit: &Value| match limit {
        Value::String(text) => (text.trim_end_matches('%').parse::<i64>().unwrap_or(0) * total + 99) / 100,
        other => other.as_i64().unwrap_or(0),
    };
    if spec["minAvailable"].is_null() { total - of(&spec["maxUnavailable"]) } else { of(&spec["minAvailable"]) }
}
