//! `/api` and `/apis`: aggregated where the client asks for it, else group by group.

use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::respond;
use crate::cluster::Cluster;
use crate::registry::{Kind, Registry};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

pub(super) fn answer(cluster: &Cluster, path: &str, headers: &HeaderMap) -> Option<Response> {
    let registry = cluster.registry();
    let aggregated = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|accept| {
        accept.contains("as=APIGroupDiscoveryList") && accept.contains("v=v2;") || accept.contains(AGGREGATED)
    });
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let document = match segments.as_slice() {
        ["api"] if aggregated => return Some(aggregated_answer(&core_group(&registry))),
        ["apis"] if aggregated => return Some(aggregated_answer(&named_groups(&registry))),
        ["api"] => json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}),
        ["apis"] => json!({"kind": "APIGroupList", "apiVersion": "v1",
            "groups": registry.groups().iter().map(|(group, versions)| group_document(group, versions)).collect::<Vec<_>>()}),
        ["apis", group] => {
            let groups = registry.groups();
            let versions = groups.get(group)?;
            let mut document = group_document(group, versions);
            document["kind"] = json!("APIGroup");
            document["apiVersion"] = json!("v1");
            document
        }
        ["api", version] if registry.serves("", version) => resources(&registry, "", version),
        ["apis", group, version] if registry.serves(group, version) => resources(&registry, group, version),
        _ => return None,
    };
    Some(respond::json_value(StatusCode::OK, &document))
}

fn aggregated_answer(items: &[Value]) -> Response {
    let document = json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items});
    let mut response = respond::json_value(StatusCode::OK, &document);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(AGGREGATED));
    response
}

fn core_group(registry: &Registry) -> Vec<Value> {
    vec![json!({"metadata": {"creationTimestamp": null}, "versions": [aggregated_version(registry, "", "v1")]})]
}

fn named_groups(registry: &Registry) -> Vec<Value> {
    let groups = registry.groups();
    groups
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<_> =
                versions.iter().map(|version| aggregated_version(registry, group, version)).collect();
            json!({"metadata": {"name": group, "creationTimestamp": null}, "versions": versions})
        })
        .collect()
}

fn aggregated_version(registry: &Registry, group: &str, version: &str) -> Value {
    let resources: Vec<Value> =
        registry.in_version(group, version).into_iter().map(|kind| aggregated_resource(kind)).collect();
    json!({"version": version, "resources": resources, "freshness": "Current"})
}

fn aggregated_resource(kind: &Kind) -> Value {
    let mut resource = json!({"resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular, "verbs": kind.verbs()});
    if !kind.short_names.is_empty() {
        resource["shortNames"] = json!(kind.short_names);
    }
    if !kind.categories.is_empty() {
        resource["categories"] = json!(kind.categories);
    }
    if !kind.subresources.is_empty() {
        resource["subresources"] = kind.subresources.iter().map(|part| aggregated_subresource(kind, part)).collect();
    }
    resource
}

fn aggregated_subresource(kind: &Kind, part: &str) -> Value {
    let (group, version, response) = subresource_kind(kind, part);
    json!({"subresource": part, "responseKind": {"group": group, "version": version, "kind": response},
        "verbs": subresource_verbs(part)})
}

fn subresource_kind<'a>(kind: &'a Kind, part: &str) -> (&'a str, &'a str, &'a str) {
    match part {
        "scale" => ("autoscaling", "v1", "Scale"),
        "eviction" => ("policy", "v1", "Eviction"),
        "binding" => ("", "v1", "Binding"),
        "token" => ("authentication.k8s.io", "v1", "TokenRequest"),
        "exec" => ("", "v1", "PodExecOptions"),
        "attach" => ("", "v1", "PodAttachOptions"),
        "portforward" => ("", "v1", "PodPortForwardOptions"),
        _ => (&kind.group, &kind.version, &kind.kind),
    }
}

fn subresource_verbs(part: &str) -> &'static [&'static str] {
    match part {
        "log" => &["get"],
        "exec" | "attach" | "portforward" => &["create", "get"],
        "eviction" | "binding" | "token" => &["create"],
        "finalize" => &["update"],
        "proxy" => &["create", "delete", "get", "patch", "update"],
        _ => &["get", "patch", "update"],
    }
}

fn group_document(group: &str, versions: &[&str]) -> Value {
    let version = |version: &str| json!({"groupVersion": format!("{group}/{version}"), "version": version});
    json!({"name": group, "versions": versions.iter().map(|name| version(name)).collect::<Vec<_>>(),
        "preferredVersion": versions.first().map(|name| version(name))})
}

fn resources(registry: &Registry, group: &str, version: &str) -> Value {
    let mut list = Vec::new();
    for kind in registry.in_version(group, version) {
        let mut resource = json!({"name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced,
            "kind": kind.kind, "verbs": kind.verbs(), "shortNames": kind.short_names, "categories": kind.categories});
        if let Some(resource) = resource.as_object_mut() {
            resource.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
        }
        list.push(resource);
        for part in &kind.subresources {
            let (group, version, response) = subresource_kind(kind, part);
            list.push(
                json!({"name": format!("{}/{part}", kind.plural), "singularName": "", "namespaced": kind.namespaced,
                "group": group, "version": version, "kind": response, "verbs": subresource_verbs(part)}),
            );
        }
    }
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": list})
}
