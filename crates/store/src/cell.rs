//! Columns, and what stands in them.

use std::borrow::Cow;
use std::net::IpAddr;

use serde::{Serialize, Serializer};

use crate::labels::Labels;

/// How a column's cells are to be read, ordered and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    Text,
    /// Epoch seconds; ordered and compared by age: the youngest is the smallest.
    Age,
    Number,
    /// Millicores.
    Cpu,
    Bytes,
    /// `1/2`.
    Ready,
    Status,
    Labels,
    Percent,
    /// The name of an object of the kind that `reference` names.
    Kindref,
    /// Seconds.
    Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    pub id: Cow<'static, str>,
    pub title: Cow<'static, str>,
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// 0 is shown, 1 is for the wide view.
    pub priority: u8,
    pub sortable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'static, str>>,
    /// A kind id, such as `nodes`.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Cow<'static, str>>,
}

impl Column {
    pub(crate) const fn new(id: &'static str, title: &'static str, kind: ColumnType) -> Self {
        Self {
            id: Cow::Borrowed(id),
            title: Cow::Borrowed(title),
            kind,
            priority: 0,
            sortable: true,
            description: None,
            reference: None,
        }
    }

    pub(crate) const fn text(id: &'static str, title: &'static str) -> Self {
        Self::new(id, title, ColumnType::Text)
    }

    pub(crate) const fn number(id: &'static str, title: &'static str) -> Self {
        Self::new(id, title, ColumnType::Number)
    }

    pub(crate) const fn status() -> Self {
        Self::new("status", "Status", ColumnType::Status)
    }

    pub(crate) const fn age() -> Self {
        Self::new("age", "Age", ColumnType::Age)
    }

    pub(crate) const fn to(id: &'static str, title: &'static str, kind: &'static str) -> Self {
        let mut column = Self::new(id, title, ColumnType::Kindref);
        replace(&mut column.reference, kind);
        column
    }

    pub(crate) const fn labels() -> Self {
        let mut column = Self::new("labels", "Labels", ColumnType::Labels).wide();
        column.sortable = false;
        column
    }

    pub(crate) const fn wide(mut self) -> Self {
        self.priority = 1;
        self
    }

    pub(crate) const fn about(mut self, description: &'static str) -> Self {
        replace(&mut self.description, description);
        self
    }
}

const fn replace(text: &mut Option<Cow<'static, str>>, with: &'static str) {
    // A const function cannot drop the `None` that is replaced; forgetting it costs nothing.
    std::mem::forget(text.replace(Cow::Borrowed(with)));
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Missing,
    Text(Cow<'a, str>),
    Int(i64),
    Float(f64),
    /// Epoch seconds.
    Time(i64),
    Ready(u32, u32),
    Address(IpAddr),
    Labels(&'a Labels),
}

impl<'a> Cell<'a> {
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() { Self::Missing } else { Self::Text(Cow::Borrowed(text)) }
    }

    pub(crate) fn some(text: Option<&'a str>) -> Self {
        text.map_or(Self::Missing, Self::text)
    }

    pub(crate) fn owned(text: String) -> Self {
        if text.is_empty() { Self::Missing } else { Self::Text(Cow::Owned(text)) }
    }

    pub(crate) fn int(number: Option<impl Into<i64>>) -> Self {
        number.map_or(Self::Missing, |number| Self::Int(number.into()))
    }

    pub(crate) fn time(time: Option<i64>) -> Self {
        time.map_or(Self::Missing, Self::Time)
    }

    pub(crate) fn flag(value: bool) -> Self {
        Self::Text(Cow::Borrowed(if value { "true" } else { "false" }))
    }

    /// The number to order and compare by, if the cell is one.
    #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 bytes the order of neighbours does not matter")]
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            // By age: younger is smaller.
            Self::Time(time) => Some(-(*time as f64)),
            // By what is missing to be ready, then by size.
            Self::Ready(ready, total) => Some(f64::from(*ready) / f64::from((*total).max(1)) * 1e6 + f64::from(*total)),
            // All of version 4 before all of version 6.
            Self::Address(IpAddr::V4(address)) => Some(f64::from(address.to_bits())),
            Self::Address(IpAddr::V6(address)) => Some(address.to_bits() as f64 + 1e12),
            Self::Missing | Self::Text(_) | Self::Labels(_) => None,
        }
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Int(number) | Self::Time(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Ready(ready, total) => serializer.collect_str(&format_args!("{ready}/{total}")),
            Self::Address(address) => serializer.collect_str(address),
            Self::Labels(labels) => serializer.collect_seq(labels.iter()),
        }
    }
}
