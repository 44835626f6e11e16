//! Connections that read; they never hold up the one that writes.

use sqlx::{PgPool, SqlitePool};

use super::{Chain, Segment, Store, Stored, StoredCheckpoint, postgres, sqlite};
use crate::error::ReadError;

#[derive(Clone)]
pub(crate) enum Reader {
    Sqlite { rows: SqlitePool, index: SqlitePool },
    Postgres(PgPool),
}

type Result<T> = std::result::Result<T, sqlx::Error>;

/// Runs one statement on a connection for rows, on whichever database it is.
macro_rules! read {
    ($reader:expr, $call:ident($($argument:expr),*)) => {
        match $reader {
            Reader::Sqlite { rows, .. } => sqlite::$call(&mut *rows.acquire().await?, $($argument),*).await,
            Reader::Postgres(pool) => postgres::$call(&mut *pool.acquire().await?, $($argument),*).await,
        }
    };
}

/// The same on a connection for the index.
macro_rules! read_index {
    ($reader:expr, $call:ident($($argument:expr),*)) => {
        match $reader {
            Reader::Sqlite { index, .. } => sqlite::$call(&mut *index.acquire().await?, $($argument),*).await,
            Reader::Postgres(pool) => postgres::$call(&mut *pool.acquire().await?, $($argument),*).await,
        }
    };
}

impl Reader {
    /// A store that has been opened for writing before.
    pub(crate) async fn open(store: &Store) -> Result<Self> {
        match store {
            Store::Sqlite(path) => {
                Ok(Self::Sqlite { rows: sqlite::reading(path).await?, index: sqlite::index(path).await? })
            }
            Store::Postgres(address) => Ok(Self::Postgres(postgres::reading(address)?)),
        }
    }

    /// A store that nothing is to be written beside: without an index.
    pub(crate) async fn open_rows(store: &Store) -> std::result::Result<Self, ReadError> {
        let none = |what: &str| ReadError::NoRecord { place: store.to_string(), what: what.to_owned() };
        let unreadable = |error: sqlx::Error| match error {
            sqlx::Error::Database(_) => none(&error.to_string()),
            error => error.into(),
        };
        let reader = match store {
            Store::Sqlite(path) => {
                let metadata =
                    std::fs::metadata(path).map_err(|source| ReadError::File { path: path.clone(), source })?;
                if !metadata.is_file() {
                    return Err(none("it is no file"));
                }
                let rows = sqlite::reading(path).await.map_err(unreadable)?;
                Self::Sqlite { index: rows.clone(), rows }
            }
            Store::Postgres(address) => Self::Postgres(postgres::reading(address)?),
        };
        match reader.meta("format").await {
            Ok(Some(found)) if found == super::FORMAT.to_string() => Ok(reader),
            Ok(Some(found)) => Err(none(&format!("its format is {found}"))),
            Ok(None) => Err(none("it has no format")),
            Err(error) => Err(unreadable(error)),
        }
    }

    pub(crate) async fn chains(&self) -> Result<Vec<Chain>> {
        read!(self, chains())
    }

    pub(crate) async fn bounds(&self, chain: i64) -> Result<(u64, u64)> {
        read!(self, bounds(chain))
    }

    pub(crate) async fn rows(&self, chain: i64, from: u64, limit: u64) -> Result<Vec<Stored>> {
        read!(self, rows(chain, from, limit))
    }

    pub(crate) async fn row(&self, chain: i64, number: u64) -> Result<Option<Stored>> {
        read!(self, row(chain, number))
    }

    pub(crate) async fn rows_at(&self, chain: i64, numbers: &[u64]) -> Result<Vec<Stored>> {
        read!(self, rows_at(chain, numbers))
    }

    pub(crate) async fn segments(&self, chain: i64) -> Result<Vec<Segment>> {
        read!(self, segments(chain))
    }

    pub(crate) async fn checkpoints(
        &self,
        chain: i64,
        after: Option<u64>,
        limit: u64,
    ) -> Result<Vec<StoredCheckpoint>> {
        read!(self, checkpoints(chain, after, limit))
    }

    pub(crate) async fn last_checkpoint(&self, chain: i64) -> Result<Option<StoredCheckpoint>> {
        read!(self, last_checkpoint(chain))
    }

    pub(crate) async fn open_intents(&self, chain: i64) -> Result<Vec<u64>> {
        read!(self, open_intents(chain))
    }

    pub(crate) async fn meta(&self, key: &str) -> Result<Option<String>> {
        read!(self, meta(key))
    }

    pub(crate) async fn index_chunk(&self, chain: &str, block: u64, key: &[u8]) -> Result<Option<Vec<u8>>> {
        read_index!(self, index_chunk(chain, block, key))
    }

    pub(crate) async fn put_index(&self, chain: &str, block: u64, chunks: &[(Vec<u8>, Vec<u8>)]) -> Result<()> {
        read_index!(self, put_index(chain, block, chunks))
    }

    pub(crate) async fn drop_index(&self, chain: &str, below: u64) -> Result<()> {
        read_index!(self, drop_index(chain, below))
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { rows, index } => {
                rows.close().await;
                index.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}
