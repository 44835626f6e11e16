//! Values of `key:value`, read in every way a column may need.

use super::needle::{Needle, Pattern};
use crate::cell::{Cell, ColumnType};
use crate::quantity::Quantity;
use crate::time;

#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(Needle),
    Regex(Pattern),
    Compare(Compare, Amount),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// What stands after a comparison.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub(super) text: Needle,
    quantity: Option<f64>,
    /// Seconds.
    duration: Option<f64>,
}

impl Compare {
    /// Longest first, so that `>=` is not read as `>`.
    pub(super) const ALL: [(&'static str, Self); 6] = [
        (">=", Self::GreaterOrEqual),
        ("<=", Self::LessOrEqual),
        ("!=", Self::NotEqual),
        (">", Self::Greater),
        ("<", Self::Less),
        ("=", Self::Equal),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, compare)| *compare == self).map_or("=", |(text, _)| text)
    }

    pub(super) fn is_about_text(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }

    fn holds(self, is: f64, wanted: f64) -> bool {
        match self {
            Self::Less => is < wanted,
            Self::LessOrEqual => is <= wanted,
            Self::Greater => is > wanted,
            Self::GreaterOrEqual => is >= wanted,
            Self::Equal => (is - wanted).abs() < 1e-9,
            Self::NotEqual => (is - wanted).abs() >= 1e-9,
        }
    }
}

impl Amount {
    #[expect(clippy::cast_precision_loss, reason = "seconds that people type")]
    pub(super) fn new(text: &str) -> Self {
        let duration = time::duration(text).map(|seconds| seconds as f64);
        Self { text: Needle::new(text), quantity: Quantity::parse(text).map(Quantity::as_f64), duration }
    }

    /// Whether it can be ordered at all.
    pub(super) fn is_ordered(&self) -> bool {
        self.quantity.is_some() || self.duration.is_some()
    }
}

impl Value {
    pub(super) fn is_duration(&self) -> bool {
        matches!(self, Self::Compare(_, amount) if amount.duration.is_some())
    }

    /// Whether the value holds for a cell of a column of `kind`, at `now` (epoch seconds).
    #[expect(clippy::cast_precision_loss, reason = "comparisons of what people typed")]
    pub(super) fn holds(&self, cell: &Cell<'_>, kind: ColumnType, now: i64) -> bool {
        let (compare, amount) = match self {
            Self::Compare(compare, amount) => (*compare, amount),
            _ => return with_text(cell, |text| self.is_in(text)),
        };
        let number = match cell {
            Cell::Int(number) if kind == ColumnType::Duration => {
                amount.duration.or(amount.quantity).map(|wanted| (*number as f64, wanted))
            }
            Cell::Int(number) => amount.quantity.map(|wanted| (*number as f64, wanted * super::scale(kind))),
            Cell::Float(number) => amount.quantity.map(|wanted| (*number, wanted)),
            Cell::Time(time) => amount.duration.map(|wanted| ((now - time) as f64, wanted)),
            Cell::Ready(ready, _) => amount.quantity.map(|wanted| (f64::from(*ready), wanted)),
            Cell::Text(text) => Quantity::parse(text).map(Quantity::as_f64).zip(amount.quantity),
            Cell::Missing | Cell::Address(_) | Cell::Labels(_) => None,
        };
        match number {
            Some((is, wanted)) => compare.holds(is, wanted),
            None if compare == Compare::Equal => with_text(cell, |text| amount.text.equals(text)),
            None if compare == Compare::NotEqual => !with_text(cell, |text| amount.text.equals(text)),
            None => false,
        }
    }

    /// Whether the value holds for plain text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(needle) => needle.is_in(text),
            Self::Regex(pattern) => pattern.is_in(text),
            Self::Compare(Compare::Equal, amount) => amount.text.equals(text),
            Self::Compare(Compare::NotEqual, amount) => !amount.text.equals(text),
            Self::Compare(..) => false,
        }
    }
}

fn with_text(cell: &Cell<'_>, is_it: impl Fn(&str) -> bool) -> bool {
    match cell {
        Cell::Missing => is_it(""),
        Cell::Text(text) => is_it(text),
        Cell::Int(number) => is_it(&number.to_string()),
        Cell::Float(number) => is_it(&number.to_string()),
        Cell::Ready(ready, total) => is_it(&format!("{ready}/{total}")),
        Cell::Address(address) => is_it(&address.to_string()),
        Cell::Time(_) => false,
        Cell::Labels(labels) => labels.iter().any(|(key, value)| is_it(&format!("{key}={value}"))),
    }
}
