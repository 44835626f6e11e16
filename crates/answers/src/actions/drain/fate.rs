//! What a drain does with a pod: kubectl's filters, in kubectl's order (k8s.io/kubectl/pkg/drain/filters.go).

use serde_json::Value;

use super::super::shapes::Fate;
use super::super::warnings::{controller, has_empty_dir};
use super::Leave;

const MIRROR: &str = "kubernetes.io/config.mirror";

pub(super) fn of(pod: &Value, leave: Leave) -> Fate {
    let owner = controller(pod);
    let ended = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    if owner.is_some_and(|owner| owner["kind"] == "DaemonSet") && !ended {
        return Fate::DaemonSet;
    }
    if pod["metadata"]["annotations"][MIRROR].is_string() {
        return Fate::Mirror;
    }
    if ended {
        return Fate::Finished;
    }
    if has_empty_dir(pod) && !leave.empty_dir {
        return Fate::EmptyDir;
    }
    if owner.is_none() && !leave.unmanaged {
        return Fate::Unmanaged;
    }
    Fate::Evict
}

/// Whether the pod stands against the whole drain.
pub(super) fn forbids(fate: Fate) -> bool {
    matches!(fate, Fate::EmptyDir | Fate::Unmanaged)
}

pub(super) fn goes(fate: Fate) -> bool {
    matches!(fate, Fate::Evict | Fate::Finished | Fate::Blocked)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NO: Leave = Leave { empty_dir: false, unmanaged: false };
    const ALL: Leave = Leave { empty_dir: true, unmanaged: true };

    fn pod(owner: Option<&str>, phase: &str, empty_dir: bool) -> Value {
        let owners: Vec<Value> = owner.iter().map(|kind| json!({"controller": true, "kind": kind})).collect();
        let volumes = if empty_dir { json!([{"emptyDir": {"medium": ""}}]) } else { json!([{"configMap": {}}]) };
        json!({"metadata": {"ownerReferences": owners}, "status": {"phase": phase}, "spec": {"volumes": volumes}})
    }

    #[test]
    fn kubectls_filters_hold() {
        for (pod, without, with) in [
            (pod(Some("ReplicaSet"), "Running", false), Fate::Evict, Fate::Evict),
            (pod(Some("DaemonSet"), "Running", true), Fate::DaemonSet, Fate::DaemonSet),
            (pod(Some("DaemonSet"), "Failed", true), Fate::Finished, Fate::Finished),
            (pod(Some("ReplicaSet"), "Running", true), Fate::EmptyDir, Fate::Evict),
            (pod(None, "Running", false), Fate::Unmanaged, Fate::Evict),
            (pod(None, "Succeeded", true), Fate::Finished, Fate::Finished),
        ] {
            assert_eq!((of(&pod, NO), of(&pod, ALL)), (without, with), "{pod}");
        }
        let mut mirror = pod(Some("Node"), "Running", true);
        mirror["metadata"]["annotations"] = json!({MIRROR: "x"});
        assert_eq!(of(&mirror, NO), Fate::Mirror);
    }
}
