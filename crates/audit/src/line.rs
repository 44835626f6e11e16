//! One chain as its writer knows it: what the next row hangs on. A batch is drafted on a copy, which replaces the original
//! only once the batch is durable.

use jiff::Timestamp;

use crate::canonical::{self, Head};
use crate::checkpoint::{Checkpoint, Extent, Note};
use crate::error::OpenError;
use crate::hash::{Hash, SEGMENT, Tree, genesis, link};
use crate::key::SigningKey;
use crate::store::{Batch, Chain, Ledger, Segment, Stored, StoredCheckpoint};
use crate::{Event, Outcome, Stage};

/// Rows read at once while a chain is caught up with.
const PAGE: u64 = 1000;

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) chain: Chain,
    /// The hash of the last row.
    pub(crate) last: Hash,
    pub(crate) tree: Tree,
    /// The last checkpoint.
    pub(crate) checkpoint: Option<Extent>,
}

/// What is said of an event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Telling {
    pub(crate) stage: Stage,
    pub(crate) intent: Option<u64>,
    pub(crate) outcome: Option<Outcome>,
}

impl Telling {
    pub(crate) const INTENT: Self = Self { stage: Stage::Intent, intent: None, outcome: None };

    pub(crate) fn outcome(intent: u64, outcome: Outcome) -> Self {
        Self { stage: Stage::Outcome, intent: Some(intent), outcome: Some(outcome) }
    }

    pub(crate) fn single(outcome: Outcome) -> Self {
        Self { stage: Stage::Single, intent: None, outcome: Some(outcome) }
    }
}

/// Why stored rows do not continue a chain.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) number: u64,
    pub(crate) what: String,
}

impl Line {
    /// The number of the next row.
    pub(crate) fn next(&self) -> u64 {
        self.tree.size()
    }

    /// Reads where a chain stands: its last checkpoint, and the rows since.
    pub(crate) async fn load(ledger: &mut Ledger, chain: Chain, place: &str) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Store { place: place.to_owned(), source };
        let damaged =
            |number, what: &str| OpenError::Damaged { place: place.to_owned(), number, what: what.to_owned() };
        let mut line = Self { last: genesis(&chain.name), tree: Tree::default(), checkpoint: None, chain };
        if let Some(stored) = ledger.last_checkpoint(line.chain.key).await.map_err(failed)? {
            let note = Note::parse(&stored.note).map_err(|what| damaged(stored.size, what))?;
            let tree = Tree::from_frontier(stored.size, &stored.frontier);
            let tree = tree.filter(|tree| tree.root() == note.checkpoint.extent.root);
            line.tree = tree.ok_or_else(|| damaged(stored.size, "its checkpoint does not fit its tree"))?;
            if stored.size > 0 {
                let rows = ledger.rows(line.chain.key, stored.size - 1, 1).await.map_err(failed)?;
                let last = rows.first().filter(|row| row.number == stored.size - 1);
                let last = last.and_then(|row| row.hash.as_slice().try_into().ok());
                line.last = last.ok_or_else(|| damaged(stored.size - 1, "it is missing"))?;
            }
            line.checkpoint = Some(note.checkpoint.extent);
        }
        line.catch_up(ledger).await.map_err(failed)?.map_err(|broken| damaged(broken.number, &broken.what))?;
        Ok(line)
    }

    /// Takes the rows that are stored after the last one known, and says which of them are intents.
    pub(crate) async fn catch_up(&mut self, ledger: &mut Ledger) -> Result<Result<Vec<u64>, Broken>, sqlx::Error> {
        let mut intents = Vec::new();
        loop {
            let rows = ledger.rows(self.chain.key, self.next(), PAGE).await?;
            let whole = rows.len() as u64 == PAGE;
            for row in rows {
                match self.adopt(&row) {
                    Ok(Stage::Intent) => intents.push(row.number),
                    Ok(_) => {}
                    Err(broken) => return Ok(Err(broken)),
                }
            }
            if !whole {
                return Ok(Ok(intents));
            }
        }
    }

    fn adopt(&mut self, row: &Stored) -> Result<Stage, Broken> {
        let broken = |what: &str| Broken { number: row.number.min(self.next()), what: what.to_owned() };
        if row.number != self.next() {
            return Err(broken("it is missing"));
        }
        let prefix = canonical::prefix(&self.chain.name);
        let glance =
            canonical::glance(&row.body, &prefix, row.number).ok_or_else(|| broken("it is not what it says"))?;
        let hash = link(&self.last, &row.body);
        if row.hash != hash {
            return Err(broken("its hash does not fit"));
        }
        self.tree.push(&hash);
        self.last = hash;
        Ok(glance.stage)
    }

    pub(crate) fn draft(&self) -> Draft {
        Draft { line: self.clone(), batch: Batch::default() }
    }
}

/// A batch, and the chain as it will be.
pub(crate) struct Draft {
    pub(crate) line: Line,
    pub(crate) batch: Batch,
}

impl Draft {
    /// Adds a row, and gives its number.
    pub(crate) fn add(&mut self, time: Timestamp, telling: Telling, event: &Event) -> u64 {
        let number = self.line.next();
        let Telling { stage, intent, outcome } = telling;
        let body =
            canonical::encode(Head { chain: &self.line.chain.name, number, time, stage, intent, outcome }, event);
        let hash = link(&self.line.last, &body);
        self.line.last = hash;
        if let Some(root) = self.line.tree.push(&hash) {
            let segment = Segment { number: number / SEGMENT, root: root.to_vec(), last: hash.to_vec() };
            self.batch.segments.push(segment);
        }
        self.batch.rows.push((number, body, hash));
        if stage == Stage::Intent {
            self.batch.opened.push(number);
        }
        if let Some(intent) = intent {
            let before = self.batch.opened.len();
            self.batch.opened.retain(|opened| *opened != intent);
            if self.batch.opened.len() == before {
                self.batch.closed.push(intent);
            }
        }
        number
    }

    /// Ends the batch with a checkpoint over everything in it.
    pub(crate) fn checkpoint(&mut self, key: &SigningKey, time: Timestamp, others: Vec<(String, Extent)>) {
        let line = &mut self.line;
        let extent = Extent { size: line.next(), root: line.tree.root() };
        let checkpoint = Checkpoint {
            chain: line.chain.name.clone(),
            extent: extent.clone(),
            time,
            from: line.chain.from,
            previous: line.checkpoint.replace(extent),
            others,
        };
        let note = checkpoint.sign(key);
        let frontier = line.tree.frontier();
        self.batch.checkpoint = Some(StoredCheckpoint { size: checkpoint.extent.size, note, frontier });
    }
}
