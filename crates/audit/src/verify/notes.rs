//! Checkpoints from everywhere, and what they claim of each chain.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;

use super::{Fault, Problem};
use crate::checkpoint::{Extent, Note};
use crate::error::ReadError;
use crate::key::PublicKey;
use crate::store::{Chain, Reader};

/// Checkpoints read from the store at once.
const PAGE: u64 = 1000;

/// What a signed checkpoint says of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) extent: Extent,
    pub(super) time: Timestamp,
    /// The oldest row kept then; only of the chain's own checkpoints.
    pub(super) from: Option<u64>,
    /// Kept outside the record, or told by another chain.
    pub(super) outside: bool,
}

pub(super) struct Notes {
    pub(super) keys: Vec<PublicKey>,
    pub(super) claims: HashMap<String, Vec<Claim>>,
    pub(super) problems: Vec<Problem>,
}

impl Notes {
    pub(super) fn read_file(&mut self, path: &Path) -> Result<(), ReadError> {
        let text = std::fs::read_to_string(path).map_err(|source| ReadError::File { path: path.to_owned(), source })?;
        let notes = Note::parse_all(&text)
            .map_err(|what| ReadError::Checkpoint { path: path.to_owned(), what: what.to_owned() })?;
        for note in notes {
            self.take(&note, true);
        }
        Ok(())
    }

    pub(super) async fn read_store(&mut self, reader: &Reader, chain: &Chain) -> Result<(), ReadError> {
        let (mut after, mut before): (Option<u64>, Option<Extent>) = (None, None);
        loop {
            let page = reader.checkpoints(chain.key, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.size);
            for stored in page {
                let problem = |fault, what: &str| Problem {
                    chain: chain.name.clone(),
                    row: stored.size,
                    fault,
                    what: format!("checkpoint at {}: {what}", stored.size),
                };
                let note = match Note::parse(&stored.note) {
                    Ok(note) => note,
                    Err(what) => {
                        self.problems.push(problem(Fault::Signature, what));
                        continue;
                    }
                };
                let checkpoint = &note.checkpoint;
                if checkpoint.chain != chain.name || checkpoint.extent.size != stored.size {
                    self.problems.push(problem(Fault::Beside, "it speaks of something else"));
                } else if crate::hash::Tree::from_frontier(stored.size, &stored.frontier)
                    .is_none_or(|tree| tree.root() != checkpoint.extent.root)
                {
                    self.problems.push(problem(Fault::Beside, "the hashes kept with it do not give its root"));
                } else if before.is_some() && checkpoint.previous != before
                    || before.is_none() && checkpoint.previous.is_some()
                {
                    let same_size = checkpoint.previous.as_ref().is_some_and(|previous| previous.size == stored.size);
                    if !same_size {
                        self.problems.push(problem(Fault::Beside, "the checkpoint before it is missing"));
                    }
                }
                before = Some(checkpoint.extent.clone());
                self.take(&note, false);
            }
        }
    }

    /// Takes a note's word, if a key signed it.
    fn take(&mut self, note: &Note, outside: bool) {
        let checkpoint = &note.checkpoint;
        if !note.is_signed_by(&self.keys) {
            let place = if outside { "outside" } else { "in the record" };
            self.problems.push(Problem {
                chain: checkpoint.chain.clone(),
                row: checkpoint.extent.size,
                fault: Fault::Signature,
                what: format!("the checkpoint at {} {place} is signed by none of the keys", checkpoint.extent.size),
            });
            return;
        }
        let (time, from) = (checkpoint.time, Some(checkpoint.from));
        let own = Claim { extent: checkpoint.extent.clone(), time, from, outside };
        self.claims.entry(checkpoint.chain.clone()).or_default().push(own);
        if let Some(extent) = &checkpoint.previous {
            let claim = Claim { extent: extent.clone(), time, from: None, outside };
            self.claims.entry(checkpoint.chain.clone()).or_default().push(claim);
        }
        for (chain, extent) in &checkpoint.others {
            let claim = Claim { extent: extent.clone(), time, from: None, outside: true };
            self.claims.entry(chain.clone()).or_default().push(claim);
        }
    }
}
