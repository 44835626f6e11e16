//! The plain way: documents as JSON values, walked for each question, every pattern matched as it stands. Without
//! conditions: a statement that has some counts as one that matches.

use serde_json::Value;

pub(super) fn allows(policies: &[Value], action: &str, resource: &str) -> bool {
    let mut allowed = false;
    for policy in policies {
        let statements = &policy["Statement"];
        let all = statements.as_array().map_or(std::slice::from_ref(statements), Vec::as_slice);
        for statement in all {
            if !speaks(statement, ["Action", "NotAction"], action, true)
                || !speaks(statement, ["Resource", "NotResource"], resource, false)
            {
                continue;
            }
            if statement["Effect"] == "Deny" {
                return false;
            }
            allowed = true;
        }
    }
    allowed
}

fn speaks(statement: &Value, [listing, sparing]: [&str; 2], asked: &str, any_case: bool) -> bool {
    let listed = |value: &Value| {
        let one = |pattern: &Value| pattern.as_str().is_some_and(|pattern| fits(pattern, asked, any_case));
        value.as_array().map_or_else(|| one(value), |all| all.iter().any(one))
    };
    match statement.get(listing) {
        Some(named) => listed(named),
        None => !listed(&statement[sparing]),
    }
}

fn fits(pattern: &str, text: &str, any_case: bool) -> bool {
    let fold = |text: &str| if any_case { text.to_ascii_lowercase() } else { text.to_owned() };
    let (pattern, text) = (fold(pattern), fold(text));
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut of, mut back) = (0, 0, None);
    while of < text.len() {
        if pattern.get(at) == Some(&b'*') {
            at += 1;
            back = Some((at, of));
        } else if pattern.get(at).is_some_and(|letter| *letter == b'?' || *letter == text[of]) {
            at += 1;
            of += 1;
        } else if let Some((after, taken)) = back {
            back = Some((after, taken + 1));
            (at, of) = (after, taken + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|letter| *letter == b'*')
}
