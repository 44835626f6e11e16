//! `metrics.k8s.io`, as metrics-server answers it.

use std::collections::HashMap;

use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::request::{Call, Place};
use super::{Failure, respond};
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::storage::Entry;
use crate::usage::{self, Usage, WINDOW};

pub(super) fn answer(cluster: &Cluster, call: &Call) -> Result<Response, Failure> {
    let place = call.place()?;
    let now = cluster.now().as_second();
    let items =
        if &*place.kind.plural == "nodes" { nodes(cluster, call, place, now) } else { pods(cluster, call, place, now) };
    if place.name.is_some() {
        let mut item = items.into_iter().next().ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
        item["kind"] = json!(place.kind.kind);
        item["apiVersion"] = json!(place.kind.api_version());
        return Ok(respond::json_value(StatusCode::OK, &item));
    }
    let list = json!({"kind": format!("{}List", place.kind.kind), "apiVersion": place.kind.api_version(), "metadata": {}, "items": items});
    Ok(respond::json_value(StatusCode::OK, &list))
}

fn wanted(call: &Call, place: &Place, entry: &Entry) -> bool {
    place.name.as_deref().is_none_or(|name| *entry.key.name == *name) && call.selector.matches(entry)
}

fn pods(cluster: &Cluster, call: &Call, place: &Place, now: i64) -> Vec<Value> {
    let storage = cluster.storage.read();
    let entries = storage.list("pods", place.namespace.as_deref());
    let running = entries.filter(|entry| entry.phase.as_deref() == Some("Running") && wanted(call, place, entry));
    running.map(|entry| pod(entry, now)).collect()
}

fn pod(entry: &Entry, now: i64) -> Value {
    let used = usage::pod(entry, now);
    let object = entry.value();
    let names = crate::content::pod::names(&object);
    let share = u64::try_from(names.len()).unwrap_or(1).max(1);
    let containers: Vec<Value> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            // the first container does the work, a proxy beside it little
            let part = |all: u64| {
                if share == 1 {
                    all
                } else if at == 0 {
                    all * 4 / 5
                } else {
                    all / 5 / (share - 1)
                }
            };
            json!({"name": name, "usage": amounts(Usage { cpu: part(used.cpu), memory: part(used.memory) })})
        })
        .collect();
    json!({"metadata": {"name": object["metadata"]["name"], "namespace": object["metadata"]["namespace"], "labels": object["metadata"]["labels"],
            "creationTimestamp": time(now)}, "timestamp": time(at(now)), "window": format!("{WINDOW}s"), "containers": containers})
}

fn nodes(cluster: &Cluster, call: &Call, place: &Place, now: i64) -> Vec<Value> {
    let storage = cluster.storage.read();
    let mut used: HashMap<&str, Usage> = HashMap::new();
    for entry in storage.list("pods", None).filter(|entry| entry.phase.as_deref() == Some("Running")) {
        if let Some(node) = &entry.node {
            *used.entry(node).or_insert(usage::NODE) += usage::pod(entry, now);
        }
    }
    let ready = storage.list("nodes", None).filter(|entry| entry.ready && wanted(call, place, entry));
    ready
        .map(|entry| {
            let labels: Value = entry.labels.iter().map(|(key, value)| (key.to_string(), json!(value))).collect::<serde_json::Map<_, _>>().into();
            let used = used.get(&*entry.key.name).copied().unwrap_or(usage::NODE);
            json!({"metadata": {"name": entry.key.name, "labels": labels, "creationTimestamp": time(now)}, "timestamp": time(at(now)),
                "window": "20.04s", "usage": amounts(used)})
        })
        .collect()
}

/// When the values were taken.
fn at(now: i64) -> i64 {
    now - now.rem_euclid(WINDOW)
}

fn amounts(used: Usage) -> Value {
    json!({"cpu": format!("{}n", used.cpu * 1_000_000), "memory": format!("{}Ki", used.memory)})
}
