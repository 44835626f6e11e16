//! Whether the store can be written, and the way back when it cannot.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Writer;
use crate::error::{OpenError, Unrecorded};
use crate::event::{AuditActor, Event};
use crate::line::Telling;
use crate::row::Outcome;
use crate::store::Ledger;
use crate::verb::Verb;

const FIRST_RETRY: Duration = Duration::from_millis(100);
const LAST_RETRY: Duration = Duration::from_secs(5);

pub(in crate::record) enum Connection {
    Up(Ledger),
    /// The store failed; nothing is written until it was opened anew and compared.
    Down {
        why: Arc<str>,
        retry_at: Instant,
        delay: Duration,
        since: Instant,
    },
    /// What was acknowledged is not there any more.
    Lost(Arc<str>),
}

impl Connection {
    pub(in crate::record) fn ledger(&mut self) -> Result<&mut Ledger, sqlx::Error> {
        match self {
            Self::Up(ledger) => Ok(ledger),
            Self::Down { .. } | Self::Lost(_) => Err(sqlx::Error::PoolClosed),
        }
    }

    pub(super) fn health(&self) -> Result<(), Unrecorded> {
        match self {
            Self::Up(_) => Ok(()),
            Self::Down { why, .. } => Err(Unrecorded::Store(why.clone())),
            Self::Lost(what) => Err(Unrecorded::Lost(what.clone())),
        }
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        match self {
            Self::Up(_) => None,
            Self::Down { retry_at, .. } => Some(*retry_at),
            Self::Lost(_) => Some(Instant::now() + Duration::from_hours(1)),
        }
    }

    /// Lets go of a connection that failed, whatever it says about itself.
    pub(super) fn fell(&mut self, error: &dyn std::fmt::Display) -> Unrecorded {
        let now = Instant::now();
        let (delay, since) = match self {
            Self::Down { delay, since, .. } => ((*delay * 2).min(LAST_RETRY), *since),
            Self::Up(_) => (FIRST_RETRY, now),
            Self::Lost(what) => return Unrecorded::Lost(what.clone()),
        };
        let why: Arc<str> = error.to_string().into();
        *self = Self::Down { why: why.clone(), retry_at: now + delay, delay, since };
        Unrecorded::Store(why)
    }
}

impl Writer {
    /// Nothing to do while the store is well. While it is not, tries again when it is time to, and else refuses at once.
    pub(super) async fn reopen_if_due(&mut self) -> Result<(), Unrecorded> {
        match &self.connection {
            Connection::Down { retry_at, .. } if *retry_at <= Instant::now() => {}
            other => return other.health(),
        }
        match self.reopen().await {
            Ok(()) => Ok(()),
            Err(why) => {
                tracing::warn!(store = %self.parts.store, %why, "the record is still not to be written");
                Err(why)
            }
        }
    }

    async fn reopen(&mut self) -> Result<(), Unrecorded> {
        let since = match &self.connection {
            Connection::Down { since, .. } => *since,
            other => return other.health(),
        };
        let mut ledger = match Ledger::reopen(&self.parts.store, &self.line.chain).await {
            Ok(ledger) => ledger,
            Err(OpenError::Store { source, .. }) => return Err(self.connection.fell(&source)),
            Err(error) => return Err(self.connection.fell(&error)),
        };
        let before = self.line.next();
        match self.compare(&mut ledger).await {
            Ok(Ok(())) => {}
            Ok(Err(what)) => {
                tracing::error!(store = %self.parts.store, what, "the record lost rows that it had acknowledged");
                let what: Arc<str> = what.into();
                self.connection = Connection::Lost(what.clone());
                return Err(Unrecorded::Lost(what));
            }
            Err(error) => return Err(self.connection.fell(&error)),
        }
        // That it was away is itself a row, and the proof that it is back.
        let away = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let found = self.line.next() - before;
        let event = Event::new(AuditActor::periscope(), "", Verb::RecordRecover)
            .with("milliseconds", away)
            .with("foundUnacknowledged", Value::from(found));
        let mut draft = self.line.draft();
        draft.add(self.parts.clock.now(), Telling::single(Outcome::Success), &event);
        let down = std::mem::replace(&mut self.connection, Connection::Up(ledger));
        if let Err(error) = self.commit(draft).await {
            self.connection = down;
            return Err(self.connection.fell(&error));
        }
        tracing::info!(store = %self.parts.store, found, "the record can be written again");
        Ok(())
    }

    /// Compares the store's tail with what was acknowledged, and takes what it holds beyond that: rows whose commit failed
    /// for us and not for the store. Whoever waited for them was refused, so intents among them end as `unknown`.
    async fn compare(&mut self, ledger: &mut Ledger) -> Result<Result<(), String>, sqlx::Error> {
        let next = self.line.next();
        if next > 0 {
            let rows = ledger.rows(self.line.chain.key, next - 1, 1).await?;
            if rows.first().is_none_or(|row| row.number != next - 1 || row.hash != self.line.last) {
                return Ok(Err(format!("row {} is missing or differs", next - 1)));
            }
        }
        let mut line = self.line.clone();
        match line.catch_up(ledger).await? {
            Ok(intents) => {
                if let Some(stored) = ledger.last_checkpoint(line.chain.key).await?
                    && let Ok(note) = crate::checkpoint::Note::parse(&stored.note)
                {
                    line.checkpoint = Some(note.checkpoint.extent);
                }
                self.line = line;
                self.parts.backlog.numbers.lock().extend(intents);
                Ok(Ok(()))
            }
            Err(broken) => Ok(Err(format!("row {}: {}", broken.number, broken.what))),
        }
    }
}
