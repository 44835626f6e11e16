//! A stream's state between and during connections.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context, Poll};

use jiff::Timestamp;
use parking_lot::Mutex;
use periscope_answers::{Live, LiveFrame};
use periscope_model::Person;
use tokio::sync::{Notify, mpsc, watch};

use crate::session::Ticket;

/// Subscriptions of one tab.
pub(crate) const MAX_SUBSCRIPTIONS: usize = 64;

/// Changes waiting while no connection takes them.
const MAX_PENDING: usize = 256;

/// Who a stream belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) person: Arc<Person>,
    pub(crate) ticket: Ticket,
}

/// A subscription set, replaced or removed.
pub(crate) struct Change {
    pub(crate) sub: String,
    pub(crate) live: Option<Live>,
}

/// What a connection takes over and gives back when it ends.
pub(crate) struct Subscriptions {
    pub(crate) lives: BTreeMap<String, Subscribed>,
    pub(crate) changes: mpsc::Receiver<Change>,
    /// Number of the last event written.
    pub(crate) last_event: u64,
}

pub(crate) enum Wake {
    Changed(Change),
    Dirty,
}

pub(crate) struct Subscribed {
    pub(crate) live: Live,
    pub(crate) dirty: bool,
}

impl Subscriptions {
    /// What happens next: a subscription set or removed, or, unless a flush is due anyway, something new in one.
    pub(crate) fn poll_wake(&mut self, context: &mut Context<'_>, flush_due: bool) -> Poll<Wake> {
        if let Poll::Ready(Some(change)) = self.changes.poll_recv(context) {
            return Poll::Ready(Wake::Changed(change));
        }
        if flush_due {
            self.lives.values_mut().for_each(|subscribed| subscribed.live.read_ahead(context));
            return Poll::Pending;
        }
        let mut any = false;
        for subscribed in self.lives.values_mut() {
            subscribed.dirty |= subscribed.live.poll_changed(context).is_ready();
            any |= subscribed.dirty;
        }
        if any { Poll::Ready(Wake::Dirty) } else { Poll::Pending }
    }

    /// The subscriptions that have something to write.
    pub(crate) fn dirty(&self) -> Vec<String> {
        let dirty = self.lives.iter().filter(|(_, subscribed)| subscribed.dirty);
        dirty.map(|(sub, _)| sub.clone()).collect()
    }

    /// One frame of `sub`. A slow reader may have kept us from looking for minutes, so what may be seen is looked at
    /// first: no frame is made from a decision that has run out.
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>, sub: &str) -> Option<LiveFrame> {
        let subscribed = self.lives.get_mut(sub)?;
        // Ready or not: what changed is in the frame, and what changes later wakes again.
        let _ = subscribed.live.poll_changed(context);
        let frame = subscribed.live.frame();
        subscribed.dirty = false;
        self.last_event += u64::from(frame.is_some());
        frame
    }

    pub(crate) fn apply(&mut self, change: Change) {
        match change.live {
            Some(live) => {
                self.lives.insert(change.sub, Subscribed { live, dirty: true });
            }
            None => {
                self.lives.remove(&change.sub);
            }
        }
    }

    /// Makes every subscription begin again with a whole frame.
    pub(crate) fn reset(&mut self) {
        for subscribed in self.lives.values_mut() {
            subscribed.live.reset();
            subscribed.dirty = true;
        }
    }
}

pub(crate) struct Tab {
    pub(crate) id: String,
    pub(crate) owner: Owner,
    pub(crate) changes: mpsc::Sender<Change>,
    /// Names in use, so that the limit holds before anything is opened.
    names: Mutex<std::collections::BTreeSet<String>>,
    parked: Mutex<Option<(Subscriptions, Option<Timestamp>)>>,
    given_back: Notify,
    /// Raised by a connection that takes over; those before it end.
    pub(crate) generation: watch::Sender<u64>,
}

impl Tab {
    pub(crate) fn new(id: String, owner: Owner) -> Self {
        let (sender, changes) = mpsc::channel(MAX_PENDING);
        let subscriptions = Subscriptions { lives: BTreeMap::new(), changes, last_event: 0 };
        Self {
            id,
            owner,
            changes: sender,
            names: Mutex::default(),
            parked: Mutex::new(Some((subscriptions, None))),
            given_back: Notify::new(),
            generation: watch::channel(0).0,
        }
    }

    /// Whether one more subscription of this name fits.
    pub(crate) fn admit(&self, sub: &str) -> bool {
        let mut names = self.names.lock();
        if names.len() >= MAX_SUBSCRIPTIONS && !names.contains(sub) {
            return false;
        }
        names.insert(sub.to_owned());
        true
    }

    pub(crate) fn forget(&self, sub: &str) {
        self.names.lock().remove(sub);
    }

    /// Takes the stream over from the connection that has it, waiting until it lets go. `None` when yet another
    /// connection wants it meanwhile: the newest gets it. The number is this connection's [`Tab::generation`].
    pub(crate) async fn take(&self) -> Option<(Subscriptions, u64)> {
        let mut mine = 0;
        self.generation.send_modify(|generation| {
            *generation += 1;
            mine = *generation;
        });
        let mut newest = self.generation.subscribe();
        loop {
            let given_back = self.given_back.notified();
            if *newest.borrow_and_update() != mine {
                return None;
            }
            if let Some((subscriptions, _)) = self.parked.lock().take() {
                return Some((subscriptions, mine));
            }
            tokio::select! {
                () = given_back => {}
                _ = newest.changed() => {}
            }
        }
    }

    pub(crate) fn give_back(&self, subscriptions: Subscriptions, now: Timestamp) {
        *self.parked.lock() = Some((subscriptions, Some(now)));
        self.given_back.notify_waiters();
    }

    /// When the last connection ended; `None` while one is open or before the first.
    pub(crate) fn parked_since(&self) -> Option<Timestamp> {
        self.parked.lock().as_ref().and_then(|(_, since)| *since)
    }
}
