//! What the scripted cluster serves.

use serde_json::{Value, json};

/// Group, version, plural, kind, namespaced.
pub(super) type Kind = (&'static str, &'static str, &'static str, &'static str, bool);

const RBAC: &str = "rbac.authorization.k8s.io";

pub(super) const KINDS: [Kind; 11] = [
    ("", "v1", "pods", "Pod", true),
    ("", "v1", "namespaces", "Namespace", false),
    ("", "v1", "nodes", "Node", false),
    ("", "v1", "events", "Event", true),
    ("", "v1", "services", "Service", true),
    ("apps", "v1", "replicasets", "ReplicaSet", true),
    ("apps", "v1", "deployments", "Deployment", true),
    (RBAC, "v1", "roles", "Role", true),
    (RBAC, "v1", "rolebindings", "RoleBinding", true),
    (RBAC, "v1", "clusterroles", "ClusterRole", false),
    (RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", false),
];

/// Aggregated discovery of the core group or of all others.
pub(super) fn document(core: bool) -> Value {
    let groups: Vec<Value> = ["", "apps", RBAC]
        .into_iter()
        .filter(|group| group.is_empty() == core)
        .map(|group| {
            let resources: Vec<Value> = KINDS.iter().filter(|kind| kind.0 == group).map(resource).collect();
            json!({"metadata": {"name": group}, "versions": [{"version": "v1", "freshness": "Current", "resources": resources}]})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": groups})
}

fn resource(&(group, version, plural, kind, namespaced): &Kind) -> Value {
    json!({
        "resource": plural,
        "responseKind": {"group": group, "version": version, "kind": kind},
        "scope": if namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.to_lowercase(),
        "verbs": ["get", "list", "watch"],
    })
}
