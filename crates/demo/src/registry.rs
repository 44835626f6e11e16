//! Which kinds a cluster serves: the built-in ones and those its CustomResourceDefinitions add.

mod builtin;
mod custom;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use custom::PrinterColumn;

/// How objects of a kind come to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Stored,
    /// A question in the form of a create, nothing is kept.
    Review,
    /// Computed at each request.
    Metrics,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "an API resource calls it kind")]
pub(crate) struct Kind {
    /// `resource[.group]`, the key of its partition.
    pub(crate) id: Arc<str>,
    pub(crate) group: Arc<str>,
    pub(crate) version: Arc<str>,
    pub(crate) kind: Arc<str>,
    pub(crate) plural: Arc<str>,
    pub(crate) singular: Arc<str>,
    pub(crate) short_names: Vec<Arc<str>>,
    pub(crate) categories: Vec<Arc<str>>,
    pub(crate) namespaced: bool,
    pub(crate) subresources: Vec<Arc<str>>,
    pub(crate) source: Source,
    /// Columns of a custom kind, from its definition; `None` for built-in ones.
    pub(crate) printer_columns: Option<Vec<PrinterColumn>>,
}

pub(crate) type KindRef = Arc<Kind>;
type GroupVersionResource = (Arc<str>, Arc<str>, Arc<str>);

#[derive(Debug, Clone, Default)]
pub(crate) struct Registry {
    /// By group, version and plural.
    kinds: BTreeMap<GroupVersionResource, KindRef>,
    by_id: BTreeMap<Arc<str>, KindRef>,
}

impl Kind {
    /// `v1` or `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_string() } else { format!("{}/{}", self.group, self.version) }
    }

    pub(crate) fn verbs(&self) -> &'static [&'static str] {
        match self.source {
            Source::Stored => &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            Source::Review => &["create"],
            Source::Metrics => &["get", "list"],
        }
    }
}

impl Registry {
    pub(crate) fn builtin() -> Self {
        let mut registry = Self::default();
        for kind in builtin::kinds() {
            registry.insert(Arc::new(kind));
        }
        registry
    }

    fn insert(&mut self, kind: KindRef) {
        let key = (Arc::clone(&kind.group), Arc::clone(&kind.version), Arc::clone(&kind.plural));
        self.by_id.insert(Arc::clone(&kind.id), Arc::clone(&kind));
        self.kinds.insert(key, kind);
    }

    /// Replaces all custom kinds by those of the given definitions.
    pub(crate) fn set_custom(&mut self, definitions: &[Value]) {
        let built_in = |kind: &KindRef| kind.printer_columns.is_none();
        self.kinds.retain(|_, kind| built_in(kind));
        self.by_id.retain(|_, kind| built_in(kind));
        for kind in definitions.iter().filter_map(custom::kind_of) {
            self.insert(Arc::new(kind));
        }
    }

    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<KindRef> {
        self.kinds.get(&(Arc::from(group), Arc::from(version), Arc::from(plural))).cloned()
    }

    /// A kind that is always there.
    pub(crate) fn known(&self, id: &str) -> KindRef {
        Arc::clone(self.by_id.get(id).expect("asked only for kinds in the built-in table"))
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = &KindRef> {
        self.kinds.values()
    }

    pub(crate) fn in_version(&self, group: &str, version: &str) -> Vec<&KindRef> {
        self.kinds.values().filter(|kind| &*kind.group == group && &*kind.version == version).collect()
    }

    /// Groups (without the core one) with the versions they serve.
    pub(crate) fn groups(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for kind in self.kinds.values().filter(|kind| !kind.group.is_empty()) {
            let versions = groups.entry(&kind.group).or_default();
            if !versions.contains(&&*kind.version) {
                versions.push(&kind.version);
            }
        }
        groups
    }

    pub(crate) fn serves(&self, group: &str, version: &str) -> bool {
        self.kinds.values().any(|kind| &*kind.group == group && &*kind.version == version)
    }
}
