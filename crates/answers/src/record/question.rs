//! What somebody asks of the record.

use jiff::Timestamp;
use periscope_audit::{Field, Filter, Outcome, Verb, VerbClass};

use crate::error::Error;

/// Which acts are asked for, as pairs of a field and a value. Values of the same field are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuestion {
    pairs: Vec<(String, String)>,
}

/// The names of fields in addresses, with the record's own.
const FIELDS: &[(&str, Field)] = &[
    ("user", Field::User),
    ("verb", Field::Verb),
    ("class", Field::Class),
    ("outcome", Field::Outcome),
    ("phase", Field::Stage),
    ("cluster", Field::Cluster),
    ("namespace", Field::Namespace),
    ("name", Field::Name),
    ("subresource", Field::Subresource),
    ("group", Field::Group),
    ("tier", Field::Tier),
    ("session", Field::Session),
    ("address", Field::Address),
    ("email", Field::Email),
    ("issuer", Field::Issuer),
    ("subject", Field::Subject),
    ("requestId", Field::RequestId),
    ("chain", Field::Chain),
];

impl AuditQuestion {
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { pairs: pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect() }
    }

    /// Whether a name in an address is part of a question.
    pub fn knows(name: &str) -> bool {
        ["from", "to", "text", "resource"].contains(&name) || FIELDS.iter().any(|(known, _)| *known == name)
    }

    pub(super) fn filter(&self) -> Result<Filter, Error> {
        let mut filter = Filter::default();
        for (name, value) in &self.pairs {
            match name.as_str() {
                "from" => filter.from = Some(instant(name, value)?),
                "to" => filter.to = Some(instant(name, value)?),
                "text" => filter.text = Some(value.clone()),
                "resource" => filter = with_resource(filter, value)?,
                name => {
                    let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field);
                    let field = field
                        .ok_or_else(|| Error::invalid("filter_invalid", format!("the record has no field {name}")))?;
                    check(name, field, value)?;
                    filter = filter.with(field, value);
                }
            }
        }
        Ok(filter)
    }

    /// Whether acts without an outcome may be meant.
    pub(super) fn allows_open(&self) -> bool {
        !self.pairs.iter().any(|(name, _)| name == "outcome" || name == "phase")
    }

    /// The question without its time, in words: what is recorded of whoever asks it.
    pub(super) fn words(&self) -> String {
        let said = self.pairs.iter().filter(|(name, _)| name != "from" && name != "to");
        let mut words: Vec<String> = said.map(|(name, value)| format!("{name}:{value}")).collect();
        words.sort();
        words.join(" ")
    }
}

/// `deployments.apps` as kubectl names it; without a dot, of whichever group.
fn with_resource(filter: Filter, kind: &str) -> Result<Filter, Error> {
    if filter.fields.contains_key(&Field::Resource) {
        return Err(Error::invalid("filter_invalid", "resource can be asked for once"));
    }
    Ok(match kind.split_once('.') {
        Some((resource, group)) => filter.with(Field::Resource, resource).with(Field::ApiGroup, group),
        None => filter.with(Field::Resource, kind),
    })
}

fn instant(name: &str, text: &str) -> Result<Timestamp, Error> {
    let wrong = |_| {
        Error::invalid("query_invalid", format!("{name} must be a time such as 2026-11-26T13:42:07Z, not {text:?}"))
    };
    text.parse().map_err(wrong)
}

/// What can never be found is a mistake.
fn check(name: &str, field: Field, value: &str) -> Result<(), Error> {
    let known: Vec<&str> = match field {
        Field::Outcome => Outcome::ALL.iter().map(|outcome| outcome.name()).collect(),
        Field::Stage => vec!["intent", "outcome", "single"],
        Field::Class => VerbClass::ALL.iter().map(|class| class.name()).collect(),
        Field::Verb => Verb::ALL.iter().map(|verb| verb.name()).collect(),
        _ => return Ok(()),
    };
    if known.contains(&value) {
        return Ok(());
    }
    Err(Error::invalid("filter_invalid", format!("{name} is one of {}, not {value}", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(pairs: &[(&str, &str)]) -> AuditQuestion {
        AuditQuestion::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_field_of_the_record_can_be_asked_for() {
        let asked: Vec<Field> = FIELDS.iter().map(|(_, field)| *field).collect();
        // Those two are asked for as kubectl names a kind; the version of a group nobody looks for.
        let otherwise = [Field::Resource, Field::ApiGroup, Field::ApiVersion];
        for field in Field::ALL {
            assert!(asked.contains(field) != otherwise.contains(field), "{}", field.name());
        }
        for (name, _) in FIELDS {
            assert!(AuditQuestion::knows(name));
        }
    }

    #[test]
    fn alternatives_kinds_and_times_reach_the_filter() {
        let asked = question(&[
            ("verb", "scale"),
            ("verb", "restart"),
            ("resource", "deployments.apps"),
            ("from", "2026-11-26T12:00:00Z"),
            ("text", "black friday"),
            ("user", ""),
        ]);
        let filter = asked.filter().expect("a filter");
        assert_eq!(filter.fields[&Field::Verb], ["scale", "restart"]);
        assert_eq!(
            (&filter.fields[&Field::Resource][..], &filter.fields[&Field::ApiGroup][..]),
            (&["deployments".to_owned()][..], &["apps".to_owned()][..])
        );
        assert_eq!(filter.from.map(|from| from.to_string()).as_deref(), Some("2026-11-26T12:00:00Z"));
        assert!(!filter.fields.contains_key(&Field::User), "an empty value asks nothing");
        assert_eq!(asked.words(), "resource:deployments.apps text:black friday verb:restart verb:scale");
        assert!(asked.allows_open() && !question(&[("outcome", "denied")]).allows_open());
    }

    #[test]
    fn what_can_never_be_found_is_refused() {
        for (name, value) in [
            ("outcome", "ok"),
            ("phase", "end"),
            ("verb", "explode"),
            ("class", "x"),
            ("from", "today"),
            ("colour", "red"),
        ] {
            assert!(matches!(question(&[(name, value)]).filter(), Err(Error::Invalid { .. })), "{name}:{value}");
        }
        assert!(question(&[("resource", "pods"), ("resource", "nodes")]).filter().is_err());
    }
}
