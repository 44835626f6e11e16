//! A custom kind's columns: the printer columns of its definition, else its age.

use serde_json::{Value, json};

use super::definition;
use super::text::{age, since};
use crate::registry::PrinterColumn;

pub(super) fn columns(columns: &[PrinterColumn]) -> Vec<Value> {
    let mut list = vec![definition("Name", "string", "name", "Name must be unique within a namespace.", 0)];
    list.extend(
        columns
            .iter()
            .map(|column| definition(&column.name, &column.kind, &column.format, &column.description, column.priority)),
    );
    if columns.is_empty() {
        list.push(definition("Age", "date", "", "Time since the object was created.", 0));
    }
    list
}

pub(super) fn cells(columns: &[PrinterColumn], object: &Value, now: i64) -> Vec<Value> {
    let mut cells = vec![object["metadata"]["name"].clone()];
    cells.extend(columns.iter().map(|column| cell(column, object, now)));
    if columns.is_empty() {
        cells.push(age(object, now));
    }
    cells
}

fn cell(column: &PrinterColumn, object: &Value, now: i64) -> Value {
    let mut found = Vec::new();
    collect(object, &column.path, &mut found);
    match (column.kind.as_str(), found.first()) {
        (_, None) => Value::Null,
        ("date", Some(time)) => since(time, now).into(),
        ("integer" | "number", Some(number)) => (*number).clone(),
        ("boolean", Some(flag)) => (*flag).clone(),
        (_, Some(_)) => {
            let text: Vec<String> = found.iter().map(|value| plain(value)).collect();
            json!(text.join(","))
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The part of `JSONPath` that printer columns use: `.a.b`, `[0]`, `[*]`, `[?(@.type=="Ready")]`, `\.` in names.
fn collect<'a>(value: &'a Value, path: &str, found: &mut Vec<&'a Value>) {
    if path.is_empty() {
        if !value.is_null() {
            found.push(value);
        }
        return;
    }
    if let Some(rest) = path.strip_prefix('[') {
        let Some((inside, rest)) = rest.split_once(']') else { return };
        step_list(value, inside, rest, found);
        return;
    }
    let path = path.strip_prefix('.').unwrap_or(path);
    let (name, rest) = split_name(path);
    collect(&value[name.replace("\\.", ".")], rest, found);
}

fn step_list<'a>(value: &'a Value, inside: &str, rest: &str, found: &mut Vec<&'a Value>) {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    if inside == "*" {
        for item in items {
            collect(item, rest, found);
        }
    } else if let Ok(at) = inside.parse::<usize>() {
        items.get(at).into_iter().for_each(|item| collect(item, rest, found));
    } else if let Some((field, wanted)) =
        inside.strip_prefix("?(@.").and_then(|test| test.strip_suffix(')')).and_then(|test| test.split_once("=="))
    {
        let wanted = wanted.trim().trim_matches(['"', '\'']);
        items.iter().filter(|item| item[field.trim()] == wanted).for_each(|item| collect(item, rest, found));
    } else {
        collect(&value[inside.trim_matches(['"', '\''])], rest, found);
    }
}

/// The name up to the next `.` or `[` that is not escaped.
fn split_name(path: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in path.char_indices() {
        match letter {
            '\\' => escaped = true,
            '.' | '[' if !escaped => return path.split_at(at),
            _ => escaped = false,
        }
    }
    (path, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printer_paths_reach_what_they_name() {
        let object = json!({"metadata": {"labels": {"karpenter.sh/nodepool": "general"}},
            "status": {"conditions": [{"type": "Synced", "status": "False"}, {"type": "Ready", "status": "True"}], "hosts": ["a", "b"]}});
        let at = |path: &str| {
            let mut found = Vec::new();
            collect(&object, path, &mut found);
            found.iter().map(|value| plain(value)).collect::<Vec<_>>().join(",")
        };
        assert_eq!(at(r#".status.conditions[?(@.type=="Ready")].status"#), "True");
        assert_eq!(at(r".metadata.labels.karpenter\.sh/nodepool"), "general");
        assert_eq!(at(".status.hosts[*]"), "a,b");
        assert_eq!(at(".status.hosts[1]"), "b");
        assert_eq!(at(".status.missing.deeper"), "");
    }
}
