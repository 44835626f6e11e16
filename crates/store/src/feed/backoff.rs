//! Waiting between attempts: longer each time, never all at once.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

pub(super) struct Backoff {
    next: Duration,
    random: SmallRng,
}

impl Backoff {
    /// `seed` only spreads feeds apart; it needs not be secret.
    pub(super) fn new(seed: u64) -> Self {
        Self { next: FIRST, random: SmallRng::seed_from_u64(seed) }
    }

    /// How long to wait now: between half and all of what is due.
    pub(super) fn wait(&mut self) -> Duration {
        let wait = self.next.mul_f64(self.random.random_range(0.5..1.0));
        self.next = (self.next * 2).min(LONGEST);
        wait
    }

    pub(super) fn reset(&mut self) {
        self.next = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit_and_differ() {
        let (mut a, mut b) = (Backoff::new(1), Backoff::new(2));
        let waits: Vec<Duration> = (0..20).map(|_| a.wait()).collect();
        assert!(waits[0] < FIRST && waits[19] >= LONGEST / 2 && waits.iter().all(|wait| *wait <= LONGEST));
        assert!((0..20).any(|at| b.wait() != waits[at]));
        a.reset();
        assert!(a.wait() <= FIRST);
    }
}
