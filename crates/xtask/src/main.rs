//! `cargo run -p xtask -- RULE`: see the crate's README.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use xtask::{Finding, RULES, Tree, distribution, generated_check, generated_write};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let tree = Tree::of_checkout()?;
    let mut out = std::io::stdout().lock();
    let found = run(&tree, &arguments)?;
    if arguments == ["sizes"] {
        write!(out, "{}", distribution(&tree))?;
    }
    for finding in &found {
        writeln!(out, "{finding}")?;
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run(tree: &Tree, arguments: &[&str]) -> Result<Vec<Finding>> {
    match arguments {
        ["check"] => Ok(RULES.iter().flat_map(|rule| (rule.run)(tree)).collect()),
        ["generated"] => generated_check(tree),
        ["generated", "--write"] => generated_write(tree).map(|()| Vec::new()),
        [name] => {
            let rule = RULES.iter().find(|rule| rule.name == *name);
            let rule = rule.with_context(|| format!("there is no rule `{name}`"))?;
            Ok((rule.run)(tree))
        }
        _ => bail!(
            "usage: xtask check | generated [--write] | {}",
            RULES.iter().map(|rule| rule.name).collect::<Vec<_>>().join(" | ")
        ),
    }
}
