//! A disk that is full, fails, is slow or does not answer: acts are refused in words, reads go on, and once it is well again
//! nothing acknowledged is missing and nothing is there twice.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::kill::{rows_from, verified};

const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn all() {
    let Some(shim) = shim() else {
        println!("faults: skipped: there is no C compiler");
        return;
    };
    for (fault, refusal) in [
        ("full", "database or disk is full"),
        ("eio-write", "disk I/O error"),
        ("eio-sync", "disk I/O error"),
        ("stuck", "did not become durable within"),
    ] {
        refuses_and_recovers(&shim, fault, refusal).await;
        println!("faults: {fault}: refused, read on, recovered");
    }
    slow_is_slow_and_nothing_else(&shim).await;
    println!("faults: slow: acts are slow");
}

struct Shim {
    _folder: TempDir,
    object: PathBuf,
}

fn shim() -> Option<Shim> {
    let folder = tempfile::tempdir().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soak/shim.c");
    let object = folder.path().join("shim.so");
    let mut compiler = std::process::Command::new("cc");
    let status = compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&object).arg(source).status().ok()?;
    assert!(status.success(), "the shim compiles");
    Some(Shim { _folder: folder, object })
}

struct Process {
    folder: TempDir,
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    async fn start(shim: &Shim) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["child", "obey"]).arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.env("LD_PRELOAD", &shim.object).env("PERISCOPE_FAULT", folder.path().join("fault"));
        let mut child = command.kill_on_drop(true).spawn().expect("it starts");
        let stdin = child.stdin.take().expect("its input");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut process = Self { folder, child, stdin, lines };
        assert_eq!(process.hear().await, "ready");
        process
    }

    fn fault(&self, word: &str) {
        std::fs::write(self.folder.path().join("fault"), word).expect("written");
    }

    async fn hear(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await.expect("an answer in time");
        line.expect("a line").expect("it lives")
    }

    async fn tell(&mut self, order: &str) -> String {
        self.stdin.write_all(format!("{order}\n").as_bytes()).await.expect("told");
        self.hear().await
    }

    /// Acts until it is done, however often it is refused meanwhile.
    async fn act_until_done(&mut self, request: &str) -> (String, u32) {
        let mut refusals = 0;
        let acting = async {
            loop {
                let answer = self.tell(&format!("act {request}-{refusals}")).await;
                if answer.starts_with("done ") {
                    return answer;
                }
                refusals += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let answer = tokio::time::timeout(PATIENCE, acting).await.expect("it recovers");
        (answer, refusals)
    }

    async fn end(mut self) -> TempDir {
        assert_eq!(self.tell("end").await, "closed");
        self.child.wait().await.expect("ended");
        self.folder
    }
}

async fn refuses_and_recovers(shim: &Shim, fault: &str, refusal: &str) {
    let mut process = Process::start(shim).await;
    let mut done = Vec::new();
    for at in 0..5 {
        done.push(process.tell(&format!("act before-{at}")).await);
    }
    process.fault(fault);
    for at in 0..3 {
        let answer = process.tell(&format!("act during-{at}")).await;
        assert!(answer.starts_with("refused the record ") && (at > 0 || answer.contains(refusal)), "{fault}: {answer}");
        assert_eq!(process.tell("read").await, "read 10", "{fault}: reads go on");
    }
    process.fault("none");
    done.push(process.act_until_done("after").await.0);
    let folder = process.end().await;
    // Acts that were done have both rows, ones that were refused none or an end of unknown, and nothing is there twice.
    let rows = rows_from(folder.path(), 0).await;
    let mut stages: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.verb == "scale") {
        let outcome = row.outcome.map_or("intent", periscope_audit::Outcome::name);
        stages.entry(&row.request_id).or_default().push(outcome.to_owned());
    }
    for (request, stages) in &stages {
        let stages: Vec<&str> = stages.iter().map(String::as_str).collect();
        if request.starts_with("before-") {
            assert_eq!(stages, ["intent", "success"], "{fault}: {request}");
        } else {
            let whole = stages == ["intent", "success"] || stages == ["intent", "unknown"];
            assert!(whole, "{fault}: {request}: {stages:?}");
        }
    }
    assert_eq!(stages.keys().filter(|request| request.starts_with("before-")).count(), 5);
    for answer in done {
        for number in answer.split(' ').skip(1) {
            let number: usize = number.parse().expect("a number");
            assert_eq!(rows[number].sequence.number, number as u64, "{fault}: what was acknowledged is there");
        }
    }
    if fault != "stuck" {
        assert!(rows.iter().any(|row| row.verb == "record-recover"), "{fault}: that it was away is told");
    }
    assert_eq!(verified(folder.path()).await, 0, "{fault}: nothing is left open");
}

async fn slow_is_slow_and_nothing_else(shim: &Shim) {
    let mut process = Process::start(shim).await;
    process.fault("slow");
    for at in 0..3 {
        let answer = process.tell(&format!("act slow-{at}")).await;
        assert!(answer.starts_with("done "), "{answer}");
        assert!(process.tell("read").await.starts_with("read "));
    }
    process.fault("none");
    let folder = process.end().await;
    assert_eq!(verified(folder.path()).await, 0);
}
