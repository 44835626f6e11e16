//! What an object must be to be stored: of the right kind, in the right place, valid, not changed where it cannot be.

use serde_json::{Value, json};

use super::super::Failure;
use super::super::failure::qualified;
use super::super::request::Place;
use crate::cluster::Cluster;
use crate::registry::Kind;
use crate::storage::Storage;

/// The object is of the kind and in the namespace that the URL names.
pub(super) fn check(place: &Place, object: &mut Value) -> Result<(), Failure> {
    if !object.is_object() {
        return Err(Failure::bad_request("the object provided is unrecognized: not a JSON object"));
    }
    let kind = &place.kind;
    let named = object["kind"].as_str().unwrap_or(&kind.kind);
    let version = object["apiVersion"].as_str().map_or_else(|| kind.api_version(), str::to_owned);
    if *named != *kind.kind || version != kind.api_version() {
        let message = format!(
            "{named} in version {version:?} cannot be handled as a {}: no kind {named:?} is registered for version {version:?}",
            kind.kind
        );
        return Err(Failure::bad_request(message));
    }
    object["kind"] = json!(kind.kind);
    object["apiVersion"] = json!(kind.api_version());
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    if kind.namespaced {
        let given = object["metadata"]["namespace"].as_str();
        if given.is_some_and(|given| given != place.namespace()) {
            return Err(Failure::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
        object["metadata"]["namespace"] = json!(place.namespace());
    } else if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("namespace");
    }
    Ok(())
}

pub(super) fn namespace_exists(cluster: &Cluster, storage: &Storage, place: &Place) -> Result<(), Failure> {
    if !place.kind.namespaced {
        return Ok(());
    }
    let name = place.namespace();
    let namespace = storage.get("namespaces", "", name);
    let namespace = namespace.ok_or_else(|| Failure::not_found(&cluster.kind("namespaces"), name))?;
    if namespace.deleting {
        let what = qualified(&place.kind);
        let message = format!(
            "{what} is forbidden: unable to create new content in namespace {name} because it is being terminated"
        );
        let cause = json!({"reason": "NamespaceTerminating", "message": format!("namespace {name} is being terminated"), "field": "metadata.namespace"});
        return Err(Failure::forbidden(message, json!({"kind": place.kind.plural, "causes": [cause]})));
    }
    Ok(())
}

pub(super) fn same_object(place: &Place, live: &Value, next: &Value) -> Result<(), Failure> {
    let metadata = &next["metadata"];
    let asked = metadata["resourceVersion"].as_str().filter(|text| !text.is_empty());
    if asked.is_some_and(|text| live["metadata"]["resourceVersion"] != *text) {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        return Err(Failure::conflict(&place.kind, place.name(), why));
    }
    if let Some(other) = metadata["uid"].as_str().filter(|uid| live["metadata"]["uid"] != **uid) {
        let own = live["metadata"]["uid"].as_str().unwrap_or_default();
        let why = format!("Precondition failed: UID in precondition: {other}, UID in object meta: {own}");
        return Err(Failure::conflict(&place.kind, place.name(), &why));
    }
    Ok(())
}

type Causes = Vec<(String, String)>;

pub(super) fn valid(kind: &Kind, object: &Value) -> Result<(), Failure> {
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let mut causes: Causes = Vec::new();
    let rbac = &*kind.group == "rbac.authorization.k8s.io";
    if name.is_empty() {
        causes.push(("metadata.name".to_owned(), "Required value: name or generateName is required".to_owned()));
    } else if !rbac && !is_subdomain(name) {
        let rule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
        causes.push(("metadata.name".to_owned(), format!("Invalid value: {name:?}: {rule}")));
    }
    for map in ["labels", "annotations"] {
        let odd = object["metadata"][map].as_object().into_iter().flatten().find(|(_, value)| !value.is_string());
        if let Some((key, value)) = odd {
            return Err(wrong_type(kind, value, &format!("metadata.{map}.{key} of type string")));
        }
    }
    if kind.printer_columns.is_none() {
        replicas(kind, object, &mut causes)?;
        template(kind, object, &mut causes);
    }
    if causes.is_empty() { Ok(()) } else { Err(Failure::invalid(kind, name, &causes)) }
}

fn wrong_type(kind: &Kind, value: &Value, field: &str) -> Failure {
    let message = format!(
        "{0} in version {1:?} cannot be handled as a {0}: json: cannot unmarshal {value} into Go struct field {field}",
        kind.kind, &*kind.version
    );
    Failure::bad_request(message)
}

fn replicas(kind: &Kind, object: &Value, causes: &mut Causes) -> Result<(), Failure> {
    let replicas = &object["spec"]["replicas"];
    if replicas.is_null() {
        return Ok(());
    }
    let number = replicas.as_i64().ok_or_else(|| wrong_type(kind, replicas, ".spec.replicas of type int32"))?;
    if number < 0 {
        causes
            .push(("spec.replicas".to_owned(), format!("Invalid value: {number}: must be greater than or equal to 0")));
    }
    Ok(())
}

fn template(kind: &Kind, object: &Value, causes: &mut Causes) {
    let (spec, path) = match &*kind.kind {
        "Pod" => (&object["spec"], "spec"),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" => {
            (&object["spec"]["template"]["spec"], "spec.template.spec")
        }
        _ => return,
    };
    if spec["containers"].as_array().is_none_or(Vec::is_empty) {
        causes.push((format!("{path}.containers"), "Required value".to_owned()));
    }
    for (at, container) in spec["containers"].as_array().into_iter().flatten().enumerate() {
        for field in ["name", "image"] {
            if container[field].as_str().is_none_or(str::is_empty) {
                causes.push((format!("{path}.containers[{at}].{field}"), "Required value".to_owned()));
            }
        }
    }
    let labels = &object["spec"]["template"]["metadata"]["labels"];
    let mut selector = object["spec"]["selector"]["matchLabels"].as_object().into_iter().flatten();
    if path != "spec" && &*kind.kind != "Job" && !selector.all(|(key, value)| &labels[key] == value) {
        let message = format!("Invalid value: {labels}: `selector` does not match template `labels`");
        causes.push(("spec.template.metadata.labels".to_owned(), message));
    }
}

fn is_subdomain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 253
        && name.bytes().all(|byte| plain(byte) || byte == b'-' || byte == b'.')
        && name.bytes().next().is_some_and(plain)
        && name.bytes().next_back().is_some_and(plain)
}

pub(super) fn immutable(kind: &Kind, live: &Value, next: &Value) -> Result<(), Failure> {
    let fixed = match &*kind.id {
        "deployments.apps" | "replicasets.apps" | "daemonsets.apps" | "statefulsets.apps" | "jobs.batch" => {
            "/spec/selector"
        }
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io" => "/roleRef",
        "secrets" => "/type",
        _ => "",
    };
    let name = live["metadata"]["name"].as_str().unwrap_or_default();
    if !fixed.is_empty() && live.pointer(fixed).is_some() && live.pointer(fixed) != next.pointer(fixed) {
        let value = next.pointer(fixed).cloned().unwrap_or_default();
        let field = fixed.trim_start_matches('/').replace('/', ".");
        return Err(Failure::invalid(kind, name, &[(field, format!("Invalid value: {value}: field is immutable"))]));
    }
    if live["immutable"] == true && (live["data"] != next["data"] || live["binaryData"] != next["binaryData"]) {
        let message = "Forbidden: field is immutable when `immutable` is set".to_owned();
        return Err(Failure::invalid(kind, name, &[("data".to_owned(), message)]));
    }
    Ok(())
}
