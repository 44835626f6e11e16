//! Strategic merge patch: like a merge patch, but lists of keyed things are merged item by item.

use serde_json::{Map, Value};

/// The key by which the items of a list called `name` are told apart; the API types' own `patchMergeKey`.
fn merge_key(name: &str, items: &[Value]) -> Option<&'static str> {
    let has = |key: &str| items.iter().all(|item| !item[key].is_null());
    match name {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "volumes"
        | "env"
        | "imagePullSecrets"
        | "secrets"
        | "resourceClaims" => Some("name"),
        "ports" if has("containerPort") => Some("containerPort"),
        "ports" if has("port") => Some("port"),
        "volumeMounts" => Some("mountPath"),
        "volumeDevices" => Some("devicePath"),
        "conditions" | "addresses" => Some("type"),
        "ownerReferences" => Some("uid"),
        "hostAliases" => Some("ip"),
        "topologySpreadConstraints" => Some("topologyKey"),
        "taints" => Some("key"),
        _ => None,
    }
}

pub(super) fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *object = patch.clone();
        return;
    };
    if fields.get("$patch").is_some_and(|directive| directive == "replace") || !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Value::Object(held) = object else { return };
    for (name, value) in fields {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            drop_from(held, list, value);
        } else if let Some(keep) = name.strip_prefix("$retainKeys").and(value.as_array()) {
            held.retain(|key, _| keep.iter().any(|kept| kept == key));
        } else if name.starts_with('$') {
            // element order is a matter of looks, and a directive of its own has been obeyed above
        } else if value.is_null() {
            held.remove(name);
        } else if let Value::Array(items) = value {
            merge_list(held.entry(name.as_str()).or_insert(Value::Null), name, items);
        } else {
            merge(held.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

fn drop_from(held: &mut Map<String, Value>, list: &str, values: &Value) {
    let gone = values.as_array().map_or(&[][..], Vec::as_slice);
    if let Some(items) = held.get_mut(list).and_then(Value::as_array_mut) {
        items.retain(|item| !gone.contains(item));
    }
}

fn merge_list(held: &mut Value, name: &str, items: &[Value]) {
    if name == "finalizers" {
        let list = held.as_array().cloned().unwrap_or_default();
        let new = items.iter().filter(|item| !list.contains(item)).cloned();
        *held = list.iter().cloned().chain(new).collect();
        return;
    }
    let real: Vec<Value> = items.iter().filter(|item| item["$patch"] != "replace").cloned().collect();
    let replaced = real.len() != items.len();
    let Some(key) = merge_key(name, &real).filter(|_| !replaced) else {
        *held = Value::Array(real);
        return;
    };
    if !held.is_array() {
        *held = Value::Array(Vec::new());
    }
    let Value::Array(list) = held else { return };
    for item in &real {
        let at = list.iter().position(|one| one[key] == item[key]);
        match (at, item["$patch"] == "delete") {
            (Some(at), true) => drop(list.remove(at)),
            (Some(at), false) => merge(&mut list[at], item),
            (None, true) => {}
            (None, false) => {
                let mut new = Value::Null;
                merge(&mut new, item);
                list.push(new);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn containers_merge_by_name_and_env_too() {
        let mut object = json!({"spec": {"containers": [{"name": "app", "image": "a:1", "env": [{"name": "X", "value": "1"}]}, {"name": "side", "image": "b"}]}});
        let patch = json!({"spec": {"$setElementOrder/containers": [{"name": "app"}],
            "containers": [{"name": "app", "image": "a:2", "env": [{"name": "Y", "value": "2"}, {"name": "X", "$patch": "delete"}]}]}});
        merge(&mut object, &patch);
        assert_eq!(
            object,
            json!({"spec": {"containers": [{"name": "app", "image": "a:2", "env": [{"name": "Y", "value": "2"}]}, {"name": "side", "image": "b"}]}})
        );
    }

    #[test]
    fn lists_without_key_and_replace_directives_replace() {
        let mut object = json!({"args": ["a", "b"], "finalizers": ["x"], "selector": {"a": "1"}});
        merge(&mut object, &json!({"args": ["c"], "finalizers": ["y"], "selector": {"$patch": "replace", "b": "2"}}));
        assert_eq!(object, json!({"args": ["c"], "finalizers": ["x", "y"], "selector": {"b": "2"}}));
        merge(&mut object, &json!({"$deleteFromPrimitiveList/finalizers": ["x"], "args": null}));
        assert_eq!(object, json!({"finalizers": ["y"], "selector": {"b": "2"}}));
    }
}
