//! Writes to subresources: scale, eviction, binding.

use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::super::request::{Call, Place};
use super::super::{Failure, read, respond};
use super::{change, token};
use crate::cluster::Cluster;
use crate::deletion::{self, Dependents};
use crate::endpoints::match_labels;
use crate::life::{self, disruption::Room};
use crate::storage::ObjectKey;

pub(super) fn create(
    cluster: &Cluster,
    call: &Call,
    place: &Place,
    part: &str,
    body: &Value,
) -> Result<Response, Failure> {
    match part {
        "eviction" => evict(cluster, call, place, body),
        "binding" => bind(cluster, place, body),
        "token" => token::create(cluster, place, body),
        _ => Err(Failure::method_not_allowed()),
    }
}

fn success() -> Response {
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
    respond::json_value(StatusCode::CREATED, &status)
}

pub(super) fn scale(
    cluster: &Cluster,
    call: &Call,
    headers: &HeaderMap,
    place: &Place,
    edit: impl FnOnce(&Value) -> Result<Value, Failure>,
) -> Result<Response, Failure> {
    let whole = Place { subresource: None, ..place.clone() };
    let entry = change(cluster, call, headers, &whole, |live| {
        let asked = edit(&read::scale(live))?;
        let mut next = live.clone();
        // the zero of a Go struct is left out
        next["spec"]["replicas"] = json!(asked["spec"]["replicas"].as_i64().unwrap_or(0));
        if let Some(version) = asked["metadata"]["resourceVersion"].as_str() {
            next["metadata"]["resourceVersion"] = json!(version);
        }
        Ok(next)
    })?;
    Ok(respond::json_value(StatusCode::OK, &read::scale(&entry.value())))
}

/// Deletes the pod if the budget that covers it has a disruption left.
fn evict(cluster: &Cluster, call: &Call, place: &Place, body: &Value) -> Result<Response, Failure> {
    // one eviction after the other: each must see the pods that the one before it left
    let _alone = cluster.evictions.lock();
    let key = ObjectKey::new(place.namespace(), place.name());
    let entry = cluster.storage.read().get("pods", &key.namespace, &key.name).cloned();
    let entry = entry.ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let asked = &body["deleteOptions"]["preconditions"]["uid"];
    if let Some(wanted) = asked.as_str().filter(|wanted| **wanted != *entry.uid) {
        let why = format!("Precondition failed: UID in precondition: {wanted}, UID in object meta: {}", entry.uid);
        return Err(Failure::conflict(&place.kind, place.name(), &why));
    }
    let budgets = cluster.entries("poddisruptionbudgets.policy", Some(&key.namespace));
    let covers = |budget: &Value| match_labels(&budget["spec"]["selector"]).matches(&entry);
    let covering: Vec<Value> = budgets.iter().map(|budget| budget.value()).filter(covers).collect();
    if covering.len() > 1 {
        let message =
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
        return Err(Failure::new(500, "InternalError", message));
    }
    let dry_run =
        call.flag("dryRun") || body["deleteOptions"]["dryRun"].as_array().is_some_and(|list| !list.is_empty());
    if let Some(budget) = covering.first().filter(|_| entry.ready && entry.is_active()) {
        allowed(cluster, budget)?;
    }
    if !dry_run {
        let grace = body["deleteOptions"]["gracePeriodSeconds"].as_i64();
        deletion::delete(cluster, &place.kind, &entry, grace, Dependents::Delete);
        life::disruption::refresh(cluster, &key.namespace);
    }
    Ok(success())
}

/// Whether the budget has a disruption left, by the pods there are: its status may be older.
fn allowed(cluster: &Cluster, budget: &Value) -> Result<(), Failure> {
    let Room { healthy, needed, allowed, .. } = life::disruption::room(cluster, budget);
    if allowed > 0 {
        return Ok(());
    }
    let name = budget["metadata"]["name"].as_str().unwrap_or_default();
    let message = format!("The disruption budget {name} needs {needed} healthy pods and has {healthy} currently");
    let failure =
        Failure::new(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.");
    Err(failure.with_details(json!({"causes": [{"reason": "DisruptionBudget", "message": message}]})))
}

fn bind(cluster: &Cluster, place: &Place, body: &Value) -> Result<Response, Failure> {
    let node = body["target"]["name"].as_str().unwrap_or_default().to_owned();
    let mut taken = false;
    let bound = cluster.update(&place.kind, place.namespace(), place.name(), |pod| {
        taken = pod["spec"]["nodeName"].is_string();
        if !taken {
            pod["spec"]["nodeName"] = json!(node);
        }
        !taken
    });
    match bound {
        Some(_) => Ok(success()),
        None if taken => {
            let why = format!("pod {} is already assigned to a node", place.name());
            Err(Failure::conflict(&place.kind, place.name(), &why))
        }
        None => Err(Failure::not_found(&place.kind, place.name())),
    }
}
