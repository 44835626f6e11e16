//! SIGKILL tries processes, not power. That a row is on the disk before it is acknowledged is read off the system calls.

use std::process::{Command, Stdio};
use std::time::Duration;

pub(crate) async fn syncs_before_it_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("strace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-y", "-o"]).arg(&log);
    command.arg(std::env::current_exe().expect("this program")).args(["child", "obey"]).arg(folder.path());
    let Ok(mut child) = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        println!("strace: skipped: it is not installed");
        return;
    };
    let acts: Vec<String> = (0..20).map(|at| format!("act r{at}\n")).collect();
    let orders = format!("{}end\n", acts.concat());
    let mut stdin = child.stdin.take().expect("its input");
    std::io::Write::write_all(&mut stdin, orders.as_bytes()).expect("told");
    drop(stdin);
    let waiting = tokio::task::spawn_blocking(move || child.wait_with_output());
    let output = tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("in time").expect("no panic");
    let output = String::from_utf8(output.expect("it ran").stdout).expect("text");
    if output.is_empty() {
        println!("strace: skipped: processes may not be traced here");
        return;
    }
    assert_eq!(output.lines().filter(|line| line.starts_with("done ")).count(), 20, "{output}");
    let log = std::fs::read_to_string(log).expect("the log");
    let (mut syncs, mut answers) = (0, 0);
    for line in log.lines() {
        // A call that another thread's interrupted is told in two lines; what it returned is in the second.
        let sync = line.contains("fsync(") || line.contains("fdatasync(") || line.contains("sync resumed");
        if sync && line.trim_end().ends_with("= 0") {
            syncs += 1;
        } else if line.contains("\"done ") {
            answers += 1;
            // An intent and an outcome: each was synced before the next step.
            assert!(syncs >= 2, "answer {answers} came after {syncs} syncs: {line}");
            syncs = 0;
        }
    }
    assert_eq!(answers, 20, "each answer is in the log");
    println!("strace: 20 acts, each after two syncs of its own");
}
