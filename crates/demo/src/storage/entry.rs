//! One stored object: its bytes and what selectors need of it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Value;

use super::body::{Body, Slots, Template};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectKey {
    /// Empty for cluster-scoped objects.
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Box<str>,
}

pub(crate) type Labels = Arc<[(Arc<str>, Arc<str>)]>;

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) key: ObjectKey,
    pub(crate) uid: Box<str>,
    pub(crate) version: u64,
    pub(crate) labels: Labels,
    /// `spec.nodeName`, pods only.
    pub(crate) node: Option<Arc<str>>,
    /// `status.phase`.
    pub(crate) phase: Option<Arc<str>>,
    /// The uid of the controlling owner.
    pub(crate) owner: Option<Arc<str>>,
    /// Whether the condition `Ready` holds.
    pub(crate) ready: bool,
    pub(crate) deleting: bool,
    /// What the containers ask for together, millicores.
    pub(crate) cpu: u32,
    /// What the containers ask for together, MiB.
    pub(crate) memory: u32,
    pub(crate) body: Body,
}

/// Namespaces, labels, nodes and owners repeat in every object; each text is kept once.
static WORDS: LazyLock<Mutex<HashMap<Box<str>, Arc<str>>>> = LazyLock::new(Mutex::default);

pub(crate) fn word(text: &str) -> Arc<str> {
    let mut words = WORDS.lock();
    if let Some(known) = words.get(text) {
        return Arc::clone(known);
    }
    let new: Arc<str> = Arc::from(text);
    words.insert(Box::from(text), Arc::clone(&new));
    new
}

impl ObjectKey {
    pub(crate) fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: word(namespace), name: name.into() }
    }
}

impl Entry {
    pub(crate) fn from_value(value: &Value, version: u64) -> Self {
        Self::indexed(value, version, Body::plain(value.to_string()))
    }

    /// Slower to read, several times smaller.
    pub(crate) fn packed(value: &Value, version: u64) -> Self {
        Self::indexed(value, version, Body::packed(value.to_string()))
    }

    /// The index comes from the template's own model object; only what the slots name differs.
    pub(crate) fn from_template(template: &Arc<Template>, slots: Slots, version: u64) -> Self {
        let model = template.model();
        let fill =
            |text: &Arc<str>| template.resolve(text, &slots).map_or_else(|| Arc::clone(text), |text| word(&text));
        let whole = |text: &str| template.resolve(text, &slots).map_or_else(|| text.into(), String::into_boxed_str);
        let own_labels = model.labels.iter().any(|(_, value)| Template::has_hole(value));
        Self {
            key: ObjectKey { namespace: fill(&model.key.namespace), name: whole(&model.key.name) },
            uid: whole(&model.uid),
            version,
            labels: if own_labels {
                model.labels.iter().map(|(key, value)| (Arc::clone(key), fill(value))).collect()
            } else {
                Arc::clone(&model.labels)
            },
            node: model.node.as_ref().map(fill),
            phase: model.phase.clone(),
            owner: model.owner.as_ref().map(fill),
            ready: model.ready,
            deleting: model.deleting,
            cpu: model.cpu,
            memory: model.memory,
            body: Body::Templated(Arc::clone(template), slots),
        }
    }

    pub(crate) fn indexed(value: &Value, version: u64, body: Body) -> Self {
        let metadata = &value["metadata"];
        let text = |value: &Value| value.as_str().map(word);
        let owners = metadata["ownerReferences"].as_array();
        let owner = owners.and_then(|owners| owners.iter().find(|owner| owner["controller"] == true));
        Self {
            key: ObjectKey::new(
                metadata["namespace"].as_str().unwrap_or_default(),
                metadata["name"].as_str().unwrap_or_default(),
            ),
            uid: metadata["uid"].as_str().unwrap_or_default().into(),
            version,
            labels: labels_of(&metadata["labels"]),
            node: text(&value["spec"]["nodeName"]),
            phase: text(&value["status"]["phase"]),
            owner: owner.and_then(|owner| text(&owner["uid"])),
            ready: crate::endpoints::is_ready(value),
            deleting: metadata["deletionTimestamp"].is_string(),
            cpu: requested(value, "cpu"),
            memory: requested(value, "memory"),
            body,
        }
    }

    pub(crate) fn bytes(&self) -> Bytes {
        self.body.bytes()
    }

    pub(crate) fn value(&self) -> Value {
        // stored bytes were serialised by us
        serde_json::from_slice(&self.bytes()).unwrap_or(Value::Null)
    }

    /// Still counts as one of its controller's pods.
    pub(crate) fn is_active(&self) -> bool {
        !self.deleting && !matches!(self.phase.as_deref(), Some("Succeeded" | "Failed"))
    }

    /// Whether controllers would do something differently than for `before`.
    pub(crate) fn differs(&self, before: &Self) -> bool {
        self.phase != before.phase
            || self.ready != before.ready
            || self.deleting != before.deleting
            || self.node != before.node
            || self.labels != before.labels
            || self.uid != before.uid
    }

    pub(crate) fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(held, _)| &**held == key).map(|(_, value)| &**value)
    }
}

/// The sum over a pod's containers, in millicores or MiB.
fn requested(value: &Value, resource: &str) -> u32 {
    let containers = value["spec"]["containers"].as_array().into_iter().flatten();
    containers.map(|container| amount(&container["resources"]["requests"][resource])).sum()
}

/// Millicores of `250m` or `2`, MiB of `256Mi` or `2Gi`.
fn amount(quantity: &Value) -> u32 {
    let text = quantity.as_str().map_or_else(|| quantity.to_string(), str::to_owned);
    let digits = text.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let number: f64 = digits.parse().unwrap_or(0.0);
    let factor = match &text[digits.len()..] {
        "m" | "Mi" => 1.0,
        "Gi" => 1024.0,
        "Ki" => 1.0 / 1024.0,
        _ => 1000.0,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "requests are small and positive")]
    let whole = (number * factor) as u32;
    whole
}

fn labels_of(labels: &Value) -> Labels {
    labels
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (word(key), word(value.as_str().unwrap_or_default())))
        .collect()
}
