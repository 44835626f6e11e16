//! Which HTTP connection a request takes.
//!
//! HTTP/2 puts many requests on one connection, but API servers allow about a hundred at a time: the next one would
//! wait for ever behind a hundred watches. And what is slow to be read must not hold up what is quick. So calls,
//! lists, watches and logs keep apart, and each opens another connection when one is full. (Over HTTP/1.1 every request
//! has a connection to itself anyway.)

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use parking_lot::Mutex;

use super::dial::Dial;
use crate::Deadlines;

pub(super) type Http = Client<Dial, Full<Bytes>>;

/// HTTP/2 flow control: what one response may send before it is read.
const STREAM_WINDOW: u32 = 1 << 20;
/// All responses of a connection together: enough that those not read at the moment cannot block the others.
const CONNECTION_WINDOW: u32 = 64 << 20;
const FRAME: u32 = 64 << 10;
/// A log that nobody reads at the moment keeps this much here; the rest stays with the kubelet.
const LOG_WINDOW: u32 = 128 << 10;
/// The same over HTTP/1.1, where it is what hyper reads ahead.
const LOG_BUFFER: usize = 64 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Calls,
    Lists,
    Watches,
    Logs,
}

impl Lane {
    /// Requests at a time on one connection.
    fn seats(self) -> usize {
        match self {
            Self::Calls => 80,
            Self::Lists => 8,
            Self::Watches | Self::Logs => 60,
        }
    }
}

#[derive(Debug)]
pub(super) struct Lanes {
    dial: Dial,
    deadlines: Deadlines,
    open: Mutex<Vec<Open>>,
}

#[derive(Debug)]
struct Open {
    lane: Lane,
    http: Http,
    taken: Arc<AtomicUsize>,
}

/// A place on a connection; free again when dropped.
#[derive(Debug)]
pub(crate) struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lanes {
    pub(super) fn new(dial: Dial, deadlines: &Deadlines) -> Self {
        Self { dial, deadlines: deadlines.clone(), open: Mutex::default() }
    }

    pub(super) fn take(&self, lane: Lane) -> (Http, Seat) {
        let mut lanes = self.open.lock();
        let free = |open: &&Open| open.lane == lane && open.taken.load(Ordering::Relaxed) < lane.seats();
        if let Some(open) = lanes.iter().find(free) {
            return open.seat();
        }
        let open = Open { lane, http: self.http(lane), taken: Arc::default() };
        let seat = open.seat();
        lanes.push(open);
        seat
    }

    fn http(&self, lane: Lane) -> Http {
        let mut client = Client::builder(TokioExecutor::new());
        if lane == Lane::Logs {
            client.http1_max_buf_size(LOG_BUFFER);
        }
        client
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .http2_initial_stream_window_size(if lane == Lane::Logs { LOG_WINDOW } else { STREAM_WINDOW })
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .http2_max_frame_size(FRAME)
            .http2_keep_alive_interval(self.deadlines.ping)
            .http2_keep_alive_timeout(self.deadlines.ping)
            .build(self.dial.clone())
    }
}

impl Open {
    fn seat(&self) -> (Http, Seat) {
        self.taken.fetch_add(1, Ordering::Relaxed);
        (self.http.clone(), Seat(Arc::clone(&self.taken)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_connection_is_left_for_another_and_freed_seats_are_taken_again() {
        crate::provider();
        let deadlines = Deadlines::default();
        let tls = rustls::ClientConfig::builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let lanes = Lanes::new(Dial::new(tls, None, &deadlines).expect("a dial"), &deadlines);
        let open = || lanes.open.lock().len();
        let mut seats: Vec<_> = (0..Lane::Lists.seats()).map(|_| lanes.take(Lane::Lists).1).collect();
        assert_eq!(open(), 1);
        seats.push(lanes.take(Lane::Lists).1);
        assert_eq!(open(), 2);
        drop(seats);
        let _again: Vec<_> = (0..2 * Lane::Lists.seats()).map(|_| lanes.take(Lane::Lists).1).collect();
        assert_eq!(open(), 2);
        let _calls = lanes.take(Lane::Calls);
        assert_eq!(open(), 3);
    }
}
