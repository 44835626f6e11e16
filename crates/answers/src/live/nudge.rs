//! One object, followed: a nudge when it changes. The object itself is then read live, as the caller.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use periscope_cluster::{Error as Upstream, Identity};
use periscope_model::{Actor, ObjectRef};
use periscope_store::rows::uid_text;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::{Live, LiveFrame, Source};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::objects::check_place;
use crate::reach::{Circle, Member, Want};

/// Where the caller may not list the kind, the object is asked for this often.
const ASK_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Nudge {
    uid: String,
    resource_version: String,
    deleted: bool,
}

impl App {
    pub(super) fn live_object(&self, caller: &Caller, place: ObjectRef) -> Result<Live, Error> {
        check_place(&place)?;
        let cluster = self.clusters.get(&place.cluster)?.clone();
        let actor = cluster.actor(&caller.person)?;
        let person = caller.person.clone();
        let mut circle = Circle::new(true);
        let namespaces: Arc<[String]> = place.namespace.iter().cloned().collect();
        let kind = place.kind.clone();
        circle.add(&self.inventory, Want { cluster: cluster.clone(), kind, person, namespaces });
        let (sender, asked) = watch::channel(None);
        let asking = Box::pin(ask(cluster, actor, place.clone(), sender));
        let answers = WatchStream::from_changes(asked.clone());
        Ok(Live::new(LiveObject { circle, place, asking, asked, answers, told: None }))
    }
}

struct LiveObject {
    circle: Circle,
    place: ObjectRef,
    /// Asks the API server while the rows do not tell.
    asking: BoxFuture<'static, ()>,
    asked: watch::Receiver<Option<Nudge>>,
    answers: WatchStream<Option<Nudge>>,
    told: Option<Nudge>,
}

impl LiveObject {
    /// Whether the caller may learn of the object from the rows.
    fn rows_tell(&self) -> bool {
        let namespace = self.place.namespace.as_deref().unwrap_or_default();
        self.circle.members().first().and_then(Member::known).is_some_and(|part| part.visible.allows(namespace))
    }

    /// The object as the rows have it, if they tell.
    fn by_rows(&self) -> Option<Nudge> {
        let members = self.circle.members();
        let part = members.first()?.known()?;
        let namespace = self.place.namespace.as_deref().unwrap_or_default();
        let reader = part.lease.read();
        reader.get(namespace, &self.place.name).map(|row| Nudge {
            uid: uid_text(row.meta.uid),
            resource_version: row.meta.resource_version.to_string(),
            deleted: false,
        })
    }
}

impl Source for LiveObject {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut any = self.circle.poll_changed(context).is_ready();
        if !self.rows_tell() {
            let _ = self.asking.as_mut().poll(context);
            while let Poll::Ready(Some(_)) = futures::Stream::poll_next(std::pin::Pin::new(&mut self.answers), context)
            {
                any = true;
            }
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        let now = if self.rows_tell() { self.by_rows() } else { self.asked.borrow().clone() };
        let nudge = match (now, &self.told) {
            (Some(now), _) => now,
            (None, Some(before)) => Nudge { deleted: true, ..before.clone() },
            (None, None) => return None,
        };
        if self.told.as_ref() == Some(&nudge) {
            return None;
        }
        let json = serde_json::to_vec(&nudge).unwrap_or_else(|_| b"{}".to_vec());
        self.told = Some(nudge);
        Some(LiveFrame { event: "object", tail: Bytes::from(json).slice(1..) })
    }

    fn reset(&mut self) {
        self.told = None;
    }
}

async fn ask(cluster: Arc<Cluster>, actor: Arc<Actor>, place: ObjectRef, out: watch::Sender<Option<Nudge>>) {
    let identity = Identity::Human(actor);
    loop {
        let (Ok(resource), Ok(connection)) = (cluster.resource_type(&place.kind).await, cluster.connection()) else {
            tokio::time::sleep(ASK_EVERY).await;
            continue;
        };
        match connection.get(&identity, &resource, place.namespace.as_deref(), &place.name).await {
            Ok(bytes) => {
                if let Some(nudge) = read(&bytes) {
                    out.send_if_modified(|known| known.replace(nudge.clone()).as_ref() != Some(&nudge));
                }
            }
            Err(Upstream::NotFound { .. } | Upstream::Refused { .. }) => {
                out.send_if_modified(|known| known.take().is_some());
            }
            // What is not known is not told.
            Err(_) => {}
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
}

fn read(bytes: &[u8]) -> Option<Nudge> {
    let object: Value = serde_json::from_slice(bytes).ok()?;
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default().to_owned();
    Some(Nudge { uid: text("uid"), resource_version: text("resourceVersion"), deleted: false })
}
