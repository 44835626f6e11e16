//! `get` of one object and of its readable subresources.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::Failure;
use super::request::Call;
use super::respond::{self, Form, Include};
use crate::cluster::Cluster;

pub(super) fn answer(cluster: &Cluster, call: &Call, headers: &HeaderMap) -> Result<Response, Failure> {
    let place = call.place()?;
    let entry = cluster.storage.read().get(&place.kind.id, place.namespace(), place.name()).cloned();
    let entry = entry.ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    match place.subresource.as_deref() {
        None | Some("status") => {
            let include = Include::of(call.param("includeObject"));
            let now = cluster.now().as_second();
            Ok(respond::object(&place.kind, &entry, Form::accepted(headers), include, now))
        }
        Some("scale") => Ok(respond::json_value(StatusCode::OK, &scale(&entry.value()))),
        Some(_) => Err(Failure::method_not_allowed()),
    }
}

pub(super) fn scale(value: &serde_json::Value) -> serde_json::Value {
    let metadata = &value["metadata"];
    let labels = value["spec"]["selector"]["matchLabels"].as_object();
    let selector: Vec<String> = labels
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
        .collect();
    json!({"kind": "Scale", "apiVersion": "autoscaling/v1",
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"], "creationTimestamp": metadata["creationTimestamp"]},
        "spec": {"replicas": value["spec"]["replicas"]},
        "status": {"replicas": value["status"]["replicas"].as_i64().unwrap_or(0), "selector": selector.join(",")}})
}
