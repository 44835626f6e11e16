//! Several replicas over one PostgreSQL database.

use std::time::Duration;

use periscope_audit::{Field, Filter, OpenError, Outcome, Record, RecordOptions, Verb, Visibility};

use crate::place::{Place, event};

async fn replica(place: &Place, name: &str) -> Record {
    let options = RecordOptions { replica: Some(name.into()), ..place.options() };
    Record::open(options).await.expect("opened")
}

pub(crate) async fn chains_are_joined(place: &Place) {
    let (a, b) = (replica(place, "a").await, replica(place, "b").await);
    a.note(event("on-a", Verb::Scale), Outcome::Success).await.expect("in");
    place.advance(1);
    b.note(event("on-b", Verb::Scale), Outcome::Success).await.expect("in");
    let filter = Filter::default().with(Field::Verb, "scale");
    for record in [&a, &b] {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = record.query(&filter, &Visibility::All, cursor.as_deref(), 1).await.expect("read");
            seen.extend(page.rows.into_iter().map(|row| row.request_id));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["on-b", "on-a"], "each reads both, newest first");
    }
    let mut changes = a.watch();
    changes.borrow_and_update();
    b.note(event("again", Verb::Scale), Outcome::Success).await.expect("in");
    tokio::time::timeout(Duration::from_secs(30), changes.changed()).await.expect("told").expect("it lives");
    a.close().await;
    b.close().await;
    let notes = std::fs::read_to_string(place.file("checkpoints")).expect("read");
    assert!(notes.contains(&format!("other {} ", a.chain())), "b's checkpoints name a's: {notes}");
    let verdict = place.verify_against(vec![place.file("checkpoints")]).await;
    assert_eq!((verdict.problems.as_slice(), verdict.chains.len()), (&[][..], 2));
    // Without any checkpoint of its own, a's rows still have b's word against them.
    place
        .sql(&format!(
            "DELETE FROM audit_checkpoint WHERE chain = (SELECT id FROM audit_chain WHERE name = '{}')",
            a.chain()
        ))
        .await;
    place
        .sql(&format!(
            "DELETE FROM audit_row WHERE number > 0 AND chain = (SELECT id FROM audit_chain WHERE name = '{}')",
            a.chain()
        ))
        .await;
    assert!(!place.verify().await.is_intact());
}

pub(crate) async fn a_dead_replicas_intents_are_closed(place: &Place) {
    let (a, b) = (replica(place, "a").await, replica(place, "b").await);
    let intent = a.intent(event("left", Verb::Drain)).await.expect("in");
    let sequence = intent.sequence();
    a.close().await;
    std::mem::forget(intent);
    let wait = async {
        loop {
            let pair = b.pair(&sequence, &Visibility::All).await.expect("read").expect("there");
            if let Some(outcome) = pair.outcome {
                return outcome;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let outcome = tokio::time::timeout(Duration::from_secs(30), wait).await.expect("closed by the other");
    assert_eq!((outcome.outcome, outcome.sequence.chain.as_str()), (Some(Outcome::Unknown), a.chain()));
    let again = replica(place, "a").await;
    again.note(event("more", Verb::Scale), Outcome::Success).await.expect("its chain goes on");
    again.close().await;
    b.close().await;
    assert_eq!(place.verify_against(vec![place.file("checkpoints")]).await.problems, []);
}

pub(crate) async fn a_chain_is_nobody_elses(place: &Place) {
    let a = replica(place, "a").await;
    let options = RecordOptions { replica: Some("a".into()), ..place.options() };
    let second = Record::open(options).await.err().expect("refused");
    assert!(matches!(second, OpenError::Locked(_)), "{second}");
    a.close().await;
    replica(place, "a").await.close().await;
}

pub(crate) async fn without_a_name_a_free_chain_is_continued(place: &Place) {
    let first = place.open().await;
    let second = place.open().await;
    assert_ne!(first.chain(), second.chain());
    let chain = first.chain().to_owned();
    first.close().await;
    let third = place.open().await;
    assert_eq!(third.chain(), chain);
    third.close().await;
    second.close().await;
    assert_eq!(place.verify_against(vec![place.file("checkpoints")]).await.problems, []);
}
