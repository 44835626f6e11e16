//! Bytes from outside, mutated without end: nothing panics, nothing hangs, every answer is JSON, and what is matched is
//! what a plain reading matches.
//!
//! `cargo test` runs a short version; `cargo test --release --package periscope-iam --test fuzz -- --seconds 600` a long one,
//! `--seed N` another one.

#![expect(clippy::print_stdout, reason = "it says how far it is")]

mod corpus;
mod mutate;
mod targets;

use std::time::{Duration, Instant};

use mutate::Random;

/// Rounds of the short version: the same on every machine.
const ROUNDS: u64 = 4_000;

#[expect(clippy::disallowed_methods, reason = "how long it runs is asked for in seconds")]
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = arguments.iter().position(|one| one == name)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    let mut random = Random::new(number("--seed").unwrap_or(1));
    let end = number("--seconds").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut round = 0;
    while end.map_or(round < ROUNDS, |end| Instant::now() < end) {
        let slowest = Instant::now();
        targets::run(&mut random);
        let took = slowest.elapsed();
        assert!(took < Duration::from_secs(5), "round {round} took {took:?}");
        round += 1;
    }
    println!("{round} rounds, nothing found");
}
