//! Several members followed together.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, Stream, StreamExt};
use periscope_model::{KindId, Person};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::{Member, Want, follow};
use crate::clusters::Cluster;
use crate::inventory::Inventory;

/// Follows its members for as long as it is polled. Dropping it lets go of everything.
pub(crate) struct Circle {
    running: FuturesUnordered<BoxFuture<'static, ()>>,
    watched: Vec<Watched>,
    /// Whether changes of rows wake, or only who may see what.
    rows: bool,
}

struct Watched {
    member: watch::Receiver<Member>,
    changes: WatchStream<Member>,
    /// Changes of the rows that the member has now.
    rows: Option<WatchStream<u64>>,
}

impl Circle {
    pub(crate) fn new(rows: bool) -> Self {
        Self { running: FuturesUnordered::new(), watched: Vec::new(), rows }
    }

    /// `kinds` of each of `clusters`, as `person`.
    pub(crate) fn of(inventory: &Inventory, clusters: &[Arc<Cluster>], kinds: &[KindId], person: &Arc<Person>) -> Self {
        let mut circle = Self::new(true);
        for cluster in clusters {
            for kind in kinds {
                let (cluster, kind, person) = (cluster.clone(), kind.clone(), person.clone());
                circle.add(inventory, Want { cluster, kind, person, namespaces: Arc::from([]) });
            }
        }
        circle
    }

    pub(crate) fn add(&mut self, inventory: &Inventory, want: Want) {
        let first = Member::new(want.cluster.spec.id.clone(), want.kind.clone(), inventory.clock.now());
        let (sender, member) = watch::channel(first);
        let changes = WatchStream::from_changes(member.clone());
        self.running.push(Box::pin(follow(inventory.clone(), want, sender)));
        self.watched.push(Watched { member, changes, rows: None });
    }

    /// The members as they are now, in the order in which they were added.
    pub(crate) fn members(&self) -> Vec<Member> {
        self.watched.iter().map(|watched| watched.member.borrow().clone()).collect()
    }

    /// Some of them.
    pub(crate) fn members_at(&self, range: Range<usize>) -> Vec<Member> {
        self.watched[range].iter().map(|watched| watched.member.borrow().clone()).collect()
    }

    /// Ready when a member changed since the last call; everything that changed is taken together.
    pub(crate) fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        // Followers never end; polling them is what makes them go on.
        while let Poll::Ready(Some(())) = self.running.poll_next_unpin(context) {}
        let mut any = false;
        for watched in &mut self.watched {
            let mut moved = false;
            while let Poll::Ready(Some(_)) = Pin::new(&mut watched.changes).poll_next(context) {
                moved = true;
            }
            if moved && self.rows {
                let lease = watched.member.borrow().lease().map(periscope_store::Lease::changed);
                watched.rows = lease.map(WatchStream::from_changes);
            }
            if let Some(rows) = &mut watched.rows {
                while let Poll::Ready(Some(_)) = Pin::new(&mut *rows).poll_next(context) {
                    moved = true;
                }
            }
            any |= moved;
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Waits until every member has rows or a reason why not, at most `deadline`.
    pub(crate) async fn settle(&mut self, deadline: Duration) {
        let settled = async {
            while !self.watched.iter().all(|watched| watched.member.borrow().is_settled()) {
                std::future::poll_fn(|context| self.poll_changed(context)).await;
            }
        };
        // What is not there by then says so in its state.
        let _ = tokio::time::timeout(deadline, settled).await;
    }
}
