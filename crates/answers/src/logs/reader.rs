//! Reads the log of one container: over restarts and broken connections, until it is over or nobody wants it.

use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use periscope_cluster::{Error, LogLine, LogOptions};
use tokio::sync::watch;
use tokio::time::Instant;

use super::cursor::Cursor;
use super::run::{Run, RunPhase};
use super::seats::Seats;
use super::shape::{LogPhase, Told};

/// Between two tries at what does not work.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];
/// After a refusal; it may be allowed meanwhile.
const REFUSED_PAUSE: Duration = Duration::from_secs(15);
/// How long the log of a pod that is gone may stay silent before it is let go.
const LINGER: Duration = Duration::from_secs(5);

/// What a reader has to say.
#[derive(Debug)]
pub(super) enum Heard {
    Lines(Vec<LogLine>),
    State(Told),
}

pub(super) type Batches = BoxStream<'static, Result<Vec<LogLine>, Error>>;

/// Where logs come from.
pub(super) trait LogSource: Send + Sync {
    fn open(&self, options: LogOptions) -> BoxFuture<'static, Result<Batches, Error>>;
}

/// What to read, and how long.
pub(super) struct Reading {
    pub(super) source: Arc<dyn LogSource>,
    pub(super) options: LogOptions,
    pub(super) run: watch::Receiver<Run>,
    pub(super) seats: Arc<Seats>,
}

/// Why a reading stopped.
enum Stop {
    /// In good order.
    End,
    Broken(Error),
    Left,
}

/// What comes after a log has ended in good order.
enum After {
    Again,
    Tell(Told),
    /// The last word, where there is something to say.
    Over(Option<Told>),
}

/// Ends when nothing more can come. Reads only as fast as it is polled.
pub(super) fn read(mut reading: Reading) -> BoxStream<'static, Heard> {
    stream! {
        let follow = reading.options.follow;
        let (mut cursor, mut failures) = (Cursor::default(), 0_usize);
        let mut seat = reading.seats.take();
        while seat.is_none() {
            yield Heard::State(Told::failed(reading.seats.full()));
            if !follow {
                return;
            }
            tokio::time::sleep(PAUSES[2]).await;
            seat = reading.seats.take();
        }
        loop {
            let before = reading.run.borrow_and_update().clone();
            if !reading.options.previous && !before.has_log() {
                let told = reading.unread(&before);
                let goes_on = told.phase == LogPhase::Connecting;
                yield Heard::State(told);
                if !goes_on || reading.run.changed().await.is_err() {
                    return;
                }
                continue;
            }
            cursor.go_on();
            let stop = match reading.source.open(reading.options_from(&cursor)).await {
                Err(error) => Stop::Broken(error),
                Ok(mut batches) => {
                    yield Heard::State(Told::in_phase(LogPhase::Live));
                    loop {
                        let next = tokio::select! {
                            next = batches.next() => Some(next),
                            () = left(reading.run.clone()) => None,
                        };
                        match next {
                            Some(Some(Ok(lines))) => {
                                failures = 0;
                                let lines = cursor.fresh(lines);
                                if !lines.is_empty() {
                                    yield Heard::Lines(lines);
                                }
                            }
                            // A long silence: asked for again, in case nobody is there any more.
                            Some(Some(Err(Error::Timeout { .. }))) if follow => break Stop::End,
                            Some(Some(Err(error))) => break Stop::Broken(error),
                            Some(None) => break Stop::End,
                            None => break Stop::Left,
                        }
                    }
                }
            };
            let pause = PAUSES[failures.min(PAUSES.len() - 1)];
            failures += 1;
            match reading.last_word(stop, &before) {
                Ok(told) => {
                    yield Heard::State(told);
                    return;
                }
                Err(Some(told)) => {
                    let pause = if told.phase == LogPhase::Refused { REFUSED_PAUSE } else { pause };
                    yield Heard::State(told);
                    // Whatever the run is by then, it is asked for again: something may be left to read.
                    pause_or_change(&mut reading.run, pause).await;
                }
                Err(None) => {
                    let mut rest = Rest { due: Instant::now() + pause, told: None };
                    loop {
                        match after(&mut reading.run, &before, &mut rest).await {
                            After::Again => break,
                            After::Tell(told) => yield Heard::State(told),
                            After::Over(told) => {
                                if let Some(told) = told {
                                    yield Heard::State(told);
                                }
                                return;
                            }
                        }
                    }
                }
            }
        }
    }
    .boxed()
}

/// How long is waited after an end, and what was said of the container meanwhile.
struct Rest {
    due: Instant,
    told: Option<Run>,
}

/// The container ended, or the connection in good order. Rows lag a moment behind.
async fn after(run: &mut watch::Receiver<Run>, before: &Run, rest: &mut Rest) -> After {
    loop {
        let now = run.borrow_and_update().clone();
        if now.gone {
            return After::Over(Some(Told::ended(now.reason)));
        }
        // Once more after it is over: what was written last may not have been told.
        if now.over || now.is_other(before) {
            return After::Again;
        }
        if matches!(now.phase, RunPhase::Waiting | RunPhase::Ended) && rest.told.as_ref() != Some(&now) {
            // Rows tell when it runs again.
            rest.due = Instant::now() + Duration::from_hours(1);
            rest.told = Some(now.clone());
            return After::Tell(Told::connecting(now.reason));
        }
        let changed = tokio::select! {
            changed = run.changed() => changed,
            () = tokio::time::sleep_until(rest.due) => return After::Again,
        };
        if changed.is_err() {
            return After::Over(None);
        }
    }
}

impl Reading {
    /// How it stands with a container that has written nothing yet.
    fn unread(&self, run: &Run) -> Told {
        if run.gone || run.over {
            Told::ended(run.reason.clone())
        } else if self.options.follow {
            Told::connecting(run.reason.clone())
        } else {
            let reason = run.reason.as_deref().unwrap_or("no reason given");
            Told::failed(format!("the container has not run yet: {reason}"))
        }
    }

    /// What is left to say when a reading stopped for good; else what is to be told before it goes on.
    fn last_word(&self, stop: Stop, before: &Run) -> Result<Told, Option<Told>> {
        let follow = self.options.follow;
        match stop {
            Stop::Left => Ok(Told::ended(None)),
            Stop::End if !follow => Ok(Told::ended(None)),
            Stop::End if before.over || self.run.borrow().gone => Ok(Told::ended(self.run.borrow().reason.clone())),
            Stop::End => Err(None),
            Stop::Broken(Error::NotFound { .. }) if follow => Ok(Told::ended(Some("the pod is gone".to_owned()))),
            Stop::Broken(error) if follow => Err(Some(Told::of(&error))),
            // A kubelet answers 400 about a container that has run only once.
            Stop::Broken(Error::Server { status: 400, message, .. }) if self.options.previous => {
                Ok(Told::ended(Some(message)))
            }
            Stop::Broken(error) => Ok(Told::of(&error)),
        }
    }

    fn options_from(&self, cursor: &Cursor) -> LogOptions {
        let run = self.run.borrow();
        let follow = self.options.follow && !run.over && !run.gone;
        match cursor.since() {
            None => LogOptions { follow, ..self.options.clone() },
            since => LogOptions { follow, since, since_seconds: None, tail: None, ..self.options.clone() },
        }
    }
}

/// Waits until the pod has been gone for a while.
async fn left(mut run: watch::Receiver<Run>) {
    if run.wait_for(|run| run.gone).await.is_ok() {
        tokio::time::sleep(LINGER).await;
    }
    // Nobody tells any more: the follower itself is about to go.
}

async fn pause_or_change(run: &mut watch::Receiver<Run>, pause: Duration) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = async {
            // A change at once is no reason to hammer.
            tokio::time::sleep(Duration::from_millis(500)).await;
            if run.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        } => {}
    }
}

#[cfg(test)]
mod tests;
