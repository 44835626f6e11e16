//! Steps that are due later, in order of time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::storage::ObjectKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Of the pod with this uid: another one may have its name by then.
    Pod(ObjectKey, Box<str>, PodChange),
    /// The progress deadline of a rollout to the ReplicaSet with this uid.
    Deadline(ObjectKey, Box<str>),
    /// A namespace is looked at until it is empty.
    Namespace(ObjectKey),
    /// An owner of this kind is looked at until it owns nothing any more.
    Foreground(Arc<str>, ObjectKey),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PodChange {
    Schedule,
    Start,
    Ready,
    Finish,
    Remove,
    /// A pull that failed before is tried again.
    Pull,
    /// A container that fails again and again does so.
    Crash,
    /// It is tried again.
    Restart,
}

#[derive(Default)]
pub(crate) struct Timers {
    /// The number keeps steps of one instant apart and in order.
    steps: BTreeMap<(Instant, u64), Step>,
    last: u64,
}

impl Timers {
    pub(crate) fn after(&mut self, milliseconds: u64, step: Step) {
        self.last += 1;
        self.steps.insert((Instant::now() + Duration::from_millis(milliseconds), self.last), step);
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.steps.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn due(&mut self, now: Instant) -> Option<Step> {
        let entry = self.steps.first_entry()?;
        (entry.key().0 <= now).then(|| entry.remove())
    }
}
