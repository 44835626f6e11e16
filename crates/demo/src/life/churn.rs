//! A steady number of pod status changes per second, for measurements.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::cluster::Cluster;
use crate::content::builder::micro_time;

/// Changes are spread over the second in steps of this many milliseconds.
const STEP: u64 = 10;

pub(super) async fn run(cluster: Arc<Cluster>, rate: u32) {
    let pods = cluster.entries("pods", None);
    if pods.is_empty() {
        return;
    }
    let kind = cluster.kind("pods");
    let mut ticks = interval(Duration::from_millis(STEP));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut owed, mut at) = (0_u64, 0_usize);
    loop {
        ticks.tick().await;
        owed += u64::from(rate) * STEP;
        while owed >= 1000 {
            owed -= 1000;
            // a large odd stride, so that changes hit all namespaces and not one after the other
            at = (at + 7919) % pods.len();
            let key = &pods[at].key;
            let now = cluster.now();
            let stamp = format!("{}", now.as_millisecond());
            cluster.update(&kind, &key.namespace, &key.name, |pod| {
                // One that waits for a node has no container yet.
                let Some(status) = pod["status"]["containerStatuses"].get_mut(0) else { return false };
                let restarts = status["restartCount"].as_i64().unwrap_or(0);
                status["restartCount"] = json!(restarts + 1);
                pod["metadata"]["annotations"]["bench.periscope.dev/changed-at"] = json!(stamp);
                if let Some(condition) = pod["status"]["conditions"].get_mut(0) {
                    condition["lastProbeTime"] = json!(micro_time(now.as_second()));
                }
                true
            });
        }
    }
}
