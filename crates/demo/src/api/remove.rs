//! `delete` and `deletecollection`.

mod options;

use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::failure::details;
use super::request::Call;
use super::{Failure, respond};
use crate::cluster::Cluster;
use crate::deletion;
use options::Options;

pub(super) fn one(cluster: &Cluster, call: &Call, body: &[u8]) -> Result<Response, Failure> {
    let place = call.place()?;
    if place.subresource.is_some() {
        return Err(Failure::method_not_allowed());
    }
    let options = Options::parse(call, body)?;
    let missing = || Failure::not_found(&place.kind, place.name());
    let held = || cluster.storage.read().get(&place.kind.id, place.namespace(), place.name()).cloned();
    let entry = held().ok_or_else(missing)?;
    let live = entry.value();
    preconditions(call, &live, &options)?;
    if options.dry_run {
        return Ok(respond::json_value(StatusCode::OK, &gone(call, &live)?));
    }
    if !deletion::delete(cluster, &place.kind, &entry, options.grace, options.dependents) {
        return Err(missing());
    }
    // what is still there is on its way out, and is answered as it is
    match held().filter(|leaving| leaving.uid == entry.uid) {
        Some(leaving) => Ok(respond::json_value(StatusCode::OK, &leaving.value())),
        None => Ok(respond::json_value(StatusCode::OK, &gone(call, &live)?)),
    }
}

fn preconditions(call: &Call, live: &Value, options: &Options) -> Result<(), Failure> {
    let place = call.place()?;
    let metadata = &live["metadata"];
    for (field, label, wanted) in
        [("uid", "UID", &options.uid), ("resourceVersion", "ResourceVersion", &options.version)]
    {
        if let Some(wanted) = wanted
            && metadata[field] != **wanted
        {
            let why = format!(
                "Precondition failed: {label} in precondition: {wanted}, {label} in object meta: {}",
                metadata[field].as_str().unwrap_or_default()
            );
            return Err(Failure::conflict(&place.kind, place.name(), &why));
        }
    }
    Ok(())
}

fn gone(call: &Call, live: &Value) -> Result<Value, Failure> {
    let place = call.place()?;
    let mut details = details(&place.kind, place.name());
    details["uid"] = live["metadata"]["uid"].clone();
    Ok(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}))
}

pub(super) fn collection(cluster: &Cluster, call: &Call, body: &[u8]) -> Result<Response, Failure> {
    let place = call.place()?;
    let options = Options::parse(call, body)?;
    let namespace = place.namespace.as_deref().filter(|_| place.kind.namespaced);
    let mut items = Vec::new();
    for entry in cluster.entries(&place.kind.id, namespace).iter().filter(|entry| call.selector.matches(entry)) {
        items.push(entry.value());
        if !options.dry_run {
            deletion::delete(cluster, &place.kind, entry, options.grace, options.dependents);
        }
    }
    let version = cluster.storage.read().version().to_string();
    let list = json!({"kind": format!("{}List", place.kind.kind), "apiVersion": place.kind.api_version(), "metadata": {"resourceVersion": version}, "items": items});
    Ok(respond::json_value(StatusCode::OK, &list))
}
