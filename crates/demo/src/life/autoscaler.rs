//! The HorizontalPodAutoscaler, in miniature: a load that wanders and replicas that follow.

use serde_json::{Value, json};

use super::record;
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::storage::Entry;

const KIND: &str = "horizontalpodautoscalers.autoscaling";

/// One autoscaler sees a new load and follows it.
pub(super) fn wander(cluster: &Cluster, entry: &Entry, load: i64) {
    let autoscaler = entry.value();
    let target = autoscaler["spec"]["scaleTargetRef"]["name"].as_str().unwrap_or_default();
    let Some(deployment) = cluster.get("deployments.apps", &entry.key.namespace, target) else { return };
    let current = deployment["spec"]["replicas"].as_i64().unwrap_or(1);
    if current == 0 {
        // somebody switched it off, and with it the scaling
        return;
    }
    let wanted_load =
        autoscaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"].as_i64().unwrap_or(70).max(1);
    let low = autoscaler["spec"]["minReplicas"].as_i64().unwrap_or(1);
    let high = autoscaler["spec"]["maxReplicas"].as_i64().unwrap_or(current).max(low);
    // a real one ignores deviations of a tenth
    let off = (load - wanted_load).abs() * 10 > wanted_load;
    let busy = (current * load + wanted_load - 1) / wanted_load;
    let wanted = if off { busy.clamp(low, high).clamp(current - 2, current + 3) } else { current };
    if wanted != current {
        let scaled = cluster.update(&cluster.kind("deployments.apps"), &entry.key.namespace, target, |object| {
            if object["spec"]["replicas"] != current {
                // somebody else was faster
                return false;
            }
            object["spec"]["replicas"] = json!(wanted);
            object["metadata"]["generation"] = json!(object["metadata"]["generation"].as_i64().unwrap_or(1) + 1);
            true
        });
        if scaled.is_none() {
            return;
        }
        let why = if wanted > current {
            "cpu resource utilization (percentage of request) above target"
        } else {
            "All metrics below target"
        };
        record::normal(
            cluster,
            &autoscaler,
            "horizontal-pod-autoscaler",
            "SuccessfulRescale",
            &format!("New size: {wanted}; reason: {why}"),
        );
    }
    let now = time(cluster.now().as_second());
    cluster.update(&cluster.kind(KIND), &entry.key.namespace, &entry.key.name, |object| {
        status(object, (current, wanted, load), &now);
        true
    });
}

fn status(object: &mut Value, (current, wanted, load): (i64, i64, i64), now: &str) {
    object["status"]["currentReplicas"] = json!(current);
    object["status"]["desiredReplicas"] = json!(wanted);
    if let Some(metric) = object["status"]["currentMetrics"].get_mut(0) {
        metric["resource"]["current"]["averageUtilization"] = json!(load);
    } else {
        // one that somebody has just made
        let metric = json!({"name": "cpu", "current": {"averageUtilization": load}});
        object["status"]["currentMetrics"] = json!([{"type": "Resource", "resource": metric}]);
    }
    if wanted != current {
        object["status"]["lastScaleTime"] = json!(now);
    }
}
