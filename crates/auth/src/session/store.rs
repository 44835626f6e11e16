//! The tables: the same statements on SQLite and PostgreSQL.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use periscope_model::Person;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::secret::Secret;

/// Where sessions are kept.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file of its own in this folder, which must exist.
    Folder(PathBuf),
    /// A PostgreSQL URL; more than one replica may use it.
    Postgres(Secret),
}

#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("the session database: {0}")]
    Sql(#[from] sqlx::Error),
    #[error("the session database cannot be set up: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the session database {path} cannot be made: {error}", path = .path.display())]
    File { path: PathBuf, error: std::io::Error },
}

/// Times are seconds since 1970.
const SCHEMA: &str = "
CREATE TABLE auth_session (
    hash          TEXT PRIMARY KEY,
    public_id     TEXT NOT NULL UNIQUE,
    issuer        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    provider      TEXT NOT NULL,
    person        TEXT NOT NULL,
    address       TEXT,
    user_agent    TEXT,
    started       BIGINT NOT NULL,
    seen          BIGINT NOT NULL,
    expires       BIGINT NOT NULL,
    refresh       TEXT,
    refresh_due   BIGINT,
    failing_since BIGINT,
    version       BIGINT NOT NULL
);
CREATE INDEX auth_session_person ON auth_session (issuer, subject);
CREATE INDEX auth_session_due ON auth_session (refresh_due);
CREATE TABLE auth_used_login (
    hash  TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);
";
const MAX_CONNECTIONS: u32 = 4;
/// Whoever waits longer for the database is told that it does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// One session as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Of the secret its browser has.
    pub(crate) hash: String,
    pub(crate) public_id: String,
    pub(crate) provider: String,
    pub(crate) person: Person,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) started: i64,
    pub(crate) seen: i64,
    pub(crate) expires: i64,
    /// Sealed.
    pub(crate) refresh: Option<String>,
    pub(crate) refresh_due: Option<i64>,
    /// Since when the provider cannot be asked.
    pub(crate) failing_since: Option<i64>,
    /// Raised whenever somebody takes it for a refresh: what was read before then is not written.
    pub(crate) version: i64,
}

type Tuple = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
    i64,
    Option<String>,
    Option<i64>,
    Option<i64>,
    i64,
);

macro_rules! columns {
    () => {
        "hash, public_id, provider, person, address, user_agent, started, seen, expires, refresh, refresh_due, failing_since, version"
    };
}

impl Row {
    fn of(
        (
            hash,
            public_id,
            provider,
            person,
            address,
            user_agent,
            started,
            seen,
            expires,
            refresh,
            refresh_due,
            failing_since,
            version,
        ): Tuple,
    ) -> Option<Self> {
        let person = serde_json::from_str(&person).ok()?;
        Some(Self {
            hash,
            public_id,
            provider,
            person,
            address,
            user_agent,
            started,
            seen,
            expires,
            refresh,
            refresh_due,
            failing_since,
            version,
        })
    }
}

/// What a refresh brought.
pub(crate) struct Refreshed<'a> {
    pub(crate) person: &'a Person,
    pub(crate) refresh: Option<&'a str>,
    pub(crate) due: Option<i64>,
}

#[derive(Clone)]
pub(crate) enum Store {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The same statement on whichever database there is.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            Store::Sqlite($pool) => $body,
            Store::Postgres($pool) => $body,
        }
    };
}

impl Store {
    pub(crate) async fn open(database: &Database) -> Result<Self, DatabaseError> {
        let migration = Migration::new(1, "sessions".into(), MigrationType::Simple, SCHEMA.into_sql_str(), false);
        let mut migrator = Migrator::with_migrations(vec![migration]);
        // The database may be shared with other parts, which count their own.
        migrator.dangerous_set_table_name("auth_migration");
        let store = match database {
            Database::Folder(folder) => Self::Sqlite(open_file(folder).await?),
            Database::Postgres(url) => {
                let options = PgConnectOptions::from_str(url.expose())?;
                Self::Postgres(
                    PgPoolOptions::new()
                        .max_connections(MAX_CONNECTIONS)
                        .acquire_timeout(PATIENCE)
                        .connect_with(options)
                        .await?,
                )
            }
        };
        on!(&store, pool => migrator.run(pool).await)?;
        Ok(store)
    }

    /// Whether this login is ended for the first time.
    pub(crate) async fn use_login(&self, hash: &str, until: Timestamp) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO auth_used_login (hash, until) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
        let until = until.as_second();
        Ok(on!(self, pool => sqlx::query(sql).bind(hash).bind(until).execute(pool).await?.rows_affected()) == 1)
    }

    pub(crate) async fn forget_logins(&self, now: i64) -> Result<(), DatabaseError> {
        let sql = "DELETE FROM auth_used_login WHERE until <= $1";
        on!(self, pool => sqlx::query(sql).bind(now).execute(pool).await.map(drop))?;
        Ok(())
    }

    pub(crate) async fn insert(&self, row: &Row) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO auth_session (hash, public_id, issuer, subject, provider, person, address, user_agent, started, seen,
            expires, refresh, refresh_due, failing_since, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        on!(self, pool => {
            sqlx::query(sql)
                .bind(&row.hash)
                .bind(&row.public_id)
                .bind(&row.person.issuer)
                .bind(&row.person.subject)
                .bind(&row.provider)
                .bind(json(&row.person))
                .bind(row.address.as_deref())
                .bind(row.user_agent.as_deref())
                .bind(row.started)
                .bind(row.seen)
                .bind(row.expires)
                .bind(row.refresh.as_deref())
                .bind(row.refresh_due)
                .bind(row.failing_since)
                .bind(row.version)
                .execute(pool)
                .await
                .map(drop)
        })?;
        Ok(())
    }

    pub(crate) async fn find(&self, hash: &str) -> Result<Option<Row>, DatabaseError> {
        let sql = concat!("SELECT ", columns!(), " FROM auth_session WHERE hash = $1");
        let found: Option<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(hash).fetch_optional(pool).await)?;
        Ok(found.and_then(Row::of))
    }

    pub(crate) async fn find_public(&self, id: &str) -> Result<Option<Row>, DatabaseError> {
        let sql = concat!("SELECT ", columns!(), " FROM auth_session WHERE public_id = $1");
        let found: Option<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(found.and_then(Row::of))
    }

    /// Whether it was still there.
    pub(crate) async fn touch(&self, hash: &str, now: i64) -> Result<bool, DatabaseError> {
        let sql = "UPDATE auth_session SET seen = $2 WHERE hash = $1";
        Ok(on!(self, pool => sqlx::query(sql).bind(hash).bind(now).execute(pool).await?.rows_affected()) == 1)
    }

    pub(crate) async fn close(&self, hash: &str) -> Result<Option<Row>, DatabaseError> {
        let sql = concat!("DELETE FROM auth_session WHERE hash = $1 RETURNING ", columns!());
        let closed: Option<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(hash).fetch_optional(pool).await)?;
        Ok(closed.and_then(Row::of))
    }

    pub(crate) async fn close_public(&self, id: &str) -> Result<Option<Row>, DatabaseError> {
        let sql = concat!("DELETE FROM auth_session WHERE public_id = $1 RETURNING ", columns!());
        let closed: Option<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(closed.and_then(Row::of))
    }

    pub(crate) async fn close_all_of(&self, issuer: &str, subject: &str) -> Result<Vec<Row>, DatabaseError> {
        let sql = concat!("DELETE FROM auth_session WHERE issuer = $1 AND subject = $2 RETURNING ", columns!());
        let closed: Vec<Tuple> =
            on!(self, pool => sqlx::query_as(sql).bind(issuer).bind(subject).fetch_all(pool).await)?;
        Ok(closed.into_iter().filter_map(Row::of).collect())
    }

    /// Those that have not expired; the newest first.
    pub(crate) async fn list(&self, of: Option<(&str, &str)>, now: i64, limit: i64) -> Result<Vec<Row>, DatabaseError> {
        let (issuer, subject) = of.unzip();
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM auth_session WHERE expires > $1 AND ($2 IS NULL OR issuer = $2) AND ($3 IS NULL OR subject = $3)
              ORDER BY started DESC, public_id LIMIT $4"
        );
        let found: Vec<Tuple> = on!(self, pool => {
            sqlx::query_as(sql).bind(now).bind(issuer).bind(subject).bind(limit).fetch_all(pool).await
        })?;
        Ok(found.into_iter().filter_map(Row::of).collect())
    }

    /// Drops sessions past their end, or not seen since `idle`.
    pub(crate) async fn reap(&self, now: i64, idle: i64) -> Result<Vec<Row>, DatabaseError> {
        let sql = concat!("DELETE FROM auth_session WHERE expires <= $1 OR seen <= $2 RETURNING ", columns!());
        let gone: Vec<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(now).bind(idle).fetch_all(pool).await)?;
        Ok(gone.into_iter().filter_map(Row::of).collect())
    }

    /// Sessions whose person must be asked about again.
    pub(crate) async fn due(&self, now: i64, limit: i64) -> Result<Vec<Row>, DatabaseError> {
        let sql =
            concat!("SELECT ", columns!(), " FROM auth_session WHERE refresh_due <= $1 ORDER BY refresh_due LIMIT $2");
        let found: Vec<Tuple> = on!(self, pool => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(pool).await)?;
        Ok(found.into_iter().filter_map(Row::of).collect())
    }

    /// Takes a session for a refresh until `until`, unless somebody else did: a refresh token is used once.
    pub(crate) async fn claim(&self, row: &Row, until: i64) -> Result<bool, DatabaseError> {
        let sql = "UPDATE auth_session SET refresh_due = $3, version = version + 1 WHERE hash = $1 AND version = $2";
        Ok(
            on!(self, pool => sqlx::query(sql).bind(&row.hash).bind(row.version).bind(until).execute(pool).await?.rows_affected())
                == 1,
        )
    }

    /// Writes what a refresh brought to the session as it was claimed, at `version`.
    pub(crate) async fn refreshed(
        &self,
        hash: &str,
        version: i64,
        brought: Refreshed<'_>,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE auth_session SET person = $3, refresh = $4, refresh_due = $5, failing_since = NULL, version = version + 1
            WHERE hash = $1 AND version = $2";
        Ok(on!(self, pool => {
            sqlx::query(sql)
                .bind(hash)
                .bind(version)
                .bind(json(brought.person))
                .bind(brought.refresh)
                .bind(brought.due)
                .execute(pool)
                .await?
                .rows_affected()
        }) == 1)
    }

    pub(crate) async fn failing(&self, hash: &str, version: i64, since: i64, due: i64) -> Result<(), DatabaseError> {
        let sql = "UPDATE auth_session SET failing_since = $3, refresh_due = $4, version = version + 1 WHERE hash = $1 AND version = $2";
        on!(self, pool => sqlx::query(sql).bind(hash).bind(version).bind(since).bind(due).execute(pool).await.map(drop))?;
        Ok(())
    }
}

async fn open_file(folder: &Path) -> Result<SqlitePool, DatabaseError> {
    let path = folder.join("sessions.db");
    private_file(&path).map_err(|error| DatabaseError::File { path: path.clone(), error })?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(SqliteJournalMode::Wal)
        // A session that was closed must not be open again after a power cut.
        .synchronous(SqliteSynchronous::Full);
    Ok(SqlitePoolOptions::new()
        .max_connections(MAX_CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?)
}

/// SQLite gives its other files the first one's permissions.
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

fn json(person: &Person) -> String {
    serde_json::to_string(person).unwrap_or_default()
}
