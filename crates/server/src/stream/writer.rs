//! The connection's side: waits for changes, lets them gather for a moment, writes frames.
//!
//! Nothing is queued per viewer. A frame is made when the socket can take one, from what the viewer last got to what
//! is true now; a slow reader therefore skips states but never misses one silently, and its memory is bounded.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::Bytes;
use futures::Stream;
use periscope_answers::LiveFrame;
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::state::AppState;
use crate::stream::events::{Bye, Hello};
use crate::stream::tab::{Subscriptions, Tab, Wake};

/// Changes within this time travel in one frame.
const GATHER: Duration = Duration::from_millis(50);
/// A comment this often keeps proxies from closing the stream.
const PING: Duration = Duration::from_secs(15);
/// How soon a closed session ends its streams.
const SESSION_CHECK: Duration = Duration::from_secs(5);

/// How long a connection may take to let go of its stream: one whose socket is gone notices late.
const TAKE_OVER: Duration = Duration::from_secs(3);

/// What a connection took over; given back however the connection ends.
pub(crate) struct Held {
    state: AppState,
    tab: Arc<Tab>,
    generation: u64,
    subscriptions: Option<Subscriptions>,
}

impl Held {
    /// Takes the stream over; `None` when whoever has it does not let go, or a newer connection wants it.
    pub(crate) async fn take(state: &AppState, tab: Arc<Tab>) -> Option<Self> {
        let (subscriptions, generation) = tokio::time::timeout(TAKE_OVER, tab.take()).await.ok().flatten()?;
        state.metrics.streams.inc();
        Some(Self { state: state.clone(), tab, generation, subscriptions: Some(subscriptions) })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.state.metrics.streams.dec();
        if let Some(subscriptions) = self.subscriptions.take() {
            self.tab.give_back(subscriptions, self.state.clock.now());
        }
    }
}

/// The events of what is held. `last_seen` is the browser's Last-Event-ID: the stream goes on from there if nothing
/// was lost, and starts every subscription afresh otherwise.
pub(crate) fn events(
    mut held: Held,
    last_seen: Option<u64>,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    async_stream::stream! {
        let (state, tab, mine) = (held.state.clone(), held.tab.clone(), held.generation);
        let mut generation = tab.generation.subscribe();
        let Some(subscriptions) = held.subscriptions.as_mut() else { return };
        let resumed = last_seen.is_some_and(|seen| seen == subscriptions.last_event);
        if !resumed {
            subscriptions.reset();
        }
        yield Ok(hello(&tab.id, resumed));
        let mut ping = tokio::time::interval(PING);
        let mut check = tokio::time::interval(SESSION_CHECK);
        let mut last_flush = Instant::now() - GATHER;
        let mut flush_at = None;
        loop {
            tokio::select! {
                biased;
                () = superseded(&mut generation, mine) => break,
                () = state.hub.draining.cancelled() => {
                    yield Ok(bye("the server is stopping; reconnect"));
                    break;
                }
                _ = check.tick() => {
                    if !state.is_good(&tab.owner.ticket).await {
                        state.hub.remove(&tab.id);
                        yield Ok(bye("signed out"));
                        break;
                    }
                }
                () = at(flush_at) => {
                    flush_at = None;
                    last_flush = Instant::now();
                    for sub in subscriptions.dirty() {
                        // The socket decides how long this takes: what ends the stream is not made to wait for it.
                        if is_over(&state, &tab, mine) {
                            check.reset_immediately();
                            break;
                        }
                        let frame = poll_fn(|context| Poll::Ready(subscriptions.poll_frame(context, &sub))).await;
                        for chunk in frame.into_iter().flat_map(|frame| write(&state, subscriptions.last_event, &sub, frame)) {
                            yield Ok(chunk);
                        }
                    }
                }
                wake = poll_fn(|context| subscriptions.poll_wake(context, flush_at.is_some())) => match wake {
                    Wake::Changed(change) => subscriptions.apply(change),
                    Wake::Dirty => flush_at = Some(last_flush + GATHER),
                },
                _ = ping.tick() => yield Ok(Bytes::from_static(b": ping\n\n")),
            }
        }
    }
}

fn is_over(state: &AppState, tab: &Tab, mine: u64) -> bool {
    *tab.generation.borrow() != mine || state.hub.draining.is_cancelled() || !state.may_be_good(&tab.owner.ticket)
}

/// Waits until another connection wants the stream.
async fn superseded(generation: &mut watch::Receiver<u64>, mine: u64) {
    // The tab that raises it lives as long as the connection does.
    if generation.wait_for(|newest| *newest != mine).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// The head is this viewer's own; the tail is shared by all who get the same frame.
fn write(state: &AppState, event: u64, sub: &str, LiveFrame { event: name, tail }: LiveFrame) -> [Bytes; 3] {
    state.metrics.frames.inc();
    state.metrics.frame_bytes.inc_by(tail.len() as u64);
    let head = format!("id: {event}\nevent: {name}\ndata: {{\"sub\":\"{sub}\",");
    [Bytes::from(head), tail, Bytes::from_static(b"\n\n")]
}

fn hello(id: &str, resumed: bool) -> Bytes {
    let hello = Hello { stream: id.to_owned(), resumed };
    Bytes::from(format!("retry: 1000\nevent: hello\ndata: {}\n\n", json(&hello)))
}

fn bye(reason: &str) -> Bytes {
    Bytes::from(format!("event: bye\ndata: {}\n\n", json(&Bye { reason: reason.to_owned() })))
}

fn json(event: &impl Serialize) -> String {
    serde_json::to_string(event).unwrap_or_else(|_| "{}".to_owned())
}
