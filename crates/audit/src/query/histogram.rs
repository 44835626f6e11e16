//! How many rows when, by outcome. Exact to the row.

use jiff::Timestamp;
use serde::Serialize;

use super::{Field, Filter, Question, Visibility, block_of};
use crate::Record;
use crate::error::ReadError;
use crate::index::{Bits, WORDS, exact};
use crate::row::Outcome;

/// Buckets of one histogram.
const MAX_BUCKETS: usize = 1000;

/// Rows of one bucket. Intents count apart: an act whose outcome is told counts there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub intent: u64,
    pub success: u64,
    pub failure: u64,
    pub denied: u64,
    pub unknown: u64,
}

impl Counts {
    fn add(&mut self, counted: &[u64; 5]) {
        self.intent += counted[0];
        self.success += counted[1];
        self.failure += counted[2];
        self.denied += counted[3];
        self.unknown += counted[4];
    }
}

/// Buckets of equal width from `from` until before `to`; the last may be narrower.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Histogram {
    #[schema(value_type = String)]
    pub from: Timestamp,
    #[schema(value_type = String)]
    pub to: Timestamp,
    /// Milliseconds of one bucket.
    pub width: i64,
    pub buckets: Vec<Counts>,
    pub total: Counts,
}

impl Record {
    /// Counts the rows that a filter wants, in at most `buckets` buckets. Without a range in the filter it is from the
    /// oldest row to the newest.
    pub async fn histogram(
        &self,
        filter: &Filter,
        visibility: &Visibility,
        buckets: usize,
    ) -> Result<Histogram, ReadError> {
        let mut question = Question::new(filter, visibility)?;
        let books = &*self.shelf;
        let mut chains = Vec::new();
        for chain in books.reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
            let (first, end) = books.extent(&chain).await?;
            if first < end {
                chains.push((chain, first, end));
            }
        }
        if filter.from.is_none() || filter.to.is_none() {
            let (mut low, mut high) = (i64::MAX, i64::MIN);
            for (chain, first, end) in &chains {
                for block in block_of(*first)..=block_of(end - 1) {
                    let block = books.block(chain, block).await?;
                    for word in 0..WORDS {
                        let span = block.span(word);
                        if span.0 <= span.1 {
                            (low, high) = (low.min(span.0), high.max(span.1));
                        }
                    }
                }
            }
            question.from = question.from.max(low.min(high));
            question.to = question.to.min(high.saturating_add(1));
        }
        let mut counting = Counting::new(&question, buckets);
        for (chain, first, end) in &chains {
            for number in block_of(*first)..=block_of(end - 1) {
                let block = books.block(chain, number).await?;
                let wanted = block.wanted(&question, *first, *end).await?;
                if wanted.is_empty() {
                    continue;
                }
                let mut kinds = vec![block.rows_with(&exact(Field::Stage, "intent"), true).await?];
                for outcome in Outcome::ALL {
                    kinds.push(block.rows_with(&exact(Field::Outcome, outcome.name()), true).await?);
                }
                for kind in &mut kinds {
                    kind.and(&wanted);
                }
                for word in (0..WORDS).filter(|word| wanted.word(*word) != 0) {
                    let (low, high) = block.span(word);
                    if counting.bucket(low) == counting.bucket(high) {
                        counting.add(low, &counted(&kinds, word, u64::MAX));
                    } else {
                        for (at, time) in block.times(word).await?.into_iter().enumerate() {
                            counting.add(time, &counted(&kinds, word, 1 << at));
                        }
                    }
                }
            }
        }
        Ok(counting.histogram)
    }
}

fn counted(kinds: &[Bits], word: usize, mask: u64) -> [u64; 5] {
    let mut counted = [0; 5];
    for (count, kind) in counted.iter_mut().zip(kinds) {
        *count = u64::from((kind.word(word) & mask).count_ones());
    }
    counted
}

struct Counting {
    histogram: Histogram,
    from: i64,
    to: i64,
}

impl Counting {
    fn new(question: &Question, buckets: usize) -> Self {
        let time = |milliseconds: i64| {
            let least = Timestamp::MIN.as_millisecond();
            Timestamp::from_millisecond(milliseconds.clamp(least, Timestamp::MAX.as_millisecond())).unwrap_or_default()
        };
        let (from, to) = (question.from, question.to.max(question.from));
        let buckets = i64::try_from(buckets.clamp(1, MAX_BUCKETS)).unwrap_or(1);
        let length = to.saturating_sub(from);
        let width = (length / buckets + i64::from(length % buckets > 0)).max(1);
        let used = length / width + i64::from(length % width > 0);
        let buckets = vec![Counts::default(); usize::try_from(used).unwrap_or(0)];
        let histogram = Histogram { from: time(from), to: time(to), width, buckets, total: Counts::default() };
        Self { histogram, from, to }
    }

    fn bucket(&self, time: i64) -> Option<usize> {
        let within = self.from <= time && time < self.to;
        within.then(|| usize::try_from((time - self.from) / self.histogram.width).unwrap_or(usize::MAX))
    }

    fn add(&mut self, time: i64, counted: &[u64; 5]) {
        if let Some(bucket) = self.bucket(time).and_then(|at| self.histogram.buckets.get_mut(at)) {
            bucket.add(counted);
            self.histogram.total.add(counted);
        }
    }
}
