//! The record, followed: a nudge when the reader may see new rows, and whether it is being written.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream as _;
use futures::future::BoxFuture;
use periscope_audit::{Filter, Visibility};
use serde::Serialize;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::reading::Health;
use super::shape::AuditScope;
use crate::app::App;
use crate::context::Context;
use crate::live::{Live, LiveFrame, Source};

/// Nudges are at least this far apart.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Nudge {
    writing: bool,
    /// Rows that the reader may see, where they are followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

impl App {
    pub(crate) fn live_record(self: &Arc<Self>, caller: &Context, rows: bool) -> Live {
        let (visibility, scope) = self.may_read(caller);
        let (sender, nudges) = watch::channel(None);
        let looking = Box::pin(Looking { app: self.clone(), visibility, scope, rows }.run(sender));
        Live::new(LiveRecord { looking, told: None, changes: WatchStream::from_changes(nudges.clone()), nudges })
    }
}

struct Looking {
    app: Arc<App>,
    visibility: Visibility,
    scope: AuditScope,
    rows: bool,
}

impl Looking {
    async fn run(self, out: watch::Sender<Option<Nudge>>) {
        let mut health = self.app.reading.health.clone();
        let mut size = None;
        loop {
            let Health { tip, writing } = health.borrow_and_update().clone();
            if self.rows {
                size = self.size(tip).await.or(size);
            }
            let nudge = Nudge { writing, size };
            out.send_if_modified(|known| known.replace(nudge.clone()).as_ref() != Some(&nudge));
            tokio::time::sleep(AT_MOST_EVERY).await;
            if health.changed().await.is_err() {
                // The server is stopping: there is nothing to tell any more.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whoever sees their own rows alone is not told when others act.
    async fn size(&self, tip: u64) -> Option<u64> {
        if self.scope == AuditScope::All {
            return Some(tip);
        }
        let total = self.app.record.histogram(&Filter::default(), &self.visibility, 1).await.ok()?.total;
        Some(total.intent + total.success + total.failure + total.denied + total.unknown)
    }
}

struct LiveRecord {
    looking: BoxFuture<'static, ()>,
    nudges: watch::Receiver<Option<Nudge>>,
    changes: WatchStream<Option<Nudge>>,
    told: Option<Nudge>,
}

impl Source for LiveRecord {
    fn poll_changed(&mut self, context: &mut Task<'_>) -> Poll<()> {
        let _ = self.looking.as_mut().poll(context);
        let mut any = Poll::Pending;
        while let Poll::Ready(Some(_)) = Pin::new(&mut self.changes).poll_next(context) {
            any = Poll::Ready(());
        }
        any
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        let nudge = self.nudges.borrow().clone()?;
        if self.told.as_ref() == Some(&nudge) {
            return None;
        }
        let json = serde_json::to_vec(&nudge).unwrap_or_else(|_| b"{}".to_vec());
        self.told = Some(nudge);
        Some(LiveFrame { event: "audit", tail: Bytes::from(json).slice(1..) })
    }

    fn reset(&mut self) {
        self.told = None;
    }
}
