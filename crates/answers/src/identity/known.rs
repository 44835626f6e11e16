//! Identities, made once for everybody who sees the same, and made anew in the background when something changed: no
//! request waits for more than the first time.
//!
//! What one caller may see goes into the making, not into the reading: nothing of a namespace that somebody may not see
//! is in what is made for them.

mod maker;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::SignedDuration;
use parking_lot::Mutex;
use periscope_aws::Aws;
use periscope_identity::{Checked, Finding, Identities, RoleView, ServiceAccountBinding};
use periscope_model::{Clock, ClusterId, Gap, Source};
use periscope_store::{Store, Visible};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::clusters::Cluster;
use crate::error::Error;

pub(super) use maker::Workshop;

/// Kept for as many kinds of callers and clusters; beyond that the one that was not asked for the longest is let go.
const MAX_KEPT: usize = 64;
/// What nobody asked for so long is let go.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long a request waits for the first making.
const FIRST_DEADLINE: Duration = Duration::from_secs(8);

/// What is known of one cluster's identities for who sees the same of it.
pub(super) struct Made {
    pub(super) identities: Identities,
    /// What Kubernetes did not tell.
    pub(super) gaps: Vec<Gap>,
    pub(super) sources: Vec<Source>,
    told: OnceLock<Told>,
}

/// What is told of the whole, for who asks first and all others.
pub(super) struct Told {
    pub(super) findings: Vec<Finding>,
    pub(super) checked: Vec<Checked>,
    pub(super) accounts: Vec<ServiceAccountBinding>,
    pub(super) roles: Vec<RoleView>,
}

impl Made {
    fn new(identities: Identities, gaps: Vec<Gap>, sources: Vec<Source>) -> Self {
        Self { identities, gaps, sources, told: OnceLock::new() }
    }

    fn tell(&self) -> &Told {
        self.told.get_or_init(|| {
            let (findings, checked) = (Vec::new(), Vec::new());
            let accounts = self.identities.service_accounts(&findings);
            let roles = self.identities.roles(&findings, &[]);
            Told { findings, checked, accounts, roles }
        })
    }

    /// Runs `ask` where it may take its time.
    pub(super) async fn ask<T, F>(self: Arc<Self>, ask: F) -> Result<T, Error>
    where
        F: FnOnce(&Self, &Told) -> T + Send + 'static,
        T: Send + 'static,
    {
        let asked = tokio::task::spawn_blocking(move || ask(&self, self.tell())).await;
        asked.map_err(|_| Error::NotReadable { reason: "identities could not be told".to_owned() })
    }
}

/// Everything that decides what is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) cluster: ClusterId,
    pub(super) visible: Visible,
    /// Whether access entries are for them.
    pub(super) whole: bool,
}

struct Kept {
    made: watch::Receiver<Option<Arc<Made>>>,
    used: Arc<AtomicI64>,
    task: AbortHandle,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) struct Known {
    workshop: Workshop,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<Key, Kept>>,
}

impl Known {
    pub(crate) fn new(store: Store, aws: Option<Aws>, clock: Arc<dyn Clock>) -> Self {
        Self { workshop: Workshop::new(store, aws), clock, kept: Mutex::default() }
    }

    /// What is known now; waits for the first making only. `None` when that takes too long.
    pub(super) async fn get(&self, cluster: &Arc<Cluster>, key: Key) -> Option<Arc<Made>> {
        let mut made = self.follow(cluster, key);
        let first = tokio::time::timeout(FIRST_DEADLINE, made.wait_for(Option::is_some)).await;
        first.ok()?.ok().and_then(|made| made.clone())
    }

    fn follow(&self, cluster: &Arc<Cluster>, key: Key) -> watch::Receiver<Option<Arc<Made>>> {
        let now = self.clock.now();
        let mut kept = self.kept.lock();
        kept.retain(|_, one| {
            let used = one.used.load(Ordering::Relaxed);
            now.as_second() - used <= KEPT_FOR.as_secs()
        });
        if let Some(one) = kept.get(&key) {
            one.used.store(now.as_second(), Ordering::Relaxed);
            return one.made.clone();
        }
        if kept.len() >= MAX_KEPT {
            let oldest = kept.iter().min_by_key(|(_, one)| one.used.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                kept.remove(&oldest);
            }
        }
        let (sender, made) = watch::channel(None);
        let used = Arc::new(AtomicI64::new(now.as_second()));
        let (clock, last) = (self.clock.clone(), used.clone());
        let wanted = move || clock.now().as_second() - last.load(Ordering::Relaxed) <= KEPT_FOR.as_secs();
        let task = tokio::spawn(self.workshop.clone().keep(cluster.clone(), key.clone(), sender, wanted));
        kept.insert(key, Kept { made: made.clone(), used, task: task.abort_handle() });
        made
    }
}
