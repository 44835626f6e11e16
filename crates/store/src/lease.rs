//! A hold on a feed: while one exists, the rows are kept current.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use periscope_model::{Gap, Phase, Scope, State};
use tokio::sync::watch;

use crate::feed::Feed;
use crate::key::FeedKey;
use crate::reader::Reader;
use crate::visible::Visible;

pub struct Lease(Arc<Feed>);

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Lease").field(self.key()).finish()
    }
}

impl Lease {
    pub(crate) fn new(feed: Arc<Feed>) -> Self {
        feed.leases.send_modify(|count| *count += 1);
        Self(feed)
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.0
    }

    pub fn key(&self) -> &FeedKey {
        self.0.key()
    }

    pub fn state(&self) -> State {
        self.0.state()
    }

    /// What is watched upstream, not what a caller may see.
    pub fn scope(&self) -> Scope {
        self.0.scope()
    }

    /// What is missing of what `visible` shows; nothing is said of other namespaces.
    pub fn gaps(&self, visible: &Visible) -> Vec<Gap> {
        self.0.gaps(visible)
    }

    /// Whether a complete list has been read.
    pub fn synced(&self) -> bool {
        self.0.is_synced()
    }

    /// When the rows were last known to be true.
    pub fn as_of(&self) -> Timestamp {
        self.0.as_of()
    }

    /// Raised with every change of rows or state.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.0.changed()
    }

    pub fn version(&self) -> u64 {
        *self.0.changed().borrow()
    }

    /// Waits for a complete list. `false` when it is refused, unreachable, or not there by the deadline.
    pub async fn ready(&self, deadline: Duration) -> bool {
        let mut changed = self.changed();
        let wait = async {
            loop {
                changed.borrow_and_update();
                if self.synced() {
                    return true;
                }
                if matches!(self.state().phase, Phase::Refused | Phase::Unreachable) || changed.changed().await.is_err()
                {
                    return false;
                }
            }
        };
        tokio::time::timeout(deadline, wait).await.unwrap_or(false)
    }

    /// The rows as they are now. Holds a lock: never across an await, which the compiler checks.
    pub fn read(&self) -> Reader<'_> {
        Reader::new(self.0.partition.read())
    }
}

impl Clone for Lease {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.leases.send_modify(|count| *count = count.saturating_sub(1));
    }
}
