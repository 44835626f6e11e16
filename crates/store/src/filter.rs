//! The filter language of lists: terms separated by blanks, all of which must hold.
//!
//! `!term` and `-term` negate, `"quoted text"` keeps blanks, `/regex/` is a regular expression (linear time), bare text
//! is looked for in name, namespace and every text column, ignoring case. `key:value` looks in one place: `label:`,
//! `status:` (a class or a part of the status), `node:`, `image:`, `ns:`, `name:`, `owner:`, `sa:`, `cluster:`,
//! `reason:`, `type:` and any column's id, with `>`, `>=`, `<`, `<=`, `=`, `!=` before a value. Commas mean or.

mod matches;
mod memo;
mod needle;
mod parse;
mod show;
mod value;

use std::hash::{Hash, Hasher};
use std::ops::Range;

use crate::cell::ColumnType;
use crate::judge::Class;
use crate::labels::Operator;
pub(crate) use matches::Place;
pub(crate) use memo::{Look, Memo};
use needle::{Needle, Pattern};
use value::Value;

/// A filter that does not parse, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at {} to {}", .at.start, .at.end)]
pub struct FilterError {
    /// Bytes of the filter's text.
    pub at: Range<usize>,
    pub message: String,
}

/// A compiled filter. The empty one holds for every row.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    terms: Vec<Term>,
    /// The canonical text, by which filters are compared.
    text: String,
}

#[derive(Debug, Clone)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Text(Needle),
    Regex(Pattern),
    Label(Vec<LabelTest>),
    Keyed(Keyed),
}

#[derive(Debug, Clone)]
struct LabelTest {
    key: String,
    operator: Operator,
    value: String,
}

#[derive(Debug, Clone)]
struct Keyed {
    key: String,
    /// Any of them.
    values: Vec<Value>,
    /// The whole term as text, for a key that the row does not have: `nginx:1.27` is an image, not a column.
    whole: Needle,
}

impl Filter {
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let terms = parse::terms(text)?;
        let text = terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Ok(Self { terms, text })
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether the passing of time alone changes what it holds for.
    pub(crate) fn depends_on_time(&self) -> bool {
        self.terms.iter().any(|term| match &term.test {
            Test::Keyed(keyed) => keyed.values.iter().any(Value::is_duration),
            _ => false,
        })
    }
}

impl Term {
    fn is_status(&self) -> bool {
        matches!(&self.test, Test::Keyed(keyed) if keyed.key == "status")
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Filter {}

impl Hash for Filter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// How a value is read for a column.
fn scale(kind: ColumnType) -> f64 {
    if kind == ColumnType::Cpu { 1000.0 } else { 1.0 }
}

/// `status:` names a class, or a part of the words.
fn class(text: &str) -> Option<Class> {
    Class::parse(text)
}

#[cfg(test)]
mod tests;
