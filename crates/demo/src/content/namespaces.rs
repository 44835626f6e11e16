//! Namespaces with what an administrator puts into each.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::builder::{Builder, DAY};
use super::teams::App;
use crate::profile::Flavour;

const SYSTEM: &[&str] = &["default", "kube-node-lease", "kube-public", "kube-system"];
const ADD_ONS: &[&str] = &["argocd", "cert-manager", "external-secrets", "karpenter", "monitoring"];

pub(super) fn fill(builder: &Builder<'_>, apps: &[App]) {
    let flavour = builder.cluster.profile.flavour;
    let add_ons = if flavour == Flavour::Edge { &["monitoring"][..] } else { ADD_ONS };
    for name in SYSTEM.iter().chain(add_ons) {
        namespace(builder, name, &json!({}));
    }
    let teams: BTreeSet<&str> = apps.iter().map(|app| app.namespace.as_str()).collect();
    for team in teams {
        namespace(builder, team, &json!({"team": team, "pod-security.kubernetes.io/enforce": "baseline"}));
        limits(builder, team);
        policies(builder, team);
        access(builder, team);
    }
    if flavour == Flavour::Production {
        for team in ["payments", "search"] {
            reader(builder, team, "carol@corp");
        }
    }
    priorities(builder);
}

pub(super) fn namespace(builder: &Builder<'_>, name: &str, labels: &Value) {
    let mut labels = labels.clone();
    labels["kubernetes.io/metadata.name"] = json!(name);
    let object = json!({"metadata": {"name": name, "labels": labels}, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}});
    builder.add("namespaces", 400 * DAY, object);
    let root = json!({"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIBdemo\n-----END CERTIFICATE-----\n"});
    builder.add_by(
        "configmaps",
        400 * DAY,
        "kube-controller-manager",
        json!({"metadata": {"name": "kube-root-ca.crt", "namespace": name}, "data": root}),
    );
    builder.add_by(
        "serviceaccounts",
        400 * DAY,
        "kube-controller-manager",
        json!({"metadata": {"name": "default", "namespace": name}}),
    );
}

fn limits(builder: &Builder<'_>, team: &str) {
    let limit = json!({"type": "Container", "default": {"memory": "512Mi"}, "defaultRequest": {"cpu": "50m", "memory": "128Mi"}, "max": {"memory": "16Gi"}});
    builder.add(
        "limitranges",
        200 * DAY,
        json!({"metadata": {"name": "defaults", "namespace": team}, "spec": {"limits": [limit]}}),
    );
    let hard = json!({"requests.cpu": "200", "requests.memory": "600Gi", "limits.memory": "900Gi", "pods": "800", "persistentvolumeclaims": "40"});
    let used = json!({"requests.cpu": "18400m", "requests.memory": "31Gi", "limits.memory": "64Gi", "pods": "61", "persistentvolumeclaims": "3"});
    builder.add("resourcequotas", 200 * DAY, json!({"metadata": {"name": "team", "namespace": team}, "spec": {"hard": hard}, "status": {"hard": hard, "used": used}}));
}

fn policies(builder: &Builder<'_>, team: &str) {
    let deny = json!({"podSelector": {}, "policyTypes": ["Ingress"]});
    builder.add(
        "networkpolicies.networking.k8s.io",
        200 * DAY,
        json!({"metadata": {"name": "default-deny-ingress", "namespace": team}, "spec": deny}),
    );
    let from = |name: &str| json!({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}});
    let allow = json!({"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [from(team), from("monitoring"), from("platform")]}]});
    builder.add(
        "networkpolicies.networking.k8s.io",
        200 * DAY,
        json!({"metadata": {"name": "allow-mesh", "namespace": team}, "spec": allow}),
    );
}

fn role_binding(builder: &Builder<'_>, place: (&str, &str), role: (&str, &str), subject: &Value) {
    let (namespace, name) = place;
    let object = json!({"metadata": {"name": name, "namespace": namespace}, "subjects": [subject],
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role.0, "name": role.1}});
    builder.add("rolebindings.rbac.authorization.k8s.io", 180 * DAY, object);
}

fn access(builder: &Builder<'_>, team: &str) {
    let group = json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": format!("team-{team}")});
    role_binding(builder, (team, "team-edit"), ("ClusterRole", "edit"), &group);
    let rules = json!([{"apiGroups": ["apps"], "resources": ["deployments", "deployments/scale"], "verbs": ["get", "list", "patch", "watch"]},
        {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["release-notes"], "verbs": ["get", "update"]}]);
    builder.add(
        "roles.rbac.authorization.k8s.io",
        180 * DAY,
        json!({"metadata": {"name": "deployer", "namespace": team}, "rules": rules}),
    );
    let account = json!({"kind": "ServiceAccount", "name": "argocd-application-controller", "namespace": "argocd"});
    role_binding(builder, (team, "deployer"), ("Role", "deployer"), &account);
}

fn reader(builder: &Builder<'_>, team: &str, user: &str) {
    let subject = json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": user});
    role_binding(builder, (team, "carol-view"), ("ClusterRole", "view"), &subject);
}

fn priorities(builder: &Builder<'_>) {
    for (name, value, about) in [
        (
            "system-cluster-critical",
            2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
        ),
        (
            "system-node-critical",
            2_000_001_000,
            "Used for system critical pods that must not be moved from their current node.",
        ),
        ("business-critical", 100_000, "Databases and what takes money."),
        ("batch-low", -100, "May wait, may be preempted."),
    ] {
        let object = json!({"metadata": {"name": name}, "value": value, "globalDefault": false, "description": about, "preemptionPolicy": "PreemptLowerPriority"});
        builder.add("priorityclasses.scheduling.k8s.io", 400 * DAY, object);
    }
}
