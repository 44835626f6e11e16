//! The patch formats: JSON patch, merge patch, strategic merge patch. Server-side apply lives in `apply`.

mod json_patch;
mod strategic;

use http::{HeaderMap, header};
use serde_json::Value;

use super::Failure;
use crate::registry::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl Format {
    pub(super) fn of(headers: &HeaderMap, kind: &Kind) -> Result<Self, Failure> {
        let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match content.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Ok(Self::Json),
            "application/merge-patch+json" => Ok(Self::Merge),
            "application/strategic-merge-patch+json" if kind.printer_columns.is_none() => Ok(Self::Strategic),
            "application/apply-patch+yaml" => Ok(Self::Apply),
            other => {
                let accepted =
                    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml";
                let message = format!(
                    "the body of the request was in an unknown format - accepted media types include: {accepted} (got {other:?})"
                );
                Err(Failure::unsupported_media_type(message))
            }
        }
    }
}

/// The object after the patch.
pub(super) fn apply(format: Format, object: &Value, patch: &Value) -> Result<Value, Failure> {
    let mut next = object.clone();
    match format {
        Format::Json => json_patch::apply(&mut next, patch)?,
        Format::Merge => merge(&mut next, patch),
        Format::Strategic => strategic::merge(&mut next, patch),
        Format::Apply => return Err(Failure::bad_request("an apply is not a patch of this kind")),
    }
    Ok(next)
}

/// RFC 7386.
fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *object = patch.clone();
        return;
    };
    if !object.is_object() {
        *object = Value::Object(serde_json::Map::new());
    }
    let Value::Object(held) = object else { return };
    for (name, value) in fields {
        if value.is_null() {
            held.remove(name);
        } else {
            merge(held.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_patch_removes_what_is_null() {
        let object = json!({"a": {"b": 1, "c": 2}, "d": [1, 2]});
        let next = apply(Format::Merge, &object, &json!({"a": {"b": null, "e": {"f": null, "g": 1}}, "d": [3]}))
            .expect("applies");
        assert_eq!(next, json!({"a": {"c": 2, "e": {"g": 1}}, "d": [3]}));
    }
}
