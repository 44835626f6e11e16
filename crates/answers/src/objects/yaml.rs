//! An object as YAML, fields in kubectl's order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// The top level in the order everybody writes it; the rest as it comes.
const FIRST: &[&str] = &["apiVersion", "kind", "metadata", "spec", "data", "status"];

pub(crate) fn print(object: &Value) -> Result<String, String> {
    serde_saphyr::to_string(&Ordered(object)).map_err(|error| error.to_string())
}

struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(fields) = self.0.as_object() else { return self.0.serialize(serializer) };
        let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len() - 1);
        let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
        sorted.sort_by_key(|(name, _)| rank(name));
        let mut map = serializer.serialize_map(Some(sorted.len()))?;
        for (name, value) in sorted {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_printed_reads_back_as_the_same_object() {
        let object = json!({
            "status": {"ready": true},
            "kind": "Widget",
            "spec": {"text": "a: b\n  - c\n", "odd": "yes", "number": "0123", "empty": "", "list": [1, 2.5, null], "tab": "a\tb\u{202e}"},
            "apiVersion": "example.com/v1",
            "metadata": {"name": "x", "labels": {}}
        });
        let text = print(&object).expect("printable");
        assert!(text.starts_with("apiVersion: example.com/v1\nkind: Widget\nmetadata:"), "{text}");
        let back: Value = serde_saphyr::from_str(&text).expect("valid YAML");
        assert_eq!(back, object, "{text}");
    }
}
