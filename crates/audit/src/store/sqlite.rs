//! The embedded database. One file holds the record; a second one beside it, which may be deleted at any time, its index.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Sqlite, SqliteConnection};

use super::statements::statements;
use super::{FORMAT, Store};
use crate::error::OpenError;

statements!(Sqlite, SqliteConnection);

/// `number` is the row's place in the file, too: rows are only ever appended.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS audit_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_chain (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, replica TEXT NOT NULL UNIQUE,
    kept_from INTEGER NOT NULL, copied INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_row (
    number INTEGER PRIMARY KEY, chain INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_open (
    chain INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (chain, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_segment (
    chain INTEGER NOT NULL, number INTEGER NOT NULL, root BLOB NOT NULL, last_hash BLOB NOT NULL,
    PRIMARY KEY (chain, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit_checkpoint (
    chain INTEGER NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, frontier BLOB NOT NULL,
    PRIMARY KEY (chain, size)
) WITHOUT ROWID;
";
const INDEX_SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS audit_index (
    chain TEXT NOT NULL, block INTEGER NOT NULL, part BLOB NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (chain, block, part)
);
";
/// 16 MiB of the log before it is moved into the database: each move costs two more syncs.
const PAGES_OF_LOG: &str = "4096";
/// Rows of one statement, largest first: each is prepared once.
const CHUNKS: [(usize, &str); 3] = [(32, INSERT_32), (8, INSERT_8), (1, INSERT_1)];

macro_rules! insert {
    ($($row:literal),+) => {
        concat!("INSERT INTO audit_row (chain, number, body, hash) VALUES ", insert!(@ $($row),+))
    };
    (@ $first:literal $(, $row:literal)*) => { concat!("(?, ?, ?, ?)" $(, insert!(+ $row))*) };
    (+ $row:literal) => { ", (?, ?, ?, ?)" };
}
const INSERT_1: &str = insert!(1);
const INSERT_8: &str = insert!(1, 2, 3, 4, 5, 6, 7, 8);
const INSERT_32: &str = insert!(
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
    32
);

/// The connection that writes. A commit returns when the log is on the disk.
pub(super) async fn connect(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", PAGES_OF_LOG)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let mut connection = options.connect().await?;
    readable_schema(&mut connection).await?;
    sqlx::raw_sql(SCHEMA).execute(&mut connection).await?;
    Ok(connection)
}

/// A damaged file's schema may not be text, and the library's own thread would panic over it. As bytes it is harmless.
async fn readable_schema(connection: &mut SqliteConnection) -> Result<()> {
    let schema: Vec<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT CAST(sql AS BLOB) FROM sqlite_schema").fetch_all(connection).await?;
    match schema.into_iter().flatten().find(|sql| std::str::from_utf8(sql).is_err()) {
        Some(_) => Err(sqlx::Error::Protocol("the schema of the database is damaged: it is not text".into())),
        None => Ok(()),
    }
}

/// After a failure: moves all of the log into the database and empties it. After a sync that failed, the system may take
/// pages for written that are not; here each page is written anew, and the sync that follows says whether that worked.
pub(super) async fn settle(connection: &mut SqliteConnection) -> Result<()> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    let blocked: i64 = row.try_get(0)?;
    if blocked == 0 {
        Ok(())
    } else {
        Err(sqlx::Error::Protocol("a reader keeps the log of the database from being emptied".into()))
    }
}

/// The chain of this file. There is one, which stays the same when the file moves.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    replica: Option<&str>,
    fresh: &str,
    store: &Store,
) -> std::result::Result<Chain, OpenError> {
    let failed = |source| OpenError::Store { place: store.to_string(), source };
    match meta(connection, "format").await.map_err(failed)? {
        Some(found) if found != FORMAT.to_string() => {
            return Err(OpenError::Format { place: store.to_string(), found, wanted: FORMAT });
        }
        Some(_) => {}
        None => set_meta(connection, "format", &FORMAT.to_string()).await.map_err(failed)?,
    }
    if let Some(chain) = chains(connection).await.map_err(failed)?.into_iter().next() {
        return match replica {
            Some(wanted) if wanted != chain.replica => {
                Err(OpenError::OtherReplica { found: chain.replica, wanted: wanted.to_owned() })
            }
            _ => Ok(chain),
        };
    }
    add_chain(connection, fresh, replica.unwrap_or(fresh)).await.map_err(failed)?;
    let chain = chains(connection).await.map_err(failed)?.into_iter().next();
    chain.ok_or_else(|| failed(sqlx::Error::RowNotFound))
}

async fn insert_rows(connection: &mut SqliteConnection, chain: i64, rows: &[(u64, Vec<u8>, [u8; 32])]) -> Result<()> {
    let mut rest = rows;
    for (size, statement) in CHUNKS {
        while rest.len() >= size {
            let (chunk, later) = rest.split_at(size);
            let mut query = sqlx::query::<Sqlite>(statement);
            for (number, body, hash) in chunk {
                query = query.bind(chain).bind(signed(*number)).bind(body.as_slice()).bind(hash.as_slice());
            }
            query.execute(&mut *connection).await?;
            rest = later;
        }
    }
    Ok(())
}

async fn open(connection: &mut SqliteConnection, chain: i64, numbers: &[u64]) -> Result<()> {
    let list = list(numbers);
    let query = sqlx::query("INSERT INTO audit_open (chain, number) SELECT ?1, value FROM json_each(?2)");
    if numbers.is_empty() { Ok(()) } else { query.bind(chain).bind(list).execute(connection).await.map(drop) }
}

async fn close(connection: &mut SqliteConnection, chain: i64, numbers: &[u64]) -> Result<()> {
    let list = list(numbers);
    let query = sqlx::query("DELETE FROM audit_open WHERE chain = ?1 AND number IN (SELECT value FROM json_each(?2))");
    if numbers.is_empty() { Ok(()) } else { query.bind(chain).bind(list).execute(connection).await.map(drop) }
}

fn list(numbers: &[u64]) -> String {
    let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
    format!("[{}]", texts.join(","))
}

/// The rows with these numbers, in any order.
pub(super) async fn rows_at(connection: &mut SqliteConnection, chain: i64, numbers: &[u64]) -> Result<Vec<Stored>> {
    let query = sqlx::query(
        "SELECT number, body, hash FROM audit_row
         WHERE chain = ?1 AND number IN (SELECT value FROM json_each(?2))",
    );
    let rows = query.bind(chain).bind(list(numbers)).fetch_all(connection).await?;
    rows.iter().map(stored).collect()
}

/// Connections that read the record: what is read was committed, and may be a moment older than it was acknowledged.
pub(super) async fn reading(path: &Path) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .row_buffer_size(512)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    pool(options).await
}

/// The file is looked at before there is a pool, which would try again for half a minute.
async fn pool(options: SqliteConnectOptions) -> Result<SqlitePool> {
    let mut first = options.connect().await?;
    readable_schema(&mut first).await?;
    first.close().await?;
    Ok(SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options))
}

/// The index beside the record. It may lose what it was given last: it is made again from the rows.
pub(super) async fn index(path: &Path) -> Result<SqlitePool> {
    let place = beside(path, "-index");
    match open_index(&place).await {
        Ok(pool) => Ok(pool),
        // One that is damaged is worth nothing: it is made again.
        Err(sqlx::Error::Database(error)) => {
            tracing::warn!(%error, place = %place.display(), "the record's index is damaged, and made again");
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(beside(&place, end));
            }
            open_index(&place).await
        }
        Err(error) => Err(error),
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

async fn open_index(place: &Path) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(place)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    let pool = pool(options).await?;
    sqlx::raw_sql(AssertSqlSafe(INDEX_SCHEMA)).execute(&pool).await?;
    Ok(pool)
}
