//! Enough of `/openapi` for clients that validate and explain: which kinds take `fieldValidation`, and the fields
//! that objects of a kind have in this world.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use super::respond;
use crate::cluster::Cluster;
use crate::registry::{Kind, Registry};

/// How many objects of a kind are looked at for their fields.
const SAMPLES: usize = 12;

/// A version 2 document without any definition, as the protobuf that kubectl reads: `swagger` is 2.0, `info` has a title
/// and a version. kubectl checks `kind: List` against this one only, and skips kinds that it does not define.
const VERSION_2: &[u8] = b"\x0a\x032.0\x12\x16\x0a\x0aKubernetes\x12\x08unstated";

pub(super) fn answer(cluster: &Cluster, path: &str) -> Option<Response> {
    let registry = cluster.registry();
    let document = match path.trim_end_matches('/') {
        "/openapi/v2" => return Some(version_2()),
        "/openapi/v3" => index(&registry),
        path => {
            let place = path.strip_prefix("/openapi/v3/")?;
            let segments: Vec<&str> = place.split('/').collect();
            let (group, version) = match segments.as_slice() {
                ["api", version] => ("", *version),
                ["apis", group, version] => (*group, *version),
                _ => return None,
            };
            registry.serves(group, version).then(|| group_document(cluster, &registry, group, version))?
        }
    };
    Some(respond::json_value(StatusCode::OK, &document))
}

fn version_2() -> Response {
    let mut response = Response::new(Body::from(VERSION_2));
    let kind = HeaderValue::from_static("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn root(group: &str, version: &str) -> String {
    if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") }
}

fn index(registry: &Registry) -> Value {
    let mut paths = Map::new();
    for kind in registry.kinds() {
        let root = root(&kind.group, &kind.version);
        paths.insert(root.clone(), json!({"serverRelativeURL": format!("/openapi/v3/{root}")}));
    }
    json!({"paths": paths})
}

fn group_document(cluster: &Cluster, registry: &Registry, group: &str, version: &str) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for kind in registry.in_version(group, version) {
        let place = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
        let path = format!("/{}/{place}{}/{{name}}", root(group, version), kind.plural);
        let operations = if kind.verbs().contains(&"patch") { patch_operation(kind) } else { json!({}) };
        paths.insert(path, operations);
        schemas.insert(
            format!("{}.{}.{}", if group.is_empty() { "core" } else { group }, version, kind.kind),
            schema(cluster, kind),
        );
    }
    json!({"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": cluster.profile.git_version},
        "paths": paths, "components": {"schemas": schemas}})
}

fn gvk(kind: &Kind) -> Value {
    json!({"group": kind.group, "version": kind.version, "kind": kind.kind})
}

fn patch_operation(kind: &Kind) -> Value {
    let parameter =
        |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    json!({"patch": {"operationId": format!("patch{}", kind.kind), "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": gvk(kind),
        "parameters": [parameter("dryRun"), parameter("fieldManager"), parameter("fieldValidation")],
        "responses": {"200": {"description": "OK"}}}})
}

/// The shape of the objects there are, merged; without any, only what every object has.
fn schema(cluster: &Cluster, kind: &Kind) -> Value {
    let mut merged = json!({"type": "object", "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
        "metadata": {"type": "object"}}});
    for entry in cluster.entries(&kind.id, None).iter().take(SAMPLES) {
        merge(&mut merged, shape(&entry.value()));
    }
    merged["description"] = json!(format!("{} as the objects of this cluster show it.", kind.kind));
    merged["x-kubernetes-group-version-kind"] = json!([gvk(kind)]);
    merged
}

fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!({"type": "object"}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(_) => json!({"type": "integer"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => {
            let mut element = json!({"type": "object"});
            for (at, item) in items.iter().enumerate() {
                if at == 0 {
                    element = shape(item);
                } else {
                    merge(&mut element, shape(item));
                }
            }
            json!({"type": "array", "items": element})
        }
        Value::Object(fields) => {
            let properties: Map<String, Value> = fields
                .iter()
                .filter(|(name, _)| *name != "managedFields")
                .map(|(name, value)| (name.clone(), shape(value)))
                .collect();
            json!({"type": "object", "properties": properties})
        }
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        for (key, value) in from {
            match into.get_mut(&key) {
                Some(held) => merge(held, value),
                None => drop(into.insert(key, value)),
            }
        }
    }
}
