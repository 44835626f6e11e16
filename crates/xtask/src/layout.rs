//! What every crate has, and where.

use crate::{Finding, Tree};

const CRATE_DOC: &str = "#![doc = include_str!(\"../README.md\")]";

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found: Vec<_> = tree.crates().into_iter().flat_map(|name| crate_findings(tree, name)).collect();
    let modules = tree.files().filter(|(path, _)| path.ends_with("/mod.rs"));
    found.extend(modules.map(|(path, _)| Finding::new(path, "a module is `name.rs` beside `name/`, not `mod.rs`")));
    found
}

fn crate_findings(tree: &Tree, name: &str) -> Vec<Finding> {
    let at = |file: &str| format!("crates/{name}/{file}");
    let mut found = Vec::new();
    if tree.read(&at("README.md")).is_none_or(|text| text.trim().is_empty()) {
        found.push(Finding::new(at("README.md"), "every crate says what it is for; this is its crate doc"));
    }
    let root = ["src/lib.rs", "src/main.rs"].into_iter().find_map(|file| Some((file, tree.read(&at(file))?)));
    match root {
        Some((_, text)) if text.starts_with(CRATE_DOC) => {}
        Some((file, _)) => found.push(Finding::at(&at(file), 1, format!("begins with `{CRATE_DOC}`"))),
        None => found.push(Finding::new(at("src"), "has neither `lib.rs` nor `main.rs`")),
    }
    let manifest = tree.read(&at("Cargo.toml")).unwrap_or_default();
    if !manifest.contains("[lints]\nworkspace = true") {
        found.push(Finding::new(at("Cargo.toml"), "lacks `[lints]` with `workspace = true`"));
    }
    found.extend(
        own_versions(manifest)
            .map(|line| Finding::at(&at("Cargo.toml"), line, "versions and features stand in the root manifest")),
    );
    found
}

/// Lines of dependency tables that name a version or a path of their own.
fn own_versions(manifest: &str) -> impl Iterator<Item = usize> {
    let mut dependencies = false;
    manifest.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        if line.starts_with('[') {
            dependencies = line.ends_with("dependencies]");
        }
        let own = dependencies && line.contains('=') && !line.starts_with('#') && !line.contains("workspace = true");
        own.then_some(index + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[lints]\nworkspace = true\n\n[dependencies]\n# why\nserde.workspace = true\n";

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_proper_crate_passes() {
        let files =
            [("crates/a/Cargo.toml", MANIFEST), ("crates/a/README.md", "# a"), ("crates/a/src/lib.rs", CRATE_DOC)];
        assert_eq!(places(&files), [""; 0]);
    }

    #[test]
    fn each_missing_part_is_named() {
        let files = [("crates/a/Cargo.toml", "[dependencies]\nserde = \"1\"\n"), ("crates/a/src/lib.rs", "//! a")];
        let expected = ["crates/a/README.md", "crates/a/src/lib.rs:1", "crates/a/Cargo.toml", "crates/a/Cargo.toml:2"];
        assert_eq!(places(&files), expected);
    }

    #[test]
    fn mod_rs_is_found() {
        assert_eq!(places(&[("e2e/src/x/mod.rs", "")]), ["e2e/src/x/mod.rs"]);
    }
}
