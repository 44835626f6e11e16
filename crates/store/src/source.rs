//! What a feed needs of a cluster: a thin trait, so that feeds can be tested against a script.

use std::sync::Arc;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use periscope_cluster::{Connection, Error, Identity, ListFrame, ListOptions, WatchEvent, WatchOptions};
use periscope_model::ResourceType;

use crate::key::FeedKey;

pub type ListFrames = BoxStream<'static, Result<ListFrame, Error>>;
pub type WatchEvents = BoxStream<'static, Result<WatchEvent, Error>>;

/// One kind of one cluster, read as one identity.
pub trait Source: Send + Sync {
    fn namespaced(&self) -> bool;
    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<ListFrames, Error>>;
    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<WatchEvents, Error>>;
}

/// What a store asks of whoever knows the clusters.
pub trait Upstream: Send + Sync + 'static {
    /// Where a feed reads from. An error is the feed's state until it is asked again.
    fn source(&self, key: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Error>>;

    /// After a cluster-wide refusal: the namespaces in which the feed's identity may list its kind.
    fn namespaces(&self, key: &FeedKey) -> BoxFuture<'static, Vec<String>>;
}

/// A real cluster.
#[derive(Debug, Clone)]
pub struct ClusterSource {
    pub connection: Connection,
    pub identity: Identity,
    pub resource: ResourceType,
}

impl Source for ClusterSource {
    fn namespaced(&self) -> bool {
        self.resource.namespaced
    }

    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<ListFrames, Error>> {
        Box::pin(async move {
            let frames = self.connection.list(&self.identity, &self.resource, options).await?;
            Ok(stream::unfold(frames, |mut frames| async move { Some((frames.next().await?, frames)) }).boxed())
        })
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<WatchEvents, Error>> {
        Box::pin(async move {
            let events = self.connection.watch(&self.identity, &self.resource, options).await?;
            Ok(stream::unfold(events, |mut events| async move { Some((events.next().await?, events)) }).boxed())
        })
    }
}
