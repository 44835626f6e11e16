//! One chain from its first row to its last.

use std::collections::BTreeSet;

use futures::{Stream, StreamExt, stream};

use super::notes::Claim;
use super::{ChainVerdict, Fault, Problem};
use crate::canonical;
use crate::error::ReadError;
use crate::hash::{Hash, SEGMENT, Tree, genesis, link};
use crate::row::Stage;
use crate::store::{Chain, Reader, Segment, Stored};

/// Pages read ahead, each on a connection of its own, while another is hashed.
const AHEAD: usize = 3;

/// What is known while rows go by.
struct Pass<'a> {
    chain: &'a Chain,
    prefix: Vec<u8>,
    tree: Tree,
    last: Hash,
    /// Ascending by size; the next to be compared is `claims[compared]`.
    claims: Vec<Claim>,
    compared: usize,
    segments: Vec<Segment>,
    open: BTreeSet<u64>,
    first: u64,
    beside: Vec<Problem>,
}

pub(super) async fn verify(
    reader: &Reader,
    chain: &Chain,
    mut claims: Vec<Claim>,
) -> Result<(ChainVerdict, Vec<Problem>), ReadError> {
    claims.sort_by_key(|claim| claim.extent.size);
    claims.dedup();
    let segments = reader.segments(chain.key).await?;
    let (first, end) = reader.bounds(chain.key).await?;
    let mut pass = Pass {
        chain,
        prefix: canonical::prefix(&chain.name),
        tree: Tree::default(),
        last: genesis(&chain.name),
        claims,
        compared: 0,
        segments,
        open: BTreeSet::new(),
        first,
        beside: Vec::new(),
    };
    let broken = pass.rows(reader, first, end).await?;
    let mut problems = std::mem::take(&mut pass.beside);
    if broken.is_none() {
        problems.extend(pass.after_rows(reader, end).await?);
    }
    problems.extend(broken);
    problems.sort_by_key(|problem| problem.row);
    let last = pass.claims[..pass.compared].iter().max_by_key(|claim| claim.extent.size);
    let verdict = ChainVerdict {
        chain: chain.name.clone(),
        first,
        end: pass.tree.size(),
        checkpoints: pass.compared,
        covered: last.map_or(0, |claim| claim.extent.size),
        covered_at: pass.claims[..pass.compared].iter().map(|claim| claim.time).max(),
        open: pass.open.len(),
    };
    Ok((verdict, problems))
}

/// All rows in order, a segment at a time.
fn pages(reader: &Reader, chain: i64, first: u64, end: u64) -> impl Stream<Item = Result<Vec<Stored>, ReadError>> {
    let reader = reader.clone();
    let starts = (first / SEGMENT..end.div_ceil(SEGMENT)).map(move |segment| (segment * SEGMENT).max(first));
    let page = move |start: u64| {
        let reader = reader.clone();
        let stop = ((start / SEGMENT + 1) * SEGMENT).min(end);
        tokio::spawn(async move {
            let mut rows = reader.rows(chain, start, SEGMENT).await?;
            rows.retain(|row| row.number < stop);
            Ok(rows)
        })
    };
    stream::iter(starts).map(page).buffered(AHEAD).map(|joined| match joined {
        Ok(rows) => rows,
        Err(error) => Err(sqlx::Error::Protocol(error.to_string()).into()),
    })
}

impl Pass<'_> {
    fn problem(&self, row: u64, fault: Fault, what: impl Into<String>) -> Problem {
        Problem { chain: self.chain.name.clone(), row, fault, what: what.into() }
    }

    /// The first problem among the rows.
    async fn rows(&mut self, reader: &Reader, first: u64, end: u64) -> Result<Option<Problem>, ReadError> {
        if let Some(problem) = self.dropped(first) {
            return Ok(Some(problem));
        }
        if let Some(problem) = self.compare_claims() {
            return Ok(Some(problem));
        }
        let mut pages = std::pin::pin!(pages(reader, self.chain.key, first, end));
        while let Some(page) = pages.next().await {
            let problem = page?.iter().find_map(|row| self.row(row));
            if problem.is_some() {
                return Ok(problem);
            }
        }
        let size = self.tree.size();
        Ok((size < end).then(|| self.problem(size, Fault::Gap, format!("row {size} is missing"))))
    }

    /// What retention dropped: whole segments, whose roots are kept, and no more than a checkpoint told.
    fn dropped(&mut self, first: u64) -> Option<Problem> {
        if first == 0 {
            return None;
        }
        let told = self.claims.iter().filter_map(|claim| claim.from).max().unwrap_or(0);
        if first > told || !first.is_multiple_of(SEGMENT) {
            let what =
                format!("rows {told} to {} are missing, and no checkpoint says that they were dropped", first - 1);
            return Some(self.problem(told, Fault::Gap, what));
        }
        for number in 0..first / SEGMENT {
            let segment = self.segments.get(usize::try_from(number).unwrap_or(usize::MAX));
            let segment = segment.filter(|segment| segment.number == number);
            let hashes = segment.and_then(|segment| {
                Some((segment.root.as_slice().try_into().ok()?, segment.last.as_slice().try_into().ok()?))
            });
            let Some((root, last)) = hashes else {
                let what = format!("the root of the dropped segment {number} is missing");
                return Some(self.problem(number * SEGMENT, Fault::Beside, what));
            };
            self.tree.push_segment(root);
            self.last = last;
            // Checkpoints within dropped segments cannot be compared any more, those at their ends can.
            let size = self.tree.size();
            while self.claims.get(self.compared).is_some_and(|claim| claim.extent.size < size) {
                self.compared += 1;
            }
            if let Some(problem) = self.compare_claims() {
                return Some(problem);
            }
        }
        None
    }

    fn row(&mut self, row: &Stored) -> Option<Problem> {
        let expected = self.tree.size();
        if row.number != expected {
            return Some(if row.number < expected {
                self.problem(row.number, Fault::Duplicate, format!("row {} is there twice", row.number))
            } else {
                self.problem(expected, Fault::Gap, format!("rows {expected} to {} are missing", row.number - 1))
            });
        }
        let Some(glance) = canonical::glance(&row.body, &self.prefix, row.number) else {
            let other = canonical::decode(&row.body).ok().filter(|other| other.sequence.number != row.number);
            return Some(match other {
                Some(other) => {
                    self.problem(expected, Fault::Moved, format!("row {expected} holds what {} says", other.sequence))
                }
                None => self.problem(expected, Fault::Altered, format!("row {expected} is not as it was written")),
            });
        };
        let hash = link(&self.last, &row.body);
        if row.hash != hash {
            return Some(self.problem(expected, Fault::Altered, format!("row {expected} is not as it was written")));
        }
        self.last = hash;
        if let Some(root) = self.tree.push(&hash) {
            self.segment(expected / SEGMENT, &root, &hash);
        }
        let closes = match (glance.stage, glance.intent) {
            (Stage::Intent, None) => {
                self.open.insert(expected);
                true
            }
            (Stage::Outcome, Some(intent)) => self.open.remove(&intent) || intent < self.first,
            (Stage::Single, None) => true,
            _ => false,
        };
        if !closes {
            return Some(self.problem(expected, Fault::Altered, format!("row {expected} closes no open intent")));
        }
        self.compare_claims()
    }

    fn segment(&mut self, number: u64, root: &Hash, last: &Hash) {
        let stored = usize::try_from(number).ok().and_then(|at| self.segments.get(at));
        if stored.is_none_or(|stored| stored.number != number || stored.root != root || stored.last != last) {
            let what = format!("what is kept of segment {number} does not fit its rows");
            let problem = self.problem(number * SEGMENT, Fault::Beside, what);
            self.beside.push(problem);
        }
    }

    /// Compares the checkpoints of just this size.
    fn compare_claims(&mut self) -> Option<Problem> {
        let size = self.tree.size();
        while let Some(claim) = self.claims.get(self.compared).filter(|claim| claim.extent.size == size) {
            if claim.extent.root != self.tree.root() {
                let before = self.claims[..self.compared].last().map_or(0, |claim| claim.extent.size);
                let what = format!(
                    "rows {before} to {} are others than a checkpoint of {} saw",
                    size.saturating_sub(1),
                    claim.time
                );
                return Some(self.problem(before, Fault::Fork, what));
            }
            self.compared += 1;
        }
        None
    }

    /// What was claimed beyond the last row, and what is kept beside the rows.
    async fn after_rows(&self, reader: &Reader, end: u64) -> Result<Vec<Problem>, ReadError> {
        let mut problems = Vec::new();
        let (_, now) = reader.bounds(self.chain.key).await?;
        let newest = self.claims[self.compared..].iter().filter(|claim| claim.extent.size > now);
        // A checkpoint in the record cannot be ahead of its rows; one outside is ahead of an older state.
        if let Some(claim) = newest.max_by_key(|claim| (!claim.outside, claim.extent.size)) {
            let fault = if claim.outside { Fault::Rollback } else { Fault::Truncated };
            let what = format!("{now} rows are there, and a checkpoint of {} saw {}", claim.time, claim.extent.size);
            problems.push(self.problem(now, fault, what));
        }
        // A record that is being written has moved on meanwhile.
        if now == end {
            let open: BTreeSet<u64> = reader.open_intents(self.chain.key).await?.into_iter().collect();
            let (_, still) = reader.bounds(self.chain.key).await?;
            let open_within: BTreeSet<u64> = self.open.iter().copied().filter(|number| *number >= self.first).collect();
            if still == end && open != open_within {
                let row = open.symmetric_difference(&open_within).next().copied().unwrap_or(0);
                let what = format!("the list of open intents does not fit the rows: see row {row}");
                problems.push(self.problem(row, Fault::Beside, what));
            }
            if let Some(segment) = self.segments.iter().find(|segment| (segment.number + 1) * SEGMENT > end) {
                let what = format!("segment {} is kept, and its rows are not there", segment.number);
                problems.push(self.problem(segment.number * SEGMENT, Fault::Truncated, what));
            }
        }
        Ok(problems)
    }
}
