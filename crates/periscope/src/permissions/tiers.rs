//! What each tier may do.

use periscope_auth::Tier;
use serde_json::{Value, json};

use super::{RBAC, READ, TIER_LABEL, binding, role, rule, usual_tiers};

pub(super) const ABOUT: &str = "\
What the tiers may do, each bound to the one group that Periscope impersonates for it. Custom resources are in none of
them: operators that want them seen aggregate a role of theirs to Kubernetes' own `view`, `edit` or `admin`.";

const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];

pub(super) fn manifests(with_admin: bool) -> Vec<Value> {
    usual_tiers(with_admin).flat_map(of_tier).collect()
}

/// A tier's own role, where it has one, and its bindings: each tier is whole by itself.
fn of_tier(tier: Tier) -> Vec<Value> {
    let name = format!("periscope-tier-{tier}");
    let labels = [(TIER_LABEL, tier.name())];
    let group = json!({"kind": "Group", "apiGroup": RBAC, "name": tier.group()});
    // What Kubernetes itself grants at this height, and what is missing from it.
    let (theirs, ours) = match tier {
        Tier::Read => ("view", reads()),
        Tier::Triage => ("view", [reads(), triage()].concat()),
        Tier::Write => ("edit", reads()),
        Tier::Maintain => ("edit", [reads(), maintain()].concat()),
        Tier::Admin => return vec![binding(&name, &labels, "cluster-admin", &group)],
    };
    vec![
        role(&name, &labels, &ours),
        binding(&name, &labels, &name, &group),
        binding(&format!("{name}-{theirs}"), &labels, theirs, &group),
    ]
}

/// What stands outside namespaces and is no secret: `view` leaves it out.
fn reads() -> Vec<Value> {
    vec![
        rule(&[""], &["nodes", "persistentvolumes"], READ),
        rule(&["apiextensions.k8s.io"], &["customresourcedefinitions"], READ),
        rule(&["apiregistration.k8s.io"], &["apiservices"], READ),
        rule(&["coordination.k8s.io"], &["leases"], READ),
        rule(&["metrics.k8s.io"], &["nodes", "pods"], READ),
        rule(&["networking.k8s.io"], &["ingressclasses"], READ),
        rule(&["node.k8s.io"], &["runtimeclasses"], READ),
        rule(&["scheduling.k8s.io"], &["priorityclasses"], READ),
        rule(&["storage.k8s.io"], &["csidrivers", "csinodes", "storageclasses", "volumeattachments"], READ),
    ]
}

/// Opening shells and forwarding ports, evicting and deleting pods, scaling, restarting. RBAC cannot tell a restart from
/// any other change of a workload: who may restart may patch it.
fn triage() -> Vec<Value> {
    vec![
        rule(&[""], &["pods/attach", "pods/exec", "pods/portforward"], &["create", "get"]),
        rule(&[""], &["pods/eviction"], &["create"]),
        rule(&[""], &["pods"], &["delete"]),
        rule(&["apps"], &["deployments/scale", "replicasets/scale", "statefulsets/scale"], &["get", "patch", "update"]),
        rule(&[""], &["replicationcontrollers/scale"], &["get", "patch", "update"]),
        rule(&["apps"], &["daemonsets", "deployments", "statefulsets"], &["patch"]),
    ]
}

/// The rest of what lives in namespaces but the right to hand out rights, draining nodes, and reading RBAC.
fn maintain() -> Vec<Value> {
    vec![
        rule(&[""], &["limitranges", "resourcequotas"], WRITE),
        rule(&[""], &["namespaces"], &["create", "delete", "patch", "update"]),
        rule(&[""], &["nodes"], &["patch", "update"]),
        rule(&[""], &["persistentvolumes"], &["patch", "update"]),
        rule(&[RBAC], &["clusterrolebindings", "clusterroles", "rolebindings", "roles"], READ),
    ]
}
