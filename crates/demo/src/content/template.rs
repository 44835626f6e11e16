//! Pod templates that look like a team's chart made them.

use serde_json::{Value, json};

use super::builder::Builder;
use super::image;
use super::teams::{App, Shape};

/// What one workload's pods ask for and are called.
pub(crate) struct Recipe {
    pub(crate) image: String,
    pub(crate) version: String,
    pub(crate) cpu: i64,
    pub(crate) labels: Value,
    pub(crate) template: Value,
}

/// Labels every object of an app carries.
pub(crate) fn labels(app: &App, version: &str) -> Value {
    json!({"app.kubernetes.io/name": app.name, "app.kubernetes.io/instance": format!("{}-{}", app.namespace, app.name),
        "app.kubernetes.io/part-of": app.namespace, "app.kubernetes.io/version": version, "app.kubernetes.io/managed-by": "Helm",
        "team": app.namespace})
}

pub(crate) fn selector(app: &App) -> Value {
    json!({"app.kubernetes.io/name": app.name, "app.kubernetes.io/instance": format!("{}-{}", app.namespace, app.name)})
}

pub(crate) fn recipe(builder: &Builder<'_>, app: &App) -> Recipe {
    let version = format!("{}.{}.{}", builder.between(1, 6), builder.below(40), builder.below(9));
    let image = image::own(builder.cluster.profile.eks.as_ref(), &app.namespace, &app.name, &version);
    let (cpu, memory) = match app.shape {
        Shape::Web => (*builder.pick(&[100, 150, 200, 250]), *builder.pick(&[192, 256, 384, 512])),
        Shape::Worker => (*builder.pick(&[100, 200, 300, 400]), *builder.pick(&[256, 512, 768])),
        Shape::Stateful => (500, 2048),
        Shape::Cron => (250, 512),
    };
    let labels = labels(app, &version);
    let mut spec = json!({"serviceAccountName": app.name, "terminationGracePeriodSeconds": *builder.pick(&[30, 30, 45, 60]),
        "securityContext": {"runAsNonRoot": true, "runAsUser": 10001, "fsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container(builder, app, &image, (cpu, memory))],
        "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}},
            {"name": "config", "configMap": {"name": format!("{}-config", app.name), "defaultMode": 420}}]});
    if builder.chance(25) && app.shape != Shape::Cron {
        add_sidecar(&mut spec);
    }
    if app.shape == Shape::Web && builder.chance(30) {
        spec["initContainers"] = json!([migration(app, &image)]);
    }
    spread(&mut spec, app);
    crate::defaults::pod(&mut spec);
    let annotations = json!({"checksum/config": image::hex(&format!("{}{version}", app.name), 64), "prometheus.io/scrape": "true",
        "prometheus.io/port": "9102"});
    let template = json!({"metadata": {"labels": labels, "annotations": annotations}, "spec": spec});
    Recipe { image, version, cpu, labels, template }
}

fn container(builder: &Builder<'_>, app: &App, image: &str, (cpu, memory): (i64, i64)) -> Value {
    let name = if app.shape == Shape::Stateful { "server" } else { "app" };
    let mut container = json!({"name": name, "image": image, "imagePullPolicy": "IfNotPresent", "env": environment(builder, app),
        "envFrom": [{"secretRef": {"name": format!("{}-credentials", app.name), "optional": true}}],
        "resources": {"requests": {"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi")}, "limits": {"memory": format!("{}Mi", memory * 2)}},
        "securityContext": {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "config", "mountPath": "/etc/app", "readOnly": true}]});
    if app.shape == Shape::Cron {
        container["command"] = json!(["/app/run", "--once"]);
        return container;
    }
    let port = if app.shape == Shape::Stateful { 5432 } else { 8080 };
    container["ports"] = json!([{"name": if app.shape == Shape::Stateful { "tcp" } else { "http" }, "containerPort": port, "protocol": "TCP"},
        {"name": "metrics", "containerPort": 9102, "protocol": "TCP"}]);
    let probe = |path: &str, period: i64| {
        json!({"httpGet": {"path": path, "port": "metrics", "scheme": "HTTP"}, "periodSeconds": period, "timeoutSeconds": 2,
            "successThreshold": 1, "failureThreshold": 3})
    };
    container["livenessProbe"] = probe("/live", 10);
    container["readinessProbe"] = probe("/ready", 5);
    container["startupProbe"] = probe("/live", 3);
    if app.shape == Shape::Stateful
        && let Some(mounts) = container["volumeMounts"].as_array_mut()
    {
        mounts.push(json!({"name": "data", "mountPath": "/var/lib/data"}));
    }
    container
}

fn environment(builder: &Builder<'_>, app: &App) -> Value {
    let secret = |key: &str| json!({"secretKeyRef": {"name": format!("{}-credentials", app.name), "key": key, "optional": true}});
    let mut list = vec![
        json!({"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}),
        json!({"name": "POD_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.podIP"}}}),
        json!({"name": "SERVICE_NAME", "value": app.name}),
        json!({"name": "ENVIRONMENT", "value": builder.cluster.profile.id}),
        json!({"name": "LOG_FORMAT", "value": "json"}),
        json!({"name": "LOG_LEVEL", "value": "info"}),
        json!({"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://otel-collector.monitoring.svc:4317"}),
        json!({"name": "OTEL_RESOURCE_ATTRIBUTES", "value": format!("service.name={},service.namespace={}", app.name, app.namespace)}),
        json!({"name": "DATABASE_HOST", "value": format!("{}-db.{}.svc.cluster.local", app.name, app.namespace)}),
        json!({"name": "DATABASE_PASSWORD", "valueFrom": secret("password")}),
        json!({"name": "API_TOKEN", "valueFrom": secret("token")}),
    ];
    if let Some(region) = builder.cluster.profile.region() {
        list.push(json!({"name": "AWS_REGION", "value": region}));
        list.push(json!({"name": "AWS_STS_REGIONAL_ENDPOINTS", "value": "regional"}));
    }
    Value::Array(list)
}

/// A mesh proxy as a native sidecar would be an init container; the classic form is the commoner one.
fn add_sidecar(spec: &mut Value) {
    let image = image::public("mesh/proxy", "1.27.1");
    let proxy = json!({"name": "mesh-proxy", "image": image, "imagePullPolicy": "IfNotPresent", "args": ["proxy", "sidecar", "--concurrency", "2"],
        "ports": [{"name": "mesh-health", "containerPort": 15021, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz/ready", "port": 15021, "scheme": "HTTP"}, "periodSeconds": 15, "timeoutSeconds": 3, "successThreshold": 1, "failureThreshold": 4},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        "volumeMounts": [{"name": "tmp", "mountPath": "/var/run/mesh"}]});
    if let Some(containers) = spec["containers"].as_array_mut() {
        containers.push(proxy);
    }
}

fn migration(app: &App, image: &str) -> Value {
    json!({"name": "migrate", "image": image, "imagePullPolicy": "IfNotPresent", "command": ["/app/migrate", "up"],
        "env": [{"name": "SERVICE_NAME", "value": app.name}], "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"})
}

fn spread(spec: &mut Value, app: &App) {
    let constraint = |key: &str| json!({"maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": selector(app)}});
    spec["topologySpreadConstraints"] =
        json!([constraint("topology.kubernetes.io/zone"), constraint("kubernetes.io/hostname")]);
    if app.shape == Shape::Stateful {
        spec["priorityClassName"] = json!("business-critical");
        spec["priority"] = json!(100_000);
    }
}
