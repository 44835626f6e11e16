//! All wanted rows, oldest first, as text; with their numbers, so that an export can go on where another ended.

mod csv;

use futures::{Stream, StreamExt, TryStreamExt, stream};

use crate::Record;
use crate::canonical;
use crate::error::ReadError;
use crate::index::BLOCK;
use crate::query::{Filter, Question, Shelf, Visibility, block_of};
use crate::row::{Row, Sequence};
use crate::store::{Chain, Reader, Store, Stored};

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
        let books = self.shelf.clone();
        let mut plan = Vec::new();
        for chain in books.reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
            let (first, end) = books.extent(&chain).await?;
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
        let found = stream::iter(plan).then(move |(chain, block, first, end)| {
            let (books, question) = (books.clone(), question.clone());
            async move {
                let wanted = books.block(&chain, block).await?.wanted(&question, first, end).await?;
                let mut numbers: Vec<u64> =
                    wanted.last(usize::MAX).into_iter().map(|row| block * BLOCK + row as u64).collect();
                numbers.reverse();
                let fetches: Vec<Vec<u64>> = numbers.chunks(FETCH).map(<[u64]>::to_vec).collect();
                let texts = stream::iter(fetches).then(move |numbers: Vec<u64>| {
                    let (books, question, chain) = (books.clone(), question.clone(), chain.clone());
                    async move { fetch(&books, &question, &chain, &numbers, format).await }
                });
                Ok::<_, ReadError>(texts)
            }
        });
        Ok(stream::iter(head).chain(found.try_flatten()))
    }
}

async fn fetch(
    books: &Shelf,
    question: &Question,
    chain: &Chain,
    numbers: &[u64],
    format: ExportFormat,
) -> Result<String, ReadError> {
    let mut rows = books.reader.rows_at(chain.key, numbers).await?;
    rows.sort_unstable_by_key(|row| row.number);
    let mut text = String::new();
    for stored in &rows {
        put(&decode(chain, stored)?, question, format, &mut text)?;
    }
    Ok(text)
}

/// The same from a record that is not open here: reads every row, and writes nothing beside it.
pub async fn export_store(
    store: &Store,
    export: &Export,
    mut write: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<(), ReadError> {
    let question = Question::new(&export.filter, &export.visibility)?;
    let reader = Reader::open_rows(store).await?;
    if export.format == ExportFormat::Csv {
        write(&csv::head()).map_err(ReadError::Write)?;
    }
    for chain in reader.chains().await?.into_iter().filter(|chain| question.is_about(&chain.name)) {
        let asked = export.from.iter().filter(|from| from.chain == chain.name).map(|from| from.number).max();
        let mut next = chain.from.max(asked.unwrap_or(0));
        loop {
            let rows = reader.rows(chain.key, next, FETCH as u64).await?;
            let Some(last) = rows.last() else { break };
            next = last.number.saturating_add(1);
            let mut text = String::new();
            for stored in &rows {
                put(&decode(&chain, stored)?, &question, export.format, &mut text)?;
            }
            write(&text).map_err(ReadError::Write)?;
        }
    }
    reader.close().await;
    Ok(())
}

fn put(row: &Row, question: &Question, format: ExportFormat, text: &mut String) -> Result<(), ReadError> {
    if question.matches(row) {
        match format {
            ExportFormat::JsonLines => {
                text.push_str(&serde_json::to_string(row).map_err(|error| ReadError::Write(error.into()))?);
                text.push('\n');
            }
            ExportFormat::Csv => csv::line(row, text),
        }
    }
    Ok(())
}

fn decode(chain: &Chain, stored: &Stored) -> Result<Row, ReadError> {
    canonical::decode(&stored.body)
        .map_err(|source| ReadError::Row { sequence: format!("{}:{}", chain.name, stored.number), source })
}
