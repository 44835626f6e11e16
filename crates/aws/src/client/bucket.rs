//! Token buckets: how fast one service is asked about one account in one region, whoever asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::Limits;
use crate::operations::Service;

/// One for each place where AWS counts requests; there are no more than configuration names.
#[derive(Debug)]
pub(crate) struct Buckets {
    rate: f64,
    burst: u32,
    all: Mutex<BTreeMap<(String, String, Service), Arc<Bucket>>>,
}

impl Buckets {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { rate: limits.rate, burst: limits.burst, all: Mutex::default() }
    }

    pub(crate) fn of(&self, account: String, region: &str, service: Service) -> Arc<Bucket> {
        let made = || Arc::new(Bucket::new(self.rate, self.burst));
        self.all.lock().entry((account, region.to_owned(), service)).or_insert_with(made).clone()
    }
}

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
        Self { rate: rate.max(0.001), burst, state: Mutex::new(State { tokens: burst, at: None }) }
    }

    /// Waits until there is a token, in the order of asking.
    pub(crate) async fn take(&self) {
        let wait = self.reserve(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// Whoever was asked says that it was too much: nothing is saved up for the next burst.
    pub(crate) fn empty(&self) {
        self.spend(0.0, Instant::now());
        let mut state = self.state.lock();
        state.tokens = state.tokens.min(0.0);
    }

    /// How long until there is a token; `None` when there is one.
    pub(crate) fn lacks(&self, now: Instant) -> Option<Duration> {
        let missing = 1.0 - self.spend(0.0, now);
        (missing > 0.0).then(|| Duration::from_secs_f64(missing / self.rate))
    }

    /// Takes this many, whether they are there or not, and tells how many are left.
    pub(crate) fn spend(&self, tokens: f64, now: Instant) -> f64 {
        let mut state = self.state.lock();
        let passed = state.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        state.tokens = passed.as_secs_f64().mul_add(self.rate, state.tokens).min(self.burst) - tokens;
        state.at = Some(now);
        state.tokens
    }

    fn reserve(&self, now: Instant) -> Duration {
        Duration::from_secs_f64((-self.spend(1.0, now) / self.rate).max(0.0))
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

    #[test]
    fn one_account_has_one_bucket_in_a_region_whoever_asks() {
        let buckets = Buckets::new(&Limits::default());
        let of = |account: &str, region, service| buckets.of(account.to_owned(), region, service);
        let one = of("111122223333", "eu-west-1", Service::Eks);
        assert!(Arc::ptr_eq(&one, &of("111122223333", "eu-west-1", Service::Eks)));
        for other in [
            of("111122223333", "eu-west-1", Service::Ec2),
            of("111122223333", "us-east-1", Service::Eks),
            of("999988887777", "eu-west-1", Service::Eks),
        ] {
            assert!(!Arc::ptr_eq(&one, &other));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_spent_is_waited_for() {
        let bucket = Bucket::new(0.5, 3);
        assert_eq!(bucket.lacks(Instant::now()), None);
        bucket.spend(4.0, Instant::now());
        assert_eq!(bucket.lacks(Instant::now()), Some(Duration::from_secs(4)), "one owed and one wanted, at 2 s each");
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(bucket.lacks(Instant::now()), None);
        tokio::time::advance(Duration::from_mins(1)).await;
        bucket.empty();
        assert_eq!(bucket.lacks(Instant::now()), Some(Duration::from_secs(2)));
    }
}
