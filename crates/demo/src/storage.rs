//! The objects of one cluster: serialised JSON, a small parsed index, one resource version, a bounded history.

mod body;
mod entry;
mod partition;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

pub(crate) use body::{Slots, Template, hole};
pub(crate) use entry::{Entry, ObjectKey};
pub(crate) use partition::{Change, ChangeKind, Partition};

use crate::registry::KindRef;

/// Everything one API server stores. Lives behind a lock that is never held across an await.
pub(crate) struct Storage {
    version: u64,
    partitions: BTreeMap<Arc<str>, Partition>,
    /// Objects the controllers have not looked at since their last change.
    dirty: BTreeSet<(Arc<str>, ObjectKey)>,
    /// False while the world is being built: no history, nothing for controllers to do.
    recording: bool,
}

impl Storage {
    pub(crate) fn new() -> Self {
        // a young cluster's first version would make "older than history" untestable
        Self { version: 1_000_000, partitions: BTreeMap::new(), dirty: BTreeSet::new(), recording: false }
    }

    /// From here on changes are kept as history and seen by controllers.
    pub(crate) fn start_recording(&mut self) {
        self.recording = true;
        for partition in self.partitions.values_mut() {
            partition.history_starts_at(self.version);
        }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn partition(&self, kind: &str) -> Option<&Partition> {
        self.partitions.get(kind)
    }

    pub(crate) fn partition_mut(&mut self, kind: &Arc<str>) -> &mut Partition {
        let version = self.version;
        self.partitions.entry(Arc::clone(kind)).or_insert_with(|| Partition::new(version))
    }

    pub(crate) fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<&Arc<Entry>> {
        self.partitions.get(kind)?.get(&ObjectKey::new(namespace, name))
    }

    pub(crate) fn value(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.get(kind, namespace, name).map(|entry| entry.value())
    }

    pub(crate) fn list<'a>(
        &'a self,
        kind: &str,
        namespace: Option<&str>,
    ) -> Box<dyn Iterator<Item = &'a Arc<Entry>> + 'a> {
        match self.partitions.get(kind) {
            Some(partition) => partition.range(namespace, None),
            None => Box::new(std::iter::empty()),
        }
    }

    /// Stores an object under a new resource version, as an addition or a modification.
    pub(crate) fn put(&mut self, kind: &KindRef, mut value: Value) -> Arc<Entry> {
        self.version += 1;
        value["metadata"]["resourceVersion"] = Value::String(self.version.to_string());
        let make = if self.recording { Entry::from_value } else { Entry::packed };
        let entry = Arc::new(make(&value, self.version));
        self.store(&kind.id, entry)
    }

    /// Stores an object that is a filled template.
    pub(crate) fn put_templated(&mut self, kind: &KindRef, template: &Arc<Template>, mut slots: Slots) -> Arc<Entry> {
        self.version += 1;
        slots.set_version(self.version);
        let entry = Arc::new(Entry::from_template(template, slots, self.version));
        self.store(&kind.id, entry)
    }

    fn store(&mut self, kind: &Arc<str>, entry: Arc<Entry>) -> Arc<Entry> {
        let recording = self.recording;
        // pods change all the time; only some changes mean anything to a controller
        let matters = &**kind != "pods"
            || self.get(kind, &entry.key.namespace, &entry.key.name).is_none_or(|before| entry.differs(before));
        if recording && matters && &**kind != "events" {
            self.dirty.insert((Arc::clone(kind), entry.key.clone()));
        }
        self.partition_mut(kind).put(Arc::clone(&entry), recording);
        entry
    }

    pub(crate) fn remove(&mut self, kind: &Arc<str>, key: &ObjectKey) -> Option<Arc<Entry>> {
        self.partition(kind)?.get(key)?;
        self.version += 1;
        let version = self.version;
        let recording = self.recording;
        if recording {
            self.dirty.insert((Arc::clone(kind), key.clone()));
        }
        self.partition_mut(kind).remove(key, version, recording)
    }

    /// What changed since the controllers last asked, at most `limit` objects.
    pub(crate) fn take_dirty(&mut self, limit: usize) -> Vec<(Arc<str>, ObjectKey)> {
        let mut taken = Vec::with_capacity(limit.min(self.dirty.len()));
        while taken.len() < limit {
            let Some(next) = self.dirty.pop_first() else { break };
            taken.push(next);
        }
        taken
    }
}
