//! The rules on this checkout, one test each.

use xtask::{RULES, Tree};

fn holds(name: &str) {
    let rule = RULES.iter().find(|rule| rule.name == name).expect("the rule exists");
    let tree = Tree::of_checkout().expect("the tracked files can be read");
    let found = (rule.run)(&tree);
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), lines.join("\n"));
}

#[test]
fn direction() {
    holds("direction");
}

#[test]
fn layout() {
    holds("layout");
}

#[test]
fn sizes() {
    holds("sizes");
}

#[test]
fn attributes() {
    holds("attributes");
}

#[test]
fn decisions() {
    holds("decisions");
}

#[test]
fn traces() {
    holds("traces");
}

#[test]
fn every_rule_has_its_test() {
    let own = include_str!("rules.rs");
    let missing: Vec<_> = RULES.iter().filter(|rule| !own.contains(&format!("holds(\"{}\");", rule.name))).collect();
    assert!(missing.is_empty(), "no test runs {:?}", missing.iter().map(|rule| rule.name).collect::<Vec<_>>());
}
