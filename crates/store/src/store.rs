//! All feeds and views of this process.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use periscope_model::{Clock, ClusterId};
use tokio::sync::Semaphore;

use crate::feed::{ClusterShare, Feed};
use crate::intern::Interner;
use crate::key::FeedKey;
use crate::lease::Lease;
use crate::source::Upstream;
use crate::view::{Part, Query, View, ViewKey};

/// How a store behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long a watch goes on after the last lease is dropped.
    pub idle: Duration,
    /// The same for what is read as one human.
    pub idle_private: Duration,
    /// Lists under way at once in one cluster.
    pub lists_at_once: usize,
    /// Namespaces of one kind that are watched one by one where cluster-wide is refused.
    pub max_namespaces: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(5),
            idle_private: Duration::from_secs(30),
            lists_at_once: 4,
            max_namespaces: 100,
        }
    }
}

/// How much a store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub feeds: usize,
    pub rows: usize,
    pub views: usize,
}

/// The inventory plane. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    upstream: Arc<dyn Upstream>,
    options: Options,
    feeds: Mutex<HashMap<FeedKey, Arc<Feed>>>,
    shares: Mutex<HashMap<ClusterId, ClusterShare>>,
    views: Mutex<HashMap<ViewKey, Weak<View>>>,
}

impl Store {
    pub fn new(clock: Arc<dyn Clock>, upstream: Arc<dyn Upstream>, options: Options) -> Self {
        let (feeds, shares, views) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { clock, upstream, options, feeds, shares, views }))
    }

    /// A hold on the rows of `key`; starts its watch unless it runs. Must be called within a Tokio runtime.
    pub fn lease(&self, key: FeedKey) -> Lease {
        let mut feeds = self.0.feeds.lock();
        if let Some(feed) = feeds.get(&key) {
            return Lease::new(feed.clone());
        }
        let share = self.share(&key.cluster);
        let feed = Feed::new(key.clone(), self.0.clock.clone(), &share);
        feeds.insert(key, feed.clone());
        let lease = Lease::new(feed.clone());
        tokio::spawn(run(Arc::downgrade(&self.0), feed, share));
        lease
    }

    /// A hold on the rows of `key` if it is watched already.
    pub fn running(&self, key: &FeedKey) -> Option<Lease> {
        self.0.feeds.lock().get(key).map(|feed| Lease::new(feed.clone()))
    }

    /// The view of `query` over `parts`; the same for everybody who asks for the same.
    pub fn view(&self, parts: Vec<Part>, query: Query) -> Arc<View> {
        let key = ViewKey::new(&parts, &query);
        let mut views = self.0.views.lock();
        if let Some(view) = views.get(&key).and_then(Weak::upgrade) {
            return view;
        }
        views.retain(|_, view| view.strong_count() > 0);
        let view = View::new(parts, query, self.0.clock.clone());
        views.insert(key, Arc::downgrade(&view));
        view
    }

    pub fn stats(&self) -> Stats {
        let views = self.0.views.lock().values().filter(|view| view.strong_count() > 0).count();
        Stats { views, ..self.stats_where(|_| true) }
    }

    /// Of one cluster; views may be over several, so they are not counted.
    pub fn stats_of(&self, cluster: &ClusterId) -> Stats {
        self.stats_where(|key| key.cluster == *cluster)
    }

    fn stats_where(&self, wanted: impl Fn(&FeedKey) -> bool) -> Stats {
        let feeds: Vec<Arc<Feed>> = self.0.feeds.lock().values().filter(|feed| wanted(feed.key())).cloned().collect();
        let rows = feeds.iter().map(|feed| feed.partition.read().tally(&crate::Visible::All).total).sum();
        Stats { feeds: feeds.len(), rows, views: 0 }
    }

    fn share(&self, cluster: &ClusterId) -> ClusterShare {
        let fresh = || ClusterShare {
            interner: Interner::new(),
            lists: Arc::new(Semaphore::new(self.0.options.lists_at_once.max(1))),
        };
        self.0.shares.lock().entry(cluster.clone()).or_insert_with(fresh).clone()
    }
}

/// Runs a feed until it is idle, and takes it out of the store: unless somebody took a lease at that very moment.
async fn run(store: Weak<Inner>, feed: Arc<Feed>, share: ClusterShare) {
    loop {
        let Some(inner) = store.upgrade() else { return };
        let (upstream, options) = (inner.upstream.clone(), inner.options.clone());
        drop(inner);
        feed.clone().run(upstream, share.clone(), options).await;
        let Some(inner) = store.upgrade() else { return };
        let mut feeds = inner.feeds.lock();
        if *feed.leases.borrow() == 0 {
            feeds.remove(feed.key());
            return;
        }
    }
}
