//! Questions, and that nobody is answered what is not theirs to see.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use jiff::{SignedDuration, Timestamp};
use periscope_audit::{
    AuditActor, Event, Export, ExportFormat, Field, Filter, Outcome, Record, Row, Target, Verb, Visibility, fill,
};

use crate::place::{Place, START, alice, bob, event, target};

const ALL: Visibility = Visibility::All;

async fn found(record: &Record, filter: Filter) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = record.query(&filter, &ALL, cursor.as_deref(), 1000).await.expect("read");
        found.extend(page.rows.into_iter().map(|row| row.request_id));
        cursor = page.cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

pub(crate) async fn every_field_filters(place: &Place) {
    let record = place.open().await;
    record.note(event("r1", Verb::Scale).because("black friday"), Outcome::Denied).await.expect("in");
    let mut other = Event::new(bob(), "r2", Verb::SecretReveal).on(Target {
        cluster: "stage".into(),
        group: String::new(),
        version: "v2".into(),
        resource: "secrets".into(),
        namespace: Some("other".into()),
        name: Some("token".into()),
        subresource: Some("status".into()),
    });
    other.actor.tier = Some("viewer".into());
    record.note(other, Outcome::Success).await.expect("in");
    for (field, value, expected) in [
        (Field::Stage, "single", "r1"),
        (Field::Outcome, "denied", "r1"),
        (Field::Verb, "scale", "r1"),
        (Field::Class, "change", "r1"),
        (Field::RequestId, "r1", "r1"),
        (Field::Subject, "00u1", "r1"),
        (Field::Email, "alice@example.com", "r1"),
        (Field::User, "alice", "r1"),
        (Field::Group, "shop", "r1"),
        (Field::Tier, "operator", "r1"),
        (Field::Session, "s-1", "r1"),
        (Field::Address, "192.0.2.1", "r1"),
        (Field::Cluster, "prod-eu", "r1"),
        (Field::ApiGroup, "apps", "r1"),
        (Field::ApiVersion, "v1", "r1"),
        (Field::Resource, "deployments", "r1"),
        (Field::Namespace, "shop", "r1"),
        (Field::Name, "cart", "r1"),
        (Field::Subresource, "status", "r2"),
        (Field::Issuer, "https://idp.example.com", "r1"),
        (Field::Chain, record.chain(), "r1"),
    ] {
        let filter = Filter::default().with(field, value).with(Field::RequestId, "r1").with(Field::RequestId, "r2");
        let found = found(&record, filter).await;
        assert!(found.contains(&expected.to_owned()), "{} {value}: {found:?}", field.name());
        let none = Filter::default().with(field, format!("{value}x"));
        assert_eq!(self::found(&record, none).await, [""; 0], "{}", field.name());
    }
    let either = Filter::default().with(Field::Verb, "scale").with(Field::Verb, "secret-reveal");
    assert_eq!(found(&record, either).await, ["r2", "r1"], "one of several values");
    let both = Filter::default().with(Field::Verb, "scale").with(Field::User, "bob");
    assert_eq!(found(&record, both).await, [""; 0], "all of several fields");
    record.close().await;
}

pub(crate) async fn what_is_searched_for_is_found(place: &Place) {
    let record = place.open().await;
    let told = event("3fa85f64-5717-4562-b3fc", Verb::Scale).because("Black Friday, café").with("from", "blue-green");
    record.note(told, Outcome::Denied).await.expect("in");
    for text in [
        "black",
        "FRIDAY",
        "fri black",
        "café",
        "CAFÉ",
        "alice@example.com",
        "cart",
        "prod-eu",
        "green",
        "denied",
        "from",
        "3fa85f64-5717",
        "3fa85f64-5717-4562-b3fc",
        "scale cart",
        "shop",
        "00u1",
    ] {
        assert_eq!(found(&record, Filter::default().matching(text)).await.len(), 1, "{text:?}");
    }
    for text in ["lack", "fridays", "black monday", "5717", "=", "operator viewer"] {
        assert_eq!(found(&record, Filter::default().matching(text)).await.len(), 0, "{text:?}");
    }
    assert_eq!(found(&record, Filter::default().matching("   ")).await.len(), 2, "no words, no restriction");
    record.close().await;
}

/// Acts that differ in everything, a second apart.
fn acts(count: u32) -> impl Iterator<Item = (Timestamp, Event, Outcome)> {
    let start: Timestamp = START.parse().expect("a time");
    (0..count).map(move |at| {
        let actor = if at % 3 == 0 { alice() } else { bob() };
        let verb = Verb::ALL[at as usize % 9];
        let event = Event::new(actor, format!("r{at}"), verb).on(target(&format!("name-{}", at % 50)));
        let outcome = Outcome::ALL[at as usize % 4];
        (start + SignedDuration::from_secs(i64::from(at)), event, outcome)
    })
}

/// Everything, oldest first, by export.
async fn everything(record: &Record) -> Vec<Row> {
    let export = Export { filter: Filter::default(), visibility: ALL, format: ExportFormat::JsonLines, from: vec![] };
    let texts: Vec<String> = record.export(export).await.expect("read").try_collect().await.expect("read");
    texts.concat().lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

/// What a filter means, said another way.
type Wanted = Box<dyn Fn(&Row) -> bool>;

pub(crate) async fn the_index_finds_what_a_scan_finds(place: &Place) {
    fill(&place.options(), acts(1500)).await.expect("filled");
    let record = place.open().await;
    let all = everything(&record).await;
    assert_eq!(all.len(), 3001);
    let start: Timestamp = START.parse().expect("a time");
    let at = move |seconds: i64| start + SignedDuration::from_secs(seconds);
    let filters: Vec<(Filter, Wanted)> = vec![
        (Filter::default().with(Field::User, "alice"), Box::new(|row| row.actor.user.as_deref() == Some("alice"))),
        (
            Filter::default().with(Field::Outcome, "denied").with(Field::Name, "name-2"),
            Box::new(|row| {
                row.outcome == Some(Outcome::Denied)
                    && row.target.as_ref().is_some_and(|target| target.name.as_deref() == Some("name-2"))
            }),
        ),
        (Filter::default().between(at(100), at(163)), Box::new(move |row| at(100) <= row.time && row.time < at(163))),
        (
            Filter::default().matching("name 4").between(at(700), at(900)),
            Box::new(move |row| {
                let name = row.target.as_ref().and_then(|target| target.name.clone()).unwrap_or_default();
                (name.starts_with("name-4")) && at(700) <= row.time && row.time < at(900)
            }),
        ),
    ];
    for (filter, expected) in filters {
        let mut expected: Vec<u64> = all.iter().filter(|row| expected(row)).map(|row| row.sequence.number).collect();
        expected.reverse();
        let mut got = Vec::new();
        let mut cursor = None;
        loop {
            let page = record.query(&filter, &ALL, cursor.as_deref(), 37).await.expect("read");
            got.extend(page.rows.into_iter().map(|row| row.sequence.number));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(got, expected, "{filter:?}");
    }
    record.close().await;
}

pub(crate) async fn pages_do_not_shift(place: &Place) {
    let record = place.open().await;
    for at in 0..30 {
        record.note(event(&format!("r{at}"), Verb::Scale), Outcome::Success).await.expect("in");
    }
    let filter = Filter::default().with(Field::Verb, "scale");
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = record.query(&filter, &ALL, cursor.as_deref(), 7).await.expect("read");
        seen.extend(page.rows.into_iter().map(|row| row.request_id));
        // New rows come while somebody turns pages.
        record.note(event("new", Verb::Scale), Outcome::Success).await.expect("in");
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    let expected: Vec<String> = (0..30).rev().map(|at| format!("r{at}")).collect();
    assert_eq!(seen, expected);
    record.close().await;
}

pub(crate) async fn everybody_else_sees_only_their_own(place: &Place) {
    fill(&place.options(), acts(300)).await.expect("filled");
    let record = place.open().await;
    let own = Visibility::Own { issuer: "https://idp.example.com".into(), subject: "00u1".into() };
    let page = record.query(&Filter::default(), &own, None, 1000).await.expect("read");
    assert_eq!((page.rows.len(), page.cursor), (200, None));
    assert!(page.rows.iter().all(|row| row.actor.subject == "00u1"));
    let others = Filter::default().with(Field::User, "bob");
    assert_eq!(record.query(&others, &own, None, 10).await.expect("read").rows, []);
    let counted = record.histogram(&Filter::default(), &own, 10).await.expect("read").total;
    assert_eq!((counted.intent, counted.success + counted.failure + counted.denied + counted.unknown), (100, 100));
    assert_eq!(record.histogram(&others, &own, 10).await.expect("read").total, periscope_audit::Counts::default());
    let theirs = record.query(&others, &ALL, None, 1).await.expect("read").rows.remove(0);
    assert_eq!(record.pair(&theirs.sequence, &own).await.expect("read"), None);
    // Somebody of the same name at another provider is somebody else.
    let elsewhere = Visibility::Own { issuer: "https://other.example.com".into(), subject: "00u1".into() };
    assert_eq!(record.query(&Filter::default(), &elsewhere, None, 10).await.expect("read").rows, []);
    let export = Export { filter: Filter::default(), visibility: own, format: ExportFormat::JsonLines, from: vec![] };
    let texts: Vec<String> = record.export(export).await.expect("read").try_collect().await.expect("read");
    assert_eq!(texts.concat().lines().count(), 200);
    record.close().await;
}

pub(crate) async fn histograms_count_every_row_once(place: &Place) {
    fill(&place.options(), acts(1000)).await.expect("filled");
    let record = place.open().await;
    let all = everything(&record).await;
    let start: Timestamp = START.parse().expect("a time");
    let at = |seconds: i64| start + SignedDuration::from_secs(seconds);
    for (filter, buckets) in [
        (Filter::default().between(at(0), at(1000)), 7),
        (Filter::default().between(at(123), at(789)).with(Field::User, "bob"), 40),
        (Filter::default().between(at(500), at(501)), 3),
        (Filter::default().with(Field::Verb, "scale"), 100),
    ] {
        let histogram = record.histogram(&filter, &ALL, buckets).await.expect("read");
        assert!(histogram.buckets.len() <= buckets);
        let mut expected = vec![0; histogram.buckets.len()];
        for row in &all {
            let wanted = filter.fields.iter().all(|(field, values)| match field {
                Field::User => row.actor.user.as_ref().is_some_and(|user| values.contains(user)),
                _ => values.contains(&row.verb),
            });
            let within = histogram.from <= row.time && row.time < histogram.to;
            if wanted && within && row.outcome == Some(Outcome::Denied) {
                let bucket = (row.time.as_millisecond() - histogram.from.as_millisecond()) / histogram.width;
                expected[usize::try_from(bucket).expect("small")] += 1;
            }
        }
        let got: Vec<u64> = histogram.buckets.iter().map(|counts| counts.denied).collect();
        assert_eq!(got, expected, "{filter:?}");
        assert_eq!(histogram.total.denied, expected.iter().sum::<u64>());
    }
    let whole = record.histogram(&Filter::default(), &ALL, 50).await.expect("read").total;
    assert_eq!((whole.intent, whole.success + whole.failure + whole.denied + whole.unknown), (1000, 1001));
    record.close().await;
}

pub(crate) async fn exports_have_every_row_in_order(place: &Place) {
    fill(&place.options(), acts(700)).await.expect("filled");
    let record = place.open().await;
    let all = everything(&record).await;
    assert!(all.iter().enumerate().all(|(at, row)| row.sequence.number == at as u64));
    let from = all[1000].sequence.clone();
    let export = |format| Export { filter: Filter::default(), visibility: ALL, format, from: vec![from.clone()] };
    let texts: Vec<String> =
        record.export(export(ExportFormat::JsonLines)).await.expect("read").try_collect().await.expect("read");
    let rows: Vec<Row> = texts.concat().lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(rows, all[1000..]);
    let texts: Vec<String> =
        record.export(export(ExportFormat::Csv)).await.expect("read").try_collect().await.expect("read");
    let text = texts.concat();
    assert!(text.starts_with("chain,number,time,stage,"));
    assert_eq!(text.lines().count(), 1 + all.len() - 1000);
    record.close().await;
}

pub(crate) async fn blocks_are_sealed_and_made_again(place: &Place) {
    fill(&place.options(), acts(70_000)).await.expect("filled");
    let record = place.open().await;
    let filter = Filter::default().with(Field::RequestId, "r5").with(Field::RequestId, "r69999");
    assert_eq!(found(&record, filter.clone()).await, ["r69999", "r69999", "r5", "r5"]);
    let histogram = record.histogram(&Filter::default(), &ALL, 100).await.expect("read").total;
    assert_eq!((histogram.intent, histogram.denied), (70_000, 17_500));
    let names: BTreeSet<String> = found(
        &record,
        Filter::default().matching("name-7").between(
            START.parse().expect("a time"),
            START.parse::<Timestamp>().expect("a time") + SignedDuration::from_secs(60),
        ),
    )
    .await
    .into_iter()
    .collect();
    assert_eq!(names, ["r57", "r7"].map(str::to_owned).into());
    let intent = record.query(&filter, &ALL, None, 10).await.expect("read").rows.pop().expect("r5's intent");
    let pair = record.pair(&intent.sequence, &ALL).await.expect("read").expect("there");
    assert_eq!(pair.outcome.expect("an outcome").intent, Some(intent.sequence.number));
    record.close().await;
    // The index is nothing but a help: without it everything is found just the same.
    match &place.store {
        periscope_audit::Store::Sqlite(path) => {
            for end in ["-index", "-index-wal", "-index-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", path.display()));
            }
        }
        periscope_audit::Store::Postgres(_) => place.sql("DELETE FROM audit_index").await,
    }
    let record = place.open().await;
    assert_eq!(found(&record, filter).await, ["r69999", "r69999", "r5", "r5"]);
    record.close().await;
}

pub(crate) async fn questions_out_of_bounds_are_refused(place: &Place) {
    let record = place.open().await;
    let refused = |filter: Filter, cursor: Option<&'static str>| {
        let record = record.clone();
        async move { record.query(&filter, &ALL, cursor, 10).await.expect_err("refused").to_string() }
    };
    let words = ["word"; 17].join(" ");
    assert!(refused(Filter::default().matching(words), None).await.contains("too many words"));
    assert!(refused(Filter::default().matching("x".repeat(2000)), None).await.contains("too long"));
    let many = (0..101).fold(Filter::default(), |filter, at| filter.with(Field::Name, at.to_string()));
    assert!(refused(many, None).await.contains("the filter by name is too large"));
    for cursor in ["", "nonsense", "a:b", "' OR 1=1:3"] {
        assert!(refused(Filter::default(), Some(cursor)).await.contains("the cursor is not one"), "{cursor:?}");
    }
    let nothing = Filter::default().between(Timestamp::MAX, Timestamp::MIN);
    assert_eq!(record.query(&nothing, &ALL, None, 10).await.expect("read").rows, []);
    assert_eq!(record.histogram(&nothing, &ALL, 10).await.expect("read").buckets.len(), 0);
    let _ = AuditActor::periscope();
    record.close().await;
}

pub(crate) async fn a_damaged_index_is_made_again(place: &Place) {
    fill(&place.options(), acts(40_000)).await.expect("filled");
    let record = place.open().await;
    let filter = Filter::default().with(Field::RequestId, "r5");
    assert_eq!(found(&record, filter.clone()).await, ["r5", "r5"]);
    record.close().await;
    let garbage = "this is no database, and long enough to be taken for one ".repeat(200);
    match &place.store {
        periscope_audit::Store::Sqlite(path) => {
            std::fs::write(format!("{}-index", path.display()), garbage).expect("written");
        }
        periscope_audit::Store::Postgres(_) => {
            place.sql(&format!("UPDATE audit_index SET data = {}", place.bytes("ff00ff"))).await;
        }
    }
    let record = place.open().await;
    assert_eq!(found(&record, filter).await, ["r5", "r5"]);
    assert_eq!(record.histogram(&Filter::default(), &ALL, 3).await.expect("read").total.intent, 40_000);
    record.close().await;
}
