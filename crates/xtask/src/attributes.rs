//! A lint is switched off in one place at a time, with its reason, and only while it really fires.

use crate::{Finding, Tree, rust};

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let files = tree.with_extension(&["rs"]).filter_map(|(path, text)| Some((path, rust::parse(text).ok()?)));
    files.flat_map(|(path, file)| file.attributes.into_iter().filter_map(move |one| breach(path, &one))).collect()
}

fn breach(path: &str, attribute: &rust::Attribute) -> Option<Finding> {
    let message = match attribute.name.as_str() {
        "allow" => "`allow` outlives what it was for: write `expect(lint, reason = \"…\")`",
        "expect" if !attribute.reason => "`expect` without `reason = \"…\"`",
        _ => return None,
    };
    Some(Finding::at(path, attribute.line, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_and_unreasoned_expect_are_found_wherever_they_stand() {
        let text = "#![allow(dead_code)]\n#[expect(unused)]\nfn f() {\n    #[allow(unused)]\n    let a = 1;\n}\n\
            #[cfg_attr(test, allow(dead_code))]\nstruct S;\n";
        let places: Vec<_> = check(&Tree::of(&[("a.rs", text)])).into_iter().map(|found| found.place).collect();
        assert_eq!(places, ["a.rs:1", "a.rs:2", "a.rs:4", "a.rs:7"]);
    }

    #[test]
    fn a_reasoned_expect_passes() {
        let text = "#[expect(unused, reason = \"the macro needs it\")]\nfn f() { x.expect(\"fine\") }\n";
        assert_eq!(check(&Tree::of(&[("a.rs", text)])), []);
    }
}
