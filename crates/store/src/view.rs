//! Views: the rows that a query holds for, in order, kept so with every change, shared by everybody who asks the same.

mod cursor;
mod frame;
mod order;
mod track;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use periscope_model::{Clock, Gap, State};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::cell::Column;
use crate::feed::Listener;
use crate::filter::{Filter, FilterError};
use crate::key::FeedKey;
use crate::lease::Lease;
use crate::sort::Sort;
use crate::visible::Visible;

pub use cursor::CursorError;
pub use frame::{Frame, Page};
use order::Ordered;
use track::Tracks;

/// A filter on ages is applied anew this often while it is looked at.
const AGES_MOVE: Duration = Duration::from_secs(5);

/// One cluster of a view, and what of it the caller may see.
#[derive(Debug, Clone)]
pub struct Part {
    pub lease: Lease,
    pub visible: Visible,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// All when empty. Cluster-scoped objects are in every namespace.
    pub namespaces: Vec<String>,
    pub filter: Filter,
    pub sort: Sort,
}

impl Query {
    /// Of the texts that callers send; errors point into the text they belong to.
    pub fn parse(namespaces: Vec<String>, filter: &str, sort: &str) -> Result<Self, FilterError> {
        Ok(Self { namespaces, filter: Filter::parse(filter)?, sort: Sort::parse(sort)? })
    }
}

/// Everything a view's content depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ViewKey {
    parts: Vec<(FeedKey, Visible)>,
    query: Query,
}

impl ViewKey {
    pub(crate) fn new(parts: &[Part], query: &Query) -> Self {
        let mut parts: Vec<_> = parts.iter().map(|part| (part.lease.key().clone(), part.visible.clone())).collect();
        parts.sort_by(|a, b| a.0.cluster.cmp(&b.0.cluster));
        let mut query = query.clone();
        query.namespaces.sort();
        query.namespaces.dedup();
        Self { parts, query }
    }
}

/// A query over one kind in one or several clusters.
pub struct View {
    parts: Vec<Part>,
    clusters: Vec<String>,
    query: Query,
    clock: Arc<dyn Clock>,
    changed: Arc<Listener>,
    content: Mutex<Content>,
}

struct Content {
    ordered: Ordered,
    columns: Arc<[Column]>,
    tracks: Tracks,
    /// Raised with every change of the ordered rows or columns.
    version: u64,
    built: Instant,
}

impl View {
    pub(crate) fn new(mut parts: Vec<Part>, mut query: Query, clock: Arc<dyn Clock>) -> Arc<Self> {
        parts.sort_by(|a, b| a.lease.key().cluster.cmp(&b.lease.key().cluster));
        query.namespaces.sort();
        query.namespaces.dedup();
        let clusters = parts.iter().map(|part| part.lease.key().cluster.to_string()).collect();
        let changed = Arc::new(watch::channel(0).0);
        for part in &parts {
            part.lease.feed().listen(&changed);
        }
        let content = Content {
            ordered: Ordered::new(parts.len()),
            columns: Arc::from([]),
            tracks: Tracks::default(),
            version: 0,
            built: Instant::now(),
        };
        Arc::new(Self { parts, clusters, query, clock, changed, content: Mutex::new(content) })
    }

    /// In the order of their clusters.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Raised with every change of rows or state of any part.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// State and gaps of each part, in the order of their clusters.
    pub fn states(&self) -> Vec<(String, State, Vec<Gap>)> {
        let state =
            |part: &Part| (part.lease.key().cluster.to_string(), part.lease.state(), part.lease.gaps(&part.visible));
        self.parts.iter().map(state).collect()
    }

    /// How many rows the query holds for.
    pub fn total(&self) -> usize {
        self.fresh().ordered.entries.len()
    }

    pub fn columns(&self) -> Arc<[Column]> {
        self.fresh().columns.clone()
    }

    /// What changed in a window since the frame `since`; `None` when nothing did. The frame is whole (`reset`) when
    /// `since` is absent or so old that it is forgotten. Frames are made once and shared.
    pub fn next(&self, from: usize, limit: usize, since: Option<u64>) -> Option<Arc<Frame>> {
        let mut content = self.fresh();
        let content = &mut *content;
        let scene = self.scene(&content.columns);
        content.tracks.next((from, limit), since, content.version, &content.ordered, &scene)
    }

    /// A whole window.
    pub fn window(&self, from: usize, limit: usize) -> Arc<Frame> {
        let mut content = self.fresh();
        let content = &mut *content;
        let scene = self.scene(&content.columns);
        content.tracks.whole((from, limit), content.version, &content.ordered, &scene)
    }

    /// A window for one request, with the cursors of its neighbours.
    pub fn page(&self, from: usize, limit: usize) -> Page {
        let content = self.fresh();
        let scene = self.scene(&content.columns);
        frame::page(&content.ordered, from, limit, &scene, self.cursor_scope())
    }

    /// Where the page begins that a cursor of [`View::page`] names; stable while rows come and go.
    pub fn position(&self, cursor: &str, limit: usize) -> Result<usize, CursorError> {
        let content = self.fresh();
        cursor::position(cursor, limit, &content.ordered, self.cursor_scope())
    }

    fn cursor_scope(&self) -> cursor::Scope<'_> {
        let kind = self.parts.first().map(|part| &part.lease.key().kind);
        cursor::Scope { kind, query: &self.query, clusters: &self.clusters }
    }

    fn scene<'a>(&'a self, columns: &'a Arc<[Column]>) -> frame::Scene<'a> {
        let as_of = self.parts.iter().map(|part| part.lease.as_of()).min();
        frame::Scene { clusters: &self.clusters, columns, as_of: as_of.unwrap_or_else(|| self.clock.now()) }
    }

    /// The content, with every change applied that the parts have by now.
    fn fresh(&self) -> parking_lot::MutexGuard<'_, Content> {
        let mut content = self.content.lock();
        let now = self.clock.now().as_second();
        let lens = order::Lens { parts: &self.parts, clusters: &self.clusters, query: &self.query, now };
        let ages_moved = self.query.filter.depends_on_time() && content.built.elapsed() >= AGES_MOVE;
        if ages_moved {
            content.built = Instant::now();
        }
        let Content { ordered, columns, version, .. } = &mut *content;
        if ordered.refresh(&lens, ages_moved) {
            *version += 1;
            let merged = order::columns(&self.parts);
            if **columns != *merged {
                *columns = merged.into();
            }
        }
        content
    }
}

#[cfg(test)]
mod tests;
