//! Server-side apply: merge an intent, give up what it no longer names, refuse to take what others own.

use serde_json::{Map, Value, json};

use super::{Writer, entry, is_of, ownable, subtract, union};
use crate::content::managed::{fields, list_key};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) manager: String,
    pub(crate) api_version: String,
    /// `.spec.replicas`
    pub(crate) field: String,
}

/// The object after `intent` was applied to it; without `force`, fields that others own with another value stop it.
pub(crate) fn apply(live: &Value, intent: &Value, writer: Writer<'_>, force: bool) -> Result<Value, Vec<Conflict>> {
    let mut entries = live["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    let wanted = ownable(intent);
    let set = strip_dots(fields(&wanted));
    let conflicts: Vec<Conflict> = entries
        .iter()
        .filter(|entry| !is_of(entry, writer))
        .flat_map(|entry| conflicts_with(entry, live, &wanted))
        .collect();
    if !force && !conflicts.is_empty() {
        return Err(conflicts);
    }
    let mut next = live.clone();
    let own = entries.iter().find(|entry| is_of(entry, writer)).map(|entry| entry["fieldsV1"].clone());
    if let Some(mut given_up) = own {
        subtract(&mut given_up, &set);
        for entry in entries.iter().filter(|entry| !is_of(entry, writer)) {
            subtract(&mut given_up, &entry["fieldsV1"]);
        }
        remove(&mut next, &given_up);
    }
    merge(&mut next, &wanted);
    if force {
        let mut taken = json!({});
        for conflict in &conflicts {
            union(&mut taken, &path_set(&conflict.field));
        }
        entries
            .iter_mut()
            .filter(|entry| !is_of(entry, writer))
            .for_each(|entry| subtract(&mut entry["fieldsV1"], &taken));
    }
    entries.retain(|entry| !is_of(entry, writer));
    entries.push(entry(writer, &set));
    next["metadata"]["managedFields"] = Value::Array(entries);
    Ok(next)
}

/// An applied set names leaves and list items only, so that sharing a map is no conflict.
fn strip_dots(set: Value) -> Value {
    match set {
        Value::Object(map) => {
            let keep = |name: &str| name != ".";
            Value::Object(
                map.into_iter().filter(|(name, _)| keep(name)).map(|(name, value)| (name, strip_dots(value))).collect(),
            )
        }
        other => other,
    }
}

fn conflicts_with(entry: &Value, live: &Value, wanted: &Value) -> Vec<Conflict> {
    let mut found = Vec::new();
    walk(&entry["fieldsV1"], live, wanted, "", &mut found);
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    found
        .into_iter()
        .map(|field| Conflict { manager: text("manager"), api_version: text("apiVersion"), field })
        .collect()
}

/// Goes down where the other manager owns and the intent speaks; a leaf with another value is a conflict.
fn walk(owned: &Value, live: &Value, wanted: &Value, path: &str, found: &mut Vec<String>) {
    let Some(owned) = owned.as_object() else { return };
    for (name, below) in owned {
        if let Some(field) = name.strip_prefix("f:") {
            let (held, asked) = (&live[field], &wanted[field]);
            if asked.is_null() {
                continue;
            }
            let path = format!("{path}.{field}");
            let leaf = below.as_object().is_none_or(|below| below.keys().all(|key| key == "."))
                || !asked.is_object() && !asked.is_array();
            if leaf && asked.as_object().is_none_or(Map::is_empty) {
                if held != asked {
                    found.push(path);
                }
            } else {
                walk(below, held, asked, &path, found);
            }
        } else if let Some(key) = name.strip_prefix("k:") {
            let (Some(held), Some(asked)) = (item(live, key), item(wanted, key)) else { continue };
            walk(below, held, asked, &format!("{path}[{}]", key_text(key)), found);
        }
    }
}

fn key_text(key: &str) -> String {
    let parsed: Value = serde_json::from_str(key).unwrap_or_default();
    let parts: Vec<String> =
        parsed.as_object().into_iter().flatten().map(|(name, value)| format!("{name}={value}")).collect();
    parts.join(",")
}

fn item<'a>(list: &'a Value, key: &str) -> Option<&'a Value> {
    let parsed: Map<String, Value> = serde_json::from_str(key).ok()?;
    list.as_array()?.iter().find(|item| parsed.iter().all(|(name, value)| &item[name] == value))
}

/// `.spec.replicas` as a set; only plain paths can be taken by force, list items are merged anyway.
fn path_set(path: &str) -> Value {
    let mut set = json!({});
    for field in path.rsplit('.').filter(|field| !field.is_empty()) {
        let field = field.split('[').next().unwrap_or(field);
        set = json!({format!("f:{field}"): set});
    }
    set
}

fn remove(object: &mut Value, gone: &Value) {
    let Some(gone) = gone.as_object() else { return };
    for (name, below) in gone {
        let leaf = below.as_object().is_none_or(|below| below.keys().all(|key| key == "."));
        if let Some(field) = name.strip_prefix("f:") {
            let Some(map) = object.as_object_mut() else { return };
            if leaf {
                map.remove(field);
            } else if let Some(held) = map.get_mut(field) {
                remove(held, below);
            }
        } else if let Some(key) = name.strip_prefix("k:") {
            let parsed: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
            let Some(list) = object.as_array_mut() else { return };
            let at = list.iter().position(|item| parsed.iter().all(|(name, value)| &item[name] == value));
            if let Some(at) = at {
                let whole = below.as_object().is_none_or(|below| {
                    below.contains_key(".") || parsed.keys().any(|key| below.contains_key(&format!("f:{key}")))
                });
                if whole { drop(list.remove(at)) } else { remove(&mut list[at], below) }
            }
        }
    }
}

fn merge(live: &mut Value, wanted: &Value) {
    match (live, wanted) {
        (Value::Object(held), Value::Object(new)) => {
            for (name, value) in new {
                merge(held.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (live @ Value::Array(_), Value::Array(items)) => {
            let Some(key) = list_key(items) else {
                *live = Value::Array(items.clone());
                return;
            };
            let Value::Array(list) = live else { return };
            for item in items {
                match list.iter_mut().find(|held| held[key] == item[key]) {
                    Some(held) => merge(held, item),
                    None => list.push(item.clone()),
                }
            }
        }
        (live, wanted) => *live = wanted.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(manager: &str) -> Writer<'_> {
        Writer { manager, operation: "Apply", api_version: "apps/v1", subresource: "", time: "now" }
    }

    fn first() -> Value {
        let intent = json!({"spec": {"replicas": 1, "template": {"containers": [{"name": "app", "image": "a:1", "env": [{"name": "X", "value": "1"}]}]}}});
        apply(&json!({"metadata": {"name": "a"}}), &intent, writer("one"), false).expect("nobody else")
    }

    #[test]
    fn leaving_a_field_out_gives_it_up() {
        let intent = json!({"spec": {"template": {"containers": [{"name": "app", "image": "a:2"}]}}});
        let next = apply(&first(), &intent, writer("one"), false).expect("own fields");
        assert_eq!(next["spec"]["replicas"], Value::Null);
        assert_eq!(next["spec"]["template"]["containers"][0]["image"], "a:2");
        assert_eq!(next["spec"]["template"]["containers"][0]["env"].as_array().map_or(0, Vec::len), 0);
    }

    #[test]
    fn another_managers_field_conflicts_until_forced() {
        let intent = json!({"spec": {"replicas": 5}});
        let conflicts = apply(&first(), &intent, writer("two"), false).expect_err("one owns replicas");
        assert_eq!(
            conflicts,
            [Conflict { manager: "one".into(), api_version: "apps/v1".into(), field: ".spec.replicas".into() }]
        );
        let next = apply(&first(), &intent, writer("two"), true).expect("forced");
        assert_eq!(next["spec"]["replicas"], 5);
        let entries = next["metadata"]["managedFields"].as_array().expect("entries");
        assert!(entries[0]["fieldsV1"]["f:spec"]["f:replicas"].is_null(), "one lost it");
    }

    #[test]
    fn the_same_value_is_shared() {
        let next = apply(&first(), &json!({"spec": {"replicas": 1}}), writer("two"), false).expect("same value");
        assert_eq!(next["metadata"]["managedFields"].as_array().map_or(0, Vec::len), 2);
    }
}
