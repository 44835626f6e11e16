//! Which scope a feed reads: the whole cluster, or where that is refused, namespace by namespace.

use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use periscope_cluster::Error;

use super::backoff::Backoff;
use super::follow::Follower;
use super::{ClusterShare, Feed};
use crate::source::{Source, Upstream};
use crate::store::Options;

/// How often a refusal, and the list of allowed namespaces, are asked again.
const ASK_AGAIN: Duration = Duration::from_secs(10);

pub(super) struct Reader<'a> {
    pub(super) feed: &'a Feed,
    pub(super) upstream: &'a dyn Upstream,
    pub(super) share: &'a ClusterShare,
    pub(super) options: &'a Options,
}

impl Reader<'_> {
    /// Never returns: it is dropped when nobody looks any more.
    pub(super) async fn run(&self) {
        let mut backoff = Backoff::new(self.seed());
        loop {
            match self.upstream.source(&self.feed.key).await {
                Ok(source) => {
                    backoff.reset();
                    self.read(source.as_ref()).await;
                }
                Err(error) => {
                    self.failed(&error);
                    tokio::time::sleep(error.retry_after().unwrap_or_else(|| backoff.wait())).await;
                }
            }
        }
    }

    /// Reads until the scope must be found anew.
    async fn read(&self, source: &dyn Source) {
        let error = self.follower(source, None).run().await;
        if !source.namespaced() || !matches!(error, Error::Refused { .. }) {
            self.refused(&error).await;
            return;
        }
        let allowed = self.upstream.namespaces(&self.feed.key).await;
        if allowed.is_empty() {
            self.refused(&error).await;
        } else {
            self.by_namespace(source, allowed).await;
        }
    }

    /// What is not allowed any more is not kept.
    async fn refused(&self, error: &Error) {
        self.feed.partition.write().retain_namespaces(&[]);
        self.feed.set_status(|status| {
            status.synced = false;
            status.namespaces = None;
            status.failing.clear();
        });
        self.failed(error);
        tokio::time::sleep(ASK_AGAIN).await;
    }

    async fn by_namespace(&self, source: &dyn Source, mut allowed: Vec<String>) {
        allowed.sort();
        allowed.dedup();
        let left_out = allowed.len().saturating_sub(self.options.max_namespaces);
        allowed.truncate(self.options.max_namespaces);
        self.feed.partition.write().retain_namespaces(&allowed);
        self.feed.set_status(|status| {
            status.namespaces = Some(allowed.clone());
            status.left_out = left_out;
            status.failing.clear();
        });
        let mut all: FuturesUnordered<_> = allowed.iter().map(|namespace| self.one(source, namespace)).collect();
        let changed = self.wait_for_another_scope(&allowed, left_out);
        tokio::select! {
            () = changed => {}
            () = async { while all.next().await.is_some() {} } => {}
        }
        drop(all);
        self.feed.set_status(|status| {
            status.namespaces = None;
            status.left_out = 0;
            status.failing.clear();
        });
    }

    /// One namespace, until it is refused; the others go on.
    async fn one(&self, source: &dyn Source, namespace: &str) {
        let error = self.follower(source, Some(namespace)).run().await;
        self.feed.partition.write().retain(Some(namespace), &std::collections::HashSet::new());
        self.feed.set_status(|status| {
            status.failing.insert(namespace.to_owned(), error.to_string());
        });
        self.feed.publish();
        // Kept until the scope is found anew, which may allow it again.
        std::future::pending::<()>().await;
    }

    async fn wait_for_another_scope(&self, allowed: &[String], left_out: usize) {
        loop {
            tokio::time::sleep(ASK_AGAIN).await;
            let mut now = self.upstream.namespaces(&self.feed.key).await;
            now.sort();
            now.dedup();
            let same = now.len() == allowed.len() + left_out && now.starts_with(allowed);
            let failing = !self.feed.status.lock().failing.is_empty();
            if !same || failing {
                return;
            }
        }
    }

    fn follower<'a>(&'a self, source: &'a dyn Source, namespace: Option<&'a str>) -> Follower<'a> {
        Follower::new(self.feed, source, namespace, self.share, Backoff::new(self.seed()))
    }

    fn failed(&self, error: &Error) {
        let now = self.feed.clock.now();
        tracing::debug!(cluster = %self.feed.key.cluster, kind = %self.feed.key.kind, %error, "cannot read");
        self.feed.set_status(|status| status.failed(error, now));
    }

    fn seed(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.feed.key.hash(&mut hasher);
        self.feed.clock.now().as_nanosecond().hash(&mut hasher);
        hasher.finish()
    }
}
