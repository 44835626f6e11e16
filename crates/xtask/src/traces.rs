//! A checkout works on any machine: no tracked file names a path of one, or a registry that one happened to use.

use crate::{Finding, Tree};

/// Lock files are their tools' business.
const LOCKS: &[&str] = &["Cargo.lock", "package-lock.json", "go.sum"];

/// In two halves, so that this file does not find itself.
const TRACES: &[(&str, &str)] = &[
    ("/wor", "k/"),
    ("/ro", "ot/"),
    ("/hom", "e/"),
    (".libr", "ary/"),
    ("registry.npm", "js.org"),
    ("crates.", "io/api"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("proxy.golang", ".org"),
    ("pypi", ".org"),
    ("pythonhosted", ".org"),
    ("deb.debian", ".org"),
];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let traces: Vec<_> = TRACES.iter().map(|(head, tail)| format!("{head}{tail}")).collect();
    let read = tree.files().filter(|(path, _)| !LOCKS.iter().any(|lock| path.ends_with(lock)));
    let lines =
        read.flat_map(|(path, text)| text.lines().enumerate().map(move |(index, line)| (path, index + 1, line)));
    let found = lines.filter_map(|(path, number, line)| {
        let trace = traces.iter().find(|trace| line.contains(trace.as_str()))?;
        Some(Finding::at(path, number, format!("names `{trace}`, which is only true on some machine")))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_machine_is_found() {
        let text = format!("fine\ncd {}{}main\n", TRACES[0].0, TRACES[0].1);
        let tree = Tree::of(&[("scripts/a.sh", &text), ("web/package-lock.json", &text)]);
        let places: Vec<_> = check(&tree).into_iter().map(|found| found.place).collect();
        assert_eq!(places, ["scripts/a.sh:2"]);
    }
}
