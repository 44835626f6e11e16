//! When something is read: while somebody looks, before it is too old, and when it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

/// After a failure that may pass.
const SOON: Duration = Duration::from_mins(1);
/// Somebody looked this long ago, in ages: nobody does any more.
const FORGOTTEN: u32 = 2;

#[derive(Debug)]
pub(crate) struct Attention {
    looked: Mutex<Option<Instant>>,
    asked: AtomicU64,
    /// The last asking that a finished round answered.
    finished: watch::Sender<u64>,
    wake: Arc<Notify>,
}

/// Why a round begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is too old, or somebody asked.
    Whole,
    /// Something is wanted that was not read with the rest.
    Addition,
}

/// What becomes of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Read,
    /// Something failed that may be there in a minute.
    TryAgain,
}

impl Outcome {
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::TryAgain { self } else { other }
    }

    pub(crate) fn passes(passes: bool) -> Self {
        if passes { Self::TryAgain } else { Self::Read }
    }
}

impl Attention {
    pub(crate) fn new() -> Self {
        Self::woken_by(Arc::default())
    }

    /// Others may know that something is wanted.
    pub(crate) fn woken_by(wake: Arc<Notify>) -> Self {
        Self { looked: Mutex::default(), asked: AtomicU64::new(0), finished: watch::Sender::new(0), wake }
    }

    /// Somebody looks: it is kept current for a while.
    pub(crate) fn look(&self) {
        let before = self.looked.lock().replace(Instant::now());
        if before.is_none_or(|before| before.elapsed() > SOON) {
            self.wake.notify_one();
        }
    }

    /// Something is wanted that may not be there.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Asks for a round that begins from now on, and waits for its end.
    pub(crate) async fn round(&self) {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.wake.notify_one();
        let mut finished = self.finished.subscribe();
        // The keeper is there as long as this is.
        let _ = finished.wait_for(|done| *done >= mine).await;
    }

    /// Reads again and again, whenever it is time.
    pub(crate) async fn keep<F>(
        &self,
        age: Duration,
        jitter: impl Fn(Duration) -> Duration,
        lacks: impl Fn() -> bool,
        read: impl Fn(Reason) -> F,
    ) where
        F: Future<Output = Outcome>,
    {
        let mut due: Option<Instant> = None;
        let mut done = 0;
        loop {
            let asked = self.asked.load(Ordering::SeqCst);
            let now = Instant::now();
            let watched = self.looked.lock().is_some_and(|looked| now < looked + age * FORGOTTEN);
            let reason = if asked > done || (watched && due.is_none_or(|due| now >= due)) {
                Reason::Whole
            } else if watched && lacks() {
                Reason::Addition
            } else {
                match due.filter(|_| watched) {
                    Some(due) => {
                        let _ = timeout_at(due, self.wake.notified()).await;
                    }
                    None => self.wake.notified().await,
                }
                continue;
            };
            let outcome = read(reason).await;
            if reason == Reason::Whole {
                let age = if outcome == Outcome::Read { age } else { age.min(SOON) };
                // Up to a tenth sooner, so that not everything is read at once.
                due = Some(Instant::now() + age.saturating_sub(jitter(age / 10)));
                done = asked;
                self.finished.send_replace(done);
            } else if outcome == Outcome::TryAgain {
                sleep_until(Instant::now() + jitter(SOON)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    const AGE: Duration = Duration::from_mins(10);

    struct Kept {
        attention: Arc<Attention>,
        rounds: Arc<AtomicUsize>,
    }

    impl Kept {
        fn start(outcome: Outcome) -> Self {
            let kept = Self { attention: Arc::new(Attention::new()), rounds: Arc::default() };
            let (attention, rounds) = (kept.attention.clone(), kept.rounds.clone());
            tokio::spawn(async move {
                let read = |_| {
                    rounds.fetch_add(1, Ordering::SeqCst);
                    std::future::ready(outcome)
                };
                attention.keep(AGE, |_| Duration::ZERO, || false, read).await;
            });
            kept
        }

        /// After letting this much time pass.
        async fn rounds_after(&self, time: Duration) -> usize {
            tokio::time::sleep(time).await;
            self.rounds.load(Ordering::SeqCst)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_read_before_somebody_looks_and_nothing_after_nobody_does() {
        let kept = Kept::start(Outcome::Read);
        assert_eq!(kept.rounds_after(AGE * 3).await, 0);
        kept.attention.look();
        assert_eq!(kept.rounds_after(Duration::from_secs(1)).await, 1);
        assert_eq!(kept.rounds_after(AGE).await, 2, "it was too old, and somebody had looked");
        assert_eq!(kept.rounds_after(AGE * 10).await, 2, "nobody looks any more");
        kept.attention.look();
        assert_eq!(kept.rounds_after(Duration::from_secs(1)).await, 3, "what is old is read at once");
    }

    #[tokio::test(start_paused = true)]
    async fn what_failed_is_tried_sooner() {
        let kept = Kept::start(Outcome::TryAgain);
        kept.attention.look();
        assert_eq!(kept.rounds_after(SOON * 3 + Duration::from_secs(1)).await, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_waits_for_a_round_that_began_after() {
        let kept = Kept::start(Outcome::Read);
        kept.attention.round().await;
        assert_eq!(kept.rounds.load(Ordering::SeqCst), 1);
        futures::join!(kept.attention.round(), kept.attention.round());
        assert!((2..=3).contains(&kept.rounds.load(Ordering::SeqCst)));
    }
}
