//! A window of a list, kept current: frames of what changed, shared by everybody who sees the same.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::Stream;
use periscope_store::{FeedKey, Frame, Query, Store, View, Visible};
use tokio_stream::wrappers::WatchStream;

use super::{Live, LiveFrame, Source};
use crate::app::App;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::lists::{ClusterPart, WindowSubscription, check_limit, parts};
use crate::reach::Circle;

impl App {
    pub(super) fn live_window(&self, caller: &Caller, wanted: WindowSubscription) -> Result<Live, Error> {
        let WindowSubscription { kind, clusters, namespaces, filter, sort, from, limit } = wanted;
        check_limit(limit)?;
        let question = self.question(kind, &clusters, namespaces, (&filter, &sort))?;
        let circle = self.circle(caller, &question, false);
        let store = self.inventory.store.clone();
        Ok(Live::new(LiveWindow {
            circle,
            store,
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
    version: Option<u64>,
    clusters: Option<Vec<ClusterPart>>,
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
        let frame = match self.told.version {
            Some(version) => view.next(self.from, self.limit, Some(version)),
            None => Some(view.window(self.from, self.limit)),
        };
        let news = self.told.clusters.as_ref() != Some(&clusters);
        if frame.is_none() && !news {
            return None;
        }
        // A change of states alone still needs the window's figures around it.
        let frame = frame.unwrap_or_else(|| view.window(self.from, self.limit));
        self.told.version = Some(frame.version);
        let tail = if news { with_clusters(&frame, &clusters) } else { frame.tail() };
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
        self.told.version = None;
        view
    }
}

fn with_clusters(frame: &Frame, clusters: &[ClusterPart]) -> Bytes {
    let clusters = serde_json::to_vec(clusters).unwrap_or_else(|_| b"[]".to_vec());
    Bytes::from([&frame.fields()[..], b",\"clusters\":", &clusters[..], b"}"].concat())
}
