//! What is told becomes durable, in order, with an end.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use periscope_audit::{CopySink, Field, Filter, Outcome, Record, RecordOptions, Stage, Unrecorded, Verb, Visibility};
use serde_json::{Map, Value, json};

use crate::place::{Place, alice, event};

/// All rows, oldest first.
pub(crate) async fn rows(record: &Record) -> Vec<periscope_audit::Row> {
    let mut rows = record.query(&Filter::default(), &Visibility::All, None, 1000).await.expect("read").rows;
    rows.reverse();
    rows
}

/// Waits until the record says so, and tells what it said last.
async fn until(record: &Record, what: &str, mut so: impl FnMut(&[periscope_audit::Row]) -> bool) {
    let mut last = Vec::new();
    let wait = async {
        let mut changes = record.watch();
        loop {
            changes.borrow_and_update();
            last = rows(record).await;
            if so(&last) {
                return;
            }
            changes.changed().await.expect("it lives");
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), wait).await.is_ok();
    assert!(in_time, "{what}: {last:?}");
}

pub(crate) async fn an_act_is_two_rows_that_belong_together(place: &Place) {
    let record = place.open().await;
    let intent = record.intent(event("r1", Verb::Scale).because("black friday").with("replicas", 3)).await.expect("in");
    let sequence = intent.sequence();
    let pair = record.pair(&sequence, &Visibility::All).await.expect("read").expect("there");
    assert_eq!((pair.intent.is_some(), pair.outcome), (true, None), "under way");
    place.advance(2);
    let extra: Map<String, Value> = [("status".to_owned(), json!(409))].into_iter().collect();
    let closed = intent.close(Outcome::Failure, Some("a conflict".into()), extra.clone()).await.expect("closed");
    let pair = record.pair(&sequence, &Visibility::All).await.expect("read").expect("there");
    let (intent, outcome) = (pair.intent.clone().expect("intent"), pair.outcome.clone().expect("outcome"));
    assert_eq!(record.pair(&closed, &Visibility::All).await.expect("read"), Some(pair));
    assert_eq!((intent.stage, intent.outcome, intent.reason.as_deref()), (Stage::Intent, None, Some("black friday")));
    assert_eq!(intent.extra["replicas"], 3);
    assert_eq!((outcome.stage, outcome.outcome), (Stage::Outcome, Some(Outcome::Failure)));
    assert_eq!((outcome.intent, outcome.reason.as_deref()), (Some(intent.sequence.number), Some("a conflict")));
    assert_eq!((&outcome.extra, &outcome.actor, &outcome.target), (&extra, &intent.actor, &intent.target));
    assert_eq!((intent.request_id.as_str(), outcome.request_id.as_str()), ("r1", "r1"));
    assert_eq!(outcome.time.duration_since(intent.time).as_secs(), 2);
    assert_eq!(intent.actor, alice());
    record.close().await;
}

pub(crate) async fn what_is_complete_when_told_is_one_row(place: &Place) {
    let record = place.open().await;
    let sequence = record.note(event("r1", Verb::SignInFailed), Outcome::Denied).await.expect("in");
    let pair = record.pair(&sequence, &Visibility::All).await.expect("read").expect("there");
    let row = pair.outcome.expect("a row");
    assert_eq!((pair.intent, row.stage, row.outcome), (None, Stage::Single, Some(Outcome::Denied)));
    let first = &rows(&record).await[0];
    assert_eq!((first.verb.as_str(), first.sequence.number), ("record-open", 0));
    record.close().await;
}

pub(crate) async fn an_intent_that_is_dropped_ends_as_unknown(place: &Place) {
    let record = place.open().await;
    let intent = record.intent(event("r1", Verb::Drain)).await.expect("in");
    let number = intent.sequence().number;
    drop(intent);
    until(&record, "closed", |rows| rows.len() == 3).await;
    let last = rows(&record).await.pop().expect("a row");
    assert_eq!((last.outcome, last.intent, last.verb.as_str()), (Some(Outcome::Unknown), Some(number), "drain"));
    assert!(last.reason.is_some_and(|reason| reason.contains("nobody closed it")));
    record.close().await;
}

pub(crate) async fn a_caller_that_goes_away_leaves_no_open_intent(place: &Place) {
    let record = place.open().await;
    for at in 0..20 {
        let request = format!("r{at}");
        let asked = record.intent(event(&request, Verb::Delete));
        // Polled once: the act is told, and nobody waits for the answer.
        let mut asked = Box::pin(asked);
        let _ = futures::poll!(&mut asked);
        drop(asked);
    }
    until(&record, "all closed", |rows| rows.len() == 41).await;
    let unknown = rows(&record).await.iter().filter(|row| row.outcome == Some(Outcome::Unknown)).count();
    assert_eq!(unknown, 20);
    record.close().await;
    assert_eq!(place.verify().await.chains[0].open, 0);
}

pub(crate) async fn many_writers_leave_no_hole(place: &Place) {
    let record = place.open().await;
    let writers = (0..64).map(|writer| {
        let record = record.clone();
        tokio::spawn(async move {
            for at in 0..5 {
                let intent = record.intent(event(&format!("w{writer}-{at}"), Verb::Restart)).await.expect("in");
                intent.close(Outcome::Success, None, Map::new()).await.expect("closed");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no panic");
    }
    let rows = rows(&record).await;
    assert_eq!(rows.len(), 641);
    assert!(rows.iter().enumerate().all(|(at, row)| row.sequence.number == at as u64), "no holes");
    record.close().await;
    let verdict = place.verify_against(vec![place.file("checkpoints")]).await;
    assert_eq!((verdict.problems.as_slice(), verdict.rows(), verdict.chains[0].covered), (&[][..], 641, 641));
}

pub(crate) async fn what_a_crash_left_open_is_closed_at_the_next_start(place: &Place) {
    let record = place.open().await;
    let intent = record.intent(event("r1", Verb::Rollback)).await.expect("in");
    let number = intent.sequence().number;
    record.close().await;
    // The process ends without a word about it.
    std::mem::forget(intent);
    place.advance(60);
    let record = place.open().await;
    let rows = rows(&record).await;
    let closed = rows.iter().find(|row| row.intent == Some(number)).expect("closed");
    assert_eq!((closed.outcome, closed.request_id.as_str()), (Some(Outcome::Unknown), "r1"));
    let opened = rows.iter().rfind(|row| row.verb == "record-open").expect("opened");
    assert_eq!(opened.extra["leftOpen"], 1);
    record.close().await;
    assert!(place.verify_against(vec![place.file("checkpoints")]).await.is_intact());
}

pub(crate) async fn everything_said_is_bounded(place: &Place) {
    let record = place.open().await;
    let actor = alice().with_groups((0..500).map(|at| format!("group-{at}-{}", "x".repeat(600))));
    let mut huge = event(&"r".repeat(2000), Verb::Label).because("y".repeat(5000)).with("large", "z".repeat(100_000));
    huge.actor = actor;
    let sequence = record.note(huge, Outcome::Success).await.expect("in");
    let row = record.pair(&sequence, &Visibility::All).await.expect("read").expect("there").outcome.expect("a row");
    assert_eq!((row.actor.groups.len(), row.actor.group_count), (64, 500));
    assert!(row.request_id.len() <= 512 && row.reason.as_ref().is_some_and(|reason| reason.len() <= 1024));
    assert!(row.extra["cutBytes"].as_u64().is_some_and(|bytes| bytes > 100_000), "{:?}", row.extra);
    record.close().await;
}

#[derive(Default, Clone)]
struct Lines(Arc<Mutex<(Vec<String>, bool)>>);

impl CopySink for Lines {
    fn lines(&self, lines: &[String]) -> std::io::Result<()> {
        let mut inner = self.0.lock();
        if inner.1 {
            return Err(std::io::Error::other("the pipe is full"));
        }
        inner.0.extend_from_slice(lines);
        Ok(())
    }
}

pub(crate) async fn copies_follow_what_is_durable(place: &Place) {
    let lines = Lines::default();
    let options = || RecordOptions { copy: Some(Box::new(lines.clone())), ..place.options() };
    let record = Record::open(options()).await.expect("opened");
    lines.0.lock().1 = true;
    record.note(event("while it fails", Verb::SignIn), Outcome::Success).await.expect("the record goes on");
    lines.0.lock().1 = false;
    record.note(event("after it", Verb::SignOut), Outcome::Success).await.expect("in");
    let copied = || -> Vec<Value> {
        let inner = lines.0.lock();
        inner.0.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    let wait = async {
        while !copied().iter().any(|line| line["audit"]["requestId"] == "after it") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("copied");
    record.close().await;
    let numbers =
        |lines: &[Value]| -> Vec<u64> { lines.iter().filter_map(|line| line["audit"]["number"].as_u64()).collect() };
    assert_eq!(numbers(&copied()), [0, 1, 2], "in order, none left out");
    let record = Record::open(options()).await.expect("opened");
    let sequence = record.note(event("later", Verb::SignIn), Outcome::Success).await.expect("in");
    let wait = async {
        while !numbers(&copied()).contains(&sequence.number) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("copied");
    assert!(numbers(&copied()).contains(&3), "it goes on where it was: {:?}", numbers(&copied()));
    record.close().await;
}

pub(crate) async fn a_closed_record_refuses(place: &Place) {
    let record = place.open().await;
    record.health().await.expect("well");
    record.close().await;
    assert!(matches!(record.note(event("r", Verb::SignIn), Outcome::Success).await, Err(Unrecorded::Closed)));
    assert!(record.health().await.is_err());
    let record = place.open().await;
    let filter = Filter::default().with(Field::Verb, "record-open");
    let opened = record.query(&filter, &Visibility::All, None, 10).await.expect("read").rows;
    assert_eq!(opened.len(), 2, "it opens again");
    record.close().await;
}
