//! What stands around a workload: account, configuration, credentials, service, autoscaler, budget, ingress, policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::builder::{Builder, DAY, owner, time};
use super::image::hash;
use super::prototype::without_holes;
use super::teams::{App, Shape};
use super::template::{self, Recipe};
use crate::aws::inject;

pub(super) fn around(builder: &Builder<'_>, app: &App, recipe: &Recipe) {
    let age = builder.between(60 * DAY, 350 * DAY);
    account(builder, app, recipe, age);
    config(builder, app, recipe, age);
    credentials(builder, app, recipe, age);
    if matches!(app.shape, Shape::Web | Shape::Stateful) {
        service(builder, app, recipe, age);
        budget(builder, app, recipe, age);
    }
    if app.shape == Shape::Web {
        autoscaler(builder, app, recipe, age);
    }
    if matches!(app.name.as_str(), "api" | "storefront" | "gateway" | "login" | "portal" | "uploader" | "cms")
        && app.shape == Shape::Web
    {
        ingress(builder, app, recipe, age);
    }
}

fn metadata(app: &App, recipe: &Recipe, name: &str) -> Value {
    json!({"name": name, "namespace": app.namespace, "labels": recipe.labels})
}

fn account(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let mut metadata = metadata(app, recipe, &app.name);
    if let Some(arn) = inject::of_app(builder.cluster, &app.namespace, &app.name) {
        metadata["annotations"] = json!({ inject::ANNOTATION: arn });
    }
    builder.add_by("serviceaccounts", age, "helm", json!({"metadata": metadata}));
}

fn config(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let data = json!({"app.yaml": format!("server:\n  port: 8080\n  shutdownGrace: 20s\nlog:\n  level: info\nfeature:\n  newPricing: {}\n", app.replicas > 5),
        "limits.properties": "max.connections=200\nmax.inflight=64\n"});
    builder.add_by(
        "configmaps",
        age,
        "helm",
        json!({"metadata": metadata(app, recipe, &format!("{}-config", app.name)), "data": data}),
    );
}

/// Values a test can search for: none of them may ever leave through a list.
fn credentials(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let canary = |part: &str| {
        let (namespace, name) = (without_holes(&app.namespace), without_holes(&app.name));
        STANDARD.encode(format!("canary-{}-{namespace}-{name}-{part}", builder.cluster.profile.id))
    };
    let mut metadata = metadata(app, recipe, &format!("{}-credentials", app.name));
    let data = json!({"password": canary("password"), "token": canary("token")});
    if app.name == "api" {
        // the old way of applying leaves a copy of the values in an annotation
        let applied = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": metadata["name"], "namespace": app.namespace}, "data": data});
        metadata["annotations"] = json!({"kubectl.kubernetes.io/last-applied-configuration": format!("{applied}\n")});
    }
    builder.add_by("secrets", age, "helm", json!({"metadata": metadata, "type": "Opaque", "data": data}));
}

fn service(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let (port, target, name) = if app.shape == Shape::Stateful { (5432, "tcp", "tcp") } else { (80, "http", "http") };
    let ip = format!("172.20.{}.{}", builder.between(0, 255), builder.between(2, 254));
    let spec = |ip: &str| {
        json!({"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster", "sessionAffinity": "None", "selector": template::selector(app),
            "ports": [{"name": name, "port": port, "targetPort": target, "protocol": "TCP"}, {"name": "metrics", "port": 9102, "targetPort": "metrics", "protocol": "TCP"}]})
    };
    let object =
        json!({"metadata": metadata(app, recipe, &app.name), "spec": spec(&ip), "status": {"loadBalancer": {}}});
    let service = builder.add_by("services", age, "helm", object);
    if builder.capture().is_none() {
        slice_of(builder, &service, age);
    }
    if app.shape == Shape::Stateful {
        let mut headless = spec("None");
        headless["publishNotReadyAddresses"] = json!(true);
        let object = json!({"metadata": metadata(app, recipe, &format!("{}-headless", app.name)), "spec": headless, "status": {"loadBalancer": {}}});
        builder.add_by("services", age, "helm", object);
    }
}

/// The slice of a service, with the pods there are now.
pub(super) fn slice_of(builder: &Builder<'_>, service: &Value, age: i64) {
    let slice = endpoint_slice(builder, service);
    builder.add_by("endpointslices.discovery.k8s.io", age, "kube-controller-manager", slice);
}

fn endpoint_slice(builder: &Builder<'_>, service: &Value) -> Value {
    let name = service["metadata"]["name"].as_str().unwrap_or_default();
    let mut slice = json!({"metadata": {"name": format!("{name}-{}", builder.suffix(5)), "namespace": service["metadata"]["namespace"],
            "generateName": format!("{name}-"), "ownerReferences": owner(service),
            "labels": {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}},
        "addressType": "IPv4"});
    crate::endpoints::fill(builder.cluster, service, &mut slice);
    slice
}

fn budget(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let healthy = i64::try_from(app.replicas).unwrap_or(0);
    // one team wants every pod at all times, which no drain survives
    let (field, limit, allowed) = if app.shape == Shape::Stateful && app.namespace == "search" {
        ("minAvailable", json!(healthy), 0)
    } else if healthy < 3 {
        ("maxUnavailable", json!(1), 1)
    } else {
        ("minAvailable", json!("75%"), healthy - (healthy * 3 + 3) / 4)
    };
    let object = json!({"metadata": metadata(app, recipe, &app.name), "spec": {"selector": {"matchLabels": template::selector(app)}, field: limit},
        "status": {"currentHealthy": healthy, "desiredHealthy": healthy - allowed, "disruptionsAllowed": allowed, "expectedPods": healthy, "observedGeneration": 1,
            "conditions": [{"type": "DisruptionAllowed", "status": if allowed > 0 { "True" } else { "False" },
                "reason": if allowed > 0 { "SufficientPods" } else { "InsufficientPods" }, "message": "", "observedGeneration": 1, "lastTransitionTime": time(builder.now - age)}]}});
    builder.add_by("poddisruptionbudgets.policy", age, "helm", object);
}

fn autoscaler(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let replicas = app.replicas;
    let used = builder.between(31, 66);
    let metric = |field: &str, value: &Value| json!({"type": "Resource", "resource": {"name": "cpu", field: value}});
    let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": time(builder.now - age)});
    let object = json!({"metadata": metadata(app, recipe, &app.name),
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": app.name}, "minReplicas": replicas.div_ceil(2).max(1), "maxReplicas": replicas * 2 + 2,
            "metrics": [metric("target", &json!({"type": "Utilization", "averageUtilization": 70}))]},
        "status": {"currentReplicas": replicas, "desiredReplicas": replicas, "lastScaleTime": time(builder.now - 9000),
            "currentMetrics": [metric("current", &json!({"averageUtilization": used, "averageValue": format!("{}m", recipe.cpu * used / 100)}))],
            "conditions": [condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size"),
                condition("ScalingActive", "True", "ValidMetricFound", "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)"),
                condition("ScalingLimited", "False", "DesiredWithinRange", "the desired count is within the acceptable range")]}});
    builder.add_by("horizontalpodautoscalers.autoscaling", age, "helm", object);
}

fn ingress(builder: &Builder<'_>, app: &App, recipe: &Recipe, age: i64) {
    let host = format!("{}.{}.{}.example.com", app.name, app.namespace, builder.cluster.profile.id);
    let region = builder.cluster.profile.region().unwrap_or_default();
    let class = if builder.cluster.profile.eks.is_some() { "alb" } else { "traefik" };
    let address = if class == "alb" {
        json!([{"hostname": format!("k8s-{}-{:08x}.{region}.elb.amazonaws.com", app.namespace, hash(&host) & 0xffff_ffff)}])
    } else {
        json!([{"ip": "192.168.40.11"}])
    };
    let mut metadata = metadata(app, recipe, &app.name);
    metadata["annotations"] =
        json!({"alb.ingress.kubernetes.io/scheme": "internet-facing", "alb.ingress.kubernetes.io/target-type": "ip"});
    let path = json!({"path": "/", "pathType": "Prefix", "backend": {"service": {"name": app.name, "port": {"name": "http"}}}});
    let object = json!({"metadata": metadata, "spec": {"ingressClassName": class, "rules": [{"host": host, "http": {"paths": [path]}}],
        "tls": [{"hosts": [host], "secretName": format!("{}-tls", app.name)}]}, "status": {"loadBalancer": {"ingress": address}}});
    builder.add_by("ingresses.networking.k8s.io", age, "helm", object);
    let tls = |part: &str| {
        STANDARD.encode(format!("canary-{}-{}-{}-{part}", builder.cluster.profile.id, app.namespace, app.name))
    };
    let secret = json!({"metadata": {"name": format!("{}-tls", app.name), "namespace": app.namespace,
        "annotations": {"cert-manager.io/certificate-name": format!("{}-tls", app.name)}}, "type": "kubernetes.io/tls", "data": {"tls.crt": tls("certificate"), "tls.key": tls("key")}});
    builder.add_by("secrets", age, "cert-manager", secret);
}
