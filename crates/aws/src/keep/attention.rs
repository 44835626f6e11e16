//! When something is read: while somebody looks, before it is too old, and when it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::Limits;
use crate::client::Bucket;

/// After a failure that may pass.
const SOON: Duration = Duration::from_mins(1);
/// Somebody looked this long ago, in ages: nobody does any more.
const FORGOTTEN: u32 = 2;
/// Whoever asked too often waits for its turn, if that is not long.
const TURN: Duration = Duration::from_secs(10);
/// A reading that takes longer than this counts as more than one of those that people may ask for.
const ONE_READING: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Attention {
    looked: Mutex<Option<Instant>>,
    asked: AtomicU64,
    /// The last asking that a finished round answered.
    finished: watch::Sender<u64>,
    wake: Arc<Notify>,
    /// What people have left of the readings that they may ask for.
    budget: Bucket,
    /// When everything was last read, or tried.
    read: Mutex<Option<Instant>>,
}

/// Why something was not read again though somebody asked: that was asked for too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spared {
    /// Since it was last read.
    pub ago: Duration,
    /// Until it may be read again.
    pub again: Duration,
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
    pub(crate) fn new(limits: &Limits) -> Self {
        Self::woken_by(Arc::default(), limits)
    }

    /// Others may know that something is wanted.
    pub(crate) fn woken_by(wake: Arc<Notify>, limits: &Limits) -> Self {
        let budget = Bucket::new(limits.refresh_every.as_secs_f64().recip(), limits.refreshes);
        let (looked, read) = (Mutex::default(), Mutex::default());
        Self { looked, asked: AtomicU64::new(0), finished: watch::Sender::new(0), wake, budget, read }
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

    /// Asks for a round that begins from now on, and waits for its end. Where that was done too often, it waits for what is
    /// under way already, if anything is.
    pub(crate) async fn round(&self) -> Result<(), Spared> {
        let mut lacks = self.budget.lacks(Instant::now());
        if let Some(turn) = lacks.filter(|turn| *turn <= TURN) {
            tokio::time::sleep(turn).await;
            // All who waited ask at once now, and share a round.
            lacks = self.budget.lacks(Instant::now());
        }
        let mine = match lacks {
            None => self.asked.fetch_add(1, Ordering::SeqCst) + 1,
            Some(_) => self.asked.load(Ordering::SeqCst),
        };
        self.wake.notify_one();
        let mut finished = self.finished.subscribe();
        // The keeper is there as long as this is.
        let _ = finished.wait_for(|done| *done >= mine).await;
        let Some(again) = lacks else { return Ok(()) };
        let ago = self.read.lock().map_or(Duration::ZERO, |read| read.elapsed());
        Err(Spared { ago, again })
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
            let begun = Instant::now();
            let outcome = read(reason).await;
            if reason == Reason::Whole {
                *self.read.lock() = Some(Instant::now());
                if asked > done {
                    let readings = begun.elapsed().div_duration_f64(ONE_READING).max(1.0);
                    self.budget.spend(readings, Instant::now());
                }
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
            Self::limited(outcome, &Limits::default())
        }

        fn limited(outcome: Outcome, limits: &Limits) -> Self {
            let kept = Self { attention: Arc::new(Attention::new(limits)), rounds: Arc::default() };
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
        assert_eq!(kept.attention.round().await, Ok(()));
        assert_eq!(kept.rounds.load(Ordering::SeqCst), 1);
        let both = futures::join!(kept.attention.round(), kept.attention.round());
        assert_eq!(both, (Ok(()), Ok(())));
        assert!((2..=3).contains(&kept.rounds.load(Ordering::SeqCst)));
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_without_end_is_told_how_old_it_is_and_when_to_ask_again() {
        let limits = Limits { refreshes: 3, refresh_every: Duration::from_secs(30), ..Limits::default() };
        let kept = Kept::limited(Outcome::Read, &limits);
        for _ in 0..3 {
            assert_eq!(kept.attention.round().await, Ok(()));
        }
        tokio::time::advance(Duration::from_secs(4)).await;
        let spared = Spared { ago: Duration::from_secs(4), again: Duration::from_secs(26) };
        assert_eq!(kept.attention.round().await, Err(spared));
        assert_eq!(kept.rounds.load(Ordering::SeqCst), 3);
        tokio::time::advance(Duration::from_secs(16)).await;
        let begun = Instant::now();
        let both = futures::join!(kept.attention.round(), kept.attention.round());
        assert_eq!((both, begun.elapsed()), ((Ok(()), Ok(())), Duration::from_secs(10)), "a short while is waited");
        assert_eq!(kept.rounds.load(Ordering::SeqCst), 4, "once for both");
        assert!(kept.attention.round().await.is_err());
        tokio::time::advance(Duration::from_mins(10)).await;
        for _ in 0..3 {
            assert_eq!(kept.attention.round().await, Ok(()), "what was not asked for is saved up, but not more of it");
        }
        assert!(kept.attention.round().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_reading_counts_for_more_and_one_under_way_is_shared() {
        let limits = Limits { refreshes: 2, refresh_every: Duration::from_secs(10), ..Limits::default() };
        let attention = Arc::new(Attention::new(&limits));
        let (kept, rounds) = (attention.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = rounds.clone();
        tokio::spawn(async move {
            let read = |_| {
                counted.fetch_add(1, Ordering::SeqCst);
                async {
                    tokio::time::sleep(ONE_READING * 4).await;
                    Outcome::Read
                }
            };
            kept.keep(AGE, |_| Duration::ZERO, || false, read).await;
        });
        assert_eq!(attention.round().await, Ok(()));
        // Four were spent of two: two are owed, one is wanted.
        let spared = attention.round().await.expect_err("too soon");
        assert_eq!(spared, Spared { ago: Duration::ZERO, again: Duration::from_secs(30) });
        tokio::time::advance(Duration::from_secs(30)).await;
        let asked = futures::future::join_all((0..20).map(|_| attention.round())).await;
        assert!(asked.iter().all(Result::is_ok), "{asked:?}");
        assert_eq!(rounds.load(Ordering::SeqCst), 2, "whoever asks before it begins shares it");
    }
}
