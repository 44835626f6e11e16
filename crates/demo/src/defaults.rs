//! What the API server fills in: the defaults that clients and controllers of this world look at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::image::hash;
use crate::registry::Kind;

/// A new object: what its spec leaves out, and the status it begins with.
pub(crate) fn fill(cluster: &Cluster, kind: &Kind, object: &mut Value) {
    match &*kind.id {
        "jobs.batch" => job(cluster, object),
        "services" => addresses(object),
        "namespaces" => {
            let name = object["metadata"]["name"].clone();
            object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
            object["spec"] = json!({"finalizers": ["kubernetes"]});
        }
        _ => {}
    }
    spec(kind, object);
    let status = match &*kind.id {
        "pods" => json!({"phase": "Pending", "qosClass": "BestEffort"}),
        "deployments.apps" | "cronjobs.batch" | "jobs.batch" => json!({}),
        "replicasets.apps" | "statefulsets.apps" => json!({"replicas": 0}),
        "daemonsets.apps" => {
            json!({"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0})
        }
        "services" => json!({"loadBalancer": {}}),
        "namespaces" => json!({"phase": "Active"}),
        "persistentvolumeclaims" => json!({"phase": "Pending"}),
        _ => return,
    };
    object["status"] = status;
}

/// What any write may leave out; filling it in twice changes nothing.
pub(crate) fn spec(kind: &Kind, object: &mut Value) {
    omit_empty(&mut object["metadata"]);
    match &*kind.id {
        "pods" => pod(&mut object["spec"]),
        "deployments.apps" => deployment(object),
        "replicasets.apps" | "statefulsets.apps" => {
            set(&mut object["spec"], "replicas", json!(1));
            pod(&mut object["spec"]["template"]["spec"]);
        }
        "daemonsets.apps" | "jobs.batch" => pod(&mut object["spec"]["template"]["spec"]),
        "cronjobs.batch" => {
            set(&mut object["spec"], "suspend", json!(false));
            set(&mut object["spec"], "concurrencyPolicy", json!("Allow"));
        }
        "services" => service(object),
        "secrets" => secret(object),
        _ => {}
    }
}

/// The API server's metadata has no empty maps and lists: a last label that goes takes `labels` with it.
fn omit_empty(metadata: &mut Value) {
    let Some(metadata) = metadata.as_object_mut() else { return };
    let is_empty = |value: &Value| {
        value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
    };
    metadata.retain(|_, value| !is_empty(value));
}

fn set(object: &mut Value, field: &str, value: Value) {
    if object[field].is_null() {
        object[field] = value;
    }
}

fn deployment(object: &mut Value) {
    let spec = &mut object["spec"];
    set(spec, "replicas", json!(1));
    set(spec, "progressDeadlineSeconds", json!(600));
    set(spec, "revisionHistoryLimit", json!(10));
    set(
        spec,
        "strategy",
        json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}),
    );
    pod(&mut spec["template"]["spec"]);
}

/// A pod's spec, alone or in a template.
pub(crate) fn pod(spec: &mut Value) {
    let defaults = [
        ("restartPolicy", json!("Always")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("dnsPolicy", json!("ClusterFirst")),
        ("securityContext", json!({})),
        ("schedulerName", json!("default-scheduler")),
    ];
    for (field, value) in defaults {
        set(spec, field, value);
    }
    for container in spec["containers"].as_array_mut().into_iter().flatten() {
        let image = container["image"].as_str().unwrap_or_default();
        let latest = image.ends_with(":latest") || !image.rsplit('/').next().unwrap_or(image).contains(':');
        set(container, "imagePullPolicy", json!(if latest { "Always" } else { "IfNotPresent" }));
        set(container, "terminationMessagePath", json!("/dev/termination-log"));
        set(container, "terminationMessagePolicy", json!("File"));
        set(container, "resources", json!({}));
        for port in container["ports"].as_array_mut().into_iter().flatten() {
            set(port, "protocol", json!("TCP"));
        }
    }
}

fn job(cluster: &Cluster, object: &mut Value) {
    let uid = cluster.uid();
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let spec = &mut object["spec"];
    for (field, value) in [
        ("completions", json!(1)),
        ("parallelism", json!(1)),
        ("backoffLimit", json!(6)),
        ("suspend", json!(false)),
        ("completionMode", json!("NonIndexed")),
    ] {
        set(spec, field, value);
    }
    spec["selector"] = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
    for (key, value) in [
        ("batch.kubernetes.io/controller-uid", &uid),
        ("controller-uid", &uid),
        ("batch.kubernetes.io/job-name", &name),
        ("job-name", &name),
    ] {
        spec["template"]["metadata"]["labels"][key] = json!(value);
    }
}

/// A service keeps the address it gets when it is made.
fn addresses(object: &mut Value) {
    if object["spec"]["type"] == "ExternalName" {
        return;
    }
    let seed = hash(&object["metadata"].to_string());
    let spec = &mut object["spec"];
    set(spec, "clusterIP", json!(format!("172.20.{}.{}", seed % 250, seed / 251 % 250 + 2)));
    let ip = spec["clusterIP"].clone();
    set(spec, "clusterIPs", json!([ip]));
}

fn service(object: &mut Value) {
    let seed = hash(object["metadata"]["name"].as_str().unwrap_or_default());
    let spec = &mut object["spec"];
    for (field, value) in
        [("type", json!("ClusterIP")), ("sessionAffinity", json!("None")), ("internalTrafficPolicy", json!("Cluster"))]
    {
        set(spec, field, value);
    }
    let node_ports = matches!(spec["type"].as_str(), Some("NodePort" | "LoadBalancer"));
    for port in spec["ports"].as_array_mut().into_iter().flatten() {
        set(port, "protocol", json!("TCP"));
        let own = port["port"].clone();
        let node = 30_000 + (seed + own.as_u64().unwrap_or(0)) % 2700;
        set(port, "targetPort", own);
        if node_ports {
            set(port, "nodePort", json!(node));
        }
    }
}

fn secret(object: &mut Value) {
    set(object, "type", json!("Opaque"));
    let plain = object.as_object_mut().and_then(|object| object.remove("stringData")).unwrap_or_default();
    for (key, value) in plain.as_object().into_iter().flatten() {
        object["data"][key] = json!(STANDARD.encode(value.as_str().unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_label_takes_the_map_with_it() {
        let mut metadata = json!({"name": "web", "labels": {}, "finalizers": [], "annotations": {"a": ""}});
        omit_empty(&mut metadata);
        assert_eq!(metadata, json!({"name": "web", "annotations": {"a": ""}}));
    }
}
