//! Logs of which every follower gets the same lines at the same pace. A follower who does not read misses what a kubelet
//! would have rotated away; how much is counted.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

/// Lines are written so often.
const STEP: u64 = 20;
/// So many steps may be read late: five seconds.
const KEPT: usize = 250;
const NANOS: u64 = 1_000_000_000;

pub(super) struct Logs {
    steps: broadcast::Sender<Bytes>,
    /// Lines a second of each log.
    pace: AtomicU64,
    written: AtomicU64,
    missed: AtomicU64,
}

impl Logs {
    pub(super) fn new() -> Self {
        let steps = broadcast::channel(KEPT).0;
        Self { steps, pace: AtomicU64::new(0), written: AtomicU64::new(0), missed: AtomicU64::new(0) }
    }

    pub(super) fn set_pace(&self, lines_per_second: u64) {
        self.pace.store(lines_per_second, Ordering::Relaxed);
    }

    /// Lines written to each log so far, and lines that all followers together were too late for.
    pub(super) fn counted(&self) -> (u64, u64) {
        (self.written.load(Ordering::Relaxed), self.missed.load(Ordering::Relaxed))
    }

    /// Writes for ever.
    pub(super) async fn write(&self, now: impl Fn() -> jiff::Timestamp) {
        let mut ticks = interval(Duration::from_millis(STEP));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut number = 0_u64;
        loop {
            ticks.tick().await;
            let lines = self.pace.load(Ordering::Relaxed) * STEP / 1000;
            if lines == 0 {
                continue;
            }
            let mut text = String::new();
            let second = now().strftime("%Y-%m-%dT%H:%M:%S").to_string();
            let nanos = now().subsec_nanosecond().unsigned_abs();
            for line in 0..lines {
                number += 1;
                let nanos = (u64::from(nanos) + line).min(NANOS - 1);
                // Writing to a string does not fail.
                let _ = writeln!(
                    text,
                    r#"{second}.{nanos:09}Z {{"level":"info","msg":"request","method":"GET","path":"/v1/orders/{number}","status":200,"tookMs":{}}}"#,
                    number % 180
                );
            }
            self.written.fetch_add(lines, Ordering::Relaxed);
            let _ = self.steps.send(Bytes::from(text));
        }
    }

    /// What is written from now on.
    pub(super) fn follow(self: std::sync::Arc<Self>) -> Body {
        let steps = self.steps.subscribe();
        Body::from_stream(stream::unfold((self, steps), |(logs, mut steps)| async move {
            loop {
                match steps.recv().await {
                    Ok(step) => return Some((Ok::<_, std::convert::Infallible>(step), (logs, steps))),
                    Err(RecvError::Lagged(count)) => {
                        let lines = logs.pace.load(Ordering::Relaxed) * STEP / 1000;
                        logs.missed.fetch_add(count * lines, Ordering::Relaxed);
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}
