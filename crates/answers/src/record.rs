//! The record as people read it: one line for each act instead of the rows it is made of, and only what the reader may
//! see. What may be seen is part of every question to the record, before anything is counted.
//!
//! Reading is an act too: pages and single rows are recorded at most once a minute for each person and question, and reads
//! go on when that fails; an export is recorded before its first byte leaves, or refused.

mod export;
mod figures;
mod fold;
mod live;
mod question;
mod reading;
mod shape;
mod standing;
mod steps;

pub use export::{AuditExport, AuditForm};
pub use question::AuditQuestion;
pub use shape::{
    AuditBucket, AuditCheckpoint, AuditHistogram, AuditPage, AuditPair, AuditPhase, AuditResult, AuditRow, AuditScope,
    AuditStatus, AuditTarget, AuditVerb, LastCheckpoint,
};

pub(crate) use reading::Reading;

use periscope_audit::{Field, ReadError, Stage, Visibility};

use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Rows of one page.
const MAX_PAGE: usize = 500;

impl App {
    /// Whose rows somebody may see: everybody's for audit admins, else their own.
    fn may_read(&self, context: &Context) -> (Visibility, AuditScope) {
        let person = &context.person;
        if self.policy.is_audit_admin(person) {
            return (Visibility::All, AuditScope::All);
        }
        let own = Visibility::Own { issuer: person.issuer.clone(), subject: person.subject.clone() };
        (own, AuditScope::Own)
    }

    /// Acts, the newest first, each with its outcome folded in; or, when the question names a phase, rows as they were
    /// written. Those that are under way stand on the first page.
    pub async fn audit(
        &self,
        context: &Context,
        question: &AuditQuestion,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<AuditPage, Error> {
        let (visibility, scope) = self.may_read(context);
        let mut filter = question.filter()?;
        let folded = !filter.fields.contains_key(&Field::Stage);
        if folded {
            filter = filter.with(Field::Stage, Stage::Outcome.name()).with(Field::Stage, Stage::Single.name());
        }
        if cursor.is_none() {
            // First, so that the answer says it already.
            self.reading.tell(self, context, question.words()).await;
        }
        let page = self.record.query(&filter, &visibility, cursor, limit.clamp(1, MAX_PAGE)).await.map_err(read)?;
        let (next, searched_to) = (page.cursor, page.searched_back_to);
        let rows = if folded {
            let intents = self.record.intents_of(&page.rows).await.map_err(read)?;
            let mut rows = fold::fold(page.rows, intents);
            if cursor.is_none() {
                fold::add_under_way(&mut rows, self.under_way(question, &visibility).await?);
            }
            rows
        } else {
            page.rows.into_iter().map(AuditRow::of).collect()
        };
        Ok(AuditPage { rows, next, scope, searched_to, gaps: Vec::new() })
    }
}

/// A question that the record refuses is the asker's mistake; anything else is the record's trouble.
fn read(error: ReadError) -> Error {
    match error {
        ReadError::Cursor => Error::invalid("cursor_invalid", error.to_string()),
        ReadError::Filter(why) => Error::invalid("filter_invalid", why),
        ReadError::Store(source) => Error::Database(source),
        other => Error::NotReadable { reason: other.to_string() },
    }
}
