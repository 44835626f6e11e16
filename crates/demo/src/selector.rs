//! Label and field selectors, as list and watch take them.

use serde_json::Value;

use crate::storage::Entry;

#[derive(Debug, Clone, Default)]
pub(crate) struct Selector {
    labels: Vec<LabelTerm>,
    fields: Vec<FieldTerm>,
}

#[derive(Debug, Clone)]
enum LabelTerm {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

#[derive(Debug, Clone)]
struct FieldTerm {
    path: String,
    value: String,
    equal: bool,
}

impl Selector {
    /// The message of the error is the API server's.
    pub(crate) fn parse(labels: &str, fields: &str) -> Result<Self, String> {
        let labels = split_terms(labels)
            .iter()
            .map(|term| {
                label_term(term).ok_or_else(|| format!("unable to parse requirement: {term:?} is not a label selector"))
            })
            .collect::<Result<_, _>>()?;
        let fields = fields
            .split(',')
            .filter(|term| !term.trim().is_empty())
            .map(|term| {
                field_term(term).ok_or_else(|| format!("invalid selector: '{term}'; can't understand '{term}'"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { labels, fields })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// The one name a field selector allows, which authorisation then looks at.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.iter().find(|term| term.equal && term.path == "metadata.name").map(|term| term.value.as_str())
    }

    pub(crate) fn matches(&self, entry: &Entry) -> bool {
        self.labels.iter().all(|term| term.matches(entry)) && self.fields_match(entry)
    }

    fn fields_match(&self, entry: &Entry) -> bool {
        let mut parsed: Option<Value> = None;
        self.fields.iter().all(|term| {
            let held = match term.path.as_str() {
                "metadata.name" => entry.key.name.to_string(),
                "metadata.namespace" => entry.key.namespace.to_string(),
                "spec.nodeName" => entry.node.as_deref().unwrap_or_default().to_owned(),
                "status.phase" => entry.phase.as_deref().unwrap_or_default().to_owned(),
                path => field(parsed.get_or_insert_with(|| entry.value()), path),
            };
            (held == term.value) == term.equal
        })
    }
}

impl LabelTerm {
    fn matches(&self, entry: &Entry) -> bool {
        match self {
            Self::In(key, values) => entry.label(key).is_some_and(|held| values.iter().any(|value| value == held)),
            Self::NotIn(key, values) => entry.label(key).is_none_or(|held| values.iter().all(|value| value != held)),
            Self::Exists(key) => entry.label(key).is_some(),
            Self::Absent(key) => entry.label(key).is_none(),
        }
    }
}

fn field(value: &Value, path: &str) -> String {
    let path = if path == "source" { "source.component" } else { path };
    let found = path.split('.').fold(value, |value, part| &value[part]);
    match found {
        Value::String(text) => text.clone(),
        Value::Null if path == "spec.unschedulable" => "false".to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Commas part terms, except inside brackets.
fn split_terms(text: &str) -> Vec<String> {
    let mut terms = vec![String::new()];
    let mut depth = 0_u32;
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                terms.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = terms.last_mut() {
            last.push(letter);
        }
    }
    terms.into_iter().map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()).collect()
}

fn label_term(term: &str) -> Option<LabelTerm> {
    let list = |text: &str| -> Option<Vec<String>> {
        let inner = text.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.split(',').map(|value| value.trim().to_owned()).collect())
    };
    if let Some((key, values)) = term.split_once(" notin ") {
        return Some(LabelTerm::NotIn(key.trim().to_owned(), list(values)?));
    }
    if let Some((key, values)) = term.split_once(" in ") {
        return Some(LabelTerm::In(key.trim().to_owned(), list(values)?));
    }
    if let Some((key, value)) = term.split_once("!=") {
        return Some(LabelTerm::NotIn(key.trim().to_owned(), vec![value.trim().to_owned()]));
    }
    if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return Some(LabelTerm::In(key.trim().to_owned(), vec![value.trim().to_owned()]));
    }
    let key = term.strip_prefix('!').unwrap_or(term).trim();
    let plain = !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter));
    plain.then(|| {
        if term.starts_with('!') { LabelTerm::Absent(key.to_owned()) } else { LabelTerm::Exists(key.to_owned()) }
    })
}

fn field_term(term: &str) -> Option<FieldTerm> {
    let (path, value, equal) = if let Some((path, value)) = term.split_once("!=") {
        (path, value, false)
    } else {
        let (path, value) = term.split_once("==").or_else(|| term.split_once('='))?;
        (path, value, true)
    };
    Some(FieldTerm { path: path.trim().to_owned(), value: value.trim().to_owned(), equal })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod() -> Entry {
        Entry::from_value(
            &json!({"metadata": {"name": "a", "namespace": "shop", "labels": {"app": "web", "tier": "front"}},
                "spec": {"nodeName": "n1", "restartPolicy": "Always"}, "status": {"phase": "Running"}}),
            1,
        )
    }

    fn matches(labels: &str, fields: &str) -> bool {
        Selector::parse(labels, fields).expect("a selector").matches(&pod())
    }

    #[test]
    fn label_terms_all_must_hold() {
        assert!(matches("app=web,tier in (front, back)", ""));
        assert!(matches("app==web,!missing,tier", ""));
        assert!(matches("app!=api,region notin (eu)", ""));
        assert!(!matches("app in (api,worker)", ""));
        assert!(!matches("missing", ""));
        assert!(Selector::parse("app in web", "").is_err());
        assert!(Selector::parse("a b", "").is_err());
    }

    #[test]
    fn field_terms_read_the_index_and_the_object() {
        assert!(matches("", "spec.nodeName=n1,status.phase!=Failed"));
        assert!(matches("", "metadata.name=a,spec.restartPolicy=Always"));
        assert!(!matches("", "metadata.namespace=other"));
        assert!(Selector::parse("", "nonsense").is_err());
        assert_eq!(Selector::parse("", "metadata.name=a").expect("a selector").name(), Some("a"));
    }
}
