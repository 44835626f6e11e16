//! Custom kinds and their objects: Karpenter, cert-manager, Argo CD, Prometheus operator, External Secrets.

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, time};
use super::image::hex;
use super::nodes::Node;
use super::teams::{App, Shape};
use crate::profile::Flavour;

struct Definition {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
    short: &'static str,
    namespaced: bool,
    /// name, type, path
    columns: &'static [(&'static str, &'static str, &'static str)],
}

const READY: (&str, &str, &str) = ("Ready", "string", r#".status.conditions[?(@.type=="Ready")].status"#);
const AGE: (&str, &str, &str) = ("Age", "date", ".metadata.creationTimestamp");

const DEFINITIONS: &[Definition] = &[
    Definition {
        group: "karpenter.sh",
        version: "v1",
        kind: "NodePool",
        plural: "nodepools",
        short: "",
        namespaced: false,
        columns: &[
            ("NodeClass", "string", ".spec.template.spec.nodeClassRef.name"),
            ("Nodes", "string", ".status.resources.nodes"),
            READY,
            AGE,
            ("Weight", "integer", ".spec.weight"),
            ("CPU", "string", ".status.resources.cpu"),
            ("Memory", "string", ".status.resources.memory"),
        ],
    },
    Definition {
        group: "karpenter.sh",
        version: "v1",
        kind: "NodeClaim",
        plural: "nodeclaims",
        short: "",
        namespaced: false,
        columns: &[
            ("Type", "string", r".metadata.labels.node\.kubernetes\.io/instance-type"),
            ("Capacity", "string", r".metadata.labels.karpenter\.sh/capacity-type"),
            ("Zone", "string", r".metadata.labels.topology\.kubernetes\.io/zone"),
            ("Node", "string", ".status.nodeName"),
            READY,
            AGE,
            ("ID", "string", ".status.providerID"),
            ("NodePool", "string", r".metadata.labels.karpenter\.sh/nodepool"),
        ],
    },
    Definition {
        group: "karpenter.k8s.aws",
        version: "v1",
        kind: "EC2NodeClass",
        plural: "ec2nodeclasses",
        short: "ec2nc ec2ncs",
        namespaced: false,
        columns: &[READY, AGE, ("Role", "string", ".spec.role")],
    },
    Definition {
        group: "cert-manager.io",
        version: "v1",
        kind: "Certificate",
        plural: "certificates",
        short: "cert certs",
        namespaced: true,
        columns: &[
            READY,
            ("Secret", "string", ".spec.secretName"),
            ("Issuer", "string", ".spec.issuerRef.name"),
            ("Status", "string", r#".status.conditions[?(@.type=="Ready")].message"#),
            AGE,
        ],
    },
    Definition {
        group: "cert-manager.io",
        version: "v1",
        kind: "ClusterIssuer",
        plural: "clusterissuers",
        short: "ciss",
        namespaced: false,
        columns: &[READY, ("Status", "string", r#".status.conditions[?(@.type=="Ready")].message"#), AGE],
    },
    Definition {
        group: "argoproj.io",
        version: "v1alpha1",
        kind: "Application",
        plural: "applications",
        short: "app apps",
        namespaced: true,
        columns: &[
            ("Sync Status", "string", ".status.sync.status"),
            ("Health Status", "string", ".status.health.status"),
            ("Revision", "string", ".status.sync.revision"),
            ("Project", "string", ".spec.project"),
        ],
    },
    Definition {
        group: "monitoring.coreos.com",
        version: "v1",
        kind: "ServiceMonitor",
        plural: "servicemonitors",
        short: "smon",
        namespaced: true,
        columns: &[],
    },
    Definition {
        group: "monitoring.coreos.com",
        version: "v1",
        kind: "PrometheusRule",
        plural: "prometheusrules",
        short: "promrule",
        namespaced: true,
        columns: &[],
    },
    Definition {
        group: "external-secrets.io",
        version: "v1",
        kind: "ExternalSecret",
        plural: "externalsecrets",
        short: "es",
        namespaced: true,
        columns: &[
            ("StoreType", "string", ".spec.secretStoreRef.kind"),
            ("Store", "string", ".spec.secretStoreRef.name"),
            ("Refresh Interval", "string", ".spec.refreshInterval"),
            ("Status", "string", r#".status.conditions[?(@.type=="Ready")].reason"#),
            READY,
        ],
    },
];

const EDGE: &[Definition] = &[Definition {
    group: "helm.cattle.io",
    version: "v1",
    kind: "HelmChart",
    plural: "helmcharts",
    short: "",
    namespaced: true,
    columns: &[
        ("Job", "string", ".status.jobName"),
        ("Chart", "string", ".spec.chart"),
        ("TargetNamespace", "string", ".spec.targetNamespace"),
        ("Version", "string", ".spec.version"),
    ],
}];

pub(super) fn definitions(builder: &Builder<'_>) {
    let list = if builder.cluster.profile.flavour == Flavour::Edge { EDGE } else { DEFINITIONS };
    for definition in list {
        let columns: Vec<Value> = definition
            .columns
            .iter()
            .map(|(name, kind, path)| json!({"name": name, "type": kind, "jsonPath": path}))
            .collect();
        let shorts: Vec<&str> = definition.short.split_whitespace().collect();
        let names = json!({"plural": definition.plural, "singular": definition.kind.to_lowercase(), "kind": definition.kind,
            "listKind": format!("{}List", definition.kind), "shortNames": shorts});
        let version = json!({"name": definition.version, "served": true, "storage": true, "subresources": {"status": {}}, "additionalPrinterColumns": columns,
            "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}});
        let at = time(builder.now - 250 * DAY);
        let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": at});
        let status = json!({"acceptedNames": names, "storedVersions": [definition.version], "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"), condition("Established", "InitialNamesAccepted", "the initial names have been accepted")]});
        let scope = if definition.namespaced { "Namespaced" } else { "Cluster" };
        let object = json!({"metadata": {"name": format!("{}.{}", definition.plural, definition.group)},
            "spec": {"group": definition.group, "names": names, "scope": scope, "versions": [version], "conversion": {"strategy": "None"}}, "status": status});
        builder.add("customresourcedefinitions.apiextensions.k8s.io", 250 * DAY, object);
    }
}

pub(super) fn resources(builder: &Builder<'_>, apps: &[App], nodes: &[Node]) {
    if builder.cluster.profile.flavour == Flavour::Edge {
        let spec = json!({"chart": "https://%{KUBERNETES_API}%/static/charts/traefik-34.2.1.tgz", "targetNamespace": "kube-system"});
        let object = json!({"metadata": {"name": "traefik", "namespace": "kube-system"}, "spec": spec, "status": {"jobName": "helm-install-traefik"}});
        builder.add("helmcharts.helm.cattle.io", 200 * DAY, object);
        return;
    }
    karpenter(builder, nodes);
    for app in apps.iter().filter(|app| !app.is_tenant()) {
        team(builder, app);
    }
    let status = json!({"conditions": [ready(builder, 200 * DAY, "True", "ACMEAccountRegistered", "The ACME account was registered with the ACME server")]});
    builder.add("clusterissuers.cert-manager.io", 200 * DAY, json!({"metadata": {"name": "letsencrypt"}, "spec": {"acme": {"email": "platform@example.com"}}, "status": status}));
}

fn ready(builder: &Builder<'_>, age: i64, status: &str, reason: &str, message: &str) -> Value {
    json!({"type": "Ready", "status": status, "reason": reason, "message": message, "lastTransitionTime": time(builder.now - age)})
}

fn karpenter(builder: &Builder<'_>, nodes: &[Node]) {
    let class = json!({"role": format!("KarpenterNodeRole-{}", builder.cluster.profile.id), "amiSelectorTerms": [{"alias": "bottlerocket@v1.46.0"}],
        "subnetSelectorTerms": [{"tags": {"karpenter.sh/discovery": builder.cluster.profile.id}}], "securityGroupSelectorTerms": [{"tags": {"karpenter.sh/discovery": builder.cluster.profile.id}}]});
    let status = json!({"conditions": [ready(builder, 90 * DAY, "True", "Ready", "")]});
    builder.add(
        "ec2nodeclasses.karpenter.k8s.aws",
        200 * DAY,
        json!({"metadata": {"name": "default"}, "spec": class, "status": status}),
    );
    for (name, weight, capacity, arch) in [
        ("general", 10, "on-demand", "amd64"),
        ("spot", 50, "spot", "amd64"),
        ("arm", 30, "on-demand", "arm64"),
        ("gpu", 1, "on-demand", "amd64"),
    ] {
        let requirement = |key: &str, value: &str| json!({"key": key, "operator": "In", "values": [value]});
        let mut spec = json!({"weight": weight, "limits": {"cpu": "1000", "memory": "4000Gi"},
            "disruption": {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "5m", "budgets": [{"nodes": "10%"}]},
            "template": {"spec": {"expireAfter": "720h", "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
                "requirements": [requirement("karpenter.sh/capacity-type", capacity), requirement("kubernetes.io/arch", arch)]}}});
        if name == "gpu" {
            spec["template"]["spec"]["taints"] =
                json!([{"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}]);
            spec["limits"] = json!({"cpu": 64});
        }
        let entries = builder.cluster.entries("nodes", None);
        let count = entries.iter().filter(|entry| entry.label("karpenter.sh/nodepool") == Some(name)).count();
        let status = json!({"resources": {"nodes": count.to_string(), "cpu": (count * 8).to_string(), "memory": format!("{}Ki", count * 32_000_000)},
            "conditions": [ready(builder, 90 * DAY, "True", "Ready", "")]});
        builder.add(
            "nodepools.karpenter.sh",
            200 * DAY,
            json!({"metadata": {"name": name}, "spec": spec, "status": status}),
        );
    }
    for node in nodes {
        claim(builder, node);
    }
}

fn claim(builder: &Builder<'_>, node: &Node) {
    let Some(object) = builder.cluster.get("nodes", "", &node.name) else { return };
    let labels = &object["metadata"]["labels"];
    let Some(pool) = labels["karpenter.sh/nodepool"].as_str() else { return };
    let conditions: Vec<Value> = ["Launched", "Registered", "Initialized", "Ready"]
        .iter()
        .map(|kind| json!({"type": kind, "status": "True", "reason": kind, "message": "", "lastTransitionTime": time(builder.now - node.age)}))
        .collect();
    let spec = json!({"expireAfter": "720h", "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "default"},
        "resources": {"requests": {"cpu": "6200m", "memory": "20Gi", "pods": "31"}}});
    let status = json!({"nodeName": node.name, "providerID": object["spec"]["providerID"], "imageID": "ami-0d3f1a2b4c5e6f708", "conditions": conditions,
        "capacity": object["status"]["capacity"], "allocatable": object["status"]["allocatable"]});
    let kept = [
        "karpenter.sh/nodepool",
        "karpenter.sh/capacity-type",
        "node.kubernetes.io/instance-type",
        "topology.kubernetes.io/zone",
        "kubernetes.io/arch",
    ];
    let mut own = json!({});
    for key in kept {
        own[key] = labels[key].clone();
    }
    let metadata = json!({"name": format!("{pool}-{}", builder.suffix(5)), "labels": own, "finalizers": ["karpenter.sh/termination"]});
    builder.add_by(
        "nodeclaims.karpenter.sh",
        node.age + 45,
        "karpenter",
        json!({"metadata": metadata, "spec": spec, "status": status}),
    );
}

fn team(builder: &Builder<'_>, app: &App) {
    let sync = json!({"status": "Synced", "revision": hex(&app.name, 40)});
    let spec = json!({"project": app.namespace, "destination": {"server": "https://kubernetes.default.svc", "namespace": app.namespace},
        "source": {"repoURL": format!("https://git.example.com/{}/deploy.git", app.namespace), "path": app.name, "targetRevision": "main"}});
    let name = format!("{}-{}", app.namespace, app.name);
    let health = if builder.chance(4) { "Degraded" } else { "Healthy" };
    let status =
        json!({"sync": sync, "health": {"status": health}, "reconciledAt": time(builder.now - builder.below(HOUR))});
    builder.add_by(
        "applications.argoproj.io",
        180 * DAY,
        "argocd",
        json!({"metadata": {"name": name, "namespace": "argocd"}, "spec": spec, "status": status}),
    );
    let endpoints = json!({"endpoints": [{"port": "metrics", "interval": "30s"}], "selector": {"matchLabels": super::template::selector(app)}});
    if app.shape == Shape::Web {
        builder.add(
            "servicemonitors.monitoring.coreos.com",
            150 * DAY,
            json!({"metadata": {"name": app.name, "namespace": app.namespace}, "spec": endpoints}),
        );
    }
    let store = json!({"secretStoreRef": {"kind": "ClusterSecretStore", "name": "aws"}, "refreshInterval": "1h", "target": {"name": format!("{}-credentials", app.name)}});
    let status = json!({"conditions": [ready(builder, 30 * DAY, "True", "SecretSynced", "secret synced")], "refreshTime": time(builder.now - 900)});
    builder.add(
        "externalsecrets.external-secrets.io",
        150 * DAY,
        json!({"metadata": {"name": app.name, "namespace": app.namespace}, "spec": store, "status": status}),
    );
    let host = format!("{}.{}.{}.example.com", app.name, app.namespace, builder.cluster.profile.id);
    if builder.cluster.get("ingresses.networking.k8s.io", &app.namespace, &app.name).is_some() {
        let spec = json!({"secretName": format!("{}-tls", app.name), "dnsNames": [host], "issuerRef": {"kind": "ClusterIssuer", "name": "letsencrypt"}});
        let status = json!({"notAfter": time(builder.now + 61 * DAY), "renewalTime": time(builder.now + 31 * DAY), "revision": 4,
            "conditions": [ready(builder, 29 * DAY, "True", "Ready", "Certificate is up to date and has not expired")]});
        builder.add("certificates.cert-manager.io", 150 * DAY, json!({"metadata": {"name": format!("{}-tls", app.name), "namespace": app.namespace}, "spec": spec, "status": status}));
    }
}
