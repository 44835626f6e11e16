//! What never leaves the server with an object: Secret values, also where a copy of them hides.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use periscope_model::KindId;
use serde_json::{Map, Value};

use crate::kinds::is_sensitive;

/// Shortest value that is looked for in annotations.
const MIN_COPY: usize = 6;

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Masks a Secret's values; other kinds keep theirs.
pub(crate) fn mask(kind: &KindId, object: &mut Value) {
    if !is_sensitive(kind) {
        return;
    }
    let values = values_of(object);
    for field in ["data", "stringData"] {
        if let Some(values) = object.get_mut(field).and_then(Value::as_object_mut) {
            mask_values(values, field == "data");
        }
    }
    // `kubectl apply` keeps the whole manifest, values included, in this annotation; so do tools in theirs.
    if let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
        for (name, value) in annotations.iter_mut() {
            if name == LAST_APPLIED || holds_a_manifest(value) || holds_one(value, &values) {
                *value = Value::from(format!("•••• ({} bytes)", value.as_str().map_or(0, str::len)));
            }
        }
    }
}

/// managedFields says who owns which field: noise to a reader, and never a value.
pub(crate) fn drop_managed_fields(object: &mut Value) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
}

/// Every value as it is written and, where that is text, as it reads.
fn values_of(secret: &Value) -> Vec<String> {
    let mut values = Vec::new();
    for field in ["data", "stringData"] {
        for text in secret[field].as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
            values.push(text.to_owned());
            let decoded = STANDARD.decode(text).ok().filter(|_| field == "data");
            values.extend(decoded.and_then(|bytes| String::from_utf8(bytes).ok()));
        }
    }
    // What is shorter is in every other text by chance.
    values.retain(|value| value.trim().len() >= MIN_COPY);
    values
}

fn holds_one(annotation: &Value, values: &[String]) -> bool {
    annotation.as_str().is_some_and(|text| values.iter().any(|value| text.contains(value.trim())))
}

fn mask_values(values: &mut Map<String, Value>, base64: bool) {
    for value in values.values_mut() {
        let length = value.as_str().map_or(0, |text| if base64 { decoded_length(text) } else { text.len() });
        *value = Value::from(format!("•••• ({length} bytes)"));
    }
}

fn decoded_length(text: &str) -> usize {
    let digits = text.trim_end_matches('=').len();
    digits * 3 / 4
}

fn holds_a_manifest(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("\"data\"") || text.contains("\"stringData\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_value_of_a_secret_survives() {
        let mut secret = json!({
            "metadata": {"name": "db", "annotations": {
                LAST_APPLIED: "{\"data\":{\"password\":\"Y2FuYXJ5\"}}",
                "tool/backup": "{\"stringData\":{\"password\":\"canary\"}}",
                "tool/note": "the password is canary, keep it",
                "tool/copy": "password=Y2FuYXJ5",
                "team": "payments"}},
            "data": {"password": "Y2FuYXJ5", "empty": ""},
            "stringData": {"other": "canary"},
            "type": "Opaque"
        });
        mask(&"secrets".parse().expect("valid"), &mut secret);
        let text = secret.to_string();
        assert!(!text.contains("Y2FuYXJ5") && !text.contains("canary"), "{text}");
        assert_eq!(secret["data"]["password"], "•••• (6 bytes)");
        assert_eq!(secret["data"]["empty"], "•••• (0 bytes)");
        assert_eq!(secret["metadata"]["annotations"]["team"], "payments");
    }

    #[test]
    fn other_kinds_keep_their_values() {
        let mut map = json!({"data": {"a": "b"}});
        mask(&"configmaps".parse().expect("valid"), &mut map);
        assert_eq!(map["data"]["a"], "b");
    }
}
