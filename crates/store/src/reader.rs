//! Typed reading of a partition, for joins.

use std::sync::Arc;

use parking_lot::RwLockReadGuard;

use crate::cell::Column;
use crate::intern::Sym;
use crate::labels::Selector;
use crate::partition::{Partition, Tally};
use crate::rows::{Owner, Row};
use crate::visible::Visible;

/// A partition, locked for reading. Everything is ordered by namespace and name.
pub struct Reader<'a>(RwLockReadGuard<'a, Partition>);

impl<'a> Reader<'a> {
    pub(crate) fn new(guard: RwLockReadGuard<'a, Partition>) -> Self {
        Self(guard)
    }

    pub fn columns(&self) -> Arc<[Column]> {
        self.0.columns().clone()
    }

    pub fn tally(&self, visible: &Visible) -> Tally {
        self.0.tally(visible)
    }

    /// Without looking at any row.
    pub fn len_in(&self, visible: &Visible) -> usize {
        self.tally(visible).total
    }

    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.0.rows()
    }

    pub fn rows_in<'b>(&'b self, visible: &'b Visible) -> impl Iterator<Item = &'b Arc<Row>> {
        self.0.rows_in(visible)
    }

    pub fn in_namespace(&self, namespace: &str) -> impl Iterator<Item = &Arc<Row>> {
        self.0.in_namespace(namespace)
    }

    /// Namespaces that have rows, with how many and how they are.
    pub fn namespaces<'b>(&'b self, visible: &'b Visible) -> impl Iterator<Item = (&'b Sym, &'b Tally)> {
        self.0.namespaces(visible)
    }

    /// `namespace` is empty for cluster-scoped kinds.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Row>> {
        self.0.get(namespace, name)
    }

    /// The row that `owner` of a row in `namespace` refers to: the same object, not only the same name.
    pub fn owner(&self, namespace: &str, owner: &Owner) -> Option<&Arc<Row>> {
        let found = self.get(namespace, &owner.name).or_else(|| self.get("", &owner.name))?;
        (found.meta.uid == owner.uid).then_some(found)
    }

    /// Rows in `namespace` that name `uid` as an owner.
    pub fn owned_by(&self, namespace: &str, uid: u128) -> impl Iterator<Item = &Arc<Row>> {
        self.in_namespace(namespace).filter(move |row| row.meta.owners.iter().any(|owner| owner.uid == uid))
    }

    /// Rows in `namespace` whose labels `selector` selects.
    pub fn selected<'b>(&'b self, namespace: &str, selector: &'b Selector) -> impl Iterator<Item = &'b Arc<Row>> {
        self.in_namespace(namespace).filter(|row| selector.matches(&row.meta.labels))
    }

    /// Pods on `node` in what is visible.
    pub fn on_node<'b>(&'b self, visible: &'b Visible, node: &'b str) -> impl Iterator<Item = &'b Arc<Row>> {
        self.rows_in(visible).filter(move |row| row.pod().and_then(|pod| pod.node.as_deref()) == Some(node))
    }
}
