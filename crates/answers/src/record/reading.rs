//! Who reads the record, and whether it is being written.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_audit::{Event, Outcome, Record, Verb};
use tokio::sync::watch;

use crate::act::audit_actor;
use crate::app::App;
use crate::context::Context;

/// The same question of the same person is recorded again after this long.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// Questions that are remembered; beyond them the oldest are forgotten, and recorded once more.
const MOST: usize = 10_000;
/// Whether the record can be written is asked this often while nothing is written.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Whether acts can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Health {
    /// Changes when there may be new rows.
    pub(super) tip: u64,
    pub(super) writing: bool,
}

pub(crate) struct Reading {
    /// When somebody last asked something, by a digest of both.
    asked: Mutex<HashMap<u64, Timestamp>>,
    pub(super) health: watch::Receiver<Health>,
}

impl Reading {
    /// Asks after the record's health as long as somebody may want to know.
    pub(crate) fn start(record: Record) -> Self {
        let tip = *record.watch().borrow();
        let (sender, health) = watch::channel(Health { tip, writing: true });
        tokio::spawn(look(record, sender));
        Self { asked: Mutex::default(), health }
    }

    /// Records that somebody asked `words`, at most once a minute. Reads go on when it cannot be recorded.
    pub(super) async fn tell(&self, app: &App, context: &Context, words: String) {
        if !self.is_news(context, &words, app.clock.now()) {
            return;
        }
        let event =
            Event::new(audit_actor(context, None), &*context.request_id, Verb::AuditQuery).with("filter", words);
        if let Err(error) = app.record.note(event, Outcome::Success).await {
            tracing::warn!(request = %context.request_id, %error, "a reading of the record is not recorded");
        }
    }

    fn is_news(&self, context: &Context, words: &str, now: Timestamp) -> bool {
        let mut hasher = DefaultHasher::new();
        (&context.person.issuer, &context.person.subject, words).hash(&mut hasher);
        let digest = hasher.finish();
        let mut asked = self.asked.lock();
        if asked.get(&digest).is_some_and(|last| now.duration_since(*last) < AGAIN) {
            return false;
        }
        if asked.len() >= MOST {
            asked.retain(|_, last| now.duration_since(*last) < AGAIN);
        }
        if asked.len() >= MOST {
            asked.clear();
        }
        asked.insert(digest, now);
        true
    }
}

async fn look(record: Record, out: watch::Sender<Health>) {
    let mut tip = record.watch();
    while !out.is_closed() {
        let writing = record.health().await.is_ok();
        let now = Health { tip: *tip.borrow_and_update(), writing };
        out.send_if_modified(|known| std::mem::replace(known, now.clone()) != now);
        // A writer that is gone says so by its health.
        let changed = async {
            if tip.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout(ASK_EVERY, changed).await;
    }
}
