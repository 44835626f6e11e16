//! An inventory of given objects for this crate's tests: real rows, without a cluster.

mod rights;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream;
use periscope_cluster::{Error, ListEnd, ListFrame, ListOptions, WatchOptions};
use periscope_model::{ClusterId, ManualClock};
use periscope_store::{FeedKey, Lease, ListFrames, Options, Part, Row, Source, Store, Upstream, Visible, WatchEvents};
use serde_json::Value;

use crate::kinds::known;

pub(crate) use rights::{Rights, RuntimeClock, actor};

/// 2026-11-24T10:19:06Z
pub(crate) const NOW: i64 = 1_795_515_546;

/// Objects by kind; what is not given is an empty list.
#[derive(Default)]
pub(crate) struct Objects(BTreeMap<String, Vec<Value>>);

impl Objects {
    pub(crate) fn with(mut self, kind: &str, objects: impl IntoIterator<Item = Value>) -> Self {
        self.0.entry(kind.to_owned()).or_default().extend(objects);
        self
    }

    /// A store that lists these objects once and then hears nothing more.
    pub(crate) fn store(self) -> Store {
        let now = jiff::Timestamp::from_second(NOW).expect("a time");
        Store::new(Arc::new(ManualClock::at(now)), Arc::new(self), Options::default())
    }
}

pub(crate) fn cluster() -> ClusterId {
    ClusterId::slug("prod")
}

/// The rows of one kind, read completely.
pub(crate) async fn lease(store: &Store, kind: &str) -> Lease {
    let lease = store.lease(FeedKey::shared(cluster(), known(kind)));
    assert!(lease.ready(Duration::from_secs(5)).await, "{kind} is read: {:?}", lease.state());
    lease
}

pub(crate) async fn part(store: &Store, kind: &str, visible: Visible) -> Part {
    Part { lease: lease(store, kind).await, visible }
}

pub(crate) async fn rows(store: &Store, kind: &str) -> Vec<Arc<Row>> {
    lease(store, kind).await.read().rows().cloned().collect()
}

struct Given(Vec<Value>);

impl Upstream for Objects {
    fn source(&self, key: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Error>> {
        let given: Arc<dyn Source> = Arc::new(Given(self.0.get(&key.kind.to_string()).cloned().unwrap_or_default()));
        Box::pin(std::future::ready(Ok(given)))
    }

    fn namespaces(&self, _: &FeedKey) -> BoxFuture<'static, Vec<String>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

impl Source for Given {
    fn namespaced(&self) -> bool {
        true
    }

    fn list(&self, _: ListOptions) -> BoxFuture<'_, Result<ListFrames, Error>> {
        let item = |object: &Value| Ok(ListFrame::Item(Bytes::from(object.to_string())));
        let end = ListEnd { resource_version: "1".to_owned(), ..ListEnd::default() };
        let frames: Vec<_> = self.0.iter().map(item).chain([Ok(ListFrame::End(end))]).collect();
        Box::pin(std::future::ready(Ok(stream::iter(frames).boxed())))
    }

    fn watch(&self, _: WatchOptions) -> BoxFuture<'_, Result<WatchEvents, Error>> {
        Box::pin(std::future::ready(Ok(stream::pending().boxed())))
    }
}
