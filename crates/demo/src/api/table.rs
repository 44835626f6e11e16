//! The Table representation: kubectl's columns per kind, printer columns for custom kinds.

mod access;
mod cluster;
mod config;
mod custom;
mod network;
mod storage;
mod text;
mod workloads;

use serde_json::{Value, json};

use super::respond::{self, Include};
use crate::registry::Kind;

/// Name, type and priority; the format of a column called `Name` is `name`.
pub(super) type Column = (&'static str, &'static str, i64);

/// One kind's columns and how an object fills them; times are against `now` in epoch seconds.
pub(super) struct Layout {
    pub(super) columns: &'static [Column],
    pub(super) cells: fn(&Value, i64) -> Vec<Value>,
}

const PLAIN: Layout = Layout {
    columns: &[("Name", "string", 0), ("Created At", "date", 0)],
    cells: |object, _| vec![object["metadata"]["name"].clone(), object["metadata"]["creationTimestamp"].clone()],
};

fn layout(id: &str) -> Layout {
    workloads::layout(id)
        .or_else(|| network::layout(id))
        .or_else(|| config::layout(id))
        .or_else(|| storage::layout(id))
        .or_else(|| cluster::layout(id))
        .or_else(|| access::layout(id))
        .unwrap_or(PLAIN)
}

pub(crate) fn columns(kind: &Kind) -> Vec<Value> {
    if let Some(columns) = &kind.printer_columns {
        return custom::columns(columns);
    }
    layout(&kind.id)
        .columns
        .iter()
        .map(|&(name, kind, priority)| {
            let format = if name == "Name" { "name" } else { "" };
            definition(name, kind, format, description(name), priority)
        })
        .collect()
}

fn definition(name: &str, kind: &str, format: &str, description: &str, priority: i64) -> Value {
    json!({"name": name, "type": kind, "format": format, "description": description, "priority": priority})
}

fn description(name: &str) -> &'static str {
    match name {
        "Name" => "Name must be unique within a namespace.",
        "Age" => "Time since the object was created.",
        "Ready" => "How many are ready, out of how many are wanted.",
        "Status" => "The state of the object in one word.",
        "Restarts" => "How often the containers in this pod have been restarted and when the last container restarted.",
        _ => "",
    }
}

pub(crate) fn row(kind: &Kind, object: &Value, include: Include, now: i64) -> Value {
    let cells = match &kind.printer_columns {
        Some(columns) => custom::cells(columns, object, now),
        None => (layout(&kind.id).cells)(object, now),
    };
    match include {
        Include::None => json!({"cells": cells}),
        Include::Metadata => json!({"cells": cells, "object": respond::metadata_object(object)}),
        Include::Object => json!({"cells": cells, "object": object}),
    }
}

/// A whole table around a few rows, as `get` and `watch` send it; definitions come with a watch's first event only.
pub(crate) fn document(kind: &Kind, rows: &[Value], version: &Value, with_columns: bool) -> Value {
    let definitions = if with_columns { Value::Array(columns(kind)) } else { Value::Null };
    json!({"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": {"resourceVersion": version},
        "columnDefinitions": definitions, "rows": rows})
}
