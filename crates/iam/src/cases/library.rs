//! The policies that cases use: those that lines have defined, and those that were met before.

use std::collections::HashMap;
use std::sync::Arc;

use crate::policy::{Policy, PolicyKind};

/// Documents that stand in cases are remembered up to about this many bytes of memory; then all of them are forgotten.
const MOST_REMEMBERED: usize = 64 << 20;

/// What a compiled document takes beside its text, and what it takes per byte of it, at most.
const TAKES: (usize, usize) = (1024, 4);

#[derive(Debug, Default)]
pub(super) struct Library {
    defined: HashMap<String, Arc<str>>,
    /// By kind: a document means different things in different places.
    compiled: HashMap<Arc<str>, [Option<Result<Policy, String>>; 8]>,
    bytes: usize,
}

impl Library {
    /// Keeps it under its name. If it does not parse, nothing is kept under that name: an older policy is not meant.
    pub(super) fn define(&mut self, name: &str, kind: Option<PolicyKind>, document: &str) -> Result<(), String> {
        let document: Arc<str> = document.into();
        let first = kind.unwrap_or(PolicyKind::Identity);
        // What it is used as is not known yet: a trust policy, too, is given as a resource's, and lacks resources.
        let compiled = self.compile(name, first, &document).or_else(|error| {
            let other = [PolicyKind::Resource, PolicyKind::Trust];
            other.into_iter().find_map(|kind| self.compile(name, kind, &document).ok()).ok_or(error)
        });
        match compiled {
            Ok(_) => self.defined.insert(name.to_owned(), document),
            Err(_) => self.defined.remove(name),
        };
        compiled.map(|_| ())
    }

    /// A policy by its name, or a document that is given as text.
    pub(super) fn by_text(&mut self, place: &str, kind: PolicyKind, text: &str) -> Result<Policy, String> {
        if let Some(document) = self.defined.get(text) {
            let document = Arc::clone(document);
            let compiled = self.compile(text, kind, &document).map(|policy| policy.named(text));
            return compiled.map_err(|error| format!("{place}: {error}"));
        }
        let start = text.trim_start();
        if start.starts_with('{') || start.starts_with('%') {
            return self.by_document(place, kind, text);
        }
        Err(format!("{place}: no policy {text:?} was defined before"))
    }

    pub(super) fn by_document(&mut self, place: &str, kind: PolicyKind, document: &str) -> Result<Policy, String> {
        if let Some(Some(found)) = self.compiled.get(document).map(|kinds| kinds[kind as usize].as_ref()) {
            return found.clone().map(|policy| policy.named(place)).map_err(|error| format!("{place}: {error}"));
        }
        self.compile(place, kind, &document.into())
    }

    fn compile(&mut self, place: &str, kind: PolicyKind, document: &Arc<str>) -> Result<Policy, String> {
        if self.bytes > MOST_REMEMBERED {
            self.compiled.clear();
            self.bytes = 0;
        }
        let bytes = &mut self.bytes;
        let kinds = self.compiled.entry(Arc::clone(document)).or_insert_with(|| {
            *bytes += TAKES.0 + TAKES.1 * document.len();
            Default::default()
        });
        let compiled = kinds[kind as usize]
            .get_or_insert_with(|| Policy::parse_shared(place, kind, document).map_err(|error| error.to_string()));
        compiled.clone().map_err(|error| format!("{place}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_of_many_small_documents_is_bounded() {
        let mut library = Library::default();
        let most = MOST_REMEMBERED / TAKES.0;
        for at in 0..most {
            let document = format!(
                r#"{{"Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/{at}"}}}}"#
            );
            library.by_document("identity[0]", PolicyKind::Identity, &document).unwrap();
        }
        assert!(library.compiled.len() < most / 2 + 1, "{} documents", library.compiled.len());
        assert!(library.by_text("identity[0]", PolicyKind::Identity, "nobody").is_err());
    }
}
