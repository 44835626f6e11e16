//! An act between its intent and its outcome.

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::Record;
use crate::error::Unrecorded;
use crate::event::Event;
use crate::row::{Outcome, Sequence};

/// Intents that the writer is to close as `unknown`. There are never more than there are intents.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub(crate) numbers: Mutex<Vec<u64>>,
    pub(crate) wake: Notify,
}

impl Backlog {
    pub(crate) fn add(&self, number: u64) {
        self.numbers.lock().push(number);
        self.wake.notify_one();
    }
}

/// An intent that is in the record. However it is dropped, an outcome follows.
#[derive(Debug)]
pub(crate) struct Opened {
    number: u64,
    backlog: Option<Arc<Backlog>>,
}

impl Opened {
    pub(crate) fn new(number: u64, backlog: Arc<Backlog>) -> Self {
        Self { number, backlog: Some(backlog) }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Its outcome is in the record.
    pub(crate) fn settled(mut self) {
        self.backlog = None;
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Some(backlog) = self.backlog.take() {
            backlog.add(self.number);
        }
    }
}

/// An act that is in the record and may now be done. Dropped without [`Intent::close`], it ends as `unknown`.
#[must_use = "close it with the outcome"]
pub struct Intent {
    record: Record,
    opened: Opened,
    event: Event,
}

impl Intent {
    pub(super) fn new(record: Record, opened: Opened, event: Event) -> Self {
        Self { record, opened, event }
    }

    pub fn sequence(&self) -> Sequence {
        self.record.sequence(self.opened.number())
    }

    /// As it was recorded, within its bounds.
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Records how it ended. Answer the caller only after this; when it fails, say that the outcome is not recorded (the
    /// record will say `unknown`, unless it turns out that the outcome was written after all).
    pub async fn close(
        self,
        outcome: Outcome,
        reason: Option<String>,
        extra: Map<String, Value>,
    ) -> Result<Sequence, Unrecorded> {
        let Self { record, opened, event } = self;
        record.close_intent(opened, event, (outcome, reason, extra)).await
    }
}
