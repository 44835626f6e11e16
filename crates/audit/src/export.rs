//! All wanted rows, oldest first, as text; with their numbers, so that an export can go on where another ended.

mod csv;

use futures::{Stream, StreamExt, TryStreamExt, stream};

use crate::Record;
use crate::canonical;
use crate::error::ReadError;
use crate::index::BLOCK;
use crate::query::{Filter, Question, Shelf, Visibility, block_of};
use crate::row::{Row, Sequence};
use crate::store::{Chain, Stored};

/// Rows fetched at once.
const FETCH: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One JSON object per line.
    JsonLines,
    /// RFC 4180, with a head; what a spreadsheet would take for a formula is quoted.
    Csv,
}

/// What to export.
#[derive(Debug, Clone)]
pub struct Export {
    pub filter: Filter,
    pub visibility: Visibility,
    pub format: ExportFormat,
    /// Of each chain named here, the first row wanted; of others, all.
    pub from: Vec<Sequence>,
}

impl Record {
    /// A stream of text. A row may come twice over two exports, and none is left out: a reader that remembers the numbers of
    /// the last rows it has goes on from there.
    pub async fn export(
        &self,
        export: Export,
    ) -> Result<impl Stream<Item = Result<String, ReadError>> + Send + use<>, ReadError> {
        let question = Question::new(&export.filter, &export.visibility)?;
        let shelf = self.shelf.clone();
        let mut plan = Vec::new();
        for chain in shelf.reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
            let (first, end) = shelf.extent(&chain).await?;
            let asked = export.from.iter().filter(|from| from.chain == chain.name).map(|from| from.number).max();
            let first = first.max(asked.unwrap_or(0));
            if first < end {
                plan.extend((block_of(first)..=block_of(end - 1)).map(|block| (chain.clone(), block, first, end)));
            }
        }
        let format = export.format;
        let head = match format {
            ExportFormat::JsonLines => None,
            ExportFormat::Csv => Some(Ok(csv::head())),
        };
        let rows = stream::iter(plan).then(move |(chain, block, first, end)| {
            let (shelf, question) = (shelf.clone(), question.clone());
            async move {
                let wanted = shelf.block(&chain, block).await?.wanted(&question, first, end).await?;
                let mut numbers: Vec<u64> =
                    wanted.last(usize::MAX).into_iter().map(|row| block * BLOCK + row as u64).collect();
                numbers.reverse();
                let fetches: Vec<Vec<u64>> = numbers.chunks(FETCH).map(<[u64]>::to_vec).collect();
                let texts = stream::iter(fetches).then(move |numbers: Vec<u64>| {
                    let (shelf, question, chain) = (shelf.clone(), question.clone(), chain.clone());
                    async move { text(&shelf, &question, &chain, &numbers, format).await }
                });
                Ok::<_, ReadError>(texts)
            }
        });
        Ok(stream::iter(head).chain(rows.try_flatten()))
    }
}

async fn text(
    shelf: &Shelf,
    question: &Question,
    chain: &Chain,
    numbers: &[u64],
    format: ExportFormat,
) -> Result<String, ReadError> {
    let mut rows = shelf.reader.rows_at(chain.key, numbers).await?;
    rows.sort_unstable_by_key(|row| row.number);
    let mut text = String::new();
    for stored in rows {
        let row = decode(chain, &stored)?;
        if question.matches(&row) {
            match format {
                ExportFormat::JsonLines => {
                    let line = serde_json::to_string(&row).map_err(|error| ReadError::Write(error.into()))?;
                    text.push_str(&line);
                    text.push('\n');
                }
                ExportFormat::Csv => csv::line(&row, &mut text),
            }
        }
    }
    Ok(text)
}

fn decode(chain: &Chain, stored: &Stored) -> Result<Row, ReadError> {
    canonical::decode(&stored.body)
        .map_err(|source| ReadError::Row { sequence: format!("{}:{}", chain.name, stored.number), source })
}
