//! Field ownership: sets of fields in `FieldsV1` form, and what updates and applies do to them.

mod apply;

use serde_json::{Map, Value, json};

pub(crate) use apply::{Conflict, apply};

use crate::content::managed::{fields, list_key};

/// Who writes, and how the entry of `managedFields` is told apart from others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) manager: &'a str,
    /// `Update` or `Apply`.
    pub(crate) operation: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) subresource: &'a str,
    pub(crate) time: &'a str,
}

/// After an update: the writer owns what it changed, nobody else does.
pub(crate) fn updated(before: &Value, after: &mut Value, writer: Writer<'_>) {
    let set = object_changes(before, after);
    if set.as_object().is_some_and(Map::is_empty) {
        return;
    }
    let mut entries = after["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    for entry in entries.iter_mut().filter(|entry| !is_of(entry, writer)) {
        subtract(&mut entry["fieldsV1"], &set);
    }
    match entries.iter_mut().find(|entry| is_of(entry, writer)) {
        Some(entry) => {
            union(&mut entry["fieldsV1"], &set);
            entry["time"] = json!(writer.time);
        }
        None => entries.push(entry(writer, &set)),
    }
    entries.retain(|entry| entry["fieldsV1"].as_object().is_some_and(|set| !set.is_empty()));
    after["metadata"]["managedFields"] = Value::Array(entries);
}

fn is_of(entry: &Value, writer: Writer<'_>) -> bool {
    entry["manager"] == writer.manager
        && entry["operation"] == writer.operation
        && entry["subresource"].as_str().unwrap_or_default() == writer.subresource
}

fn entry(writer: Writer<'_>, set: &Value) -> Value {
    let mut entry = json!({"manager": writer.manager, "operation": writer.operation, "apiVersion": writer.api_version, "time": writer.time,
        "fieldsType": "FieldsV1", "fieldsV1": set});
    if !writer.subresource.is_empty() {
        entry["subresource"] = json!(writer.subresource);
    }
    entry
}

/// What of an object anybody can own: not its name, its uid, its version.
fn ownable(object: &Value) -> Value {
    let mut own = object.clone();
    if let Some(own) = own.as_object_mut() {
        own.remove("apiVersion");
        own.remove("kind");
    }
    if let Some(metadata) = own["metadata"].as_object_mut() {
        metadata.retain(|name, _| {
            matches!(name.as_str(), "annotations" | "labels" | "ownerReferences" | "finalizers" | "generateName")
        });
    }
    // nobody owns an empty map, and indexing has made one where there was none
    if own["metadata"].as_object().is_none_or(Map::is_empty)
        && let Some(own) = own.as_object_mut()
    {
        own.remove("metadata");
    }
    own
}

fn object_changes(before: &Value, after: &Value) -> Value {
    changes(&ownable(before), &ownable(after))
}

/// The fields of `after` that `before` has not, or has otherwise.
fn changes(before: &Value, after: &Value) -> Value {
    let mut set = Map::new();
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                match old.get(name) {
                    Some(held) if held == value => {}
                    Some(held) => drop(set.insert(format!("f:{name}"), changes(held, value))),
                    None => drop(set.insert(format!("f:{name}"), fields(value))),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            let Some(key) = list_key(new) else { return json!({}) };
            for item in new {
                let held = old.iter().find(|held| held[key] == item[key]);
                match held {
                    Some(held) if held == item => {}
                    Some(held) => drop(set.insert(format!("k:{}", json!({key: item[key]})), changes(held, item))),
                    None => drop(set.insert(format!("k:{}", json!({key: item[key]})), fields(item))),
                }
            }
        }
        _ => {}
    }
    Value::Object(set)
}

pub(crate) fn union(into: &mut Value, from: &Value) {
    if !into.is_object() {
        *into = json!({});
    }
    let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) else { return };
    for (name, value) in from {
        union(into.entry(name.as_str()).or_insert_with(|| json!({})), value);
    }
}

/// Takes the leaves of `gone` out of `set`; branches that become empty go with them.
pub(crate) fn subtract(set: &mut Value, gone: &Value) {
    let (Some(set), Some(gone)) = (set.as_object_mut(), gone.as_object()) else { return };
    for (name, below) in gone {
        let Some(held) = set.get_mut(name) else { continue };
        let leaf = below.as_object().is_none_or(Map::is_empty);
        if !leaf {
            subtract(held, below);
        }
        let nothing_left = held.as_object().is_none_or(|held| held.keys().all(|key| key == "."));
        if leaf && nothing_left || !leaf && held.as_object().is_none_or(Map::is_empty) {
            set.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_takes_over_what_it_changes() {
        let before = json!({"metadata": {"name": "a", "managedFields": [{"manager": "helm", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}, "f:paused": {}}}}]},
            "spec": {"replicas": 1, "paused": false}});
        let mut after = before.clone();
        after["spec"]["replicas"] = json!(2);
        updated(
            &before,
            &mut after,
            Writer { manager: "me", operation: "Update", api_version: "apps/v1", subresource: "", time: "now" },
        );
        let entries = &after["metadata"]["managedFields"];
        assert_eq!(entries[0]["fieldsV1"], json!({"f:spec": {"f:paused": {}}}));
        assert_eq!(entries[1]["fieldsV1"], json!({"f:spec": {"f:replicas": {}}}));
        assert_eq!(entries[1]["manager"], "me");
    }
}
