//! An authoriser whose mind can be changed, and a clock that goes with the runtime's.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::{Actor, Clock, ClusterId, Permission};
use tokio::time::Instant;

use super::NOW;
use crate::access::Reviewer;

/// Who may list what; everything else is refused.
#[derive(Default)]
pub(crate) struct Rights {
    /// `user kind namespace`; `*` for every namespace.
    allowed: Mutex<BTreeSet<String>>,
    namespaces: Mutex<Vec<String>>,
    /// Gives no decision at all.
    pub(crate) failing: AtomicBool,
    asked: Mutex<Vec<String>>,
}

impl Rights {
    pub(crate) fn new(namespaces: &[&str]) -> Arc<Self> {
        let rights = Self::default();
        *rights.namespaces.lock() = namespaces.iter().map(|&name| name.to_owned()).collect();
        Arc::new(rights)
    }

    pub(crate) fn allow(&self, what: &str) {
        self.allowed.lock().insert(what.to_owned());
    }

    pub(crate) fn refuse(&self, what: &str) {
        assert!(self.allowed.lock().remove(what), "{what} was allowed");
    }

    /// What was asked since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock())
    }
}

impl Reviewer for Rights {
    fn review(&self, actor: Arc<Actor>, _: ClusterId, asked: Permission) -> BoxFuture<'_, Result<bool, String>> {
        let Permission { verb, resource, namespace, .. } = asked;
        assert_eq!(verb, "list");
        let what = format!("{} {resource} {}", actor.user, namespace.as_deref().unwrap_or("*"));
        self.asked.lock().push(what.clone());
        let allowed = self.allowed.lock().contains(&what);
        let failing = self.failing.load(Ordering::SeqCst);
        Box::pin(async move {
            // Somebody else gets a turn, as with a request that travels.
            tokio::task::yield_now().await;
            if failing { Err("the review timed out".to_owned()) } else { Ok(allowed) }
        })
    }

    fn namespaces(&self, _: &ClusterId) -> BoxFuture<'_, Arc<[String]>> {
        let namespaces = self.namespaces.lock().clone().into();
        Box::pin(std::future::ready(namespaces))
    }
}

/// Its time passes as the runtime's does, paused or not.
pub(crate) struct RuntimeClock(Instant);

impl RuntimeClock {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.0.elapsed()).expect("a short time");
        Timestamp::from_second(NOW).expect("a time") + passed
    }
}

pub(crate) fn actor(name: &str) -> Arc<Actor> {
    Arc::new(Actor::new(name, []))
}
