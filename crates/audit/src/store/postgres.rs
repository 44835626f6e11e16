//! PostgreSQL, for several replicas over one record. Each replica writes a chain of its own and holds an advisory lock on it
//! for as long as its connection lives.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, PgConnection, Postgres};

use super::statements::statements;
use super::{FORMAT, Store};
use crate::error::OpenError;

statements!(Postgres, PgConnection);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS audit_meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit_chain (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL UNIQUE, replica TEXT NOT NULL UNIQUE,
    kept_from BIGINT NOT NULL, copied BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS audit_row (
    chain BIGINT NOT NULL REFERENCES audit_chain (id), number BIGINT NOT NULL, hash BYTEA NOT NULL, body BYTEA NOT NULL,
    PRIMARY KEY (chain, number)
);
CREATE TABLE IF NOT EXISTS audit_open (
    chain BIGINT NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (chain, number)
);
CREATE TABLE IF NOT EXISTS audit_segment (
    chain BIGINT NOT NULL, number BIGINT NOT NULL, root BYTEA NOT NULL, last_hash BYTEA NOT NULL,
    PRIMARY KEY (chain, number)
);
CREATE TABLE IF NOT EXISTS audit_checkpoint (
    chain BIGINT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL, frontier BYTEA NOT NULL,
    PRIMARY KEY (chain, size)
);
CREATE TABLE IF NOT EXISTS audit_index (
    chain TEXT NOT NULL, block BIGINT NOT NULL, part BYTEA NOT NULL, data BYTEA NOT NULL,
    PRIMARY KEY (chain, block, part)
);
";
/// The class of our advisory locks: the first four letters of our name.
const LOCKS: i32 = 0x5045_5249;
/// The lock under which tables and chains are made; chains are counted from 1.
const MAKING: i32 = 0;

fn options(address: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(address)?
        .application_name("periscope-audit")
        // A server that does not answer is as good as one that is gone.
        .options([("statement_timeout", "10000"), ("lock_timeout", "5000"), ("synchronous_commit", "on")])
        .disable_statement_logging();
    Ok(options)
}

/// The connection that writes. Schema and settings were checked when it returns.
pub(super) async fn connect(address: &str) -> Result<PgConnection> {
    let connecting = tokio::time::timeout(Duration::from_secs(10), options(address)?.connect()).await;
    connecting.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))?
}

/// Whether this connection holds the chain now. The lock goes with the connection.
pub(super) async fn lock(connection: &mut PgConnection, chain: i64) -> Result<bool> {
    let query = sqlx::query("SELECT pg_try_advisory_lock($1, $2)");
    query.bind(LOCKS).bind(key(chain)?).fetch_one(connection).await?.try_get(0)
}

pub(super) async fn unlock(connection: &mut PgConnection, chain: i64) -> Result<()> {
    let query = sqlx::query("SELECT pg_advisory_unlock($1, $2)");
    query.bind(LOCKS).bind(key(chain)?).execute(connection).await.map(drop)
}

pub(super) async fn unlock_all(connection: &mut PgConnection) -> Result<()> {
    sqlx::query("SELECT pg_advisory_unlock_all()").execute(connection).await.map(drop)
}

fn key(chain: i64) -> Result<i32> {
    i32::try_from(chain).map_err(|error| sqlx::Error::Protocol(error.to_string()))
}

pub(super) async fn take(
    connection: &mut PgConnection,
    replica: Option<&str>,
    fresh: &str,
    store: &Store,
) -> std::result::Result<Chain, OpenError> {
    let failed = |source| OpenError::Store { place: store.to_string(), source };
    for setting in ["fsync", "full_page_writes"] {
        let shown = sqlx::query("SELECT current_setting($1)").bind(setting).fetch_one(&mut *connection).await;
        let value: String = shown.and_then(|row| row.try_get(0)).map_err(failed)?;
        if value != "on" {
            return Err(OpenError::NotDurable(if setting == "fsync" { "fsync off" } else { "full_page_writes off" }));
        }
    }
    let wait = sqlx::query("SELECT pg_advisory_lock($1, $2)").bind(LOCKS).bind(MAKING);
    wait.execute(&mut *connection).await.map_err(failed)?;
    let taken = make_and_take(connection, replica, fresh, store).await;
    let free = sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(LOCKS).bind(MAKING);
    free.execute(&mut *connection).await.map_err(failed)?;
    taken
}

async fn make_and_take(
    connection: &mut PgConnection,
    replica: Option<&str>,
    fresh: &str,
    store: &Store,
) -> std::result::Result<Chain, OpenError> {
    let failed = |source| OpenError::Store { place: store.to_string(), source };
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await.map_err(failed)?;
    match meta(connection, "format").await.map_err(failed)? {
        Some(found) if found != FORMAT.to_string() => {
            return Err(OpenError::Format { place: store.to_string(), found, wanted: FORMAT });
        }
        Some(_) => {}
        None => set_meta(connection, "format", &FORMAT.to_string()).await.map_err(failed)?,
    }
    let wanted = |chain: &Chain| replica.is_none_or(|name| name == chain.replica);
    for chain in chains(connection).await.map_err(failed)?.into_iter().filter(wanted) {
        if lock(connection, chain.key).await.map_err(failed)? {
            return Ok(chain);
        }
        if let Some(name) = replica {
            return Err(OpenError::Locked(format!("{store}, chain of replica {name:?},")));
        }
    }
    add_chain(connection, fresh, replica.unwrap_or(fresh)).await.map_err(failed)?;
    let made = chains(connection).await.map_err(failed)?.into_iter().find(|chain| chain.name == fresh);
    let chain = made.ok_or_else(|| failed(sqlx::Error::RowNotFound))?;
    if lock(connection, chain.key).await.map_err(failed)? {
        Ok(chain)
    } else {
        Err(OpenError::Locked(store.to_string()))
    }
}

async fn insert_rows(connection: &mut PgConnection, chain: i64, rows: &[(u64, Vec<u8>, [u8; 32])]) -> Result<()> {
    let numbers: Vec<i64> = rows.iter().map(|(number, ..)| signed(*number)).collect();
    let bodies: Vec<&[u8]> = rows.iter().map(|(_, body, _)| body.as_slice()).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|(.., hash)| hash.as_slice()).collect();
    let query = sqlx::query(
        "INSERT INTO audit_row (chain, number, body, hash)
         SELECT $1, number, body, hash FROM UNNEST($2::bigint[], $3::bytea[], $4::bytea[]) AS new (number, body, hash)",
    );
    query.bind(chain).bind(numbers).bind(bodies).bind(hashes).execute(connection).await.map(drop)
}

async fn open(connection: &mut PgConnection, chain: i64, numbers: &[u64]) -> Result<()> {
    let numbers: Vec<i64> = numbers.iter().map(|number| signed(*number)).collect();
    let query = sqlx::query("INSERT INTO audit_open (chain, number) SELECT $1, UNNEST($2::bigint[])");
    if numbers.is_empty() { Ok(()) } else { query.bind(chain).bind(numbers).execute(connection).await.map(drop) }
}

async fn close(connection: &mut PgConnection, chain: i64, numbers: &[u64]) -> Result<()> {
    let numbers: Vec<i64> = numbers.iter().map(|number| signed(*number)).collect();
    let query = sqlx::query("DELETE FROM audit_open WHERE chain = $1 AND number = ANY($2::bigint[])");
    if numbers.is_empty() { Ok(()) } else { query.bind(chain).bind(numbers).execute(connection).await.map(drop) }
}

/// The rows with these numbers, in any order.
pub(super) async fn rows_at(connection: &mut PgConnection, chain: i64, numbers: &[u64]) -> Result<Vec<Stored>> {
    let numbers: Vec<i64> = numbers.iter().map(|number| signed(*number)).collect();
    let query = sqlx::query("SELECT number, body, hash FROM audit_row WHERE chain = $1 AND number = ANY($2::bigint[])");
    let rows = query.bind(chain).bind(numbers).fetch_all(connection).await?;
    rows.iter().map(stored).collect()
}

pub(super) fn reading(address: &str) -> Result<PgPool> {
    let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(5));
    Ok(pool.connect_lazy_with(options(address)?))
}
