//! Events beyond the API server's hour, in the embedded database; bounded in age and number (docs/decisions/0005).

mod keeper;

use std::path::Path;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use periscope_model::ClusterId;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqlSafeStr};

pub(crate) use keeper::keep;

use crate::error::Error;
use crate::events::EventItem;

/// Events older than this are dropped.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 14);
/// More events of one cluster than this and the oldest are dropped.
const MAX_EVENTS: i64 = 200_000;
/// The API server keeps events for an hour: a watch that was away for longer has missed some.
const HELD_UPSTREAM: SignedDuration = SignedDuration::from_hours(1);
/// Events answered for one object.
const MAX_ANSWERED: i64 = 500;

const SCHEMA: &str = "
CREATE TABLE event (
    cluster    TEXT NOT NULL,
    uid        TEXT NOT NULL,
    kind       TEXT NOT NULL,
    namespace  TEXT NOT NULL,
    name       TEXT NOT NULL,
    item       TEXT NOT NULL,
    last_seen  INTEGER NOT NULL,
    PRIMARY KEY (cluster, uid)
) WITHOUT ROWID;
CREATE INDEX event_object ON event (cluster, kind, namespace, name, last_seen);
CREATE INDEX event_age ON event (cluster, last_seen);
CREATE TABLE event_history (
    cluster    TEXT PRIMARY KEY,
    starts_at  INTEGER NOT NULL,
    seen_until INTEGER NOT NULL
) WITHOUT ROWID;
";

/// One event as it is kept: `uid` is the event's own.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) uid: String,
    pub(crate) item: EventItem,
}

/// The embedded database's part that keeps events.
#[derive(Clone)]
pub(crate) struct History {
    pool: SqlitePool,
}

impl History {
    pub(crate) async fn open(folder: &Path) -> Result<Self, Error> {
        let place = format!("sqlite://{}", folder.join("periscope.db").display());
        let options = SqliteConnectOptions::from_str(&place)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // History may lose its last seconds with the power; what must not is written elsewhere, synchronously.
            .synchronous(SqliteSynchronous::Normal);
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        let first = Migration::new(1, "event history".into(), MigrationType::Simple, SCHEMA.into_sql_str(), false);
        Migrator::with_migrations(vec![first]).run(&pool).await.map_err(sqlx::Error::from)?;
        Ok(Self { pool })
    }

    /// Keeps these events; one seen again replaces itself.
    pub(crate) async fn keep(&self, cluster: &ClusterId, events: &[Kept], now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        // What was missed while nobody watched is missing: the history then starts where it is whole again.
        sqlx::query(
            "INSERT INTO event_history (cluster, starts_at, seen_until) VALUES (?1, ?2, ?3)
             ON CONFLICT (cluster) DO UPDATE SET
                 starts_at = CASE WHEN seen_until < ?2 THEN ?2 ELSE starts_at END, seen_until = ?3",
        )
        .bind(cluster.as_str())
        .bind((now - HELD_UPSTREAM).as_second())
        .bind(now.as_second())
        .execute(&mut *transaction)
        .await?;
        for Kept { uid, item } in events {
            let object = &item.object;
            sqlx::query(
                "INSERT INTO event (cluster, uid, kind, namespace, name, item, last_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (cluster, uid) DO UPDATE SET item = excluded.item, last_seen = excluded.last_seen",
            )
            .bind(cluster.as_str())
            .bind(uid)
            .bind(object.kind.to_string())
            .bind(object.namespace.as_deref().unwrap_or_default())
            .bind(&object.name)
            .bind(serde_json::to_string(item).unwrap_or_default())
            .bind(item.last_seen.map_or(now, |seen| seen.min(now)).as_second())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Drops what is too old or too much, and moves the start of the history with it.
    pub(crate) async fn trim(&self, cluster: &ClusterId, now: Timestamp) -> Result<(), Error> {
        let cut = (now - KEPT_FOR).as_second();
        let nth =
            sqlx::query("SELECT last_seen FROM event WHERE cluster = ?1 ORDER BY last_seen DESC LIMIT 1 OFFSET ?2")
                .bind(cluster.as_str())
                .bind(MAX_EVENTS)
                .fetch_optional(&self.pool)
                .await?;
        let cut = nth.map_or(cut, |row| cut.max(row.get::<i64, _>(0) + 1));
        sqlx::query("DELETE FROM event WHERE cluster = ?1 AND last_seen < ?2")
            .bind(cluster.as_str())
            .bind(cut)
            .execute(&self.pool)
            .await?;
        sqlx::query("UPDATE event_history SET starts_at = max(starts_at, ?2) WHERE cluster = ?1")
            .bind(cluster.as_str())
            .bind(cut)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The kept events of one object, newest first.
    pub(crate) async fn of_object(&self, object: &periscope_model::ObjectRef) -> Result<Vec<Kept>, Error> {
        let rows = sqlx::query(
            "SELECT uid, item FROM event WHERE cluster = ?1 AND kind = ?2 AND namespace = ?3 AND name = ?4 ORDER BY last_seen DESC LIMIT ?5",
        )
        .bind(object.cluster.as_str())
        .bind(object.kind.to_string())
        .bind(object.namespace.as_deref().unwrap_or_default())
        .bind(&object.name)
        .bind(MAX_ANSWERED)
        .fetch_all(&self.pool)
        .await?;
        let kept = |row: &sqlx::sqlite::SqliteRow| {
            Some(Kept { uid: row.get(0), item: serde_json::from_str(row.get::<&str, _>(1)).ok()? })
        };
        Ok(rows.iter().filter_map(kept).collect())
    }

    /// Since when this cluster's events are kept.
    pub(crate) async fn starts_at(&self, cluster: &ClusterId) -> Result<Option<Timestamp>, Error> {
        let row = sqlx::query("SELECT starts_at FROM event_history WHERE cluster = ?1")
            .bind(cluster.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.and_then(|row| Timestamp::from_second(row.get(0)).ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use periscope_model::ObjectRef;

    fn event(uid: &str, name: &str, last_seen: i64) -> Kept {
        let object = ObjectRef {
            cluster: "prod".parse().expect("valid"),
            kind: "pods".parse().expect("valid"),
            namespace: Some("shop".into()),
            name: name.into(),
        };
        let item = EventItem {
            kind: "Warning".into(),
            reason: "BackOff".into(),
            message: format!("seen at {last_seen}"),
            count: 1,
            object,
            first_seen: None,
            last_seen: Timestamp::from_second(last_seen).ok(),
            source: None,
        };
        Kept { uid: uid.into(), item }
    }

    #[tokio::test]
    async fn events_outlive_the_process_and_are_bounded_in_age() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cluster: ClusterId = "prod".parse().expect("valid");
        let start = Timestamp::from_second(1_000_000_000).expect("valid");
        let history = History::open(folder.path()).await.expect("opens");
        let events = [event("a", "api", 999_999_990), event("b", "api", 999_999_999), event("c", "other", 999_999_999)];
        history.keep(&cluster, &events, start).await.expect("kept");
        history.keep(&cluster, &[event("a", "api", 1_000_000_000)], start).await.expect("kept");
        drop(history);

        let history = History::open(folder.path()).await.expect("opens again");
        let found = history.of_object(&event("a", "api", 0).item.object).await.expect("read");
        let seen: Vec<_> = found.iter().map(|kept| kept.item.message.as_str()).collect();
        assert_eq!(seen, ["seen at 1000000000", "seen at 999999999"]);
        let whole_since = Some(start - HELD_UPSTREAM);
        assert_eq!(history.starts_at(&cluster).await.expect("read"), whole_since);

        let later = start + KEPT_FOR;
        history.trim(&cluster, later).await.expect("trimmed");
        let found = history.of_object(&event("a", "api", 0).item.object).await.expect("read");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(history.starts_at(&cluster).await.expect("read"), Some(start), "what was older is gone");
    }

    #[tokio::test]
    async fn a_history_with_a_hole_starts_after_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cluster: ClusterId = "prod".parse().expect("valid");
        let start = Timestamp::from_second(1_000_000_000).expect("valid");
        let history = History::open(folder.path()).await.expect("opens");
        history.keep(&cluster, &[], start).await.expect("kept");
        let soon = start + SignedDuration::from_mins(30);
        history.keep(&cluster, &[], soon).await.expect("kept");
        assert_eq!(history.starts_at(&cluster).await.expect("read"), Some(start - HELD_UPSTREAM), "no hole yet");
        let later = soon + SignedDuration::from_hours(5);
        history.keep(&cluster, &[], later).await.expect("kept");
        assert_eq!(history.starts_at(&cluster).await.expect("read"), Some(later - HELD_UPSTREAM));
    }
}
