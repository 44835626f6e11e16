//! The bytes of an object, either as they are or as a shared template with a few values of its own.
//!
//! Thirty thousand pods differ in name, node, addresses and times only; keeping the rest once per
//! ReplicaSet makes the large world small and quick to build.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use serde_json::Value;

use super::entry::Entry;

#[derive(Debug)]
pub(crate) enum Body {
    Plain(Bytes),
    /// LZ4 with its length in front: what the world was built with and few will read.
    Packed(Box<[u8]>),
    Templated(Arc<Template>, Slots),
}

/// An object's JSON with holes. In the model a hole is the string value or part `⟦name⟧`.
#[derive(Debug)]
pub(crate) struct Template {
    /// Literal bytes, each followed by a hole; the last has none.
    parts: Vec<(Box<[u8]>, Option<usize>)>,
    names: Vec<Box<str>>,
    model: Entry,
}

/// The values for a template's holes, already escaped for JSON strings.
#[derive(Debug, Clone)]
pub(crate) struct Slots(Box<[Box<str>]>);

/// Below this many bytes packing gains nothing.
const SMALL: usize = 1024;

const OPEN: &str = "⟦";
const CLOSE: &str = "⟧";

/// How a hole is written into the model object.
pub(crate) fn hole(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

impl Body {
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Plain(bytes) => bytes.clone(),
            // packed by us, so it unpacks; an empty object would show at once
            Self::Packed(packed) => lz4_flex::decompress_size_prepended(packed).unwrap_or_default().into(),
            Self::Templated(template, slots) => template.fill(slots),
        }
    }

    /// `text` without spare room.
    pub(crate) fn plain(text: String) -> Self {
        Self::Plain(Bytes::from(text.into_boxed_str().into_boxed_bytes()))
    }

    /// Packed if that is worth it.
    pub(crate) fn packed(text: String) -> Self {
        if text.len() < SMALL {
            return Self::plain(text);
        }
        Self::Packed(lz4_flex::compress_prepend_size(text.as_bytes()).into_boxed_slice())
    }
}

impl Template {
    /// `model` must name `⟦version⟧` as its resource version.
    pub(crate) fn new(model: &Value) -> Arc<Self> {
        let text = model.to_string();
        let mut names: Vec<Box<str>> = vec!["version".into()];
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((literal, tail)) = rest.split_once(OPEN) {
            let (name, tail) = tail.split_once(CLOSE).unwrap_or((tail, ""));
            let index = names.iter().position(|held| &**held == name).unwrap_or_else(|| {
                names.push(name.into());
                names.len() - 1
            });
            parts.push((literal.as_bytes().into(), Some(index)));
            rest = tail;
        }
        parts.push((rest.as_bytes().into(), None));
        let model = Entry::indexed(model, 0, Body::Plain(Bytes::new()));
        Arc::new(Self { parts, names, model })
    }

    pub(crate) fn model(&self) -> &Entry {
        &self.model
    }

    pub(crate) fn has_hole(text: &str) -> bool {
        text.contains(OPEN)
    }

    /// `text` with its holes filled; `None` if it has none.
    pub(crate) fn resolve(&self, text: &str, slots: &Slots) -> Option<String> {
        let (mut rest, mut filled) = (text, String::new());
        if !Self::has_hole(text) {
            return None;
        }
        while let Some((literal, tail)) = rest.split_once(OPEN) {
            let (name, tail) = tail.split_once(CLOSE).unwrap_or((tail, ""));
            filled.push_str(literal);
            if let Some(at) = self.names.iter().position(|held| &**held == name) {
                filled.push_str(&slots.0[at]);
            }
            rest = tail;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// Values by hole name; a hole without a value stays empty.
    pub(crate) fn slots(&self, mut values: BTreeMap<&str, String>) -> Slots {
        let escape = |text: String| -> Box<str> {
            let quoted = Value::String(text).to_string();
            quoted[1..quoted.len() - 1].into()
        };
        Slots(self.names.iter().map(|name| escape(values.remove(&**name).unwrap_or_default())).collect())
    }

    fn len(&self, slots: &Slots) -> usize {
        self.parts.iter().map(|(literal, hole)| literal.len() + hole.map_or(0, |at| slots.0[at].len())).sum()
    }

    fn fill(&self, slots: &Slots) -> Bytes {
        let mut bytes = BytesMut::with_capacity(self.len(slots));
        for (literal, hole) in &self.parts {
            bytes.extend_from_slice(literal);
            if let Some(at) = hole {
                bytes.extend_from_slice(slots.0[*at].as_bytes());
            }
        }
        bytes.freeze()
    }
}

impl Slots {
    pub(crate) fn set_version(&mut self, version: u64) {
        self.0[0] = version.to_string().into();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_filled_template_is_the_object() {
        let model = json!({"metadata": {"name": hole("name"), "namespace": "shop", "uid": hole("uid"),
            "resourceVersion": hole("version")}, "spec": {"nodeName": hole("node")}, "status": {"note": format!("on {}", hole("node"))}});
        let template = Template::new(&model);
        let values = BTreeMap::from([("name", "a".to_owned()), ("uid", "u".to_owned()), ("node", "n\"1".to_owned())]);
        let mut slots = template.slots(values);
        slots.set_version(7);
        let entry = Entry::from_template(&template, slots, 7);
        assert_eq!(
            entry.value(),
            json!({"metadata": {"name": "a", "namespace": "shop", "uid": "u", "resourceVersion": "7"},
                "spec": {"nodeName": "n\"1"}, "status": {"note": "on n\"1"}})
        );
        assert_eq!(&*entry.key.namespace, "shop");
    }
}
