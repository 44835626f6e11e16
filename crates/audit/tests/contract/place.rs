//! Where a test keeps its record, and what it does to it behind its back.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use periscope_audit::{AuditActor, Event, Record, RecordOptions, Store, Target, Verb, Verdict, Verification, verify};
use periscope_model::ManualClock;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub(crate) struct Place {
    folder: TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
}

pub(crate) const START: &str = "2026-11-26T12:00:00Z";

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::Sqlite(folder.path().join("audit.db"));
        Self { folder, store, clock: clock() }
    }

    pub(crate) async fn postgres(server: &periscope_testing::Postgres, name: &str) -> Self {
        let mut connection = PgConnection::connect(&server.url("postgres")).await.expect("a connection");
        // Names of databases are cut at 63 bytes.
        let name = &name[..name.len().min(60)];
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("made");
        let store = Store::Postgres(server.url(name));
        Self { folder: tempfile::tempdir().expect("a folder"), store, clock: clock() }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn options(&self) -> RecordOptions {
        RecordOptions {
            checkpoints: Some(self.file("checkpoints")),
            ..RecordOptions::new(self.store.clone(), self.file("key"), self.clock.clone())
        }
    }

    pub(crate) async fn open(&self) -> Record {
        Record::open(self.options()).await.expect("opened")
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
    }

    /// Changes the store as somebody would who has its password.
    pub(crate) async fn sql(&self, statement: &str) {
        match &self.store {
            Store::Sqlite(path) => {
                let url = format!("sqlite://{}", path.display());
                let mut connection = SqliteConnection::connect(&url).await.expect("a connection");
                sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
                connection.close().await.expect("closed");
            }
            Store::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.expect("a connection");
                sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect(statement);
            }
        }
    }

    pub(crate) async fn count(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        match &self.store {
            Store::Sqlite(path) => {
                let url = format!("sqlite://{}", path.display());
                let mut connection = SqliteConnection::connect(&url).await.expect("a connection");
                sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a number")
            }
            Store::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.expect("a connection");
                let number: i32 = sqlx::query_scalar(query).fetch_one(&mut connection).await.expect("a number");
                number.into()
            }
        }
    }

    /// An expression for bytes, from one for text and one for hexadecimal digits.
    pub(crate) fn bytes(&self, hex: &str) -> String {
        match self.store {
            Store::Sqlite(_) => format!("x'{hex}'"),
            Store::Postgres(_) => format!("'\\x{hex}'::bytea"),
        }
    }

    pub(crate) async fn verify(&self) -> Verdict {
        self.verify_against(vec![]).await
    }

    pub(crate) async fn verify_against(&self, checkpoints: Vec<PathBuf>) -> Verdict {
        let verification = Verification { store: self.store.clone(), checkpoints, public_keys: vec![] };
        verify(&verification).await.expect("it can be read")
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(START.parse::<Timestamp>().expect("a time")))
}

pub(crate) fn alice() -> AuditActor {
    AuditActor {
        email: Some("alice@example.com".into()),
        user: Some("alice".into()),
        tier: Some("operator".into()),
        session: Some("s-1".into()),
        address: Some("192.0.2.1".into()),
        ..AuditActor::new("https://idp.example.com", "00u1").with_groups(["dev".to_owned(), "shop".to_owned()])
    }
}

pub(crate) fn bob() -> AuditActor {
    AuditActor { user: Some("bob".into()), ..AuditActor::new("https://idp.example.com", "00u2") }
}

pub(crate) fn target(name: &str) -> Target {
    Target {
        cluster: "prod-eu".into(),
        group: "apps".into(),
        version: "v1".into(),
        resource: "deployments".into(),
        namespace: Some("shop".into()),
        name: Some(name.into()),
        subresource: None,
    }
}

pub(crate) fn event(request: &str, verb: Verb) -> Event {
    Event::new(alice(), request, verb).on(target("cart"))
}
