//! A row as a line for spreadsheets.

use crate::row::Row;

type Column = (&'static str, fn(&Row) -> String);

fn option(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

const COLUMNS: &[Column] = &[
    ("chain", |row| row.sequence.chain.clone()),
    ("number", |row| row.sequence.number.to_string()),
    ("time", |row| row.time.to_string()),
    ("stage", |row| row.stage.name().to_owned()),
    ("intent", |row| row.intent.map(|number| number.to_string()).unwrap_or_default()),
    ("requestId", |row| row.request_id.clone()),
    ("issuer", |row| row.actor.issuer.clone()),
    ("subject", |row| row.actor.subject.clone()),
    ("email", |row| option(row.actor.email.as_ref())),
    ("user", |row| option(row.actor.user.as_ref())),
    ("groups", |row| row.actor.groups.join(" ")),
    ("groupCount", |row| row.actor.group_count.to_string()),
    ("tier", |row| option(row.actor.tier.as_ref())),
    ("session", |row| option(row.actor.session.as_ref())),
    ("address", |row| option(row.actor.address.as_ref())),
    ("verb", |row| row.verb.clone()),
    ("cluster", |row| row.target.as_ref().map(|target| target.cluster.clone()).unwrap_or_default()),
    ("apiGroup", |row| row.target.as_ref().map(|target| target.group.clone()).unwrap_or_default()),
    ("apiVersion", |row| row.target.as_ref().map(|target| target.version.clone()).unwrap_or_default()),
    ("resource", |row| row.target.as_ref().map(|target| target.resource.clone()).unwrap_or_default()),
    ("namespace", |row| option(row.target.as_ref().and_then(|target| target.namespace.as_ref()))),
    ("name", |row| option(row.target.as_ref().and_then(|target| target.name.as_ref()))),
    ("subresource", |row| option(row.target.as_ref().and_then(|target| target.subresource.as_ref()))),
    ("outcome", |row| row.outcome.map(|outcome| outcome.name().to_owned()).unwrap_or_default()),
    ("reason", |row| option(row.reason.as_ref())),
    (
        "extra",
        |row| if row.extra.is_empty() { String::new() } else { serde_json::to_string(&row.extra).unwrap_or_default() },
    ),
];

pub(super) fn head() -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    format!("{}\r\n", names.join(","))
}

pub(super) fn line(row: &Row, text: &mut String) {
    for (at, (_, value)) in COLUMNS.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        cell(&value(row), text);
    }
    text.push_str("\r\n");
}

/// A value that a spreadsheet would take for a formula gets an apostrophe in front.
fn cell(value: &str, text: &mut String) {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if !formula && !value.contains([',', '"', '\r', '\n']) {
        text.push_str(value);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&value.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let shown = |value: &str| {
            let mut text = String::new();
            cell(value, &mut text);
            text
        };
        for (value, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-1", "\"'-1\""),
            ("\t=1", "\"'\t=1\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(shown(value), expected);
        }
    }
}
