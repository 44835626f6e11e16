//! The record: how fast it acknowledges beside what the disk gives, and how fast it is asked and verified when it is large.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use periscope_audit::{
    AuditActor, Event, Field, Filter, Outcome, Record, RecordOptions, Store, Target, Verb, Verdict, Verification,
    Visibility, fill, verify,
};
use periscope_model::{Clock, SystemClock};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::process;

const ALL: Visibility = Visibility::All;

#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// A folder on the disk that is measured.
    folder: std::path::PathBuf,
    /// Rows of the large record.
    #[arg(long, default_value_t = 10_000_000)]
    rows: u64,
    /// Those who write at once.
    #[arg(long, default_value_t = 64)]
    writers: usize,
    /// Seconds of writing.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
}

pub(crate) async fn run(wanted: Wanted) -> anyhow::Result<Value> {
    let Wanted { folder, rows, writers, seconds } = wanted;
    std::fs::create_dir_all(&folder)?;
    let durable = durable(&folder, writers, Duration::from_secs(seconds)).await?;
    let large = large(&folder, rows).await?;
    Ok(json!({"durable": durable, "large": large}))
}

fn options(folder: &Path, name: &str) -> RecordOptions {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    RecordOptions::new(Store::Sqlite(folder.join(format!("{name}.db"))), folder.join(format!("{name}.key")), clock)
}

/// Rows a second with many writers, an act alone, and syncs of the same disk before, between and after.
async fn durable(folder: &Path, writers: usize, time: Duration) -> anyhow::Result<Value> {
    let record = Record::open(options(folder, "durable")).await?;
    let mut syncs = vec![syncs(folder)?];
    let until = Instant::now() + time;
    let began = Instant::now();
    let tasks = (0..writers).map(|writer| {
        let record = record.clone();
        tokio::spawn(async move {
            let mut rows = 0_u64;
            while Instant::now() < until {
                act(&record, u64::try_from(writer)?).await?;
                rows += 2;
            }
            anyhow::Ok(rows)
        })
    });
    let mut rows = 0;
    for task in tasks.collect::<Vec<_>>() {
        rows += task.await??;
    }
    let took = began.elapsed();
    syncs.push(self::syncs(folder)?);
    // An act and two bare syncs in turn: a disk has its moods.
    let (mut alone, mut bare) = (Vec::new(), Vec::new());
    let file = OpenOptions::new().write(true).open(folder.join("syncs"))?;
    for at in 0..300 {
        let began = Instant::now();
        act(&record, at).await?;
        alone.push(began.elapsed().as_secs_f64() * 1000.0);
        let began = Instant::now();
        for page in [0, 4096] {
            file.write_all_at(&[2; 4096], page)?;
            file.sync_data()?;
        }
        bare.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    record.close().await;
    alone.sort_by(f64::total_cmp);
    bare.sort_by(f64::total_cmp);
    let rate = f64::midpoint(syncs[0], syncs[1]);
    Ok(json!({
        "rowsPerSecond": per_second(rows, took),
        "syncsPerSecond": rate,
        "twoSyncsMilliseconds": bare[bare.len() / 2],
        "actMilliseconds": alone[alone.len() / 2],
        "actP99Milliseconds": alone[alone.len() * 99 / 100],
    }))
}

async fn act(record: &Record, at: u64) -> anyhow::Result<()> {
    let intent = record.intent(event(at)).await?;
    intent.close(Outcome::Success, None, Map::new()).await?;
    Ok(())
}

/// Syncs a second, one after the other, each after one page.
fn syncs(folder: &Path) -> anyhow::Result<f64> {
    const PAGES: u64 = 1024;
    let path = folder.join("syncs");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
    file.write_all_at(&vec![0; 4096 * usize::try_from(PAGES)?], 0)?;
    file.sync_all()?;
    let (began, mut count) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_secs(2) {
        file.write_all_at(&[1; 4096], count % PAGES * 4096)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(per_second(count, began.elapsed()))
}

fn event(at: u64) -> Event {
    // Steps without a common divisor, so that every combination comes.
    let user = at * 7 % 211;
    let actor = AuditActor {
        email: Some(format!("user-{user}@example.com")),
        user: Some(format!("user-{user}")),
        tier: Some(["viewer", "operator", "admin"][usize::try_from(user % 3).unwrap_or(0)].into()),
        session: Some(format!("s-{}", at * 3 % 1009)),
        address: Some(format!("192.0.2.{}", at % 251)),
        ..AuditActor::new("https://idp.example.com", format!("00u{user}")).with_groups([format!("team-{}", user % 20)])
    };
    let verb = Verb::ALL[usize::try_from(at % Verb::ALL.len() as u64).unwrap_or(0)];
    Event::new(actor, format!("{:016x}", at.wrapping_mul(0x9e37_79b9_7f4a_7c15)), verb).on(Target {
        cluster: format!("cluster-{}", at % 8),
        group: "apps".into(),
        version: "v1".into(),
        resource: "deployments".into(),
        namespace: Some(format!("ns-{}", at * 5 % 97)),
        name: Some(format!("service-{}", at * 11 % 4999)),
        subresource: None,
    })
}

/// A record with so many rows: made, indexed, asked and verified.
async fn large(folder: &Path, rows: u64) -> anyhow::Result<Value> {
    let options = || options(folder, "large");
    let start: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let acts = (0..rows / 2).map(|at| {
        let outcome = match at % 50 {
            7 => Outcome::Denied,
            13 | 31 => Outcome::Failure,
            49 if at % 1000 == 49 => Outcome::Unknown,
            _ => Outcome::Success,
        };
        (start + SignedDuration::from_millis(i64::try_from(at).unwrap_or(0) * 5000), event(at), outcome)
    });
    let began = Instant::now();
    fill(&options(), acts).await?;
    let filled = began.elapsed();
    let record = Record::open(options()).await?;
    let began = Instant::now();
    record.histogram(&Filter::default(), &ALL, 100).await?;
    let indexed = began.elapsed();
    record.close().await;
    let asked = asked(options(), rows / 2).await?;
    let Store::Sqlite(path) = options().store else { anyhow::bail!("the embedded store is measured") };
    let verification = Verification { store: Store::Sqlite(path.clone()), checkpoints: vec![], public_keys: vec![] };
    let (mut verified, mut cpu, mut verdict) = (Duration::MAX, f64::MAX, Verdict::default());
    for _ in 0..3 {
        let (began, used) = (Instant::now(), process::cpu());
        verdict = verify(&verification).await?;
        (verified, cpu) = (verified.min(began.elapsed()), cpu.min(process::cpu() - used));
        anyhow::ensure!(verdict.is_intact(), "a false alarm: {:?}", verdict.problems);
    }
    let size = |end: &str| std::fs::metadata(format!("{}{end}", path.display())).map_or(0, |file| file.len());
    Ok(json!({
        "rows": verdict.rows(),
        "bytes": size(""),
        "indexBytes": size("-index"),
        "fillRowsPerSecond": per_second(rows, filled),
        "indexRowsPerSecond": per_second(rows, indexed),
        "verifyRowsPerSecond": per_second(verdict.rows(), verified),
        "verifyCpuSeconds": cpu,
        "asked": asked,
    }))
}

/// Milliseconds of the first page by each field, of pages of combinations, and of histograms: the first time after the
/// start, and the median of the next nine.
async fn asked(options: RecordOptions, acts: u64) -> anyhow::Result<Value> {
    let record = Record::open(options).await?;
    // An act of the oldest tenth: what is found for it is far away.
    let old = event(acts / 20);
    let sample = [event(acts / 20)];
    let mut filters: Vec<(String, Filter)> = Field::ALL
        .iter()
        .filter_map(|field| Some((field.name().to_owned(), Filter::default().with(*field, value(*field, &sample[0])?))))
        .collect();
    let denied = |filter: Filter| filter.with(Field::Outcome, "denied");
    filters.push(("nothing".into(), Filter::default()));
    filters.push(("none".into(), Filter::default().with(Field::User, "nobody")));
    filters.push(("outcome and namespace".into(), denied(Filter::default().with(Field::Namespace, "ns-5"))));
    filters.push((
        "four fields".into(),
        denied(
            Filter::default().with(Field::User, "user-3").with(Field::Verb, "drain").with(Field::Cluster, "cluster-3"),
        ),
    ));
    let start: Timestamp = "2026-02-01T00:00:00Z".parse()?;
    filters.push(("a day".into(), Filter::default().between(start, start + SignedDuration::from_hours(24))));
    filters.push(("text: a name".into(), Filter::default().matching("service-4321 user-17")));
    filters.push(("text: a request".into(), Filter::default().matching(old.request_id.as_str())));
    let mut pages = Map::new();
    for (name, filter) in &filters {
        let mut times = Vec::new();
        for _ in 0..10 {
            let began = Instant::now();
            let page = record.query(filter, &ALL, None, 100).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            anyhow::ensure!(page.searched_back_to.is_none(), "{name} was not searched to the end");
        }
        pages.insert(name.clone(), timed(times));
    }
    let own = Visibility::Own { issuer: "https://idp.example.com".into(), subject: "00u3".into() };
    let mut histograms = Map::new();
    for (name, filter, visibility) in [
        ("everything", Filter::default(), &ALL),
        ("a verb", Filter::default().with(Field::Verb, "drain"), &ALL),
        ("denied, by user", denied(Filter::default().with(Field::User, "user-3")), &ALL),
        ("one's own", Filter::default(), &own),
    ] {
        let mut times = Vec::new();
        for _ in 0..10 {
            let began = Instant::now();
            record.histogram(&filter, visibility, 120).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        histograms.insert(name.to_owned(), timed(times));
    }
    record.close().await;
    Ok(json!({"pages": pages, "histograms": histograms}))
}

fn value(field: Field, event: &Event) -> Option<String> {
    let target = event.target.as_ref()?;
    match field {
        Field::Stage => Some("outcome".into()),
        Field::Outcome => Some("unknown".into()),
        Field::Verb => Some(event.verb.name().into()),
        Field::Class => Some(event.verb.class().name().into()),
        Field::RequestId => Some(event.request_id.clone()),
        Field::Issuer => Some(event.actor.issuer.clone()),
        Field::Subject => Some(event.actor.subject.clone()),
        Field::Email => event.actor.email.clone(),
        Field::User => event.actor.user.clone(),
        Field::Group => event.actor.groups.first().cloned(),
        Field::Tier => event.actor.tier.clone(),
        Field::Session => event.actor.session.clone(),
        Field::Address => event.actor.address.clone(),
        Field::Cluster => Some(target.cluster.clone()),
        Field::ApiGroup => Some(target.group.clone()),
        Field::ApiVersion => Some(target.version.clone()),
        Field::Resource => Some(target.resource.clone()),
        Field::Namespace => target.namespace.clone(),
        Field::Name => target.name.clone(),
        Field::Subresource => Some("scale".into()),
        Field::Chain => None,
    }
}

fn timed(times: Vec<f64>) -> Value {
    let first = times.first().copied().unwrap_or_default();
    let mut rest: Vec<f64> = times.into_iter().skip(1).collect();
    rest.sort_by(f64::total_cmp);
    json!({"first": first, "median": rest.get(rest.len() / 2)})
}

#[expect(clippy::cast_precision_loss, reason = "counts of a measurement are far below 2^52")]
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
