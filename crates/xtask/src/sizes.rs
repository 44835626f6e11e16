//! Lengths of files and functions. The limits are the hard ones; what to aim for is printed by `distribution`.

use crate::{Finding, Tree, rust};

const RUST_FILE: usize = 600;
const CONSOLE_FILE: usize = 500;
const FUNCTION: usize = 100;
const PARAMETERS: usize = 5;
/// Written by a generator, for nobody to read.
const GENERATED: &[&str] = &["web/src/api/schema.ts"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.with_extension(&["rs"]) {
        found.extend(too_long(path, text, RUST_FILE));
        match rust::parse(text) {
            Ok(file) => found.extend(file.functions.iter().flat_map(|function| function_findings(path, function))),
            Err((line, error)) => found.push(Finding::at(path, line, format!("does not parse: {error}"))),
        }
    }
    let console = tree.with_extension(&["ts", "tsx"]).filter(|(path, _)| !GENERATED.contains(path));
    found.extend(console.filter_map(|(path, text)| too_long(path, text, CONSOLE_FILE)));
    found
}

fn too_long(path: &str, text: &str, limit: usize) -> Option<Finding> {
    let lines = text.lines().count();
    (lines > limit).then(|| {
        Finding::new(path, format!("{lines} lines, the limit is {limit}: find the part that deserves its own file"))
    })
}

fn function_findings(path: &str, function: &rust::Function) -> Vec<Finding> {
    let mut found = Vec::new();
    if function.lines > FUNCTION {
        let message = format!("`{}` has {} lines, the limit is {FUNCTION}", function.name, function.lines);
        found.push(Finding::at(path, function.line, message));
    }
    if function.parameters > PARAMETERS {
        let message = format!(
            "`{}` takes {} parameters, the limit is {PARAMETERS}: group them",
            function.name, function.parameters
        );
        found.push(Finding::at(path, function.line, message));
    }
    found
}

/// Median, 95th percentile and largest of Rust files and functions, production and tests apart.
pub fn distribution(tree: &Tree) -> String {
    let (mut files, mut functions, mut tests) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text) in tree.with_extension(&["rs"]) {
        let Ok(file) = rust::parse(text) else { continue };
        if !path.contains("/tests/") {
            files.push(text.lines().count());
        }
        for function in file.functions {
            let testing = function.test || path.contains("/tests/");
            if testing { &mut tests } else { &mut functions }.push(function.lines);
        }
    }
    let rows = [("files", files, "120/400"), ("functions", functions, "-/60"), ("test functions", tests, "-")];
    rows.into_iter().map(|(what, lengths, aim)| row(what, lengths, aim)).collect()
}

fn row(what: &str, mut lengths: Vec<usize>, aim: &str) -> String {
    lengths.sort_unstable();
    let at = |percent: usize| lengths.get(lengths.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0);
    let (median, p95, most) = (at(50), at(95), at(100));
    format!("{what:<15} {:>5}   median {median:>4}   p95 {p95:>4}   longest {most:>4}   aim {aim}\n", lengths.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("struct S;\nimpl S {{\n    fn long(&self) {{\n{}    }}\n}}\n", "        step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_is_counted_from_its_name_to_its_brace() {
        assert_eq!(check(&Tree::of(&[("a.rs", &function(100))])), []);
        let found = check(&Tree::of(&[("a.rs", &function(101))]));
        assert_eq!(found, [Finding::at("a.rs", 3, "`long` has 101 lines, the limit is 100")]);
    }

    #[test]
    fn a_receiver_is_no_parameter() {
        let five = "trait T { fn f(&self, a: u8, b: u8, c: u8, d: u8, e: u8) {} }";
        assert_eq!(check(&Tree::of(&[("a.rs", five)])), []);
        let six = "fn f(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8) {}";
        assert_eq!(check(&Tree::of(&[("a.rs", six)])).len(), 1);
    }

    #[test]
    fn files_have_their_own_limits() {
        let (rust, console) = ("// x\n".repeat(601), "// x\n".repeat(501));
        let tree = Tree::of(&[("a.rs", &rust), ("web/src/a.tsx", &console), ("web/src/api/schema.ts", &console)]);
        let places: Vec<_> = check(&tree).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["a.rs", "web/src/a.tsx"]);
    }

    #[test]
    fn what_does_not_parse_is_said() {
        assert_eq!(check(&Tree::of(&[("a.rs", "fn f( {")]))[0].place, "a.rs:1");
    }

    #[test]
    fn the_distribution_keeps_tests_apart() {
        let text = "fn f() {\n}\n#[cfg(test)]\nmod tests {\n#[test]\nfn g() {\n\n}\n}\n";
        let lines = distribution(&Tree::of(&[("a.rs", text)]));
        assert!(lines.contains("functions           1   median    2"), "{lines}");
        assert!(lines.contains("test functions      1   median    3"), "{lines}");
    }
}
