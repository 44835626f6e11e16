//! Retention.

use jiff::{SignedDuration, Timestamp};
use periscope_audit::{Fault, Filter, Outcome, Record, RecordOptions, Retention, Sequence, Verb, Visibility, fill};

use crate::place::{Place, START, event};

pub(crate) async fn whole_segments_go_and_the_rest_still_verifies(place: &Place) {
    let start: Timestamp = START.parse().expect("a time");
    // A day and a bit, an act every ten seconds: 20,000 rows, four whole segments and a part of one.
    let acts = (0..10_000).map(|at| {
        (start + SignedDuration::from_secs(at * 10), event(&format!("r{at}"), Verb::Scale), Outcome::Success)
    });
    fill(&place.options(), acts).await.expect("filled");
    // Then the first 3 segments are older than a day: their last row is of 61,430 seconds after the start.
    place.advance(86_400 + 62_000);
    let retention = Retention { days: Some(1), rows: None };
    let record = Record::open(RecordOptions { retention, ..place.options() }).await.expect("opened");
    let trimmed = Filter::default().with(periscope_audit::Field::Verb, "record-trim");
    let wait = async {
        let mut changes = record.watch();
        while record.query(&trimmed, &Visibility::All, None, 1).await.expect("read").rows.is_empty() {
            changes.changed().await.expect("it lives");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), wait).await.expect("trimmed");
    record.close().await;
    let verdict = place.verify_against(vec![place.file("checkpoints")]).await;
    assert_eq!(verdict.problems, []);
    assert_eq!(verdict.chains[0].first, 3 * 4096);
    let record = place.open().await;
    let first = Sequence { chain: record.chain().to_owned(), number: 3 * 4096 };
    assert!(record.pair(&first, &Visibility::All).await.expect("read").is_some());
    let dropped = Sequence { number: 3 * 4096 - 1, ..first };
    assert_eq!(record.pair(&dropped, &Visibility::All).await.expect("read"), None);
    let total = record.histogram(&Filter::default(), &Visibility::All, 10).await.expect("read").total;
    assert_eq!(total.intent, (20_000 - 3 * 4096) / 2);
    record.close().await;
    // What retention did not drop is missed.
    place.sql("DELETE FROM audit_row WHERE number < 16384").await;
    let verdict = place.verify().await;
    assert_eq!((verdict.problems[0].fault, verdict.problems[0].row), (Fault::Gap, 3 * 4096));
}
