//! Steps that are due later, in order of time.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::storage::ObjectKey;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Pod(ObjectKey, PodChange),
    /// A container that fails again and again does so.
    Crash(ObjectKey),
    /// It is tried again.
    Restart(ObjectKey),
    /// A rollout's progress deadline.
    Deadline(ObjectKey),
    /// A namespace is looked at until it is empty.
    Namespace(ObjectKey),
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
