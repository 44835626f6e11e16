//! All open streams of this process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rand::TryRngCore;
use rand::rngs::OsRng;
use tokio_util::sync::CancellationToken;

use crate::serve::RESUME;
use crate::state::AppState;
use crate::stream::tab::{Owner, Tab};

/// More streams than this are refused: each holds a socket and its windows.
const MAX_STREAMS: usize = 20_000;

/// More of one owner are refused, so that nobody takes everybody's room.
const MAX_STREAMS_OF_ONE: usize = 2_000;

#[derive(Default)]
pub(crate) struct Hub {
    tabs: Mutex<HashMap<String, Arc<Tab>>>,
    /// Cancelled when the process drains.
    pub(crate) draining: CancellationToken,
}

impl Hub {
    /// A new stream for `owner`; `None` when there are too many or the process drains.
    pub(crate) fn open(&self, owner: Owner) -> Option<Arc<Tab>> {
        let mut bytes = [0_u8; 16];
        OsRng.try_fill_bytes(&mut bytes).ok()?;
        let id = format!("{:032x}", u128::from_ne_bytes(bytes));
        let mut tabs = self.tabs.lock();
        if tabs.len() >= MAX_STREAMS || self.draining.is_cancelled() {
            return None;
        }
        // Counted only once it may matter: most of the time there are fewer streams than one owner may have.
        if tabs.len() >= MAX_STREAMS_OF_ONE
            && tabs.values().filter(|tab| tab.owner == owner).count() >= MAX_STREAMS_OF_ONE
        {
            return None;
        }
        let tab = Arc::new(Tab::new(id.clone(), owner));
        tabs.insert(id, tab.clone());
        Some(tab)
    }

    /// The stream, if it is this owner's: somebody else's looks like none.
    pub(crate) fn find(&self, id: &str, owner: &Owner) -> Option<Arc<Tab>> {
        self.tabs.lock().get(id).filter(|tab| tab.owner == *owner).cloned()
    }

    pub(crate) fn drain(&self) {
        self.draining.cancel();
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tabs.lock().len()
    }

    pub(crate) fn remove(&self, id: &str) {
        self.tabs.lock().remove(id);
    }
}

/// Forgets streams whose tab did not come back or whose session ended; runs as long as the server.
pub(crate) async fn reap(state: AppState) {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        every.tick().await;
        let now = state.clock.now();
        let mut tabs = state.hub.tabs.lock();
        tabs.retain(|_, tab| {
            let waits = tab.parked_since().is_none_or(|since| now.duration_since(since) < RESUME);
            waits && state.may_be_good(&tab.owner.ticket)
        });
    }
}
