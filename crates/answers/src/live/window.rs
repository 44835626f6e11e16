//! A window of a list, kept current: frames of what changed, shared by everybody who sees the same.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::Stream;
use jiff::Timestamp;
use periscope_model::Clock;
use periscope_store::{FeedKey, Frame, Lease, Query, Store, View, Visible};
use serde::Serialize;
use tokio_stream::wrappers::WatchStream;

use super::{Live, LiveFrame, Source};
use crate::app::App;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::lists::{ClusterPart, WindowSubscription, check_limit, parts};
use crate::reach::{Circle, Member};

impl App {
    pub(super) fn live_window(self: &Arc<Self>, caller: &Caller, wanted: WindowSubscription) -> Result<Live, Error> {
        let WindowSubscription { kind, clusters, namespaces, filter, sort, from, limit } = wanted;
        check_limit(limit)?;
        let question = self.question(kind, &clusters, namespaces, (&filter, &sort))?;
        self.opened_soon(caller, &question);
        let circle = self.circle(caller, &question, false);
        let (store, clock) = (self.inventory.store.clone(), self.clock.clone());
        Ok(Live::new(LiveWindow {
            circle,
            store,
            clock,
            query: question.query,
            from,
            limit,
            seen: None,
            told: Told::default(),
        }))
    }
}

struct LiveWindow {
    circle: Circle,
    store: Store,
    clock: Arc<dyn Clock>,
    query: Query,
    from: usize,
    limit: usize,
    seen: Option<Seen>,
    told: Told,
}

/// The view that the caller sees now.
struct Seen {
    parts: Vec<(FeedKey, Visible)>,
    view: Arc<View>,
    changes: WatchStream<u64>,
}

/// What the viewer has.
#[derive(Default)]
struct Told {
    frame: Option<Shown>,
    clusters: Option<Vec<ClusterPart>>,
}

/// The figures of the last frame.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    reset: bool,
    version: u64,
    total: usize,
    from: usize,
}

/// Other states around the same rows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct States<'a> {
    #[serde(flatten)]
    shown: Shown,
    as_of: Timestamp,
    clusters: &'a [ClusterPart],
}

impl Source for LiveWindow {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut any = self.circle.poll_changed(context).is_ready();
        if let Some(seen) = &mut self.seen {
            while let Poll::Ready(Some(_)) = Pin::new(&mut seen.changes).poll_next(context) {
                any = true;
            }
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        let members = self.circle.members();
        let clusters: Vec<ClusterPart> = members.iter().map(ClusterPart::of).collect();
        let view = self.view(parts(&members));
        let frame = match self.told.frame {
            Some(shown) => view.next(self.from, self.limit, Some(shown.version)),
            None => Some(view.window(self.from, self.limit)),
        };
        let news = self.told.clusters.as_ref() != Some(&clusters);
        let tail = match (&frame, self.told.frame) {
            (Some(frame), _) if news => with_clusters(frame, &clusters),
            (Some(frame), _) => frame.tail(),
            (None, Some(shown)) if news => {
                let as_of = members.iter().filter_map(Member::lease).map(Lease::as_of).min();
                let states = States { shown, as_of: as_of.unwrap_or_else(|| self.clock.now()), clusters: &clusters };
                Bytes::from(serde_json::to_vec(&states).unwrap_or_else(|_| b"{}".to_vec())).slice(1..)
            }
            (None, _) => return None,
        };
        if let Some(frame) = &frame {
            self.told.frame =
                Some(Shown { reset: false, version: frame.version, total: frame.total, from: frame.from });
        }
        self.told.clusters = Some(clusters);
        Some(LiveFrame { event: "window", tail })
    }

    fn reset(&mut self) {
        self.told = Told::default();
    }
}

impl LiveWindow {
    /// The view over these parts: another one when what may be seen is another.
    fn view(&mut self, parts: Vec<periscope_store::Part>) -> Arc<View> {
        let key: Vec<(FeedKey, Visible)> =
            parts.iter().map(|part| (part.lease.key().clone(), part.visible.clone())).collect();
        if let Some(seen) = self.seen.as_ref().filter(|seen| seen.parts == key) {
            return seen.view.clone();
        }
        let view = self.store.view(parts, self.query.clone());
        let changes = WatchStream::from_changes(view.changed());
        self.seen = Some(Seen { parts: key, view: view.clone(), changes });
        self.told.frame = None;
        view
    }
}

fn with_clusters(frame: &Frame, clusters: &[ClusterPart]) -> Bytes {
    let clusters = serde_json::to_vec(clusters).unwrap_or_else(|_| b"[]".to_vec());
    Bytes::from([&frame.fields()[..], b",\"clusters\":", &clusters[..], b"}"].concat())
}
