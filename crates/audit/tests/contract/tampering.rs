//! Whatever somebody with the store's password changes is named, and nothing else is.

use periscope_audit::{Fault, Outcome, Store, Verb, Verification, fill, verify};
use serde_json::Map;

use crate::place::{Place, event};

async fn some_acts(place: &Place, count: u32) {
    let record = place.open().await;
    for at in 0..count {
        let intent = record.intent(event(&format!("r{at}"), Verb::Scale)).await.expect("in");
        intent.close(Outcome::Success, None, Map::new()).await.expect("closed");
    }
    record.close().await;
}

/// What is wrong first, and where.
async fn first(place: &Place, outside: bool) -> Option<(Fault, u64)> {
    let checkpoints = if outside { vec![place.file("checkpoints")] } else { vec![] };
    let verdict = place.verify_against(checkpoints).await;
    verdict.problems.first().map(|problem| (problem.fault, problem.row))
}

pub(crate) async fn an_untouched_record_is_intact(place: &Place) {
    some_acts(place, 20).await;
    some_acts(place, 20).await;
    let verdict = place.verify_against(vec![place.file("checkpoints")]).await;
    assert_eq!(verdict.problems, []);
    let chain = &verdict.chains[0];
    assert_eq!((chain.first, chain.end, chain.covered, chain.open), (0, 82, 82, 0));
    assert_eq!(verdict.reservations.len(), 1, "the key is the record's own: {:?}", verdict.reservations);
    let record = place.open().await;
    std::fs::write(place.file("public"), record.public_key().to_string()).expect("written");
    record.close().await;
    let verification = Verification {
        store: place.store.clone(),
        checkpoints: vec![place.file("checkpoints")],
        public_keys: vec![place.file("public")],
    };
    let verdict = verify(&verification).await.expect("read");
    assert!(verdict.is_intact() && verdict.reservations.is_empty(), "{verdict:?}");
}

pub(crate) async fn every_byte_counts(place: &Place) {
    some_acts(place, 2).await;
    let length = match place.store {
        Store::Sqlite(_) => "length(body)",
        Store::Postgres(_) => "octet_length(body)",
    };
    // A byte of the body of row 2, then of its hash: another one at each place, put back afterwards.
    let bodies = place.count(&format!("SELECT {length} FROM audit_row WHERE number = 2")).await;
    for (column, size) in [("body", bodies), ("hash", 32)] {
        for at in (0..size).step_by(if column == "body" { 23 } else { 9 }) {
            let changed = match place.store {
                Store::Sqlite(_) => format!(
                    "UPDATE audit_row SET {column} = CAST(substr({column}, 1, {at}) || CASE substr({column}, {at} + 1, 1) WHEN x'41' THEN x'42' ELSE x'41' END || substr({column}, {at} + 2) AS BLOB) WHERE number = 2 AND {length} > {at}"
                ),
                Store::Postgres(_) => format!(
                    "UPDATE audit_row SET {column} = set_byte({column}, {at}, 255 - get_byte({column}, {at})) WHERE number = 2 AND {length} > {at}"
                ),
            };
            place.sql("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM audit_row").await;
            place.sql(&changed).await;
            let found = first(place, false).await;
            place.sql("DELETE FROM audit_row; INSERT INTO audit_row SELECT * FROM kept; DROP TABLE kept").await;
            let named = found.is_some_and(|(fault, row)| row == 2 && matches!(fault, Fault::Altered | Fault::Moved));
            assert!(named, "{column} byte {at}: {found:?}");
        }
    }
    assert_eq!(first(place, true).await, None, "put back");
}

pub(crate) async fn rows_dropped_swapped_or_cut_are_named(place: &Place) {
    some_acts(place, 10).await;
    let tables = snapshot(place).await;
    let swap = "UPDATE audit_row SET number = 1000 WHERE number = 4; \
        UPDATE audit_row SET number = 4 WHERE number = 5; UPDATE audit_row SET number = 5 WHERE number = 1000";
    let twice = "DELETE FROM audit_row WHERE number = 8; \
        INSERT INTO audit_row (number, chain, hash, body) SELECT 8, chain, hash, body FROM audit_row WHERE number = 7";
    let negative = "UPDATE audit_row SET number = -1 WHERE number = 3";
    for (statement, outside, expected) in [
        ("DELETE FROM audit_row WHERE number = 7", false, (Fault::Gap, 7)),
        ("DELETE FROM audit_row WHERE number = 0", false, (Fault::Gap, 0)),
        ("DELETE FROM audit_row WHERE number BETWEEN 3 AND 9", false, (Fault::Gap, 3)),
        (swap, false, (Fault::Moved, 4)),
        (twice, false, (Fault::Moved, 8)),
        (negative, false, (Fault::Gap, 0)),
        ("DELETE FROM audit_row WHERE number >= 19", false, (Fault::Truncated, 19)),
        ("DELETE FROM audit_row WHERE number >= 19; DELETE FROM audit_checkpoint", true, (Fault::Rollback, 19)),
        ("DELETE FROM audit_row; DELETE FROM audit_checkpoint", true, (Fault::Rollback, 0)),
        ("UPDATE audit_row SET body = hash WHERE number = 6", false, (Fault::Altered, 6)),
    ] {
        place.sql(statement).await;
        let found = first(place, outside).await;
        restore(place, &tables).await;
        assert_eq!(found, Some(expected), "{statement}");
    }
}

/// The whole store as it is now, to come back to.
async fn snapshot(place: &Place) -> Vec<&'static str> {
    let tables = vec!["audit_row", "audit_open", "audit_segment", "audit_checkpoint"];
    for table in &tables {
        place.sql(&format!("CREATE TABLE old_{table} AS SELECT * FROM {table}")).await;
    }
    tables
}

async fn restore(place: &Place, tables: &[&str]) {
    for table in tables {
        place.sql(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old_{table}")).await;
    }
}

pub(crate) async fn an_old_state_is_named(place: &Place) {
    some_acts(place, 5).await;
    let tables = snapshot(place).await;
    some_acts(place, 5).await;
    restore(place, &tables).await;
    assert_eq!(first(place, false).await, None, "in itself an old state is whole");
    assert_eq!(first(place, true).await, Some((Fault::Rollback, 11)));
}

pub(crate) async fn another_history_is_named(place: &Place) {
    some_acts(place, 5).await;
    let tables = snapshot(place).await;
    some_acts(place, 5).await;
    let outside = std::fs::read(place.file("checkpoints")).expect("read");
    restore(place, &tables).await;
    place.advance(1);
    some_acts(place, 20).await;
    assert_eq!(first(place, false).await, None, "in itself another history is whole");
    std::fs::write(place.file("before"), outside).expect("written");
    let verdict = place.verify_against(vec![place.file("before")]).await;
    let problem = verdict.problems.first().expect("named");
    assert_eq!((problem.fault, problem.row), (Fault::Fork, 11), "{problem:?}");
}

pub(crate) async fn what_lies_beside_the_rows_counts_too(place: &Place) {
    fill_one_segment(place).await;
    some_acts(place, 3).await;
    assert_eq!(first(place, true).await, None);
    let tables = snapshot(place).await;
    let zeros = place.bytes(&"00".repeat(32));
    for (statement, expected) in [
        (format!("UPDATE audit_segment SET root = {zeros}"), Fault::Beside),
        (format!("UPDATE audit_segment SET last_hash = {zeros}"), Fault::Beside),
        ("DELETE FROM audit_segment".to_owned(), Fault::Beside),
        ("INSERT INTO audit_open SELECT chain, number FROM audit_row WHERE number = 1".to_owned(), Fault::Beside),
        (format!("UPDATE audit_checkpoint SET frontier = {zeros}"), Fault::Beside),
        ("UPDATE audit_checkpoint SET note = replace(note, 'from 0', 'from 1')".to_owned(), Fault::Signature),
        ("UPDATE audit_checkpoint SET note = 'gone'".to_owned(), Fault::Signature),
        ("UPDATE audit_checkpoint SET size = size + 1".to_owned(), Fault::Beside),
        (
            "DELETE FROM audit_checkpoint WHERE size = (SELECT min(size) FROM audit_checkpoint)".to_owned(),
            Fault::Beside,
        ),
        ("DELETE FROM audit_row WHERE number < 4096".to_owned(), Fault::Gap),
    ] {
        place.sql(&statement).await;
        let found = place.verify().await.problems;
        restore(place, &tables).await;
        assert!(found.iter().any(|problem| problem.fault == expected), "{statement}: {found:?}");
    }
    let other = place.file("other-key");
    let options = periscope_audit::RecordOptions { key: other, ..place.options() };
    let record = periscope_audit::Record::open(options).await.expect("opened");
    let public = record.public_key().to_string();
    record.close().await;
    std::fs::write(place.file("public"), public).expect("written");
    let verification =
        Verification { store: place.store.clone(), checkpoints: vec![], public_keys: vec![place.file("public")] };
    let verdict = verify(&verification).await.expect("read");
    assert!(verdict.problems.iter().any(|problem| problem.fault == Fault::Signature), "signed by another key");
}

async fn fill_one_segment(place: &Place) {
    let acts = (0..2100).map(|at| {
        let time = crate::place::START.parse().expect("a time");
        (time, event(&format!("r{at}"), Verb::Scale), Outcome::Success)
    });
    fill(&place.options(), acts).await.expect("filled");
}
