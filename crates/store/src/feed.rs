//! One upstream watch: list, then follow changes for as long as somebody holds a lease.

mod backoff;
mod follow;
mod read;
mod scope;
mod status;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::{Mutex, RwLock};
use periscope_model::{Clock, Gap, Scope, State};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior};

use crate::intern::Interner;
use crate::key::FeedKey;
use crate::partition::Partition;
use crate::rows::Typed;
use crate::source::Upstream;
use crate::store::Options;
use crate::visible::Visible;

pub(crate) use status::Status;

/// How often the passing of time is looked at.
const TICK: Duration = Duration::from_secs(2);

/// Feeds never share a version: what was made of the rows of one, by its version, is never taken for what another that
/// began later would give.
fn first_version() -> u64 {
    static FEEDS: AtomicU64 = AtomicU64::new(0);
    FEEDS.fetch_add(1, Ordering::Relaxed) << 32
}

/// What feeds of one cluster share.
#[derive(Clone)]
pub(crate) struct ClusterShare {
    pub(crate) interner: Arc<Interner>,
    /// Lists under way at once.
    pub(crate) lists: Arc<Semaphore>,
}

/// Who wants to be told of changes; a view.
pub(crate) type Listener = watch::Sender<u64>;

pub(crate) struct Feed {
    key: FeedKey,
    /// Absent for kinds that are read as tables.
    typed: Option<Typed>,
    clock: Arc<dyn Clock>,
    pub(crate) partition: RwLock<Partition>,
    status: Mutex<Status>,
    version: watch::Sender<u64>,
    listeners: Mutex<Vec<Weak<Listener>>>,
    pub(crate) leases: watch::Sender<usize>,
}

impl Feed {
    pub(crate) fn new(key: FeedKey, clock: Arc<dyn Clock>, share: &ClusterShare) -> Arc<Self> {
        let typed = if key.is_shared() { Typed::of(&key.kind) } else { None };
        let columns = typed.map_or_else(|| Arc::from([]), |typed| typed.columns().into());
        let status = Status::new(clock.now());
        Arc::new(Self {
            key,
            typed,
            clock,
            partition: RwLock::new(Partition::new(share.interner.clone(), columns)),
            status: Mutex::new(status),
            version: watch::channel(first_version()).0,
            listeners: Mutex::default(),
            leases: watch::channel(0).0,
        })
    }

    /// Reads until nobody has held a lease for a while.
    pub(crate) async fn run(self: Arc<Self>, upstream: Arc<dyn Upstream>, share: ClusterShare, options: Options) {
        let idle = if self.key.is_shared() { options.idle } else { options.idle_private };
        let reader = scope::Reader { feed: &self, upstream: upstream.as_ref(), share: &share, options: &options };
        tokio::select! {
            () = reader.run() => {}
            () = self.tick() => {}
            () = self.wait_until_idle(idle) => {}
        }
        tracing::debug!(cluster = %self.key.cluster, kind = %self.key.kind, "the watch is stopped: nobody looks");
    }

    async fn wait_until_idle(&self, idle: Duration) {
        let mut leases = self.leases.subscribe();
        loop {
            if leases.wait_for(|count| *count == 0).await.is_err() {
                return;
            }
            let wanted_again = leases.wait_for(|count| *count > 0);
            if tokio::time::timeout_at(Instant::now() + idle, wanted_again).await.is_err() {
                return;
            }
        }
    }

    async fn tick(&self) {
        let mut every = tokio::time::interval(TICK);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every.tick().await;
            let changed = self.partition.write().tick(self.now());
            if changed {
                self.publish();
            }
        }
    }

    /// Epoch seconds.
    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Tells everybody that rows or the status changed.
    fn publish(&self) {
        self.version.send_modify(|version| *version += 1);
        self.listeners.lock().retain(|listener| {
            let listener = listener.upgrade();
            listener.inspect(|listener| listener.send_modify(|version| *version += 1)).is_some()
        });
    }

    fn set_status(&self, change: impl FnOnce(&mut Status)) {
        let changed = {
            let mut status = self.status.lock();
            let before = status.clone();
            change(&mut status);
            !status.says_the_same(&before)
        };
        if changed {
            self.publish();
        }
    }

    pub(crate) fn listen(&self, listener: &Arc<Listener>) {
        self.listeners.lock().push(Arc::downgrade(listener));
    }

    pub(crate) fn key(&self) -> &FeedKey {
        &self.key
    }

    pub(crate) fn changed(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    pub(crate) fn state(&self) -> State {
        self.status.lock().state.clone()
    }

    pub(crate) fn scope(&self) -> Scope {
        self.status.lock().scope()
    }

    pub(crate) fn gaps(&self, visible: &Visible) -> Vec<Gap> {
        self.status.lock().gaps(&self.key, visible)
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.status.lock().synced
    }

    pub(crate) fn as_of(&self) -> jiff::Timestamp {
        self.status.lock().as_of
    }
}

#[cfg(test)]
mod tests;
