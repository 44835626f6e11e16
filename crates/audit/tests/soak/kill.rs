//! SIGKILL at any moment: no acknowledged row is missing, there is no hole, and the chain verifies.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use periscope_audit::{
    Export, ExportFormat, Filter, Record, RecordOptions, Row, Sequence, Store, Verification, Visibility, export_store,
    verify,
};
use periscope_model::{Clock, SystemClock};
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

/// The longest that a process lives, in milliseconds after it is ready.
const LIFE: u64 = 400;

pub(crate) async fn rounds(rounds: u32) {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = u64::from(std::process::id());
    println!("kill: {rounds} rounds, seed {seed}");
    let mut random = SmallRng::seed_from_u64(seed);
    let (mut next, mut acknowledged) = (0, 0);
    for round in 1..=rounds {
        let said = live_and_die(folder.path(), random.random_range(0..LIFE)).await;
        acknowledged += said.len();
        let rows = rows_from(folder.path(), next).await;
        check(&rows, next, &said);
        next += rows.len() as u64;
        if round % 25 == 0 || round == rounds {
            verified(folder.path()).await;
            println!("kill: round {round}: {next} rows, {acknowledged} of them acknowledged, none missing");
        }
    }
    // What the last one left open is closed by whoever comes next.
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let options = RecordOptions::new(store(folder.path()), folder.path().join("key"), clock);
    Record::open(options).await.expect("opened").close().await;
    assert_eq!(verified(folder.path()).await, 0, "no intent is left open");
}

pub(crate) fn store(folder: &Path) -> Store {
    Store::Sqlite(folder.join("audit.db"))
}

/// Starts a process, kills it so long after it was ready, and gives what it had acknowledged: kind, number, request.
async fn live_and_die(folder: &Path, life: u64) -> Vec<(String, u64, String)> {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["child", "write"]).arg(folder).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let out = child.stdout.take().expect("its output");
    let reading = tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(out);
        let mut first = String::new();
        lines.read_line(&mut first).expect("a line");
        assert_eq!(first, "ready\n");
        let (sender, ready) = std::sync::mpsc::channel();
        let rest = std::thread::spawn(move || {
            let mut said = Vec::new();
            let mut text = String::new();
            while lines.read_line(&mut text).expect("a line") > 0 {
                // A line that the kill cut in two was not said.
                if let Some(whole) = text.strip_suffix('\n') {
                    let mut words = whole.splitn(3, ' ').map(str::to_owned);
                    let mut word = || words.next().expect("three words");
                    said.push((word(), word().parse().expect("a number"), word()));
                }
                text.clear();
            }
            said
        });
        sender.send(()).expect("heard");
        ready.recv().expect("said");
        rest
    });
    let rest = reading.await.expect("no panic");
    // This wait is the experiment: the moment of the kill is any.
    tokio::time::sleep(Duration::from_millis(life)).await;
    child.kill().expect("killed");
    child.wait().expect("ended");
    tokio::task::spawn_blocking(move || rest.join().expect("no panic")).await.expect("no panic")
}

pub(crate) async fn rows_from(folder: &Path, number: u64) -> Vec<Row> {
    let mut text = String::new();
    let mut export = Export {
        filter: Filter::default(),
        visibility: Visibility::All,
        format: ExportFormat::JsonLines,
        from: Vec::new(),
    };
    if number > 0 {
        let name = std::fs::read_to_string(folder.join("chain")).expect("the chain's name");
        export.from.push(Sequence { chain: name, number });
    }
    let take = |part: &str| {
        text.push_str(part);
        Ok(())
    };
    export_store(&store(folder), &export, take).await.expect("exported");
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    if let Some(row) = rows.first() {
        std::fs::write(folder.join("chain"), &row.sequence.chain).expect("written");
    }
    rows
}

fn check(rows: &[Row], next: u64, said: &[(String, u64, String)]) {
    for (at, row) in rows.iter().enumerate() {
        assert_eq!(row.sequence.number, next + at as u64, "a hole, or a row twice");
    }
    for (kind, number, request) in said {
        let row = number.checked_sub(next).and_then(|at| rows.get(usize::try_from(at).expect("small")));
        assert!(row.is_some(), "{kind} {number} of {request} was acknowledged and is missing");
        let told = row.map(|row| (row.stage.name(), row.request_id.as_str()));
        assert_eq!(told, Some((kind.as_str(), request.as_str())), "row {number}");
    }
}

/// Verifies everything, and gives how many intents are open.
pub(crate) async fn verified(folder: &Path) -> usize {
    let checkpoints = Some(folder.join("checkpoints")).filter(|path| path.exists()).into_iter().collect();
    let verification = Verification { store: store(folder), checkpoints, public_keys: vec![] };
    let verdict = verify(&verification).await.expect("it can be read");
    assert_eq!(verdict.problems, [], "it verifies");
    verdict.chains.iter().map(|chain| chain.open).sum()
}
