//! What of a partition a caller may see.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Resolved by whoever authorises; a part of every query, applied before anything is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Visible {
    All,
    Namespaces(Arc<BTreeSet<Box<str>>>),
    Nothing,
}

impl Visible {
    /// Cluster-scoped objects have the empty namespace, which no set contains.
    pub fn allows(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::Namespaces(names) => !namespace.is_empty() && names.contains(namespace),
            Self::Nothing => false,
        }
    }
}
