#![doc = include_str!("../README.md")]

mod attributes;
mod decisions;
mod direction;
mod finding;
mod generated;
mod layout;
mod rust;
mod sizes;
mod traces;
mod tree;

pub use finding::Finding;
pub use generated::{check as generated_check, write as generated_write};
pub use sizes::distribution;
pub use tree::Tree;

/// A rule reads the tree and says what breaks it.
pub struct Rule {
    pub name: &'static str,
    pub run: fn(&Tree) -> Vec<Finding>,
}

/// The rules that need nothing but the tracked files (and `cargo metadata` for the direction).
pub const RULES: &[Rule] = &[
    Rule { name: "direction", run: direction::check },
    Rule { name: "layout", run: layout::check },
    Rule { name: "sizes", run: sizes::check },
    Rule { name: "attributes", run: attributes::check },
    Rule { name: "decisions", run: decisions::check },
    Rule { name: "traces", run: traces::check },
];
