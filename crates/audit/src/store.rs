//! Where rows are kept: an embedded SQLite database, or PostgreSQL. Both speak the same statements (`store/statements.rs`);
//! what differs is in `store/sqlite.rs` and `store/postgres.rs`. Nothing here knows what a row means.

mod postgres;
mod reader;
mod sqlite;
mod statements;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use reader::Reader;

use crate::error::OpenError;
use crate::hash::Hash;

/// The format of the tables and of the rows in them.
pub(crate) const FORMAT: u32 = 1;

/// Which database the record is in.
#[derive(Clone, PartialEq, Eq)]
pub enum Store {
    /// An embedded SQLite database, made when it is missing.
    Sqlite(PathBuf),
    /// A PostgreSQL database: `postgres://user@host/database`.
    Postgres(String),
}

impl Store {
    /// A PostgreSQL address, or else the path of an SQLite database.
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Postgres(text.to_owned())
        } else {
            Self::Sqlite(PathBuf::from(text))
        }
    }
}

/// Without the password that an address may hold.
impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(address) => {
                let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
                let place = rest.split('?').next().unwrap_or_default();
                write!(f, "{scheme}://{}", place.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A row as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) number: u64,
    pub(crate) body: Vec<u8>,
    /// As stored; of another length than 32 only when somebody changed it.
    pub(crate) hash: Vec<u8>,
}

/// A chain and what is kept about it beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chain {
    /// The store's own short key.
    pub(crate) key: i64,
    pub(crate) name: String,
    pub(crate) replica: String,
    /// The oldest row that retention has not dropped.
    pub(crate) from: u64,
    /// Rows below this one were copied to the sink.
    pub(crate) copied: u64,
}

/// A whole segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) root: Vec<u8>,
    /// The hash of its last row.
    pub(crate) last: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCheckpoint {
    pub(crate) size: u64,
    pub(crate) note: String,
    pub(crate) frontier: Vec<u8>,
}

/// What becomes durable together.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) rows: Vec<(u64, Vec<u8>, Hash)>,
    /// Intents that this batch opens and leaves open.
    pub(crate) opened: Vec<u64>,
    pub(crate) closed: Vec<u64>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) checkpoint: Option<StoredCheckpoint>,
}

/// The one connection that writes a chain, and holds it against everybody else.
pub(crate) enum Ledger {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

/// Runs one statement on whichever database it is.
macro_rules! on {
    ($connection:expr, $call:ident($($argument:expr),*)) => {
        match $connection {
            Ledger::Sqlite(connection) => sqlite::$call(connection, $($argument),*).await,
            Ledger::Postgres(connection) => postgres::$call(connection, $($argument),*).await,
        }
    };
}

impl Ledger {
    /// Opens the store for writing, makes what is missing, and takes the chain of `replica`; without a name any chain
    /// that nobody holds, or a new one called `fresh`.
    pub(crate) async fn open(store: &Store, replica: Option<&str>, fresh: &str) -> Result<(Self, Chain), OpenError> {
        let failed = |source| OpenError::Store { place: store.to_string(), source };
        match store {
            Store::Sqlite(path) => {
                let mut connection = sqlite::connect(path).await.map_err(failed)?;
                let chain = sqlite::take(&mut connection, replica, fresh, store).await?;
                Ok((Self::Sqlite(connection), chain))
            }
            Store::Postgres(address) => {
                let mut connection = postgres::connect(address).await.map_err(failed)?;
                let chain = postgres::take(&mut connection, replica, fresh, store).await?;
                Ok((Self::Postgres(connection), chain))
            }
        }
    }

    /// Opens it again after a failure and takes the same chain.
    pub(crate) async fn reopen(store: &Store, chain: &Chain) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Store { place: store.to_string(), source };
        match store {
            Store::Sqlite(path) => {
                let mut connection = sqlite::connect(path).await.map_err(failed)?;
                sqlite::settle(&mut connection).await.map_err(failed)?;
                Ok(Self::Sqlite(connection))
            }
            Store::Postgres(address) => {
                let mut connection = postgres::connect(address).await.map_err(failed)?;
                if postgres::lock(&mut connection, chain.key).await.map_err(failed)? {
                    Ok(Self::Postgres(connection))
                } else {
                    Err(OpenError::Locked(store.to_string()))
                }
            }
        }
    }

    pub(crate) async fn append(&mut self, chain: i64, batch: &Batch) -> Result<(), sqlx::Error> {
        on!(self, append(chain, batch))
    }

    pub(crate) async fn tail(&mut self, chain: i64) -> Result<Option<Stored>, sqlx::Error> {
        on!(self, tail(chain))
    }

    pub(crate) async fn rows(&mut self, chain: i64, from: u64, limit: u64) -> Result<Vec<Stored>, sqlx::Error> {
        on!(self, rows(chain, from, limit))
    }

    pub(crate) async fn open_intents(&mut self, chain: i64) -> Result<Vec<u64>, sqlx::Error> {
        on!(self, open_intents(chain))
    }

    pub(crate) async fn last_checkpoint(&mut self, chain: i64) -> Result<Option<StoredCheckpoint>, sqlx::Error> {
        on!(self, last_checkpoint(chain))
    }

    pub(crate) async fn chains(&mut self) -> Result<Vec<Chain>, sqlx::Error> {
        on!(self, chains())
    }

    pub(crate) async fn set_from(&mut self, chain: i64, from: u64) -> Result<(), sqlx::Error> {
        on!(self, set_from(chain, from))
    }

    pub(crate) async fn set_copied(&mut self, chain: i64, copied: u64) -> Result<(), sqlx::Error> {
        on!(self, set_copied(chain, copied))
    }

    pub(crate) async fn drop_rows(&mut self, chain: i64, from: u64, to: u64) -> Result<(), sqlx::Error> {
        on!(self, drop_rows(chain, from, to))
    }

    pub(crate) async fn set_meta(&mut self, key: &str, value: &str) -> Result<(), sqlx::Error> {
        on!(self, set_meta(key, value))
    }

    /// Another replica's chain, if nobody holds it.
    pub(crate) async fn try_lock(&mut self, chain: i64) -> Result<bool, sqlx::Error> {
        match self {
            Self::Sqlite(_) => Ok(false),
            Self::Postgres(connection) => postgres::lock(connection, chain).await,
        }
    }

    pub(crate) async fn unlock(&mut self, chain: i64) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(connection) => postgres::unlock(connection, chain).await,
        }
    }

    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        use sqlx::Connection;
        match self {
            Self::Sqlite(mut connection) => {
                // So that the one file is all of it, for whoever copies it. A reader may be in the way, and then it is not.
                if let Err(error) = sqlite::settle(&mut connection).await {
                    tracing::warn!(%error, "the record's log was not moved into its database");
                }
                connection.close().await
            }
            Self::Postgres(mut connection) => {
                // The server notices an end when it comes to it; whoever is next is not to wait for that.
                postgres::unlock_all(&mut connection).await?;
                connection.close().await
            }
        }
    }
}

/// A file that says that a process has the SQLite record open; the lock goes with the process.
pub(crate) fn lock_file(path: &Path) -> Result<std::fs::File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let place = PathBuf::from(name);
    let failed = |source| OpenError::File { place: place.clone(), source };
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&place).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::Locked(path.display().to_string())),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A negative number is one that somebody changed: no row has it.
fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let store = Store::parse("postgres://periscope:hunter2@db:5432/audit?sslmode=require&password=hunter2");
        assert_eq!(store.to_string(), "postgres://db:5432/audit");
        assert_eq!(Store::parse("/var/lib/audit.db"), Store::Sqlite("/var/lib/audit.db".into()));
    }
}
