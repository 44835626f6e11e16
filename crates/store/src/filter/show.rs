//! A filter as text again: what it prints parses to itself.

use std::fmt;

use super::value::Value;
use super::{Filter, LabelTest, Term, Test};
use crate::labels::Operator;

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("!")?;
        }
        match &self.test {
            Test::Text(needle) => quoted(f, &needle.text, true),
            Test::Regex(pattern) => write!(f, "/{}/", escaped(&pattern.text)),
            Test::Label(tests) => {
                f.write_str("label:")?;
                joined(f, tests)
            }
            Test::Keyed(keyed) => {
                write!(f, "{}:", keyed.key)?;
                joined(f, &keyed.values)
            }
        }
    }
}

impl fmt::Display for LabelTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        match self.operator {
            Operator::In => f.write_str("=")?,
            Operator::NotIn => f.write_str("!=")?,
            Operator::Exists | Operator::DoesNotExist => return Ok(()),
        }
        quoted(f, &self.value, false)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(needle) => quoted(f, &needle.text, false),
            Self::Regex(pattern) => write!(f, "/{}/", escaped(&pattern.text)),
            Self::Compare(compare, amount) => {
                f.write_str(compare.as_str())?;
                quoted(f, &amount.text.text, false)
            }
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[impl fmt::Display]) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        write!(f, "{part}")?;
    }
    Ok(())
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str, bare: bool) -> fmt::Result {
    let special = |c: char| c.is_whitespace() || ",\"\\".contains(c) || (bare && c == ':');
    if text.is_empty() || text.contains(special) || text.starts_with(['!', '-', '/', '<', '>', '=']) {
        write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        f.write_str(text)
    }
}

fn escaped(pattern: &str) -> String {
    pattern.replace('/', "\\/")
}
