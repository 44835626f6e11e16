//! The names of operators: 26 and `Null`, with a prefix for sets and the suffix `IfExists` (fact 19).

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Operator {
    pub(crate) family: Family,
    pub(crate) negated: bool,
    pub(crate) set: Option<Set>,
    pub(crate) if_exists: bool,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    String,
    StringIgnoreCase,
    StringLike,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Set {
    All,
    Any,
}

impl Family {
    /// Whether variables in its values are filled in (fact 16).
    pub(crate) fn knows_variables(self) -> bool {
        matches!(self, Self::String | Self::StringIgnoreCase | Self::StringLike | Self::Arn | Self::Bool)
    }
}

const NAMES: &[(&str, Family, bool)] = &[
    ("StringEquals", Family::String, false),
    ("StringNotEquals", Family::String, true),
    ("StringEqualsIgnoreCase", Family::StringIgnoreCase, false),
    ("StringNotEqualsIgnoreCase", Family::StringIgnoreCase, true),
    ("StringLike", Family::StringLike, false),
    ("StringNotLike", Family::StringLike, true),
    ("NumericEquals", Family::Numeric(Comparison::Equal), false),
    ("NumericNotEquals", Family::Numeric(Comparison::Equal), true),
    ("NumericLessThan", Family::Numeric(Comparison::Less), false),
    ("NumericLessThanEquals", Family::Numeric(Comparison::LessOrEqual), false),
    ("NumericGreaterThan", Family::Numeric(Comparison::Greater), false),
    ("NumericGreaterThanEquals", Family::Numeric(Comparison::GreaterOrEqual), false),
    ("DateEquals", Family::Date(Comparison::Equal), false),
    ("DateNotEquals", Family::Date(Comparison::Equal), true),
    ("DateLessThan", Family::Date(Comparison::Less), false),
    ("DateLessThanEquals", Family::Date(Comparison::LessOrEqual), false),
    ("DateGreaterThan", Family::Date(Comparison::Greater), false),
    ("DateGreaterThanEquals", Family::Date(Comparison::GreaterOrEqual), false),
    ("Bool", Family::Bool, false),
    ("BinaryEquals", Family::Binary, false),
    ("IpAddress", Family::Ip, false),
    ("NotIpAddress", Family::Ip, true),
    ("ArnEquals", Family::Arn, false),
    ("ArnNotEquals", Family::Arn, true),
    ("ArnLike", Family::Arn, false),
    ("ArnNotLike", Family::Arn, true),
];

impl Operator {
    /// `None` for a name that nobody knows.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let (set, rest) = match name.split_once(':') {
            None => (None, name),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Some(Set::All), rest),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Set::Any), rest),
            Some(_) => return None,
        };
        if rest.eq_ignore_ascii_case("Null") {
            return Some(Self { family: Family::Null, negated: false, set, if_exists: false });
        }
        let base = rest.len().checked_sub("IfExists".len()).and_then(|at| rest.split_at_checked(at));
        let (base, if_exists) = match base {
            Some((base, suffix)) if suffix.eq_ignore_ascii_case("IfExists") => (base, true),
            _ => (rest, false),
        };
        let (_, family, negated) = NAMES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(base))?;
        Some(Self { family: *family, negated: *negated, set, if_exists })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_19_operators_have_one_prefix_and_one_suffix_in_any_case() {
        assert_eq!(NAMES.len(), 26);
        let one = Operator::parse("forallvalues:STRINGNOTLIKEIFEXISTS").unwrap();
        assert_eq!(one, Operator { family: Family::StringLike, negated: true, set: Some(Set::All), if_exists: true });
        for name in ["Null", "null", "ForAnyValue:ArnEquals", "BoolIfExists", "NotIpAddressIfExists"] {
            assert!(Operator::parse(name).is_some(), "{name}");
        }
        for name in [
            "NullIfExists",
            "StringMatches",
            "ForSomeValues:Bool",
            "IfExists",
            "",
            "StringEqualsIfExistsIfExists",
            "BinaryNotEquals",
            "é",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }
}
