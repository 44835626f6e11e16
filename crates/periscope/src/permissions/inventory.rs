//! The virtual user that lists and watches for everybody.

use serde_json::{Value, json};

use super::{RBAC, READ, binding, metadata, role, rule};

pub(super) const ABOUT: &str = "\
The virtual user that lists and watches for everybody. What each person sees of it is decided by access reviews as that
person. Never Secrets; custom resources by label (README.md).";

const NAME: &str = "periscope-inventory";
const AGGREGATE: (&str, &str) = ("rbac.periscope.dev/aggregate-to-inventory", "true");

/// Every built-in kind but Secrets, by API group: RBAC cannot say "everything but".
const KINDS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "limitranges",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "persistentvolumes",
            "pods",
            "podtemplates",
            "replicationcontrollers",
            "resourcequotas",
            "serviceaccounts",
            "services",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    ("apps", &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"]),
    ("autoscaling", &["horizontalpodautoscalers"]),
    ("batch", &["cronjobs", "jobs"]),
    ("certificates.k8s.io", &["certificatesigningrequests"]),
    ("coordination.k8s.io", &["leases"]),
    ("discovery.k8s.io", &["endpointslices"]),
    ("events.k8s.io", &["events"]),
    ("flowcontrol.apiserver.k8s.io", &["flowschemas", "prioritylevelconfigurations"]),
    ("metrics.k8s.io", &["nodes", "pods"]),
    ("networking.k8s.io", &["ingressclasses", "ingresses", "ipaddresses", "networkpolicies", "servicecidrs"]),
    ("node.k8s.io", &["runtimeclasses"]),
    ("policy", &["poddisruptionbudgets"]),
    ("rbac.authorization.k8s.io", &["clusterrolebindings", "clusterroles", "rolebindings", "roles"]),
    ("resource.k8s.io", &["deviceclasses", "resourceclaims", "resourceclaimtemplates", "resourceslices"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    (
        "storage.k8s.io",
        &[
            "csidrivers",
            "csinodes",
            "csistoragecapacities",
            "storageclasses",
            "volumeattachments",
            "volumeattributesclasses",
        ],
    ),
];

pub(super) fn manifests() -> Vec<Value> {
    let aggregated = json!({"apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole", "metadata": metadata(NAME, &[]),
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {AGGREGATE.0: AGGREGATE.1}}]}, "rules": []});
    let user = json!({"kind": "User", "apiGroup": RBAC, "name": "periscope:inventory"});
    let rules: Vec<Value> = KINDS.iter().map(|(group, resources)| rule(&[group], resources, READ)).collect();
    vec![aggregated, binding(NAME, &[], NAME, &user), role(&format!("{NAME}-built-in"), &[AGGREGATE], &rules)]
}
