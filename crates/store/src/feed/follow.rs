//! List, then watch, then again: one scope of one feed.

use std::time::Duration;

use futures::StreamExt;
use periscope_cluster::{Error, Form, ListOptions, WatchOptions};
use tokio::time::Instant;

use super::backoff::Backoff;
use super::read::{ListRead, Reading};
use super::{ClusterShare, Feed};
use crate::source::Source;

/// Items and events applied under one lock.
const BATCH: usize = 128;
/// What cannot be watched (measurements, mostly) is listed this often.
const LIST_EVERY: Duration = Duration::from_secs(15);
/// After so many watches that were cut at once, a list comes next.
const MANY_CUTS: u32 = 2;
/// A watch that lived this long was a good one: the next failure starts waiting from the beginning.
const GOOD_WATCH: Duration = Duration::from_secs(20);

pub(super) struct Follower<'a> {
    feed: &'a Feed,
    source: &'a dyn Source,
    namespace: Option<&'a str>,
    share: &'a ClusterShare,
    backoff: Backoff,
    reading: Reading,
    /// Where the watch goes on; `None` before a list.
    version: Option<String>,
    /// The next list must be no older than this.
    not_older: Option<String>,
    /// The last watch was not allowed.
    unwatched: bool,
    /// Watches in a row that began well and were cut before they said anything.
    cut: u32,
}

impl<'a> Follower<'a> {
    pub(super) fn new(
        feed: &'a Feed,
        source: &'a dyn Source,
        namespace: Option<&'a str>,
        share: &'a ClusterShare,
        backoff: Backoff,
    ) -> Self {
        let reading = Reading::new(feed.typed, share.interner.clone());
        Self {
            feed,
            source,
            namespace,
            share,
            backoff,
            reading,
            version: None,
            not_older: Some("0".to_owned()),
            unwatched: false,
            cut: 0,
        }
    }

    /// Returns only what waiting does not mend: a refusal.
    pub(super) async fn run(mut self) -> Error {
        loop {
            let step = match self.version.clone() {
                None => self.list().await,
                Some(version) => self.watch(version).await,
            };
            let Err(error) = step else { continue };
            match &error {
                // What can be listed and not watched: measurements, and what somebody may only list. The first list
                // after a refusal comes at once, because it may have been of both.
                Error::Refused { .. } | Error::Server { status: 405, .. } if self.version.is_some() => {
                    if std::mem::replace(&mut self.unwatched, true) {
                        tokio::time::sleep(LIST_EVERY).await;
                    }
                    (self.version, self.not_older) = (None, None);
                    continue;
                }
                Error::Refused { .. } | Error::NotFound { .. } => return error,
                Error::Gone { .. } => {
                    // Everything there is stays until the new list has told what is gone.
                    self.not_older = self.version.take();
                }
                // The watch goes on where it was: nothing was missed.
                Error::Unreachable { .. } | Error::Timeout { .. } | Error::Busy { .. } if self.cut < MANY_CUTS => {
                    self.told(&error);
                }
                _ => {
                    self.told(&error);
                    // The same watch may end in the same way for ever; what there is can still be listed.
                    self.not_older = self.version.take().or(self.not_older.take());
                    self.cut = 0;
                }
            }
            let wait = error.retry_after().unwrap_or_else(|| self.backoff.wait());
            tokio::time::sleep(wait).await;
        }
    }

    fn told(&mut self, error: &Error) {
        if self.version.is_none() {
            // A list that is "not older" than what an API server knows may fail for ever: the next asks for the newest.
            self.not_older = None;
        }
        let now = self.feed.clock.now();
        self.feed.set_status(|status| match self.namespace {
            None => status.failed(error, now),
            Some(namespace) => {
                status.failing.insert(namespace.to_owned(), error.to_string());
            }
        });
    }

    fn form(&self) -> Form {
        if self.feed.typed.is_some() { Form::Objects } else { Form::Table }
    }

    async fn list(&mut self) -> Result<(), Error> {
        let permit = self.share.lists.acquire().await;
        let options = ListOptions {
            namespace: self.namespace.map(str::to_owned),
            form: self.form(),
            resource_version: self.not_older.clone(),
            ..ListOptions::default()
        };
        let frames = self.source.list(options).await?;
        let mut frames = frames.ready_chunks(BATCH);
        let mut read = ListRead::default();
        while let Some(chunk) = frames.next().await {
            let now = self.feed.now();
            let applied = {
                let mut partition = self.feed.partition.write();
                chunk.into_iter().try_for_each(|frame| self.reading.frame(frame?, &mut read, &mut partition, now))
            };
            self.feed.publish();
            applied?;
            // A list may always have more ready: others come in between.
            tokio::task::yield_now().await;
        }
        drop(permit);
        let Some(version) = read.version.take() else {
            return Err(Error::Garbage { what: "a list that ends before its end".to_owned() });
        };
        self.feed.partition.write().retain(self.namespace, &read.seen);
        let now = self.feed.clock.now();
        self.feed.set_status(|status| {
            status.unreadable =
                if self.namespace.is_some() { status.unreadable.max(read.unreadable) } else { read.unreadable };
            self.namespace.map(|namespace| status.failing.remove(namespace));
            status.synced = true;
            status.live(now);
        });
        self.feed.publish();
        self.version = Some(version);
        Ok(())
    }

    async fn watch(&mut self, version: String) -> Result<(), Error> {
        let options = WatchOptions {
            namespace: self.namespace.map(str::to_owned),
            form: self.form(),
            resource_version: Some(version),
            ..WatchOptions::default()
        };
        let started = Instant::now();
        let events = self.source.watch(options).await?;
        let mut events = events.ready_chunks(BATCH);
        self.unwatched = false;
        self.confirmed();
        let mut ended = Ok(());
        let mut said = false;
        while let Some(chunk) = events.next().await {
            let now = self.feed.now();
            let before = self.feed.partition.read().version();
            let after = {
                let mut partition = self.feed.partition.write();
                for event in chunk {
                    ended = event.map(|event| self.reading.event(&event, &mut partition, now)).map(|event| {
                        said = true;
                        if let Some(version) = event {
                            self.version = Some(version.into());
                        }
                    });
                    if ended.is_err() {
                        break;
                    }
                }
                partition.version()
            };
            if after != before {
                self.feed.publish();
            }
            if ended.is_err() {
                break;
            }
            self.confirmed();
        }
        self.cut = if said || ended.is_ok() { 0 } else { self.cut + 1 };
        if started.elapsed() >= GOOD_WATCH {
            self.backoff.reset();
        } else if ended.is_ok() {
            // An API server that ends every watch at once must not be asked in a loop.
            tokio::time::sleep(self.backoff.wait()).await;
        }
        ended
    }

    fn confirmed(&self) {
        let now = self.feed.clock.now();
        let unreadable = self.reading.unreadable;
        self.feed.set_status(|status| {
            status.unreadable = status.unreadable.max(unreadable);
            match self.namespace {
                Some(namespace) => {
                    status.failing.remove(namespace);
                }
                None => status.live(now),
            }
            status.as_of = now;
        });
    }
}
