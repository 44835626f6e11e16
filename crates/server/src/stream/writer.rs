//! The connection's side: waits for changes, lets them gather for a moment, writes frames.
//!
//! Nothing is queued per viewer. A frame is made when the socket can take one, from what the viewer last got to what
//! is true now; a slow reader therefore skips states but never misses one silently, and its memory is bounded.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures::Stream;
use periscope_answers::LiveFrame;
use serde::Serialize;
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

/// Holds what the connection took over, and gives it back however the connection ends.
struct Held {
    state: AppState,
    tab: Arc<Tab>,
    subscriptions: Option<Subscriptions>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.state.metrics.streams.dec();
        if let Some(subscriptions) = self.subscriptions.take() {
            self.tab.give_back(subscriptions, self.state.clock.now());
        }
    }
}

/// The event stream of `tab`. `last_seen` is the browser's Last-Event-ID: the stream goes on from there if nothing
/// was lost, and starts every subscription afresh otherwise.
pub(crate) fn events(
    state: AppState,
    tab: Arc<Tab>,
    last_seen: Option<u64>,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    async_stream::stream! {
        let mut generation = tab.generation.subscribe();
        let subscriptions = tab.take().await;
        generation.borrow_and_update();
        state.metrics.streams.inc();
        let mut held = Held { state: state.clone(), tab: tab.clone(), subscriptions: Some(subscriptions) };
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
                _ = generation.changed() => break,
                () = state.hub.draining.cancelled() => {
                    yield Ok(bye("the server is stopping; reconnect"));
                    break;
                }
                _ = check.tick() => {
                    if !session_is_open(&state, &tab) {
                        state.hub.remove(&tab.id);
                        yield Ok(bye("signed out"));
                        break;
                    }
                }
                () = at(flush_at) => {
                    flush_at = None;
                    last_flush = Instant::now();
                    for chunk in flush(&state, subscriptions) {
                        yield Ok(chunk);
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

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn flush(state: &AppState, subscriptions: &mut Subscriptions) -> Vec<Bytes> {
    let mut chunks = Vec::new();
    for (sub, subscribed) in &mut subscriptions.lives {
        if !std::mem::take(&mut subscribed.dirty) {
            continue;
        }
        while let Some(frame) = subscribed.live.frame() {
            subscriptions.last_event += 1;
            state.metrics.frames.inc();
            state.metrics.frame_bytes.inc_by(frame.tail.len() as u64);
            write(&mut chunks, subscriptions.last_event, sub, frame);
        }
    }
    chunks
}

/// The head is this viewer's own; the tail is shared by all who get the same frame.
fn write(chunks: &mut Vec<Bytes>, event: u64, sub: &str, frame: LiveFrame) {
    let LiveFrame { event: name, tail } = frame;
    chunks.push(Bytes::from(format!("id: {event}\nevent: {name}\ndata: {{\"sub\":\"{sub}\",")));
    chunks.push(tail);
    chunks.push(Bytes::from_static(b"\n\n"));
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

fn session_is_open(state: &AppState, tab: &Tab) -> bool {
    tab.owner.session.as_deref().is_none_or(|id| state.sessions.is_open(id, state.clock.now()))
}
