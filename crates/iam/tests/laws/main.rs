//! The laws of the decision, over generated policies and requests (the end of the facts on evaluation).
//! `PERISCOPE_LAW_CASES=1000000` asks for more of them.

mod decision;
mod residual;
mod world;

use proptest::test_runner::Config;

/// As many cases as the usual day allows, or as many as are asked for.
pub(crate) fn cases(usual: u32) -> Config {
    let asked = option_env!("PERISCOPE_LAW_CASES").and_then(|text| text.parse().ok());
    Config { cases: asked.unwrap_or(usual), failure_persistence: None, ..Config::default() }
}
