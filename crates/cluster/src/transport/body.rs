//! The body of an answer, chunk by chunk, with a limit to silence and to size.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::time::Instant;

use super::lanes::Seat;
use crate::Error;

#[derive(Debug)]
pub(crate) struct Body {
    incoming: Incoming,
    what: String,
    received: u64,
    /// When the request was sent.
    began: Instant,
    /// Since when a chunk is awaited. Kept over cancelled waits, so that a caller who waits in small steps still
    /// notices a connection that has gone silent.
    waiting_since: Option<Instant>,
    _seat: Seat,
}

impl Body {
    pub(super) fn new(incoming: Incoming, seat: Seat, what: String, began: Instant) -> Self {
        Self { incoming, what, received: 0, began, waiting_since: None, _seat: seat }
    }

    /// The request this answers, for messages.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// The next bytes; `None` at the end. Cancel safe.
    pub(crate) async fn chunk(&mut self, idle: Duration) -> Result<Option<Bytes>, Error> {
        let since = *self.waiting_since.get_or_insert_with(Instant::now);
        let frame = loop {
            match tokio::time::timeout_at(since + idle, self.incoming.frame()).await {
                Err(_) => {
                    let what = format!("the next piece of {} (the connection is silent)", self.what);
                    return Err(Error::Timeout { what, after: idle });
                }
                Ok(None) => break None,
                Ok(Some(Err(error))) => {
                    let reason = format!(
                        "the answer to {} broke off after {} bytes: {}",
                        self.what,
                        self.received,
                        cause(&error)
                    );
                    return Err(Error::Unreachable { reason });
                }
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) if bytes.is_empty() => {}
                    Ok(bytes) => break Some(bytes),
                    // Trailers say nothing that we use.
                    Err(_) => {}
                },
            }
        };
        self.waiting_since = None;
        self.received += frame.as_ref().map_or(0, |bytes| bytes.len() as u64);
        Ok(frame)
    }

    /// All of it, if it is no larger than `limit` and there within `deadline` of the request.
    pub(crate) async fn collect(mut self, limit: usize, deadline: Duration) -> Result<Bytes, Error> {
        let end = self.began + deadline;
        let mut whole = BytesMut::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let chunk = self.chunk(left).await.map_err(|error| match error {
                Error::Timeout { .. } => {
                    Error::Timeout { what: format!("the whole answer to {}", self.what), after: deadline }
                }
                other => other,
            })?;
            let Some(chunk) = chunk else { return Ok(whole.freeze()) };
            if whole.len() + chunk.len() > limit {
                let what = format!("the answer to {} has more than {limit} bytes", self.what);
                return Err(Error::TooLarge { what });
            }
            whole.extend_from_slice(&chunk);
        }
    }

    /// Its beginning, as far as it comes: for messages about answers that are wrong anyway.
    pub(crate) async fn start(&mut self, limit: usize, deadline: Duration) -> Bytes {
        let end = Instant::now() + deadline;
        let mut start = BytesMut::new();
        while start.len() < limit {
            match self.chunk(end.saturating_duration_since(Instant::now())).await {
                Ok(Some(chunk)) => start.extend_from_slice(&chunk[..chunk.len().min(limit - start.len())]),
                Ok(None) | Err(_) => break,
            }
        }
        start.freeze()
    }
}

/// hyper's own text ends with the innermost cause only in its sources.
fn cause(error: &hyper::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
