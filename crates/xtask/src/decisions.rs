//! Decision records: one page each, numbered, cited.

use std::collections::BTreeMap;

use crate::{Finding, Tree};

const FOLDER: &str = "docs/decisions/";
const SECTIONS: &[&str] = &["Status", "Context", "Decision", "Consequences"];
/// A page, at 100 to 120 columns.
const LINES: usize = 80;
/// What a citation looks like: the folder and the four digits.
const DIGITS: usize = 4;

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut records = BTreeMap::new();
    for (path, text) in tree.files().filter(|(path, _)| path.starts_with(FOLDER)) {
        match number(&path[FOLDER.len()..]) {
            Some(number) => {
                found.extend(record_findings(path, number, text));
                if let Some(other) = records.insert(number, path) {
                    found.push(Finding::new(path, format!("has the number of {other}")));
                }
            }
            None => found.push(Finding::new(path, "is named `NNNN-what-was-decided.md`")),
        }
    }
    found.extend(
        (1..)
            .zip(records.keys())
            .find(|(due, is)| due != *is)
            .map(|(due, _)| Finding::new(FOLDER, format!("number {due:04} is missing"))),
    );
    let cited = citations(tree);
    let uncited = records.iter().filter(|(number, _)| !cited.contains_key(number));
    found.extend(uncited.map(|(number, path)| Finding::new(*path, format!("nothing cites `{FOLDER}{number:04}`"))));
    let unknown = cited.iter().filter(|(number, _)| !records.contains_key(number));
    found.extend(
        unknown.map(|(number, (path, line))| Finding::at(path, *line, format!("there is no decision {number:04}"))),
    );
    found
}

fn record_findings(path: &str, number: u32, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    if !text.starts_with(&format!("# {number:04}: ")) {
        found.push(Finding::at(path, 1, format!("begins with `# {number:04}: what was decided`")));
    }
    let missing = SECTIONS.iter().filter(|name| !text.lines().any(|line| line == format!("## {name}")));
    found.extend(missing.map(|name| Finding::new(path, format!("lacks the section `## {name}`"))));
    if text.lines().count() > LINES {
        found.push(Finding::new(path, format!("is longer than a page ({LINES} lines)")));
    }
    found
}

fn number(name: &str) -> Option<u32> {
    let (digits, _) = name.strip_suffix(".md")?.split_once('-')?;
    (digits.len() == DIGITS).then_some(digits)?.parse().ok()
}

/// Each number cited outside the records, with the first place.
fn citations(tree: &Tree) -> BTreeMap<u32, (&str, usize)> {
    let mut cited = BTreeMap::new();
    let elsewhere =
        tree.files().filter(|(path, _)| !path.starts_with(FOLDER) && *path != "crates/xtask/src/decisions.rs");
    for (path, text) in elsewhere {
        for (index, line) in text.lines().enumerate() {
            let numbers = line.split(FOLDER).skip(1).filter_map(|rest| rest.get(..DIGITS)?.parse().ok());
            numbers.for_each(|number| {
                cited.entry(number).or_insert((path, index + 1));
            });
        }
    }
    cited
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# 0001: a\n## Status\n## Context\n## Decision\n## Consequences\n";

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_record_that_is_cited_passes() {
        assert_eq!(
            messages(&[("docs/decisions/0001-a.md", RECORD), ("a.rs", "//! see docs/decisions/0001-a.md")]),
            [""; 0]
        );
    }

    #[test]
    fn holes_names_and_sections_are_found() {
        let found =
            messages(&[("docs/decisions/0002-b.md", "# 0002: b\n## Status\n"), ("docs/decisions/notes.md", "")]);
        let expected = [
            "lacks the section `## Context`",
            "lacks the section `## Decision`",
            "lacks the section `## Consequences`",
            "is named `NNNN-what-was-decided.md`",
            "number 0001 is missing",
            "nothing cites `docs/decisions/0002`",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_citation_of_nothing_is_found() {
        let tree = Tree::of(&[
            ("docs/decisions/0001-a.md", RECORD),
            ("a.rs", "// docs/decisions/0001\n// docs/decisions/0009"),
        ]);
        assert_eq!(check(&tree), [Finding::at("a.rs", 2, "there is no decision 0009")]);
    }
}
