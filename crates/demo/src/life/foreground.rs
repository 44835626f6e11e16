//! Foreground deletion: an owner is there until everything it owns is gone.

use std::sync::Arc;

use super::Controllers;
use super::timers::Step;
use crate::deletion;
use crate::storage::{Entry, ObjectKey};

/// Milliseconds between two looks at what is left.
const AGAIN: u64 = 500;

/// Whether the object waits for what it owns; then it is looked at until nothing is left.
pub(super) fn sync(controllers: &mut Controllers, kind: &str, key: &ObjectKey) {
    if waiting(controllers, kind, key).is_some() {
        controllers.timers.after(AGAIN, Step::Foreground(Arc::from(kind), key.clone()));
    }
}

fn waiting(controllers: &Controllers, kind: &str, key: &ObjectKey) -> Option<Arc<Entry>> {
    let entry = controllers.cluster.storage.read().get(kind, &key.namespace, &key.name).cloned()?;
    (entry.deleting && deletion::is_foreground(&entry.value())).then_some(entry)
}

pub(super) fn finish(controllers: &mut Controllers, kind: &str, key: &ObjectKey) {
    let Some(entry) = waiting(controllers, kind, key) else { return };
    let cluster = &controllers.cluster;
    if deletion::owns_something(cluster, &entry) {
        controllers.timers.after(AGAIN, Step::Foreground(Arc::from(kind), key.clone()));
    } else if let Some(kind) = cluster.registry().kinds().find(|one| *one.id == *kind) {
        deletion::finish_foreground(cluster, kind, &entry);
    }
}
