//! Summaries, made once for everybody who sees the same.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use periscope_model::ClusterId;
use periscope_store::Visible;

use super::summary::{Summary, Visibles};
use crate::clusters::NodeUsage;

/// Summaries remembered; beyond that all are forgotten and made anew.
const MAX_REMEMBERED: usize = 512;

type Key = (ClusterId, Vec<Option<Visible>>, bool);

#[derive(Default)]
pub(crate) struct Summaries(Mutex<HashMap<Key, Made>>);

struct Made {
    /// Of each kind's rows, and of the measurement.
    versions: Vec<Option<u64>>,
    usage: Option<Arc<NodeUsage>>,
    summary: Arc<Summary>,
}

impl Summaries {
    pub(crate) fn get(&self, cluster: &ClusterId, seen: &Visibles, usage: Option<Arc<NodeUsage>>) -> Arc<Summary> {
        let visibles = seen.iter().map(|part| part.as_ref().map(|part| part.visible.clone())).collect();
        let key = (cluster.clone(), visibles, usage.is_some());
        let versions: Vec<Option<u64>> =
            seen.iter().map(|part| part.as_ref().map(|part| part.lease.version())).collect();
        let same_usage = |made: &Made| match (&made.usage, &usage) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        if let Some(made) = self.0.lock().get(&key).filter(|made| made.versions == versions && same_usage(made)) {
            return made.summary.clone();
        }
        // Made without the lock: two who come at once make it twice, and neither waits.
        let summary = Arc::new(Summary::new(cluster, seen, usage.as_deref()));
        let mut remembered = self.0.lock();
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key, Made { versions, usage, summary: summary.clone() });
        summary
    }
}
