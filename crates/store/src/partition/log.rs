//! The last changes of a partition, for views that follow it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::rows::Row;

/// More changes than this between two looks of a view, and the view is built anew instead.
const CAPACITY: usize = 1024;

#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) old: Option<Arc<Row>>,
    pub(crate) new: Option<Arc<Row>>,
}

#[derive(Debug, Default)]
pub(crate) struct ChangeLog {
    /// The version before the first change that is kept.
    start: u64,
    changes: VecDeque<Change>,
}

impl ChangeLog {
    pub(crate) fn version(&self) -> u64 {
        self.start + self.changes.len() as u64
    }

    pub(crate) fn push(&mut self, old: Option<Arc<Row>>, new: Option<Arc<Row>>) {
        if self.changes.len() == CAPACITY {
            self.changes.pop_front();
            self.start += 1;
        }
        self.changes.push_back(Change { old, new });
    }

    /// Makes everybody begin anew: what changed is not a row.
    pub(crate) fn forget(&mut self) {
        self.start = self.version() + 1;
        self.changes.clear();
    }

    pub(crate) fn since(&self, version: u64) -> Option<impl Iterator<Item = &Change>> {
        let skip = usize::try_from(version.checked_sub(self.start)?).ok()?;
        (skip <= self.changes.len()).then(|| self.changes.iter().skip(skip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overrun_is_told() {
        let mut log = ChangeLog::default();
        for _ in 0..CAPACITY {
            log.push(None, None);
        }
        assert_eq!(log.since(0).map(Iterator::count), Some(CAPACITY));
        log.push(None, None);
        assert!(log.since(0).is_none());
        assert_eq!(log.since(CAPACITY as u64).map(Iterator::count), Some(1));
        let before = log.version();
        log.forget();
        assert!(log.since(before).is_none() && log.since(log.version()).is_some());
    }
}
