//! The endpoints of a service, from the pods it selects right now.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::selector::Selector;

/// Writes `endpoints` and `ports` of the slice from the pods that match the service.
pub(crate) fn fill(cluster: &Cluster, service: &Value, slice: &mut Value) {
    let namespace = service["metadata"]["namespace"].as_str().unwrap_or_default();
    let selector = &service["spec"]["selector"];
    let storage = cluster.storage.read();
    let pods =
        storage.list("pods", Some(namespace)).filter(|entry| selects(selector, entry)).map(|entry| entry.value());
    let mut ports = Value::Null;
    let mut endpoints = Vec::new();
    for pod in pods {
        let Some(ip) = pod["status"]["podIP"].as_str() else { continue };
        if matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed")) {
            continue;
        }
        if ports.is_null() {
            ports = service_ports(service, &pod);
        }
        let ready = is_ready(&pod) && !pod["metadata"]["deletionTimestamp"].is_string();
        let terminating = pod["metadata"]["deletionTimestamp"].is_string();
        endpoints.push(json!({"addresses": [ip], "nodeName": pod["spec"]["nodeName"],
            "conditions": {"ready": ready, "serving": is_ready(&pod), "terminating": terminating},
            "targetRef": {"kind": "Pod", "namespace": namespace, "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}}));
    }
    slice["endpoints"] = Value::Array(endpoints);
    slice["ports"] = ports;
}

/// Whether a service's selector (a plain map) takes this pod; an empty one takes none.
pub(crate) fn selects(selector: &Value, entry: &crate::storage::Entry) -> bool {
    selector
        .as_object()
        .is_some_and(|map| !map.is_empty() && map.iter().all(|(key, value)| entry.label(key) == value.as_str()))
}

pub(crate) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

fn service_ports(service: &Value, pod: &Value) -> Value {
    let named = |name: &str| -> Value {
        let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
        let mut ports = containers.flat_map(|container| container["ports"].as_array().into_iter().flatten());
        ports.find(|port| port["name"] == name).map_or(Value::Null, |port| port["containerPort"].clone())
    };
    service["spec"]["ports"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|port| {
            let target = match &port["targetPort"] {
                Value::String(name) => named(name),
                Value::Null => port["port"].clone(),
                number => number.clone(),
            };
            json!({"name": port["name"], "port": target, "protocol": port["protocol"]})
        })
        .collect()
}

/// A `matchLabels` selector as a selector over stored objects.
pub(crate) fn match_labels(selector: &Value) -> Selector {
    let terms: Vec<String> = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    Selector::parse(&terms.join(","), "").unwrap_or_default()
}
