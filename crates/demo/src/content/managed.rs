//! `managedFields`: who set which field, derived from the object itself.

use serde_json::{Map, Value, json};

use super::builder::time;

/// One entry for what `manager` set, and one for the status if there is any.
pub(crate) fn entries(object: &Value, api_version: &str, manager: &str, created: i64, now: i64) -> Value {
    let mut own = Map::new();
    let mut status = Map::new();
    for (field, value) in object.as_object().into_iter().flatten() {
        match field.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => {
                let set = metadata(value);
                if set.as_object().is_some_and(|set| !set.is_empty()) {
                    own.insert("f:metadata".to_owned(), set);
                }
            }
            "status" => {
                status.insert("f:status".to_owned(), fields(value));
            }
            _ => {
                own.insert(format!("f:{field}"), fields(value));
            }
        }
    }
    let entry = |manager: &str, at: i64, set: Map<String, Value>| {
        json!({"manager": manager, "operation": "Update", "apiVersion": api_version, "time": time(at),
            "fieldsType": "FieldsV1", "fieldsV1": set})
    };
    let mut list = vec![entry(manager, created, own)];
    if !status.is_empty() {
        let manager =
            if object["kind"] == "Pod" || object["kind"] == "Node" { "kubelet" } else { "kube-controller-manager" };
        let mut entry = entry(manager, now.min(created + 95), status);
        entry["subresource"] = json!("status");
        list.push(entry);
    }
    Value::Array(list)
}

fn metadata(metadata: &Value) -> Value {
    let mut set = Map::new();
    for name in ["annotations", "labels", "ownerReferences", "finalizers", "generateName"] {
        if !metadata[name].is_null() {
            set.insert(format!("f:{name}"), fields(&metadata[name]));
        }
    }
    Value::Object(set)
}

/// The `FieldsV1` set of a value; lists of named things are keyed, other lists are atomic.
pub(crate) fn fields(value: &Value) -> Value {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let mut set = Map::from_iter([(".".to_owned(), json!({}))]);
            set.extend(map.iter().map(|(name, value)| (format!("f:{name}"), fields(value))));
            Value::Object(set)
        }
        Value::Array(items) => keyed(items).unwrap_or_else(|| json!({})),
        _ => json!({}),
    }
}

fn keyed(items: &[Value]) -> Option<Value> {
    let key = list_key(items)?;
    let mut set = Map::from_iter([(".".to_owned(), json!({}))]);
    for item in items {
        set.insert(format!("k:{}", json!({key: item[key]})), fields(item));
    }
    Some(Value::Object(set))
}

/// The field that tells the items of a list apart, if there is one they all have.
pub(crate) fn list_key(items: &[Value]) -> Option<&'static str> {
    ["uid", "name", "containerPort", "port", "type", "ip", "topologyKey", "mountPath"]
        .into_iter()
        .find(|key| !items.is_empty() && items.iter().all(|item| !item[*key].is_null()))
}
