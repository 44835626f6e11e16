//! How often one question is asked, and how long it rests in between.

use tokio::time::Instant;

use crate::error::Error;
use crate::reach::Shared;

pub(crate) struct Tries<'a> {
    shared: &'a Shared,
    /// Those that are over.
    count: u32,
    end: Instant,
}

impl<'a> Tries<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self { shared, count: 0, end: Instant::now() + shared.limits.call }
    }

    /// Rests before another attempt; the error, where one would not help or there is no time for it.
    pub(crate) async fn rest(&mut self, error: Error) -> Result<(), Error> {
        let rested = match &error {
            // Whoever asks to slow down means more than a moment.
            Error::Throttled { .. } => self.pause(3).await,
            Error::Unreachable { .. } | Error::Timeout { .. } => self.pause(1).await,
            Error::Service { .. } if error.passes() => self.pause(1).await,
            _ => false,
        };
        match error {
            _ if rested => Ok(()),
            Error::Throttled { what, .. } => Err(Error::Throttled { what, attempts: self.count }),
            other => Err(other),
        }
    }

    /// The same, this much slower than usual; false when there is no other attempt.
    pub(crate) async fn pause(&mut self, slower: u32) -> bool {
        let limits = &self.shared.limits;
        self.count += 1;
        let doubled = limits.first_pause.saturating_mul(slower << (self.count - 1).min(16));
        let pause = self.shared.jittered(doubled.min(limits.longest_pause));
        let is_worth_it = self.count < limits.attempts && Instant::now() + pause < self.end;
        if is_worth_it {
            tokio::time::sleep(pause).await;
        }
        is_worth_it
    }
}
