//! What runs the cluster itself: network, DNS, storage driver, metrics, autoscaler, add-ons.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::builder::{Builder, DAY};
use super::image;
use super::nodes::Node;
use super::prototype::PodPlan;
use super::workloads::{self, Count, History};
use crate::aws::{self, EksCluster, inject};
use crate::profile::Flavour;

/// Pods of the deployments below in `prod-eu`, daemon sets not counted.
pub(super) const PRODUCTION_PODS: usize = 35;

struct Part {
    namespace: &'static str,
    name: &'static str,
    image: String,
    replicas: usize,
    cpu: i64,
}

pub(super) fn fill(builder: &Builder<'_>, nodes: &mut [Node]) {
    for (name, namespace, image, cpu) in daemons(builder) {
        daemon_set(builder, nodes, (namespace, name), &image, cpu);
    }
    for part in parts(builder) {
        deployment(builder, nodes, &part);
    }
    classes_and_services(builder);
}

type Daemon = (&'static str, &'static str, String, i64);

fn daemons(builder: &Builder<'_>) -> Vec<Daemon> {
    let region = builder.cluster.profile.region().unwrap_or_default();
    let eks = |name: &str, tag: &str| image::eks(region, name, tag);
    if builder.cluster.profile.flavour == Flavour::Edge {
        return vec![
            ("svclb-traefik", "kube-system", image::public("klipper/lb", "v0.4.13"), 5),
            ("node-exporter", "monitoring", image::public("node-exporter", "v1.9.1"), 20),
        ];
    }
    vec![
        ("aws-node", "kube-system", eks("amazon-k8s-cni", "v1.20.1-eksbuild.3"), 50),
        ("kube-proxy", "kube-system", eks("kube-proxy", "v1.33.3-minimal-eksbuild.4"), 100),
        ("ebs-csi-node", "kube-system", eks("aws-ebs-csi-driver", "v1.48.0"), 30),
        ("node-exporter", "monitoring", image::public("node-exporter", "v1.9.1"), 20),
        ("log-agent", "monitoring", image::public("aws-for-fluent-bit", "2.34.0"), 50),
    ]
}

fn parts(builder: &Builder<'_>) -> Vec<Part> {
    let part = |namespace, name, image: String, replicas, cpu| Part { namespace, name, image, replicas, cpu };
    let public = image::public;
    let region = builder.cluster.profile.region().unwrap_or_default();
    let eks = |name: &str, tag: &str| image::eks(region, name, tag);
    match builder.cluster.profile.flavour {
        Flavour::Edge => vec![
            part("kube-system", "coredns", public("coredns", "1.12.3"), 1, 100),
            part("kube-system", "traefik", public("traefik", "3.3.6"), 1, 50),
            part("kube-system", "local-path-provisioner", public("local-path-provisioner", "v0.0.31"), 1, 10),
            part("kube-system", "metrics-server", public("metrics-server", "v0.7.2"), 1, 100),
        ],
        flavour => {
            let large = flavour == Flavour::Production;
            let some = |many: usize| if large { many } else { 1 };
            vec![
                part("kube-system", "coredns", eks("coredns", "v1.12.3-eksbuild.1"), some(4), 100),
                part("kube-system", "ebs-csi-controller", eks("aws-ebs-csi-driver", "v1.48.0"), some(2), 60),
                part("kube-system", "metrics-server", eks("metrics-server", "v0.8.0-eksbuild.2"), some(2), 100),
                part(
                    "kube-system",
                    "aws-load-balancer-controller",
                    public("eks/aws-load-balancer-controller", "v2.13.4"),
                    some(2),
                    100,
                ),
                part("karpenter", "karpenter", public("karpenter/controller", "1.7.1"), some(2), 500),
                part("cert-manager", "cert-manager", public("cert-manager/controller", "v1.18.2"), some(1), 50),
                part("cert-manager", "cert-manager-webhook", public("cert-manager/webhook", "v1.18.2"), some(2), 20),
                part(
                    "cert-manager",
                    "cert-manager-cainjector",
                    public("cert-manager/cainjector", "v1.18.2"),
                    some(1),
                    20,
                ),
                part("argocd", "argocd-server", public("argocd", "v3.1.4"), some(3), 100),
                part("argocd", "argocd-repo-server", public("argocd", "v3.1.4"), some(3), 250),
                part("argocd", "argocd-application-controller", public("argocd", "v3.1.4"), some(1), 500),
                part("external-secrets", "external-secrets", public("external-secrets", "v0.19.2"), some(2), 50),
                part("monitoring", "prometheus", public("prometheus", "v3.5.0"), some(2), 1000),
                part("monitoring", "otel-collector", public("otel-collector", "0.132.0"), some(4), 200),
                part("monitoring", "kube-state-metrics", public("kube-state-metrics", "v2.16.0"), some(1), 100),
                part("monitoring", "grafana", public("grafana", "12.1.1"), some(2), 100),
            ]
        }
    }
}

fn labels(name: &str) -> Value {
    json!({"app.kubernetes.io/name": name, "k8s-app": name})
}

fn template(name: &str, image: &str, cpu: i64, namespace: &str) -> Value {
    let container = json!({"name": name, "image": image, "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}},
            {"name": "POD_NAMESPACE", "value": namespace}],
        "ports": [{"name": "metrics", "containerPort": 9153, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": format!("{cpu}m"), "memory": "128Mi"}, "limits": {"memory": "512Mi"}},
        "livenessProbe": {"httpGet": {"path": "/healthz", "port": "metrics", "scheme": "HTTP"}, "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"});
    let mut template = json!({"metadata": {"labels": labels(name)}, "spec": {"serviceAccountName": name, "priorityClassName": "system-cluster-critical", "priority": 2_000_000_000,
        "containers": [container], "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}]}});
    crate::defaults::pod(&mut template["spec"]);
    template
}

fn deployment(builder: &Builder<'_>, nodes: &mut [Node], part: &Part) {
    let age = 290 * DAY;
    let rolled = builder.between(DAY, 30 * DAY);
    let template = template(part.name, &part.image, part.cpu, part.namespace);
    let mut metadata = json!({"name": part.name, "namespace": part.namespace});
    if part.name == "external-dns" {
        metadata["annotations"] = json!({ inject::ANNOTATION: aws::role_arn(builder.cluster.profile.id, part.name) });
    }
    builder.add("serviceaccounts", age, json!({"metadata": metadata}));
    let mut object = json!({"metadata": {"name": part.name, "namespace": part.namespace, "labels": labels(part.name), "generation": 4,
            "annotations": {"deployment.kubernetes.io/revision": "4"}},
        "spec": {"replicas": part.replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "selector": {"matchLabels": labels(part.name)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}, "template": template},
        "status": workloads::deployment_status(builder.now - rolled, builder.now - age, part.replicas)});
    object["status"]["observedGeneration"] = json!(4);
    let deployment = builder.add(workloads::DEPLOYMENTS, age, object);
    let set = workloads::replica_set(
        builder,
        &deployment,
        &template,
        &History { revision: 4, age: rolled, replicas: part.replicas },
    );
    workloads::pods(builder, nodes, &set, Count { pods: part.replicas, age: rolled, cpu: part.cpu, arm: true });
}

fn daemon_set(builder: &Builder<'_>, nodes: &mut [Node], (namespace, name): (&str, &str), image: &str, cpu: i64) {
    let age = 290 * DAY;
    let count = nodes.len();
    let mut template = template(name, image, cpu, namespace);
    template["spec"]["tolerations"] = json!([{"operator": "Exists"}]);
    let host = !matches!(name, "ebs-csi-node" | "log-agent");
    if host {
        template["spec"]["hostNetwork"] = json!(true);
    }
    template["spec"]["priorityClassName"] = json!("system-node-critical");
    builder.add("serviceaccounts", age, json!({"metadata": {"name": name, "namespace": namespace}}));
    let object = json!({"metadata": {"name": name, "namespace": namespace, "labels": labels(name), "generation": 6, "annotations": {"deprecated.daemonset.template.generation": "6"}},
        "spec": {"selector": {"matchLabels": labels(name)}, "revisionHistoryLimit": 10, "template": template,
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0}}},
        "status": {"currentNumberScheduled": count, "desiredNumberScheduled": count, "numberAvailable": count, "numberReady": count, "updatedNumberScheduled": count,
            "numberMisscheduled": 0, "observedGeneration": 6}});
    let set = builder.add("daemonsets.apps", age, object);
    for node in nodes.iter_mut() {
        node.pods += 1;
        node.cpu_left -= cpu;
    }
    let count = Count { pods: 0, age, cpu, arm: true };
    let plan = PodPlan { template: workloads::pod_template(builder, &set), base: name.to_owned(), count };
    for node in nodes.iter() {
        // on the host's network a pod has the node's own address
        let ip = if host { node.ip.clone() } else { own_address(&node.ip, name) };
        workloads::pod_on(builder, &plan, node, (&ip, node.age - 40), &BTreeMap::new());
    }
}

/// What came last: made at the end, so that everything before it is as it was without.
pub(super) fn late(builder: &Builder<'_>, nodes: &mut [Node]) {
    let region = builder.cluster.profile.region().unwrap_or_default();
    let agent = image::eks(region, "eks-pod-identity-agent", "v0.1.33");
    daemon_set(builder, nodes, ("kube-system", "eks-pod-identity-agent"), &agent, 10);
    let part = Part {
        namespace: "kube-system",
        name: "external-dns",
        image: image::public("external-dns/external-dns", "v0.19.0"),
        replicas: 1,
        cpu: 50,
    };
    deployment(builder, nodes, &part);
}

/// An address beside the node's, always the same for a daemon.
fn own_address(host: &str, name: &str) -> String {
    let prefix = host.rsplit_once('.').map_or(host, |(prefix, _)| prefix);
    format!("{prefix}.{}", 251 + image::hash(name) % 4)
}

fn classes_and_services(builder: &Builder<'_>) {
    let service = |namespace: &str, name: &str, ip: &str, selector: Value, ports: Value| {
        let mut spec = json!({"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ports": ports, "sessionAffinity": "None"});
        if selector.is_object() {
            spec["selector"] = selector;
        }
        let object =
            json!({"metadata": {"name": name, "namespace": namespace}, "spec": spec, "status": {"loadBalancer": {}}});
        builder.add("services", 300 * DAY, object);
    };
    service(
        "default",
        "kubernetes",
        "172.20.0.1",
        Value::Null,
        json!([{"name": "https", "port": 443, "targetPort": 443, "protocol": "TCP"}]),
    );
    let dns = json!([{"name": "dns", "port": 53, "targetPort": 53, "protocol": "UDP"}, {"name": "dns-tcp", "port": 53, "targetPort": 53, "protocol": "TCP"}]);
    service("kube-system", "kube-dns", "172.20.0.10", labels("coredns"), dns);
    service(
        "kube-system",
        "metrics-server",
        "172.20.14.7",
        labels("metrics-server"),
        json!([{"name": "https", "port": 443, "targetPort": 10250, "protocol": "TCP"}]),
    );
    let (class, controller) = if builder.cluster.profile.eks.is_some() {
        ("alb", "ingress.k8s.aws/alb")
    } else {
        ("traefik", "traefik.io/ingress-controller")
    };
    builder.add(
        "ingressclasses.networking.k8s.io",
        290 * DAY,
        json!({"metadata": {"name": class}, "spec": {"controller": controller}}),
    );
    let spec = json!({"service": {"name": "metrics-server", "namespace": "kube-system", "port": 443}, "group": "metrics.k8s.io", "version": "v1beta1",
        "groupPriorityMinimum": 100, "versionPriority": 100});
    let status = json!({"conditions": [{"type": "Available", "status": "True", "reason": "Passed", "message": "all checks passed"}]});
    builder.add(
        "apiservices.apiregistration.k8s.io",
        290 * DAY,
        json!({"metadata": {"name": "v1beta1.metrics.k8s.io"}, "spec": spec, "status": status}),
    );
    if builder.cluster.profile.eks.is_some() {
        aws_auth(builder);
    }
}

fn aws_auth(builder: &Builder<'_>) {
    let Some(cluster) = EksCluster::of(builder.cluster.profile.id) else { return };
    let (roles, users) = aws::aws_auth(cluster);
    let data = json!({"mapRoles": roles, "mapUsers": users});
    builder.add(
        "configmaps",
        300 * DAY,
        json!({"metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": data}),
    );
}
