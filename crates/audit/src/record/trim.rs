//! Retention: whole segments go, their roots stay, and a checkpoint says so before they go.

use crate::canonical;
use crate::event::{AuditActor, Event};
use crate::hash::SEGMENT;
use crate::line::Telling;
use crate::query::block_of;
use crate::row::Outcome;
use crate::verb::Verb;

use super::writer::Writer;

impl Writer {
    /// Drops what retention allows. A trim that was interrupted is finished first.
    pub(super) async fn trim(&mut self) -> Result<(), sqlx::Error> {
        let (key, from) = (self.line.chain.key, self.line.chain.from);
        self.finish_trim().await?;
        let to = self.trim_to().await?;
        if to <= from {
            return Ok(());
        }
        let event = Event::new(AuditActor::periscope(), "", Verb::RecordTrim).with("from", from).with("to", to);
        let mut draft = self.line.draft();
        draft.add(self.parts.clock.now(), Telling::single(Outcome::Success), &event);
        draft.line.chain.from = to;
        self.add_checkpoint(&mut draft).await?;
        self.commit(draft).await?;
        self.connection.ledger()?.set_from(key, to).await?;
        self.finish_trim().await
    }

    /// Deletes the rows before the first one that is kept, a segment at a time.
    async fn finish_trim(&mut self) -> Result<(), sqlx::Error> {
        let (key, from) = (self.line.chain.key, self.line.chain.from);
        let ledger = self.connection.ledger()?;
        loop {
            let first = ledger.rows(key, 0, 1).await?;
            let Some(first) = first.first().map(|row| row.number).filter(|first| *first < from) else { break };
            let end = (first / SEGMENT + 1).saturating_mul(SEGMENT);
            ledger.drop_rows(key, first, end.min(from)).await?;
        }
        self.parts.reader.drop_index(&self.line.chain.name, block_of(from)).await
    }

    /// The first row that is to be kept.
    async fn trim_to(&mut self) -> Result<u64, sqlx::Error> {
        let (key, from, next) = (self.line.chain.key, self.line.chain.from, self.line.next());
        let retention = self.parts.retention;
        if retention.days.is_none() && retention.rows.is_none() {
            return Ok(from);
        }
        let checkpoint = self.line.checkpoint.as_ref().map_or(0, |extent| extent.size);
        let ledger = self.connection.ledger()?;
        let open = ledger.open_intents(key).await?.first().copied().unwrap_or(next);
        // The newest segment stays, so that the chain goes on from a row that is there.
        let bound = checkpoint.min(open).min(next.saturating_sub(1)) / SEGMENT * SEGMENT;
        let mut to = from;
        while to < bound {
            let end = to + SEGMENT;
            let too_many = retention.rows.is_some_and(|rows| next.saturating_sub(end) >= rows);
            let too_old = match retention.days {
                Some(days) => {
                    let last = ledger.rows(key, end - 1, 1).await?;
                    let last = last.first().and_then(|row| canonical::decode(&row.body).ok());
                    let limit = self.parts.clock.now() - jiff::SignedDuration::from_hours(24 * i64::from(days));
                    last.is_some_and(|row| row.sequence.number == end - 1 && row.time < limit)
                }
                None => false,
            };
            if !too_many && !too_old {
                break;
            }
            to = end;
        }
        Ok(to)
    }
}
