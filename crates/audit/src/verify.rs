//! Whether a record is what was written: offline, from rows, checkpoints and public keys alone.

mod chain;
mod notes;

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::error::ReadError;
use crate::key::PublicKey;
use crate::store::{Reader, Store};
use notes::{Claim, Notes};

/// What to verify, and what to hold it against.
#[derive(Debug, Clone)]
pub struct Verification {
    pub store: Store,
    /// Files of checkpoints that were kept outside. Without them a tail that was cut, with its checkpoints, is not seen.
    pub checkpoints: Vec<PathBuf>,
    /// Files with public keys. Without them the record's own word is taken for its keys.
    pub public_keys: Vec<PathBuf>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A row is not what was written.
    Altered,
    /// Rows are missing.
    Gap,
    /// A row is there twice.
    Duplicate,
    /// A row stands where another belongs.
    Moved,
    /// The end is missing: a checkpoint in the record saw more.
    Truncated,
    /// It is an older state: a checkpoint kept outside saw more.
    Rollback,
    /// It went another way than a checkpoint saw.
    Fork,
    /// A checkpoint that no key signed, or that is not one.
    Signature,
    /// What is kept beside the rows does not fit them.
    Beside,
}

impl Fault {
    pub fn name(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Gap => "gap",
            Self::Duplicate => "duplicate",
            Self::Moved => "moved",
            Self::Truncated => "truncated",
            Self::Rollback => "rollback",
            Self::Fork => "fork",
            Self::Signature => "signature",
            Self::Beside => "beside",
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub chain: String,
    /// The first row that it concerns.
    pub row: u64,
    pub fault: Fault,
    pub what: String,
}

/// What was found of one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainVerdict {
    pub chain: String,
    /// The first row there is; what was before it was dropped by retention.
    pub first: u64,
    /// The row after the last.
    pub end: u64,
    /// Checkpoints that were held against it, kept outside or in the record.
    pub checkpoints: usize,
    /// Rows that a trusted checkpoint covers; later ones only hang on the chain.
    pub covered: u64,
    /// The time of the newest checkpoint.
    pub covered_at: Option<Timestamp>,
    /// Intents without an outcome.
    pub open: usize,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub chains: Vec<ChainVerdict>,
    /// Of each chain the first in its rows, and whatever else is wrong beside them.
    pub problems: Vec<Problem>,
    /// What was not held against anything outside.
    pub reservations: Vec<String>,
}

impl Verdict {
    pub fn is_intact(&self) -> bool {
        self.problems.is_empty()
    }

    pub fn rows(&self) -> u64 {
        self.chains.iter().map(|chain| chain.end - chain.first).sum()
    }
}

/// Reads all of a record and says what is wrong with it. An error means that it could not be read, not that it is wrong.
pub async fn verify(verification: &Verification) -> Result<Verdict, ReadError> {
    let reader = Reader::open_rows(&verification.store).await?;
    let verdict = verify_with(&reader, verification).await;
    reader.close().await;
    verdict
}

async fn verify_with(reader: &Reader, verification: &Verification) -> Result<Verdict, ReadError> {
    let mut verdict = Verdict::default();
    let chains = reader.chains().await?;
    let mut keys = Vec::new();
    for path in &verification.public_keys {
        keys.push(PublicKey::read(path)?);
    }
    if keys.is_empty() {
        for chain in &chains {
            let own = reader.meta(&format!("key {}", chain.name)).await?;
            keys.extend(own.as_deref().and_then(PublicKey::parse));
        }
        verdict.reservations.push("the keys are the record's own: give --public-key to trust somebody else".into());
    }
    let mut notes = Notes { keys, claims: HashMap::new(), problems: Vec::new() };
    for path in &verification.checkpoints {
        notes.read_file(path)?;
    }
    if verification.checkpoints.is_empty() {
        let what = "no checkpoint from outside: give --checkpoint to find an end that was cut, or an old state";
        verdict.reservations.push(what.into());
    }
    for chain in &chains {
        notes.read_store(reader, chain).await?;
    }
    for name in notes.claims.keys().filter(|name| !chains.iter().any(|chain| chain.name == **name)) {
        let what = "a checkpoint speaks of this chain, and the record does not have it".to_owned();
        verdict.problems.push(Problem { chain: name.clone(), row: 0, fault: Fault::Rollback, what });
    }
    verdict.problems.append(&mut notes.problems);
    for chain in &chains {
        let claims: Vec<Claim> = notes.claims.remove(&chain.name).unwrap_or_default();
        let (found, problems) = chain::verify(reader, chain, claims).await?;
        verdict.chains.push(found);
        verdict.problems.extend(problems);
    }
    Ok(verdict)
}
