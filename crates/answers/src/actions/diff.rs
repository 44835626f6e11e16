//! What a change makes of an object, as a unified diff of its YAML. Secret values are masked before they are compared.

use periscope_model::KindId;
use serde_json::Value;
use similar::TextDiff;

use crate::objects::{mask, yaml};

/// Lines around a change.
const CONTEXT: usize = 3;
/// A diff is cut beyond this, at a line.
const MAX_BYTES: usize = 64 << 10;

/// `None` when nothing changes that is shown.
pub(super) fn of_objects(kind: &KindId, before: &Value, after: &Value) -> Option<String> {
    let [before, after] = [before, after].map(|object| shown(kind, object));
    unified(&before, &after)
}

/// Of any two documents that hold no secrets.
pub(super) fn of_documents(before: &Value, after: &Value) -> Option<String> {
    let text = |document: &Value| yaml::print(document).unwrap_or_default();
    unified(&text(before), &text(after))
}

/// Without what changes by itself.
fn shown(kind: &KindId, object: &Value) -> String {
    let mut object = object.clone();
    mask::mask(kind, &mut object);
    mask::drop_managed_fields(&mut object);
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("resourceVersion");
        metadata.remove("generation");
    }
    yaml::print(&object).unwrap_or_default()
}

fn unified(before: &str, after: &str) -> Option<String> {
    if before == after {
        return None;
    }
    let mut text = TextDiff::from_lines(before, after).unified_diff().context_radius(CONTEXT).to_string();
    if text.len() > MAX_BYTES {
        let whole = text.floor_char_boundary(MAX_BYTES);
        let line = text[..whole].rfind('\n').map_or(whole, |at| at + 1);
        text.truncate(line);
        text.push_str("… the rest of the difference is too long to show\n");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changes_is_shown_and_no_secret() {
        let before = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db", "resourceVersion": "1"}, "data": {"a": "Y2FuYXJ5"}});
        let mut after = before.clone();
        after["metadata"]["labels"] = json!({"team": "blue"});
        after["metadata"]["resourceVersion"] = json!("2");
        let text = of_objects(&"secrets".parse().expect("a kind"), &before, &after).expect("a difference");
        assert!(text.contains("+  labels:\n+    team: blue\n"), "{text}");
        assert!(!text.contains("Y2FuYXJ5") && !text.contains("resourceVersion"), "{text}");
        after["metadata"]["labels"] = Value::Null;
        assert_eq!(of_documents(&json!({"a": 1}), &json!({"a": 1})), None);
    }

    #[test]
    fn a_long_difference_ends_at_a_line() {
        let lines = |from: usize| json!((from..from + 20_000).map(|at| format!("line {at}")).collect::<Vec<_>>());
        let text = of_documents(&lines(0), &lines(50_000)).expect("a difference");
        assert!(text.len() < MAX_BYTES + 100 && text.ends_with("too long to show\n"));
    }
}
