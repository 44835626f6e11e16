//! How many acts when.

use std::ops::Range;

use jiff::Timestamp;
use periscope_audit::{Counts, Field, Filter, Row, Stage, Visibility};

use super::question::AuditQuestion;
use super::shape::{AuditBucket, AuditHistogram};
use super::{read, steps};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Buckets of one histogram.
const MAX_BUCKETS: usize = 200;
/// Acts under way that are told; there are never so many but in a flood.
const MAX_UNDER_WAY: usize = 500;

impl App {
    /// Acts by outcome over time, each counted when it ended. Without an end it is until now, without a start from
    /// the oldest row.
    pub async fn audit_histogram(
        &self,
        context: &Context,
        question: &AuditQuestion,
        buckets: usize,
    ) -> Result<AuditHistogram, Error> {
        let (visibility, scope) = self.may_read(context);
        let mut filter = question.filter()?;
        let now = self.clock.now();
        let to = filter.to.unwrap_or(now);
        let oldest = match filter.from {
            Some(from) => from,
            None => self.record.reaches_back_to().await.map_err(read)?.unwrap_or(to),
        };
        let from = oldest.min(to);
        if !filter.fields.contains_key(&Field::Stage) {
            filter = filter.with(Field::Stage, Stage::Outcome.name()).with(Field::Stage, Stage::Single.name());
        }
        let counting = Counting { app: self, filter, visibility: &visibility };
        let mut all = Vec::new();
        match steps::cut(from, to, buckets.clamp(3, MAX_BUCKETS)) {
            None => counting.add(&mut all, from..to, 1).await?,
            Some(cut) => {
                counting.add(&mut all, from..cut.first, 1).await?;
                let span = cut.last.as_millisecond() - cut.first.as_millisecond();
                let whole =
                    usize::try_from(span / i64::try_from(cut.step.as_millis()).unwrap_or(i64::MAX)).unwrap_or(0);
                counting.add(&mut all, cut.first..cut.last, whole).await?;
                counting.add(&mut all, cut.last..to, 1).await?;
            }
        }
        for intent in self.under_way(question, &visibility).await? {
            let at = all.partition_point(|bucket: &AuditBucket| bucket.at <= intent.time);
            if let Some(bucket) = at.checked_sub(1).and_then(|at| all.get_mut(at)) {
                bucket.open += 1;
            }
        }
        Ok(AuditHistogram { from, to, buckets: all, scope })
    }

    /// Intents whose outcome is not written, as far as they are asked for.
    pub(super) async fn under_way(&self, question: &AuditQuestion, visibility: &Visibility) -> Result<Vec<Row>, Error> {
        if !question.allows_open() {
            return Ok(Vec::new());
        }
        self.record.under_way(&question.filter()?, visibility, MAX_UNDER_WAY).await.map_err(read)
    }
}

struct Counting<'a> {
    app: &'a App,
    filter: Filter,
    visibility: &'a Visibility,
}

impl Counting<'_> {
    /// Adds the buckets of a part of the whole; of nothing there are none.
    async fn add(&self, all: &mut Vec<AuditBucket>, part: Range<Timestamp>, buckets: usize) -> Result<(), Error> {
        if part.is_empty() || buckets == 0 {
            return Ok(());
        }
        let filter = self.filter.clone().between(part.start, part.end);
        let counted = self.app.record.histogram(&filter, self.visibility, buckets).await.map_err(read)?;
        let start = counted.from.as_millisecond();
        for (at, counts) in (0..).zip(counted.buckets) {
            let at = if at == 0 { part.start } else { time(start + at * counted.width) };
            all.push(bucket(at, counts));
        }
        Ok(())
    }
}

fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// Intents are not counted here: acts are, by how they ended.
fn bucket(at: Timestamp, counts: Counts) -> AuditBucket {
    let Counts { intent, success, failure, denied, unknown } = counts;
    // Where rows are asked for as they were written, an intent is one of them.
    AuditBucket { at, success, failure, denied, unknown, open: intent }
}
