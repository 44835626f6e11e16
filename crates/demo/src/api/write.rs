//! `create`, `update` and `patch`.

mod admit;
mod subresource;
mod token;

use std::sync::Arc;

use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::patch::{self, Format};
use super::request::{Call, Place};
use super::respond::{self, Form, Include};
use super::{Failure, protobuf};
use crate::aws::inject;
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::defaults;
use crate::deletion::{self, Dependents};
use crate::ownership::{self, Writer};
use crate::storage::Entry;

pub(super) fn create(cluster: &Cluster, call: &Call, headers: &HeaderMap, body: &Bytes) -> Result<Response, Failure> {
    let place = call.place()?;
    let object = protobuf::value(body)?;
    if let Some(part) = &place.subresource {
        return subresource::create(cluster, call, place, part, &object);
    }
    let entry = insert(cluster, call, headers, place, object)?;
    Ok(answer(cluster, call, headers, place, (&entry, StatusCode::CREATED)))
}

fn answer(
    cluster: &Cluster,
    call: &Call,
    headers: &HeaderMap,
    place: &Place,
    (entry, code): (&Arc<Entry>, StatusCode),
) -> Response {
    let include = Include::of(call.param("includeObject"));
    let mut response = respond::object(&place.kind, entry, Form::accepted(headers), include, cluster.now().as_second());
    *response.status_mut() = code;
    response
}

fn dry_run(call: &Call) -> bool {
    call.flag("dryRun")
}

fn manager(call: &Call, headers: &HeaderMap) -> String {
    if let Some(named) = call.param("fieldManager") {
        return named.to_owned();
    }
    let agent = headers.get(http::header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("unknown");
    agent.split('/').next().unwrap_or(agent).to_owned()
}

fn insert(
    cluster: &Cluster,
    call: &Call,
    headers: &HeaderMap,
    place: &Place,
    mut object: Value,
) -> Result<Arc<Entry>, Failure> {
    let now = time(cluster.now().as_second());
    admit::check(place, &mut object)?;
    if !object["metadata"]["name"].is_string() {
        let prefix = object["metadata"]["generateName"].as_str().unwrap_or_default().to_owned();
        object["metadata"]["name"] =
            json!(format!("{prefix}{}", cluster.random(|random| crate::content::builder::suffix(random, 5))));
    }
    admit::namespace_exists(cluster, &cluster.storage.read(), place)?;
    admit::valid(&place.kind, &object)?;
    defaults::fill(cluster, &place.kind, &mut object);
    if &*place.kind.id == "pods" {
        inject::into_new_pod(cluster, &mut object);
    }
    object["metadata"]["uid"] = json!(cluster.uid());
    object["metadata"]["creationTimestamp"] = json!(now);
    if object["spec"].is_object() {
        object["metadata"]["generation"] = json!(1);
    }
    let manager = manager(call, headers);
    let api_version = place.kind.api_version();
    let writer =
        Writer { manager: &manager, operation: "Update", api_version: &api_version, subresource: "", time: &now };
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
        metadata.remove("resourceVersion");
        metadata.remove("deletionTimestamp");
    }
    ownership::updated(&json!({}), &mut object, writer);
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let mut storage = cluster.storage.write();
    // it may have gone since
    admit::namespace_exists(cluster, &storage, place)?;
    if storage.get(&place.kind.id, place.namespace(), &name).is_some() {
        return Err(Failure::already_exists(&place.kind, &name));
    }
    if dry_run(call) {
        return Ok(Arc::new(Entry::from_value(&object, 0)));
    }
    Ok(cluster.put_locked(&mut storage, &place.kind, object))
}

pub(super) fn update(cluster: &Cluster, call: &Call, headers: &HeaderMap, body: &Bytes) -> Result<Response, Failure> {
    let place = call.place()?;
    let mut object = protobuf::value(body)?;
    if place.subresource.as_deref() == Some("scale") {
        return subresource::scale(cluster, call, headers, place, |_| Ok(object));
    }
    admit::check(place, &mut object)?;
    if object["metadata"]["name"] != place.name() {
        let message = format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            object["metadata"]["name"].as_str().unwrap_or_default(),
            place.name()
        );
        return Err(Failure::bad_request(message));
    }
    let entry = change(cluster, call, headers, place, |_| Ok(object))?;
    Ok(answer(cluster, call, headers, place, (&entry, StatusCode::OK)))
}

pub(super) fn patch(cluster: &Cluster, call: &Call, headers: &HeaderMap, body: &Bytes) -> Result<Response, Failure> {
    let place = call.place()?;
    let format = Format::of(headers, &place.kind)?;
    if format == Format::Apply {
        return apply(cluster, call, headers, place, body);
    }
    let patch: Value =
        serde_json::from_slice(body).map_err(|error| Failure::bad_request(format!("error decoding patch: {error}")))?;
    if place.subresource.as_deref() == Some("scale") {
        return subresource::scale(cluster, call, headers, place, |scale| patch::apply(format, scale, &patch));
    }
    let entry = change(cluster, call, headers, place, |live| patch::apply(format, live, &patch))?;
    Ok(answer(cluster, call, headers, place, (&entry, StatusCode::OK)))
}

/// Reads, lets `edit` make the new object, checks, stores; all under one lock, so that nobody is in between.
fn change(
    cluster: &Cluster,
    call: &Call,
    headers: &HeaderMap,
    place: &Place,
    edit: impl FnOnce(&Value) -> Result<Value, Failure>,
) -> Result<Arc<Entry>, Failure> {
    let now = time(cluster.now().as_second());
    let manager = manager(call, headers);
    let api_version = place.kind.api_version();
    let subresource = place.subresource.as_deref().unwrap_or_default();
    let mut storage = cluster.storage.write();
    let held = storage.get(&place.kind.id, place.namespace(), place.name()).cloned();
    let held = held.ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let live = held.value();
    let mut next = edit(&live)?;
    admit::same_object(place, &live, &next)?;
    keep(&live, &mut next, subresource);
    admit::valid(&place.kind, &next)?;
    defaults::spec(&place.kind, &mut next);
    if live == next {
        return Ok(held);
    }
    admit::immutable(&place.kind, &live, &next)?;
    let writer = Writer { manager: &manager, operation: "Update", api_version: &api_version, subresource, time: &now };
    ownership::updated(&live, &mut next, writer);
    Ok(store(cluster, call, &mut storage, place, (&live, next)))
}

/// Puts the object, unless it was only waiting for its last finalizer.
fn store(
    cluster: &Cluster,
    call: &Call,
    storage: &mut parking_lot::RwLockWriteGuard<'_, crate::storage::Storage>,
    place: &Place,
    (live, mut next): (&Value, Value),
) -> Arc<Entry> {
    if live["spec"] != next["spec"] && live["metadata"]["generation"].is_number() {
        next["metadata"]["generation"] = json!(live["metadata"]["generation"].as_i64().unwrap_or(0) + 1);
    }
    if dry_run(call) {
        return Arc::new(Entry::from_value(&next, 0));
    }
    let ends = live["metadata"]["deletionTimestamp"].is_string()
        && &*place.kind.id != "pods"
        && &*place.kind.id != "namespaces";
    let freed = ends && deletion::is_free(&next);
    let entry = cluster.put_locked(storage, &place.kind, next);
    if freed {
        parking_lot::RwLockWriteGuard::unlocked(storage, || {
            deletion::remove(cluster, &place.kind, &entry, Dependents::Delete)
        });
    }
    entry
}

/// What a writer cannot change: the server's own metadata, and the half that the subresource is not about.
fn keep(live: &Value, next: &mut Value, subresource: &str) {
    for field in [
        "uid",
        "creationTimestamp",
        "resourceVersion",
        "generation",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "managedFields",
        "namespace",
        "name",
    ] {
        let held = &live["metadata"][field];
        if held.is_null() {
            if let Some(metadata) = next["metadata"].as_object_mut() {
                metadata.remove(field);
            }
        } else {
            next["metadata"][field] = held.clone();
        }
    }
    next["apiVersion"] = live["apiVersion"].clone();
    next["kind"] = live["kind"].clone();
    for field in ["clusterIP", "clusterIPs"] {
        if next["spec"][field].is_null() && !live["spec"][field].is_null() {
            next["spec"][field] = live["spec"][field].clone();
        }
    }
    if subresource == "status" {
        let status = next["status"].clone();
        *next = live.clone();
        next["status"] = status;
    } else if !live["status"].is_null() {
        next["status"] = live["status"].clone();
    }
}

fn apply(
    cluster: &Cluster,
    call: &Call,
    headers: &HeaderMap,
    place: &Place,
    body: &Bytes,
) -> Result<Response, Failure> {
    let manager = call.param("fieldManager").ok_or_else(|| {
        Failure::bad_request(
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch",
        )
    })?;
    let text = std::str::from_utf8(body).map_err(|_| Failure::bad_request("error decoding YAML: not UTF-8"))?;
    let mut intent: Value =
        serde_saphyr::from_str(text).map_err(|error| Failure::bad_request(format!("error decoding YAML: {error}")))?;
    if !intent["metadata"]["managedFields"].is_null() {
        return Err(Failure::bad_request("metadata.managedFields must be nil"));
    }
    admit::check(place, &mut intent)?;
    let there = cluster.storage.read().get(&place.kind.id, place.namespace(), place.name()).is_some();
    let now = time(cluster.now().as_second());
    let api_version = place.kind.api_version();
    let subresource = place.subresource.as_deref().unwrap_or_default();
    let writer = Writer { manager, operation: "Apply", api_version: &api_version, subresource, time: &now };
    if !there {
        let mut object = ownership::apply(&json!({}), &intent, writer, true)
            .map_err(|_| Failure::bad_request("an apply to nothing cannot conflict"))?;
        let fields = object["metadata"]["managedFields"].clone();
        for field in ["apiVersion", "kind"] {
            object[field] = intent[field].clone();
        }
        object["metadata"]["name"] = json!(place.name());
        object["metadata"]["namespace"] = intent["metadata"]["namespace"].clone();
        let mut entry = insert(cluster, call, headers, place, object)?;
        if !dry_run(call) {
            let set = |object: &mut Value| {
                object["metadata"]["managedFields"] = fields;
                true
            };
            entry = cluster.update(&place.kind, place.namespace(), place.name(), set).unwrap_or(entry);
        }
        return Ok(answer(cluster, call, headers, place, (&entry, StatusCode::CREATED)));
    }
    let mut storage = cluster.storage.write();
    let held = storage.get(&place.kind.id, place.namespace(), place.name()).cloned();
    let held = held.ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let live = held.value();
    let mut next =
        ownership::apply(&live, &intent, writer, call.flag("force")).map_err(|conflicts| conflict(&conflicts))?;
    let fields = next["metadata"]["managedFields"].clone();
    keep(&live, &mut next, subresource);
    admit::valid(&place.kind, &next)?;
    defaults::spec(&place.kind, &mut next);
    admit::immutable(&place.kind, &live, &next)?;
    if unchanged_but_for_time(&live["metadata"]["managedFields"], &fields) && live == next {
        drop(storage);
        return Ok(answer(cluster, call, headers, place, (&held, StatusCode::OK)));
    }
    next["metadata"]["managedFields"] = fields;
    let entry = store(cluster, call, &mut storage, place, (&live, next));
    drop(storage);
    Ok(answer(cluster, call, headers, place, (&entry, StatusCode::OK)))
}

fn unchanged_but_for_time(before: &Value, after: &Value) -> bool {
    let timeless = |list: &Value| -> Vec<Value> {
        let entries = list.as_array().into_iter().flatten().cloned();
        let mut entries: Vec<Value> = entries
            .map(|mut entry| {
                entry["time"] = Value::Null;
                entry
            })
            .collect();
        entries.sort_by_key(ToString::to_string);
        entries
    };
    timeless(before) == timeless(after)
}

fn conflict(conflicts: &[ownership::Conflict]) -> Failure {
    let causes: Vec<Value> = conflicts
        .iter()
        .map(|one| json!({"reason": "FieldManagerConflict", "field": one.field, "message": format!("conflict with {:?} using {}", one.manager, one.api_version)}))
        .collect();
    let message = match conflicts {
        [one] => format!(
            "Apply failed with 1 conflict: conflict with {:?} using {}: {}",
            one.manager, one.api_version, one.field
        ),
        many => {
            let lines: Vec<String> = many
                .iter()
                .map(|one| format!("conflicts with {:?} using {}:\n- {}", one.manager, one.api_version, one.field))
                .collect();
            format!("Apply failed with {} conflicts: {}", many.len(), lines.join("\n"))
        }
    };
    Failure::new(409, "Conflict", message).with_details(json!({"causes": causes}))
}
