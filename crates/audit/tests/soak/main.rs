//! The record in a process of its own, which is killed or whose disk fails, again and again.
//!
//! `cargo test` runs a short version; `make soak` runs `-- --rounds 500`. The process is this same program.

#![expect(clippy::print_stdout, reason = "it says how far it is")]

mod bytes;
mod child;
mod faults;
mod kill;
mod strace;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["child", "write", folder] => child::write(folder.as_ref()).await,
        ["child", "obey", folder] => child::obey(folder.as_ref()).await,
        ["--rounds", rounds] => {
            kill::rounds(rounds.parse().expect("a number")).await;
            faults::all().await;
            bytes::none_changes_unseen(1).await;
        }
        ["--bytes"] => bytes::none_changes_unseen(1).await,
        // Whoever runs tests by name means others.
        [name, ..] if !name.starts_with("--") => {}
        _ => {
            strace::syncs_before_it_answers().await;
            kill::rounds(12).await;
            faults::all().await;
            bytes::none_changes_unseen(97).await;
        }
    }
    ExitCode::SUCCESS
}
