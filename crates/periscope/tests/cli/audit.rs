//! `periscope audit`: what it says about a record, and how it ends.

use std::path::Path;
use std::sync::Arc;

use periscope_audit::{AuditActor, Event, Outcome, Record, RecordOptions, Store, Target, Verb};
use periscope_model::{Clock, SystemClock};
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::run::{Files, periscope};

/// A record with five acts.
async fn record(files: &Files) -> String {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let path = files.path("audit.db");
    let options = RecordOptions {
        checkpoints: Some(files.path("checkpoints")),
        ..RecordOptions::new(Store::Sqlite(path.clone()), files.path("key"), clock)
    };
    let record = Record::open(options).await.expect("opened");
    files.write("public", &record.public_key().to_string());
    for at in 0..5 {
        let verb = if at % 2 == 0 { Verb::Scale } else { Verb::Restart };
        let actor = AuditActor { user: Some("=alice".into()), ..AuditActor::new("idp", "1") };
        let target = Target { cluster: "prod-eu".into(), resource: "deployments".into(), ..Target::default() };
        let event = Event::new(actor, format!("r{at}"), verb).on(target);
        let intent = record.intent(event).await.expect("in");
        intent.close(Outcome::Success, None, Map::new()).await.expect("closed");
    }
    record.close().await;
    path.to_str().expect("text").to_owned()
}

async fn change(path: &str, statement: &str) {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{path}")).await.expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.expect("changed");
    connection.close().await.expect("closed");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[tokio::test]
async fn an_intact_record_ends_with_0() {
    let files = Files::new();
    let path = record(&files).await;
    let (checkpoints, public) = (files.path("checkpoints"), files.path("public"));
    let arguments = ["audit", "verify", &path, "--checkpoint", text(&checkpoints), "--public-key", text(&public)];
    let ended = periscope(&arguments).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert!(ended.stdout.contains(": rows 0 to 11, ") && ended.stdout.contains("covered to 11 by "), "{ended:?}");
    assert!(ended.stdout.ends_with(", 0 open\nintact\n"), "{ended:?}");
    let ended = periscope(&["audit", "verify", &path]).await;
    assert_eq!(ended.code, Some(0));
    assert!(ended.stdout.contains("note: no checkpoint from outside"), "{ended:?}");
}

#[tokio::test]
async fn a_changed_record_ends_with_1_and_the_place() {
    let files = Files::new();
    let path = record(&files).await;
    change(&path, "UPDATE audit_row SET body = CAST(replace(body, '=alice', '=mallo') AS BLOB) WHERE number = 3").await;
    let ended = periscope(&["audit", "verify", &path]).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("altered: chain ") && ended.stdout.contains(" row 3: "), "{ended:?}");
    assert!(ended.stderr.contains("is not intact"), "{ended:?}");
}

#[tokio::test]
async fn an_end_that_was_cut_is_seen_from_outside() {
    let files = Files::new();
    let path = record(&files).await;
    change(&path, "DELETE FROM audit_row WHERE number > 6; DELETE FROM audit_checkpoint WHERE size > 7").await;
    change(&path, "DELETE FROM audit_open").await;
    let checkpoints = files.path("checkpoints");
    let ended = periscope(&["audit", "verify", &path, "--checkpoint", text(&checkpoints)]).await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("rollback: chain ") && ended.stdout.contains("saw 11"), "{ended:?}");
}

#[tokio::test]
async fn what_cannot_be_read_ends_with_2() {
    let files = Files::new();
    let nothing = files.path("none.db");
    let garbage = files.write("garbage.db", "this is no database, and it is long enough to be taken for none");
    let path = record(&files).await;
    for arguments in [
        vec!["audit", "verify", text(&nothing)],
        vec!["audit", "verify", &garbage],
        vec!["audit", "verify", &path, "--checkpoint", text(&nothing)],
        vec!["audit", "verify", &path, "--checkpoint", &garbage],
        vec!["audit", "verify", &path, "--public-key", &garbage],
        vec!["audit", "verify", "postgres://nobody@127.0.0.1:9/none"],
        vec!["audit", "export", text(&nothing)],
    ] {
        let ended = periscope(&arguments).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.starts_with("periscope: the record could not be read: "), "{ended:?}");
    }
}

#[tokio::test]
async fn rows_are_exported_in_order() {
    let files = Files::new();
    let path = record(&files).await;
    let ended = periscope(&["audit", "export", &path, "--where", "verb=restart"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let rows: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let requests: Vec<&str> = rows.iter().filter_map(|row| row["requestId"].as_str()).collect();
    assert_eq!(requests, ["r1", "r1", "r3", "r3"]);
    let chain = rows[0]["chain"].as_str().expect("a chain");
    let ended = periscope(&["audit", "export", &path, "--format", "csv", "--start", &format!("{chain}:9")]).await;
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:?}");
    assert!(ended.stdout.contains(",\"'=alice\","), "no formula: {ended:?}");
    let ended = periscope(&["audit", "export", &path, "--where", "colour=red"]).await;
    assert!(ended.refusal().starts_with("--where \"colour=red\" is not FIELD=VALUE; the fields are stage, "));
}
