//! A token bucket: how fast one service is asked as one account.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Bucket {
    rate: f64,
    burst: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Below zero: that many wait already.
    tokens: f64,
    at: Option<Instant>,
}

impl Bucket {
    /// Full at first.
    pub(crate) fn new(rate: f64, burst: u32) -> Self {
        let burst = f64::from(burst.max(1));
        Self { rate: rate.max(0.1), burst, state: Mutex::new(State { tokens: burst, at: None }) }
    }

    /// Waits until there is a token, in the order of asking.
    pub(crate) async fn take(&self) {
        let wait = self.reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    fn reserve(&self, now: Instant) -> Duration {
        let mut state = self.state.lock();
        let passed = state.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        state.tokens = passed.as_secs_f64().mul_add(self.rate, state.tokens).min(self.burst) - 1.0;
        state.at = Some(now);
        Duration::from_secs_f64((-state.tokens / self.rate).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_the_rest_is_paced() {
        let bucket = Bucket::new(10.0, 5);
        let begun = Instant::now();
        for _ in 0..25 {
            bucket.take().await;
        }
        let took = begun.elapsed().as_secs_f64();
        assert!((1.9..2.2).contains(&took), "20 beyond the burst at 10 a second took {took} s");
        tokio::time::advance(Duration::from_mins(1)).await;
        let waits: Vec<_> = (0..6).map(|_| bucket.reserve(Instant::now()).is_zero()).collect();
        assert_eq!(waits, [true, true, true, true, true, false], "never more than the burst");
    }
}
