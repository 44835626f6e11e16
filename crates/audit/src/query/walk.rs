//! From the newest row to the oldest, over all chains, in the order of their times.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{Question, Shelf, block_of};
use crate::canonical;
use crate::error::ReadError;
use crate::index::BLOCK;
use crate::row::{Row, is_chain};
use crate::store::Chain;

/// A page that took longer than this says how far it came.
const PATIENCE: Duration = Duration::from_secs(2);
/// Rows fetched for one chain at once.
const FETCH: usize = 100;

/// Where a walk goes on: of each chain, the row before which it has not looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cursor(BTreeMap<String, u64>);

impl Cursor {
    pub(super) fn parse(text: &str) -> Result<Self, ReadError> {
        let part = |part: &str| {
            let (chain, before) = part.rsplit_once(':')?;
            is_chain(chain).then_some((chain.to_owned(), before.parse().ok()?))
        };
        let parts: Option<BTreeMap<String, u64>> = text.split(',').take(1001).map(part).collect();
        parts.filter(|parts| parts.len() <= 1000).map(Self).ok_or(ReadError::Cursor)
    }
}

/// One chain's part of a walk.
struct Strand {
    chain: Chain,
    /// Rows from here on have been handed out or looked at and not wanted.
    before: u64,
    /// The first row there is.
    first: u64,
    /// Rows that were fetched and not handed out, newest first.
    ready: VecDeque<Row>,
    /// Where fetching goes on.
    fetched: u64,
}

pub(super) struct Walk<'a> {
    shelf: &'a Shelf,
    question: &'a Question,
    strands: Vec<Strand>,
    deadline: Instant,
    fetch: usize,
    stopped: bool,
    oldest: Option<Timestamp>,
}

impl<'a> Walk<'a> {
    /// A chain that the cursor does not know is newer than it.
    pub(super) async fn start(
        shelf: &'a Shelf,
        question: &'a Question,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Self, ReadError> {
        let mut strands = Vec::new();
        for chain in shelf.reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
            let (first, end) = shelf.extent(&chain).await?;
            let before = match cursor {
                Some(Cursor(places)) => places.get(&chain.name).copied().unwrap_or(0).min(end),
                None => end,
            };
            strands.push(Strand { first, chain, before, ready: VecDeque::new(), fetched: before });
        }
        let deadline = Instant::now() + PATIENCE;
        Ok(Self { shelf, question, strands, deadline, fetch: limit.min(FETCH), stopped: false, oldest: None })
    }

    /// The next row, or none when there are no more or it took too long.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, ReadError> {
        for at in 0..self.strands.len() {
            if !self.fill(at).await? {
                self.stopped = true;
                return Ok(None);
            }
        }
        let newest = self
            .strands
            .iter_mut()
            .filter(|strand| !strand.ready.is_empty())
            .max_by_key(|strand| strand.ready.front().map(|row| (row.time, row.sequence.clone())));
        let Some(strand) = newest else { return Ok(None) };
        let row = strand.ready.pop_front();
        if let Some(row) = &row {
            strand.before = row.sequence.number;
            self.oldest = Some(row.time);
        }
        if strand.ready.is_empty() {
            strand.before = strand.fetched;
        }
        Ok(row)
    }

    /// Fetches rows of a strand that has none ready. False when it took too long.
    async fn fill(&mut self, at: usize) -> Result<bool, ReadError> {
        while self.strands[at].ready.is_empty() && self.strands[at].fetched > self.strands[at].first {
            if Instant::now() >= self.deadline {
                return Ok(false);
            }
            let strand = &self.strands[at];
            let block = block_of(strand.fetched - 1);
            let start = block * BLOCK;
            let wanted = {
                let block = self.shelf.block(&strand.chain, block).await?;
                block.wanted(self.question, strand.first, strand.fetched).await?
            };
            let numbers: Vec<u64> = wanted.last(self.fetch).into_iter().map(|row| start + row as u64).collect();
            let rows = match numbers[..] {
                [] => Vec::new(),
                _ => self.shelf.reader.rows_at(strand.chain.key, &numbers).await?,
            };
            let mut ready = Vec::with_capacity(rows.len());
            for stored in rows {
                let decoded = canonical::decode(&stored.body);
                let sequence = || format!("{}:{}", strand.chain.name, stored.number);
                let row = decoded.map_err(|source| ReadError::Row { sequence: sequence(), source })?;
                if row.sequence.number == stored.number && self.question.matches(&row) {
                    ready.push(row);
                }
            }
            ready.sort_unstable_by_key(|row| std::cmp::Reverse(row.sequence.number));
            let strand = &mut self.strands[at];
            // As many as asked for: there may be more in this block.
            strand.fetched = match numbers.last() {
                Some(last) if numbers.len() == self.fetch => *last,
                _ => start.max(strand.first),
            };
            if ready.is_empty() {
                strand.before = strand.fetched;
            }
            strand.ready = ready.into();
        }
        Ok(true)
    }

    /// The time down to which everything was looked at, if the walk stopped for the time it took.
    pub(super) fn stopped_at(&self) -> Option<Timestamp> {
        self.stopped.then_some(self.oldest).flatten()
    }

    /// Where the next page begins; none when nothing is left.
    pub(super) async fn cursor(&mut self) -> Result<Option<String>, ReadError> {
        if !self.stopped {
            for at in 0..self.strands.len() {
                if !self.fill(at).await? {
                    break;
                }
            }
        }
        let more = self.strands.iter().any(|strand| !strand.ready.is_empty() || strand.fetched > strand.first);
        let place = |strand: &Strand| format!("{}:{}", strand.chain.name, strand.before);
        Ok(more.then(|| self.strands.iter().map(place).collect::<Vec<_>>().join(",")))
    }
}
