//! RBAC: the API server's default roles, the tiers, the people.

use serde_json::{Value, json};

use super::builder::{Builder, DAY};
use crate::identity::{INVENTORY, SERVER};

const ROLES: &str = "clusterroles.rbac.authorization.k8s.io";
const BINDINGS: &str = "clusterrolebindings.rbac.authorization.k8s.io";
const AGE: i64 = 412 * DAY;

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];

pub(super) fn fill(builder: &Builder<'_>) {
    defaults(builder);
    user_roles(builder);
    tiers(builder);
    console(builder);
}

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": groups, "resources": resources, "verbs": verbs})
}

fn role(builder: &Builder<'_>, name: &str, labels: &Value, rules: &[Value]) {
    let mut metadata = json!({"name": name, "labels": labels});
    if labels["kubernetes.io/bootstrapping"] == "rbac-defaults" {
        metadata["annotations"] = json!({"rbac.authorization.kubernetes.io/autoupdate": "true"});
    }
    builder.add_by(ROLES, AGE, "kube-apiserver", json!({"metadata": metadata, "rules": rules}));
}

fn bind(builder: &Builder<'_>, name: &str, role: &str, subjects: &[Value]) {
    let role = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role});
    builder.add_by(
        BINDINGS,
        AGE,
        "kube-apiserver",
        json!({"metadata": {"name": name}, "roleRef": role, "subjects": subjects}),
    );
}

fn group(name: &str) -> Value {
    json!({"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": name})
}

fn user(name: &str) -> Value {
    json!({"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": name})
}

fn defaults(builder: &Builder<'_>) {
    let labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    let everything = [rule(&["*"], &["*"], &["*"]), json!({"nonResourceURLs": ["*"], "verbs": ["*"]})];
    role(builder, "cluster-admin", &labels, &everything);
    bind(builder, "cluster-admin", "cluster-admin", &[group("system:masters")]);
    let paths = [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
    ];
    role(builder, "system:discovery", &labels, &[json!({"nonResourceURLs": paths, "verbs": ["get"]})]);
    bind(builder, "system:discovery", "system:discovery", &[group("system:authenticated")]);
    let public = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
    role(builder, "system:public-info-viewer", &labels, &[json!({"nonResourceURLs": public, "verbs": ["get"]})]);
    let everybody = [group("system:authenticated"), group("system:unauthenticated")];
    bind(builder, "system:public-info-viewer", "system:public-info-viewer", &everybody);
    let basic = [
        rule(&["authorization.k8s.io"], &["selfsubjectaccessreviews", "selfsubjectrulesreviews"], &["create"]),
        rule(&["authentication.k8s.io"], &["selfsubjectreviews"], &["create"]),
    ];
    role(builder, "system:basic-user", &labels, &basic);
    bind(builder, "system:basic-user", "system:basic-user", &[group("system:authenticated")]);
    let issuer = "system:service-account-issuer-discovery";
    let documents = [
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/",
        "/openid/v1/jwks",
        "/openid/v1/jwks/",
    ];
    role(builder, issuer, &labels, &[json!({"nonResourceURLs": documents, "verbs": ["get"]})]);
    bind(builder, issuer, issuer, &[group("system:serviceaccounts")]);
    for controller in ["deployment-controller", "replicaset-controller", "job-controller", "node-controller"] {
        let name = format!("system:controller:{controller}");
        let rules = [
            rule(&["", "apps", "batch"], &["*"], READ),
            rule(&["", "events.k8s.io"], &["events"], &["create", "patch", "update"]),
        ];
        role(builder, &name, &labels, &rules);
        let account = json!({"kind": "ServiceAccount", "name": controller, "namespace": "kube-system"});
        bind(builder, &name, &name, &[account]);
    }
}

/// `view`, `edit` and `admin`, aggregated from the roles the API server ships.
fn user_roles(builder: &Builder<'_>) {
    for name in ["view", "edit", "admin"] {
        let selector =
            |tier: &str| json!({"matchLabels": {format!("rbac.authorization.k8s.io/aggregate-to-{tier}"): "true"}});
        let mut labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
        // an upper role takes the lower one as a whole, by that one's own label
        let upper = match name {
            "view" => Some("edit"),
            "edit" => Some("admin"),
            _ => None,
        };
        if let Some(upper) = upper {
            labels[format!("rbac.authorization.k8s.io/aggregate-to-{upper}")] = json!("true");
        }
        let metadata = json!({"name": name, "labels": labels,
            "annotations": {"rbac.authorization.kubernetes.io/autoupdate": "true"}});
        let aggregation = json!({"clusterRoleSelectors": [selector(name)]});
        builder.add_by(
            ROLES,
            AGE,
            "kube-apiserver",
            json!({"metadata": metadata, "aggregationRule": aggregation, "rules": []}),
        );
        let labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults", format!("rbac.authorization.k8s.io/aggregate-to-{name}"): "true"});
        role(builder, &format!("system:aggregate-to-{name}"), &labels, &aggregate_rules(name));
    }
    let labels = json!({"rbac.authorization.k8s.io/aggregate-to-view": "true", "rbac.authorization.k8s.io/aggregate-to-edit": "true",
        "rbac.authorization.k8s.io/aggregate-to-admin": "true", "k8s-app": "metrics-server"});
    role(builder, "system:aggregated-metrics-reader", &labels, &[rule(&["metrics.k8s.io"], &["nodes", "pods"], READ)]);
}

const CORE: &[&str] = &[
    "configmaps",
    "endpoints",
    "persistentvolumeclaims",
    "persistentvolumeclaims/status",
    "pods",
    "replicationcontrollers",
    "replicationcontrollers/scale",
    "serviceaccounts",
    "services",
    "services/status",
];
const APPS: &[&str] = &[
    "controllerrevisions",
    "daemonsets",
    "daemonsets/status",
    "deployments",
    "deployments/scale",
    "deployments/status",
    "replicasets",
    "replicasets/scale",
    "replicasets/status",
    "statefulsets",
    "statefulsets/scale",
    "statefulsets/status",
];

fn aggregate_rules(name: &str) -> Vec<Value> {
    match name {
        "view" => vec![
            rule(&[""], CORE, READ),
            rule(
                &[""],
                &[
                    "bindings",
                    "events",
                    "limitranges",
                    "namespaces/status",
                    "pods/log",
                    "pods/status",
                    "replicationcontrollers/status",
                    "resourcequotas",
                    "resourcequotas/status",
                ],
                READ,
            ),
            rule(&[""], &["namespaces"], READ),
            rule(&["discovery.k8s.io"], &["endpointslices"], READ),
            rule(&["apps"], APPS, READ),
            rule(&["autoscaling"], &["horizontalpodautoscalers", "horizontalpodautoscalers/status"], READ),
            rule(&["batch"], &["cronjobs", "cronjobs/status", "jobs", "jobs/status"], READ),
            rule(&["policy"], &["poddisruptionbudgets", "poddisruptionbudgets/status"], READ),
            rule(&["networking.k8s.io"], &["ingresses", "ingresses/status", "networkpolicies"], READ),
        ],
        "edit" => vec![
            rule(
                &[""],
                &["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
                READ,
            ),
            rule(&[""], &["serviceaccounts"], &["impersonate"]),
            rule(&[""], &["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"], WRITE),
            rule(&[""], &["pods/eviction"], &["create"]),
            rule(
                &[""],
                &[
                    "configmaps",
                    "events",
                    "persistentvolumeclaims",
                    "replicationcontrollers",
                    "replicationcontrollers/scale",
                    "secrets",
                    "serviceaccounts",
                    "services",
                    "services/proxy",
                ],
                WRITE,
            ),
            rule(&[""], &["serviceaccounts/token"], &["create"]),
            rule(
                &["apps"],
                &[
                    "daemonsets",
                    "deployments",
                    "deployments/rollback",
                    "deployments/scale",
                    "replicasets",
                    "replicasets/scale",
                    "statefulsets",
                    "statefulsets/scale",
                ],
                WRITE,
            ),
            rule(&["autoscaling"], &["horizontalpodautoscalers"], WRITE),
            rule(&["batch"], &["cronjobs", "jobs"], WRITE),
            rule(&["policy"], &["poddisruptionbudgets"], WRITE),
            rule(&["networking.k8s.io"], &["ingresses", "networkpolicies"], WRITE),
            rule(
                &["coordination.k8s.io"],
                &["leases"],
                &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            ),
        ],
        _ => vec![
            rule(&["authorization.k8s.io"], &["localsubjectaccessreviews"], &["create"]),
            rule(
                &["rbac.authorization.k8s.io"],
                &["rolebindings", "roles"],
                &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            ),
        ],
    }
}

/// What the console's tiers may do, and carol's two namespaces.
fn tiers(builder: &Builder<'_>) {
    let labels = json!({"app.kubernetes.io/part-of": "periscope"});
    bind(builder, "periscope-tier-admin", "cluster-admin", &[group("periscope-tier:admin")]);
    let triage = [
        rule(&[""], &["nodes", "persistentvolumes"], READ),
        rule(&["storage.k8s.io"], &["storageclasses", "volumeattachments", "csinodes", "csidrivers"], READ),
        rule(&["apiextensions.k8s.io"], &["customresourcedefinitions"], READ),
        rule(&["scheduling.k8s.io"], &["priorityclasses"], READ),
        rule(&["networking.k8s.io"], &["ingressclasses"], READ),
        rule(&["coordination.k8s.io"], &["leases"], READ),
        rule(
            &[
                "karpenter.sh",
                "karpenter.k8s.aws",
                "cert-manager.io",
                "argoproj.io",
                "monitoring.coreos.com",
                "external-secrets.io",
                "helm.cattle.io",
            ],
            &["*"],
            READ,
        ),
        rule(&[""], &["pods/exec", "pods/attach", "pods/portforward"], &["create", "get"]),
        rule(&[""], &["pods/eviction"], &["create"]),
        rule(&[""], &["pods"], &["delete"]),
        rule(&["apps"], &["deployments/scale", "statefulsets/scale", "replicasets/scale"], &["get", "patch", "update"]),
        rule(&["apps"], &["deployments", "statefulsets", "daemonsets"], &["patch"]),
    ];
    role(builder, "periscope-triage", &labels, &triage);
    bind(builder, "periscope-tier-triage-view", "view", &[group("periscope-tier:triage")]);
    bind(builder, "periscope-tier-triage", "periscope-triage", &[group("periscope-tier:triage")]);
    bind(builder, "periscope-tier-read", "view", &[group("periscope-tier:read")]);
    bind(builder, "periscope-tier-write", "edit", &[group("periscope-tier:write")]);
}

/// The console's two identities: the server, which may only impersonate, and the reader of the inventory.
fn console(builder: &Builder<'_>) {
    let labels = json!({"app.kubernetes.io/part-of": "periscope"});
    let tiers = ["read", "triage", "write", "maintain", "admin"].map(|tier| format!("periscope-tier:{tier}"));
    let extras = ["userextras/periscope.dev/session", "userextras/periscope.dev/request"];
    let impersonate = [
        rule(&[""], &["users"], &["impersonate"]),
        json!({"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"], "resourceNames": tiers}),
        rule(&["authentication.k8s.io"], &extras, &["impersonate"]),
        rule(&["authentication.k8s.io"], &["uids"], &["impersonate"]),
    ];
    role(builder, "periscope-impersonator", &labels, &impersonate);
    bind(builder, "periscope-impersonator", "periscope-impersonator", &[user(SERVER)]);
    role(builder, INVENTORY, &labels, &inventory_rules());
    bind(builder, INVENTORY, INVENTORY, &[user(INVENTORY)]);
}

fn inventory_rules() -> Vec<Value> {
    vec![
        rule(
            &[""],
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
            READ,
        ),
        rule(&["apps"], &["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"], READ),
        rule(&["batch"], &["cronjobs", "jobs"], READ),
        rule(&["autoscaling"], &["horizontalpodautoscalers"], READ),
        rule(&["policy"], &["poddisruptionbudgets"], READ),
        rule(&["networking.k8s.io"], &["ingressclasses", "ingresses", "networkpolicies"], READ),
        rule(&["discovery.k8s.io"], &["endpointslices"], READ),
        rule(&["storage.k8s.io"], &["csidrivers", "csinodes", "storageclasses", "volumeattachments"], READ),
        rule(&["rbac.authorization.k8s.io"], &["clusterrolebindings", "clusterroles", "rolebindings", "roles"], READ),
        rule(&["scheduling.k8s.io"], &["priorityclasses"], READ),
        rule(&["coordination.k8s.io"], &["leases"], READ),
        rule(&["node.k8s.io"], &["runtimeclasses"], READ),
        rule(&["admissionregistration.k8s.io"], &["*"], READ),
        rule(&["apiregistration.k8s.io"], &["apiservices"], READ),
        rule(&["apiextensions.k8s.io"], &["customresourcedefinitions"], READ),
        rule(&["metrics.k8s.io"], &["nodes", "pods"], READ),
        rule(
            &["karpenter.sh", "karpenter.k8s.aws", "cert-manager.io", "argoproj.io", "monitoring.coreos.com"],
            &["*"],
            READ,
        ),
    ]
}
