//! Where rows stand: in the chain, in its checkpoints, and between intent and outcome.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::filter::may_see;
use super::{Filter, Question, Shelf, Visibility};
use crate::Record;
use crate::canonical;
use crate::checkpoint::Note;
use crate::error::ReadError;
use crate::hash::{SEGMENT, genesis};
use crate::key::hex;
use crate::row::{Row, Sequence};
use crate::store::{Chain, Stored};

/// A checkpoint, as far as it says how much of a chain there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covering {
    /// Rows that it covers.
    pub size: u64,
    pub time: Timestamp,
    /// The root of the Merkle tree over them, in base64 as the signed note has it.
    pub root: String,
}

/// What holds a row in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// In hexadecimal digits.
    pub hash: String,
    /// The hash of the row before it, or what the chain begins with.
    pub previous: String,
    /// The first checkpoint that covers it; absent until one was made.
    pub checkpoint: Option<Covering>,
}

impl Record {
    /// Where a row stands. None when there is no such row, or it may not be seen.
    pub async fn standing(&self, place: &Sequence, visibility: &Visibility) -> Result<Option<Standing>, ReadError> {
        let reader = &self.shelf.reader;
        let Some(chain) = reader.chains().await?.into_iter().find(|chain| chain.name == place.chain) else {
            return Ok(None);
        };
        let Some(stored) = reader.row(chain.key, place.number).await? else { return Ok(None) };
        if !may_see(visibility, &decode(&chain, &stored)?) {
            return Ok(None);
        }
        let previous = previous(&self.shelf, &chain, place.number).await?;
        let after = reader.checkpoints(chain.key, Some(place.number), 1).await?;
        let checkpoint = after.first().and_then(|stored| covering(&stored.note));
        Ok(Some(Standing { hash: hex(&stored.hash), previous, checkpoint }))
    }

    /// Intents whose outcome is not written, as far as a filter wants them, newest first and at most `limit`.
    pub async fn under_way(
        &self,
        filter: &Filter,
        visibility: &Visibility,
        limit: usize,
    ) -> Result<Vec<Row>, ReadError> {
        let question = Question::new(filter, visibility)?;
        let reader = &self.shelf.reader;
        let mut rows = Vec::new();
        for chain in reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
            let mut open = reader.open_intents(chain.key).await?;
            open.reverse();
            for numbers in open.chunks(FETCH) {
                for stored in reader.rows_at(chain.key, numbers).await? {
                    rows.extend(Some(decode(&chain, &stored)?).filter(|row| question.matches(row)));
                }
            }
        }
        rows.sort_by(|one, other| (other.time, &other.sequence).cmp(&(one.time, &one.sequence)));
        rows.truncate(limit);
        Ok(rows)
    }

    /// The intents of outcomes, by the places of the outcomes. Whoever may see an outcome may see its intent: both have
    /// the same actor.
    pub async fn intents_of(&self, outcomes: &[Row]) -> Result<HashMap<Sequence, Row>, ReadError> {
        let reader = &self.shelf.reader;
        let mut found = HashMap::new();
        for chain in reader.chains().await? {
            let here = outcomes.iter().filter(|row| row.sequence.chain == chain.name);
            let wanted: HashMap<u64, &Row> = here.filter_map(|row| Some((row.intent?, row))).collect();
            let numbers: Vec<u64> = wanted.keys().copied().collect();
            for numbers in numbers.chunks(FETCH) {
                for stored in reader.rows_at(chain.key, numbers).await? {
                    let intent = decode(&chain, &stored)?;
                    if let Some(outcome) = wanted.get(&stored.number)
                        && (&outcome.actor.issuer, &outcome.actor.subject)
                            == (&intent.actor.issuer, &intent.actor.subject)
                    {
                        found.insert(outcome.sequence.clone(), intent);
                    }
                }
            }
        }
        Ok(found)
    }

    /// When the oldest row was written that is still kept; none while there is no row.
    pub async fn reaches_back_to(&self) -> Result<Option<Timestamp>, ReadError> {
        let reader = &self.shelf.reader;
        let mut oldest: Option<Timestamp> = None;
        for chain in reader.chains().await? {
            if let Some(stored) = reader.rows(chain.key, chain.from, 1).await?.first() {
                let time = decode(&chain, stored)?.time;
                oldest = Some(oldest.map_or(time, |known| known.min(time)));
            }
        }
        Ok(oldest)
    }

    /// The newest row's time, and the newest checkpoint of this replica's chain.
    pub async fn newest(&self) -> Result<(Option<Timestamp>, Option<Covering>), ReadError> {
        let reader = &self.shelf.reader;
        let Some(chain) = reader.chains().await?.into_iter().find(|chain| chain.name == self.chain()) else {
            return Ok((None, None));
        };
        let (_, end) = reader.bounds(chain.key).await?;
        let last = match end.checked_sub(1) {
            Some(number) => reader.row(chain.key, number).await?,
            None => None,
        };
        let time = last.map(|stored| decode(&chain, &stored)).transpose()?.map(|row| row.time);
        let checkpoint = reader.last_checkpoint(chain.key).await?.and_then(|stored| covering(&stored.note));
        Ok((time, checkpoint))
    }
}

/// Rows fetched at once.
const FETCH: usize = 500;

fn decode(chain: &Chain, stored: &Stored) -> Result<Row, ReadError> {
    canonical::decode(&stored.body)
        .map_err(|source| ReadError::Row { sequence: format!("{}:{}", chain.name, stored.number), source })
}

fn covering(note: &str) -> Option<Covering> {
    let checkpoint = Note::parse(note).ok()?.checkpoint;
    let extent = checkpoint.extent;
    Some(Covering { size: extent.size, time: checkpoint.time, root: STANDARD.encode(extent.root) })
}

/// What a row was hashed together with. Retention may have dropped the row before it, but keeps its hash.
async fn previous(shelf: &Shelf, chain: &Chain, number: u64) -> Result<String, ReadError> {
    let Some(before) = number.checked_sub(1) else { return Ok(hex(&genesis(&chain.name))) };
    if let Some(stored) = shelf.reader.row(chain.key, before).await? {
        return Ok(hex(&stored.hash));
    }
    let segments = shelf.reader.segments(chain.key).await?;
    let kept = segments.iter().find(|segment| segment.number == before / SEGMENT);
    Ok(kept.map(|segment| hex(&segment.last)).unwrap_or_default())
}
