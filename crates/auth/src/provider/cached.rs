//! A document that is fetched when needed, by one at a time, and not more often than it may be.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use super::ProviderError;

/// Between two tries, whatever came of the first.
const APART: SignedDuration = SignedDuration::from_secs(10);

pub(super) struct Cached<T> {
    fresh: SignedDuration,
    held: Mutex<Held<T>>,
    /// Whoever fetches; the others wait for what it brings.
    flight: tokio::sync::Semaphore,
}

struct Held<T> {
    value: Option<(Arc<T>, Timestamp)>,
    tried: Option<Timestamp>,
    error: Option<ProviderError>,
}

impl<T> Cached<T> {
    pub(super) fn new(fresh: SignedDuration) -> Self {
        let held = Mutex::new(Held { value: None, tried: None, error: None });
        Self { fresh, held, flight: tokio::sync::Semaphore::new(1) }
    }

    /// The document; one that is no longer fresh still serves while the provider does not answer.
    pub(super) async fn get<F, R>(&self, now: Timestamp, fetch: F) -> Result<Arc<T>, ProviderError>
    where
        F: FnOnce() -> R,
        R: Future<Output = Result<T, ProviderError>>,
    {
        if let Some(value) = self.fresh(now) {
            return Ok(value);
        }
        let _permit = self.flight.acquire().await;
        if let Some(value) = self.fresh(now) {
            return Ok(value);
        }
        if self.may_try(now) {
            self.take(now, fetch().await);
        }
        let held = self.held.lock();
        let value = held.value.as_ref().map(|(value, _)| value.clone());
        value.ok_or_else(|| held.error.clone().expect("what was never brought failed"))
    }

    /// Another one than is held; `None` when the last try was only just now.
    pub(super) async fn again<F, R>(&self, now: Timestamp, fetch: F) -> Result<Option<Arc<T>>, ProviderError>
    where
        F: FnOnce() -> R,
        R: Future<Output = Result<T, ProviderError>>,
    {
        let before = self.brought();
        let _permit = self.flight.acquire().await;
        // Somebody else brought one meanwhile.
        if self.brought() != before {
            return Ok(self.held.lock().value.as_ref().map(|(value, _)| value.clone()));
        }
        if !self.may_try(now) {
            return Ok(None);
        }
        self.take(now, fetch().await);
        let held = self.held.lock();
        match (&held.error, &held.value) {
            (Some(error), _) => Err(error.clone()),
            (None, value) => Ok(value.as_ref().map(|(value, _)| value.clone())),
        }
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<T>> {
        let held = self.held.lock();
        held.value
            .as_ref()
            .filter(|(_, brought)| now.duration_since(*brought) < self.fresh)
            .map(|(value, _)| value.clone())
    }

    fn brought(&self) -> Option<Timestamp> {
        self.held.lock().value.as_ref().map(|(_, brought)| *brought)
    }

    fn may_try(&self, now: Timestamp) -> bool {
        self.held.lock().tried.is_none_or(|tried| now.duration_since(tried) >= APART)
    }

    fn take(&self, now: Timestamp, brought: Result<T, ProviderError>) {
        let mut held = self.held.lock();
        held.tried = Some(now);
        match brought {
            Ok(value) => (held.value, held.error) = (Some((Arc::new(value), now)), None),
            Err(error) => held.error = Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000_000 + second).expect("valid")
    }

    fn failure() -> ProviderError {
        ProviderError { provider: "corp".into(), what: "the key set", reason: "down".into() }
    }

    #[tokio::test]
    async fn it_is_fetched_when_needed_and_kept_while_the_provider_is_away() {
        let (cached, fetched) = (Cached::new(SignedDuration::from_mins(10)), Cell::new(0));
        let works = || {
            fetched.set(fetched.get() + 1);
            std::future::ready(Ok(fetched.get()))
        };
        let fails = || std::future::ready(Err(failure()));
        assert_eq!(*cached.get(at(0), works).await.expect("fetched"), 1);
        assert_eq!(*cached.get(at(599), works).await.expect("kept"), 1);
        assert_eq!(*cached.get(at(600), fails).await.expect("kept while away"), 1);
        assert_eq!(*cached.get(at(605), works).await.expect("not tried again so soon"), 1);
        assert_eq!(*cached.get(at(610), works).await.expect("fetched again"), 2);
    }

    #[tokio::test]
    async fn what_was_never_there_is_an_error_and_not_asked_for_at_every_request() {
        let (cached, tried) = (Cached::<()>::new(SignedDuration::from_mins(10)), Cell::new(0));
        let fails = || {
            tried.set(tried.get() + 1);
            std::future::ready(Err(failure()))
        };
        for second in 0..10 {
            assert!(cached.get(at(second), fails).await.is_err());
        }
        assert_eq!(tried.get(), 1);
        assert!(cached.get(at(10), fails).await.is_err());
        assert_eq!(tried.get(), 2);
    }

    #[tokio::test]
    async fn again_is_again_but_not_all_the_time() {
        let (cached, fetched) = (Cached::new(SignedDuration::from_mins(10)), Cell::new(0));
        let works = || {
            fetched.set(fetched.get() + 1);
            std::future::ready(Ok(fetched.get()))
        };
        cached.get(at(0), works).await.expect("fetched");
        assert!(cached.again(at(5), works).await.expect("refrained").is_none());
        assert_eq!(cached.again(at(10), works).await.expect("fetched").as_deref(), Some(&2));
    }
}
