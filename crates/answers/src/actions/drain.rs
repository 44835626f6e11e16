//! Emptying a node, as `kubectl drain` does: cordon, then evict what can move, and wait until it is gone.
//!
//! Pods of DaemonSets and mirrors of static pods stay. A pod that nobody makes again, or that would lose an emptyDir,
//! stands against the whole drain unless the caller allowed it: then nothing is evicted at all. A disruption budget that
//! says no is asked again until the time is over. Each eviction is an act of its own on the record.

mod fate;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use periscope_cluster::ListOptions;
use serde_json::Value;

use super::action::Action;
use super::scene::Scene;
use super::shapes::{Fate, PlannedPod};
use super::warnings::{budget_of, controller};
use crate::error::Error;

pub(super) use run::{Drain, Drained};

/// Namespaces whose budgets are read for a plan.
const MAX_NAMESPACES: usize = 50;

/// What may go, beside pods that somebody makes again.
#[derive(Debug, Clone, Copy)]
struct Leave {
    empty_dir: bool,
    unmanaged: bool,
}

impl Leave {
    fn of(action: &Action) -> Self {
        match action {
            Action::Drain { delete_empty_dir_data, force, .. } => {
                Self { empty_dir: *delete_empty_dir_data, unmanaged: *force }
            }
            _ => Self { empty_dir: false, unmanaged: false },
        }
    }
}

async fn pods_on(scene: &Scene, node: &str) -> Result<Vec<Value>, Error> {
    let options = ListOptions { field_selector: Some(format!("spec.nodeName={node}")), ..ListOptions::default() };
    let listed = scene.list("pods", options).await?;
    if !listed.complete {
        let message = format!("there are more pods on node {node} than a drain handles");
        return Err(Error::Conflict { code: "unfit", message, status: None });
    }
    Ok(listed.items)
}

/// What a drain would do with each pod, and which budget stands against it now.
pub(super) async fn plan_of_node(scene: &Scene, action: &Action, node: &str) -> Result<Vec<PlannedPod>, Error> {
    let pods = match pods_on(scene, node).await {
        Err(Error::Refused { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let namespaces: BTreeSet<&str> = pods.iter().filter_map(|pod| pod["metadata"]["namespace"].as_str()).collect();
    let mut budgets = BTreeMap::new();
    for namespace in namespaces.into_iter().take(MAX_NAMESPACES) {
        let options = ListOptions { namespace: Some(namespace.to_owned()), ..ListOptions::default() };
        // Where budgets cannot be seen, the API server tells when it is asked to evict.
        let listed = scene.list("poddisruptionbudgets.policy", options).await.unwrap_or_default();
        budgets.insert(namespace.to_owned(), listed.items);
    }
    let leave = Leave::of(action);
    let planned = |pod: &Value| {
        let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
        let held = budgets.get(&text("namespace")).map_or(&[][..], Vec::as_slice);
        let mut fate = fate::of(pod, leave);
        let (budget, blocks) = budget_of(pod, held);
        let blocked = blocks && fate == Fate::Evict;
        if blocked {
            fate = Fate::Blocked;
        }
        PlannedPod {
            namespace: text("namespace"),
            name: text("name"),
            owner_kind: controller(pod).and_then(|owner| owner["kind"].as_str()).map(str::to_owned),
            fate,
            blocked_by: budget.filter(|_| blocked).map(str::to_owned),
        }
    };
    Ok(pods.iter().map(planned).collect())
}
