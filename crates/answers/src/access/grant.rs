//! One grant and the task that keeps it current.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::Clock;
use periscope_store::Visible;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::decide::{self, Memory};
use super::{GrantKey, Granted, Reviewer};

/// An allowed decision is re-asked this long after it was made: before it runs out.
const ALLOWED_AGAIN: Duration = Duration::from_secs(22);
const REFUSED_AGAIN: Duration = Duration::from_secs(8);
const FAILED_AGAIN: Duration = Duration::from_secs(3);
/// The API server's own authoriser follows RBAC objects with a delay, so what is asked right after a change may
/// still be the old answer: it is asked again after these times.
const AFTER_RBAC: [Duration; 3] = [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3)];
/// How often an idle grant looks whether it is still wanted.
const IDLE_LOOK: Duration = Duration::from_mins(1);
/// Namespaces that queries named and that the inventory does not know; more are not remembered.
const MAX_NAMED: usize = 256;

pub(crate) struct Grant {
    granted: watch::Sender<Granted>,
    named: Mutex<BTreeSet<String>>,
    poked: Arc<Notify>,
    /// Raised when RBAC objects changed that may touch the caller.
    rbac: watch::Sender<u64>,
    /// Seconds since the epoch.
    used: AtomicI64,
}

impl Grant {
    pub(super) fn start(key: GrantKey, reviewer: Arc<dyn Reviewer>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let (changes, rbac) = watch::channel(0);
        let grant = Arc::new(Self {
            granted: watch::channel(Granted::undecided()).0,
            named: Mutex::default(),
            poked: Arc::new(Notify::new()),
            rbac: changes,
            used: AtomicI64::new(clock.now().as_second()),
        });
        let keeper = Keeper {
            key,
            reviewer,
            clock,
            rbac,
            memory: Memory::default(),
            first: true,
            asked_since_rbac: AFTER_RBAC.len() + 1,
            due: Instant::now(),
        };
        tokio::spawn(keeper.run(Arc::downgrade(&grant), grant.poked.clone()));
        grant
    }

    /// Follows the grant: as long as the receiver lives, it is kept current.
    pub(crate) fn follow(&self) -> watch::Receiver<Granted> {
        let receiver = self.granted.subscribe();
        self.poked.notify_one();
        receiver
    }

    pub(crate) fn followers(&self) -> usize {
        self.granted.receiver_count()
    }

    /// Asks about these namespaces too, even if the inventory does not know them.
    pub(crate) fn ask_also(&self, namespaces: &[String]) {
        let mut named = self.named.lock();
        let mut news = Vec::new();
        for namespace in namespaces {
            if named.len() < MAX_NAMED && named.insert(namespace.clone()) {
                news.push(namespace);
            }
        }
        drop(named);
        let outdated = self.granted.send_if_modified(|granted| {
            // What is seen already needs no other decision.
            let unknown = news.iter().any(|namespace| !granted.visible.allows(namespace));
            let outdated = granted.at.is_some() && unknown;
            if outdated {
                granted.at = None;
            }
            outdated
        });
        if outdated {
            self.poked.notify_one();
        }
    }

    pub(super) fn rbac_changed(&self) {
        self.rbac.send_modify(|version| *version += 1);
    }

    pub(super) fn use_at(&self, now: Timestamp) {
        self.used.store(now.as_second(), Ordering::Relaxed);
    }

    pub(super) fn is_wanted(&self, now: Timestamp, remembered: SignedDuration) -> bool {
        self.followers() > 0 || now.as_second() - self.used.load(Ordering::Relaxed) < remembered.as_secs()
    }
}

/// The task's own state.
struct Keeper {
    key: GrantKey,
    reviewer: Arc<dyn Reviewer>,
    clock: Arc<dyn Clock>,
    rbac: watch::Receiver<u64>,
    memory: Memory,
    first: bool,
    /// How often it was asked since RBAC objects changed, counted until the authoriser must have caught up.
    asked_since_rbac: usize,
    /// When the decision is asked again.
    due: Instant,
}

impl Keeper {
    /// Runs until the grant is forgotten: it holds the grant only while it decides.
    async fn run(mut self, grant: Weak<Grant>, poked: Arc<Notify>) {
        loop {
            let Some(current) = grant.upgrade() else { return };
            let wake_at = if current.followers() == 0 {
                rest(&current, self.is_settling());
                Instant::now() + IDLE_LOOK
            } else {
                // Who comes while the decision is good asks for nothing: time alone decides when it is asked again.
                if self.is_due(&current) {
                    self.ask(&current).await;
                }
                self.due
            };
            drop(current);
            tokio::select! {
                () = poked.notified() => {}
                () = tokio::time::sleep_until(wake_at) => {}
                changed = self.rbac.changed() => match changed {
                    Ok(()) => (self.asked_since_rbac, self.due) = (0, Instant::now()),
                    Err(_) => return,
                },
            }
        }
    }

    async fn ask(&mut self, grant: &Grant) {
        let settling = self.is_settling();
        let all = std::mem::take(&mut self.first) || settling;
        let again = self.decide(grant, all).await;
        let soon = AFTER_RBAC.get(self.asked_since_rbac).copied();
        self.asked_since_rbac += usize::from(settling);
        self.due = Instant::now() + soon.map_or(again, |soon| again.min(soon));
    }

    /// Whether the API server's authoriser may not have caught up with RBAC objects yet.
    fn is_settling(&self) -> bool {
        self.asked_since_rbac <= AFTER_RBAC.len()
    }

    fn is_due(&self, grant: &Grant) -> bool {
        Instant::now() >= self.due || !grant.granted.borrow().is_fresh(self.clock.now())
    }

    /// Decides once and publishes; returns when to ask again.
    async fn decide(&mut self, grant: &Grant, all: bool) -> Duration {
        let named = grant.named.lock().clone();
        let asked_at = self.clock.now();
        match decide::decide(self.reviewer.as_ref(), &self.key, &named, &mut self.memory, all).await {
            Ok(decision) => {
                let again = if matches!(decision.visible, Visible::Nothing) { REFUSED_AGAIN } else { ALLOWED_AGAIN };
                let mut complete = true;
                grant.granted.send_modify(|granted| {
                    // Looked at under this lock, so that no namespace named meanwhile goes unasked.
                    complete = grant.named.lock().len() == named.len();
                    let at = complete.then_some(asked_at);
                    *granted = Granted { visible: decision.visible, at, needs: decision.needs, trouble: None };
                });
                if complete { again } else { Duration::ZERO }
            }
            Err(trouble) => {
                tracing::warn!(cluster = %self.key.cluster, kind = %self.key.kind, trouble, "no access decision");
                let now = self.clock.now();
                grant.granted.send_modify(|granted| {
                    if !granted.is_fresh(now) {
                        *granted = Granted { trouble: Some(trouble), ..Granted::undecided() };
                    }
                });
                FAILED_AGAIN
            }
        }
    }
}

/// Nobody follows: nothing is asked, but what RBAC may have changed is not used again.
fn rest(grant: &Grant, rbac_changed: bool) -> Duration {
    if rbac_changed {
        grant.granted.send_modify(|granted| granted.at = None);
    }
    IDLE_LOOK
}
