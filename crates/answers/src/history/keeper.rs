//! Writes a cluster's events into the history as they come.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use periscope_model::{Clock, Phase};
use periscope_store::rows::uid_text;
use periscope_store::{FeedKey, Lease, Visible};
use tokio::time::Instant;

use super::{History, Kept};
use crate::clusters::Cluster;
use crate::events::EventItem;
use crate::inventory::Inventory;
use crate::kinds::known;

/// Events gather for this long, then go into one transaction.
const GATHER: Duration = Duration::from_secs(2);
/// That the watch still stands is written at least this often.
const CONFIRM: Duration = Duration::from_mins(1);
/// A cluster whose events are kept always is told so this often.
const LOOK_AGAIN: Duration = Duration::from_mins(2);
const TRIM_EVERY: Duration = Duration::from_hours(1);
/// Events written in one transaction.
const BATCH: usize = 1000;

/// Runs as long as the process: always where the cluster is kept, else while somebody looks at it.
pub(crate) async fn keep(history: History, inventory: Inventory, cluster: Arc<Cluster>) {
    let always = cluster.spec.keep_events;
    loop {
        if always {
            inventory.attend(&cluster);
        }
        if always || cluster.is_looked_at() {
            follow(&history, &inventory, &cluster).await;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

async fn follow(history: &History, inventory: &Inventory, cluster: &Arc<Cluster>) {
    let lease = inventory.store.lease(FeedKey::shared(cluster.spec.id.clone(), known("events")));
    let mut changed = lease.changed();
    let mut keeper = Keeper { history, cluster, known: HashMap::new() };
    let (mut looked, mut trimmed) = (Instant::now(), None::<Instant>);
    while cluster.spec.keep_events || cluster.is_looked_at() {
        if cluster.spec.keep_events && looked.elapsed() >= LOOK_AGAIN {
            inventory.attend(cluster);
            looked = Instant::now();
        }
        if lease.synced() && lease.state().phase == Phase::Live {
            keeper.write(&lease, inventory.clock.as_ref()).await;
            if trimmed.is_none_or(|at| at.elapsed() >= TRIM_EVERY) {
                keeper.trim(inventory.clock.as_ref()).await;
                trimmed = Some(Instant::now());
            }
        }
        // Waking for a confirmation is how the history knows that nothing was missed.
        let _ = tokio::time::timeout(CONFIRM, changed.changed()).await;
        tokio::time::sleep(GATHER).await;
    }
}

struct Keeper<'a> {
    history: &'a History,
    cluster: &'a Cluster,
    /// What was written already: the event's name and the version of it that was.
    known: HashMap<u128, u64>,
}

impl Keeper<'_> {
    async fn write(&mut self, lease: &Lease, clock: &dyn Clock) {
        let news = self.news(lease);
        let now = clock.now();
        let mut batches = news.chunks(BATCH).peekable();
        if batches.peek().is_none() {
            self.told(self.history.keep(&self.cluster.spec.id, &[], now).await);
        }
        for batch in batches {
            self.told(self.history.keep(&self.cluster.spec.id, batch, now).await);
        }
    }

    /// Events that are new or were seen again since the last time.
    fn news(&mut self, lease: &Lease) -> Vec<Kept> {
        let discovered = self.cluster.discovered_now();
        let reader = lease.read();
        let mut now = HashMap::with_capacity(self.known.len());
        let mut news = Vec::new();
        for row in reader.rows_in(&Visible::All) {
            let (uid, version) = (row.meta.uid, row.meta.resource_version);
            if self.known.get(&uid) != Some(&version)
                && let Some(item) = EventItem::of_row(&self.cluster.spec.id, discovered.as_deref(), row)
            {
                news.push(Kept { uid: uid_text(uid), item });
            }
            now.insert(uid, version);
        }
        self.known = now;
        news
    }

    async fn trim(&self, clock: &dyn Clock) {
        self.told(self.history.trim(&self.cluster.spec.id, clock.now()).await);
    }

    fn told(&self, done: Result<(), crate::error::Error>) {
        if let Err(error) = done {
            tracing::error!(cluster = %self.cluster.spec.id, %error, "events could not be kept");
        }
    }
}
