//! All objects of one kind, with the recent changes that watches replay.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

use tokio::sync::watch;

use super::entry::{Entry, ObjectKey, word};

/// How many changes a kind keeps for watches; older ones answer 410.
const HISTORY: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Modified,
    Deleted,
}

#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) kind: ChangeKind,
    pub(crate) version: u64,
    /// The object after the change; before it, for a deletion.
    pub(crate) entry: Arc<Entry>,
    /// What it was, so that a selector can tell leaving from changing.
    pub(crate) before: Option<Arc<Entry>>,
}

/// The asked-for version is older than the history kept.
#[derive(Debug)]
pub(crate) struct Gone {
    pub(crate) oldest: u64,
}

pub(crate) struct Partition {
    objects: BTreeMap<ObjectKey, Arc<Entry>>,
    history: VecDeque<Change>,
    /// Changes up to and including this version are no longer kept.
    forgotten: u64,
    changed: watch::Sender<u64>,
}

impl Partition {
    pub(crate) fn new(version: u64) -> Self {
        let (changed, _) = watch::channel(version);
        Self { objects: BTreeMap::new(), history: VecDeque::new(), forgotten: version, changed }
    }

    pub(crate) fn history_starts_at(&mut self, version: u64) {
        self.forgotten = version;
        self.changed.send_replace(version);
    }

    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    pub(crate) fn get(&self, key: &ObjectKey) -> Option<&Arc<Entry>> {
        self.objects.get(key)
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// In order of namespace and name, behind `after`.
    pub(crate) fn range<'a>(
        &'a self,
        namespace: Option<&str>,
        after: Option<&ObjectKey>,
    ) -> Box<dyn Iterator<Item = &'a Arc<Entry>> + 'a> {
        let start = match (after, namespace) {
            (Some(key), _) => Bound::Excluded(key.clone()),
            (None, Some(namespace)) => Bound::Included(ObjectKey::new(namespace, "")),
            (None, None) => Bound::Unbounded,
        };
        let objects = self.objects.range((start, Bound::Unbounded)).map(|(_, entry)| entry);
        match namespace {
            None => Box::new(objects),
            Some(namespace) => {
                let namespace = word(namespace);
                Box::new(objects.take_while(move |entry| entry.key.namespace == namespace))
            }
        }
    }

    pub(crate) fn put(&mut self, entry: Arc<Entry>, record: bool) {
        let before = self.objects.insert(entry.key.clone(), Arc::clone(&entry));
        if record {
            let kind = if before.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
            self.record(Change { kind, version: entry.version, entry, before });
        }
    }

    /// The deletion carries the object as it was, under the version of the deletion.
    pub(crate) fn remove(&mut self, key: &ObjectKey, version: u64, record: bool) -> Option<Arc<Entry>> {
        let before = self.objects.remove(key)?;
        if record {
            let mut value = before.value();
            value["metadata"]["resourceVersion"] = version.to_string().into();
            let last = Arc::new(Entry::from_value(&value, version));
            self.record(Change { kind: ChangeKind::Deleted, version, entry: last, before: Some(Arc::clone(&before)) });
        }
        Some(before)
    }

    fn record(&mut self, change: Change) {
        if self.history.len() == HISTORY
            && let Some(oldest) = self.history.pop_front()
        {
            self.forgotten = oldest.version;
        }
        let version = change.version;
        self.history.push_back(change);
        self.changed.send_replace(version);
    }

    /// All changes after `version`.
    pub(crate) fn since(&self, version: u64) -> Result<Vec<Change>, Gone> {
        if version < self.forgotten {
            return Err(Gone { oldest: self.forgotten });
        }
        let start = self.history.partition_point(|change| change.version <= version);
        Ok(self.history.range(start..).cloned().collect())
    }
}
