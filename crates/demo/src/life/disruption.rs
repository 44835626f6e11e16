//! The disruption controller: how many pods may go.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::endpoints::match_labels;

const KIND: &str = "poddisruptionbudgets.policy";

pub(super) fn refresh(cluster: &Cluster, namespace: &str) {
    for entry in cluster.entries(KIND, Some(namespace)) {
        let budget = entry.value();
        let selector = match_labels(&budget["spec"]["selector"]);
        let (mut total, mut healthy) = (0, 0);
        {
            let storage = cluster.storage.read();
            for pod in storage.list("pods", Some(namespace)).filter(|pod| pod.is_active() && selector.matches(pod)) {
                total += 1;
                healthy += i64::from(pod.ready);
            }
        }
        let needed = needed(&budget["spec"], total);
        let allowed = (healthy - needed).max(0);
        let at = time(cluster.now().as_second());
        cluster.update(&cluster.kind(KIND), namespace, &entry.key.name, |object| {
            let before = object["status"].clone();
            write(object, (total, healthy, needed, allowed), &at);
            object["status"] != before
        });
    }
}

fn write(object: &mut Value, (total, healthy, needed, allowed): (i64, i64, i64, i64), at: &str) {
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
