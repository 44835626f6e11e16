//! Pages of rows, and pairs of them.

use jiff::Timestamp;
use serde::Serialize;

use super::filter::may_see;
use super::walk::{Cursor, Walk};
use super::{Filter, Question, Visibility, block_of};
use crate::Record;
use crate::canonical;
use crate::error::ReadError;
use crate::query::Shelf;
use crate::row::{Row, Sequence, Stage};

/// Rows of one page.
const MAX_PAGE: usize = 1000;

/// Rows, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub rows: Vec<Row>,
    /// Asks for the rows after these, whatever is recorded meanwhile. Absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Present when the search took too long and stopped: everything after this time was looked at. The cursor goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub searched_back_to: Option<Timestamp>,
}

/// The two rows of an act.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pair {
    /// Absent for what is told with one row, and when retention dropped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<Row>,
    /// The outcome or the single row. Absent while the act is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Row>,
}

impl Record {
    /// The newest rows that a filter wants, or those after a page's `cursor`.
    pub async fn query(
        &self,
        filter: &Filter,
        visibility: &Visibility,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        let question = Question::new(filter, visibility)?;
        let cursor = cursor.map(Cursor::parse).transpose()?;
        let limit = limit.clamp(1, MAX_PAGE);
        let mut walk = Walk::start(&self.shelf, &question, cursor.as_ref(), limit).await?;
        let mut rows = Vec::new();
        while rows.len() < limit {
            match walk.next().await? {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(Page { rows, searched_back_to: walk.stopped_at(), cursor: walk.cursor().await? })
    }

    /// A row together with the one that belongs to it. None when there is no such row, or it may not be seen.
    pub async fn pair(&self, sequence: &Sequence, visibility: &Visibility) -> Result<Option<Pair>, ReadError> {
        let books = &*self.shelf;
        let chains = books.reader.chains().await?;
        let Some(chain) = chains.into_iter().find(|chain| chain.name == sequence.chain) else { return Ok(None) };
        let Some(row) = row(books, chain.key, sequence).await?.filter(|row| may_see(visibility, row)) else {
            return Ok(None);
        };
        let partner = match (row.stage, row.intent) {
            (Stage::Single, _) | (Stage::Outcome, None) => None,
            (Stage::Outcome, Some(number)) => Some(number),
            (Stage::Intent, _) => {
                let (_, end) = books.extent(&chain).await?;
                let mut found = None;
                for block in block_of(sequence.number)..=block_of(end) {
                    found = books.block(&chain, block).await?.closing(sequence.number).await?;
                    if found.is_some() {
                        break;
                    }
                }
                found
            }
        };
        let other = match partner {
            Some(number) => self::row(books, chain.key, &Sequence { number, ..sequence.clone() }).await?,
            None => None,
        };
        let other = other.filter(|row| may_see(visibility, row));
        Ok(Some(match row.stage {
            Stage::Intent => Pair { intent: Some(row), outcome: other },
            Stage::Outcome | Stage::Single => Pair { intent: other, outcome: Some(row) },
        }))
    }
}

async fn row(books: &Shelf, chain: i64, sequence: &Sequence) -> Result<Option<Row>, ReadError> {
    let stored = books.reader.row(chain, sequence.number).await?;
    let decode = |stored: crate::store::Stored| {
        canonical::decode(&stored.body).map_err(|source| ReadError::Row { sequence: sequence.to_string(), source })
    };
    stored.map(decode).transpose()
}
