//! The laws of the decision, over generated policies and requests (the end of the facts on evaluation).
//! `PROPTEST_CASES=250000` asks for more of them (four completions each).

mod decision;
mod residual;
mod world;

use proptest::test_runner::Config;

/// As many cases as the usual day allows, or as many as `PROPTEST_CASES` asks for.
pub(crate) fn cases(usual: u32) -> Config {
    // What proptest does when nobody asks.
    const UNASKED: u32 = 256;
    let asked = Config::default();
    let cases = if asked.cases == UNASKED { usual } else { asked.cases };
    Config { cases, failure_persistence: None, ..asked }
}
