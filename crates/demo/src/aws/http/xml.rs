//! Members of an answer as XML. The order of members is free in AWS's query protocols.

use serde_json::Value;

/// Writes `value` as an element; items of lists are elements of the name `item`. `null` is left out.
pub(super) fn element(out: &mut String, name: &str, value: &Value, item: &str) {
    match value {
        Value::Null => return,
        Value::Array(items) => {
            open(out, name);
            for one in items {
                element(out, item, one, item);
            }
        }
        Value::Object(members) => {
            open(out, name);
            for (member, value) in members {
                element(out, member, value, item);
            }
        }
        Value::String(text) => {
            open(out, name);
            escape(out, text);
        }
        other => {
            open(out, name);
            out.push_str(&other.to_string());
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn open(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
    out.push('>');
}

pub(super) fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // a parser would make a line feed of it
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_become_elements_and_null_nothing() {
        let mut out = String::new();
        let value = json!({"Name": "a<b", "List": ["x", {"K": 1}], "Empty": [], "Absent": null, "Flag": true});
        element(&mut out, "R", &value, "member");
        assert_eq!(
            out,
            "<R><Empty></Empty><Flag>true</Flag><List><member>x</member><member><K>1</K></member></List><Name>a&lt;b</Name></R>"
        );
    }
}
