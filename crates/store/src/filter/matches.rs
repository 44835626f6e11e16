//! Whether a filter holds for a row.

use super::memo::{Look, Memo};
use super::needle::Needle;
use super::{Filter, Keyed, LabelTest, Term, Test};
use crate::cell::{Cell, ColumnType};
use crate::labels::Operator;
use crate::rows::Row;

/// What a row is matched in.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) cluster: &'a str,
    /// Epoch seconds.
    pub(crate) now: i64,
    pub(crate) memo: &'a Memo,
}

impl Filter {
    /// Whether everything but the `status:` terms holds.
    pub(crate) fn holds_but_status(&self, row: &Row, place: Place<'_>) -> bool {
        self.terms.iter().filter(|term| !term.is_status()).all(|term| term.holds(row, place))
    }

    /// Whether the `status:` terms hold.
    pub(crate) fn status_holds(&self, row: &Row, place: Place<'_>) -> bool {
        self.terms.iter().filter(|term| term.is_status()).all(|term| term.holds(row, place))
    }
}

impl Term {
    fn holds(&self, row: &Row, place: Place<'_>) -> bool {
        self.negated != self.test.holds(row, place)
    }
}

impl Test {
    fn holds(&self, row: &Row, place: Place<'_>) -> bool {
        match self {
            Self::Text(needle) => anywhere(row, needle, place.memo),
            Self::Regex(pattern) => {
                let needle = std::ptr::from_ref(pattern).addr();
                row.any_text(&Look { test: &|text| pattern.is_in(text), needle, addresses: true, memo: place.memo })
            }
            Self::Label(tests) => tests.iter().any(|test| test.holds(row)),
            Self::Keyed(keyed) => keyed.holds(row, place),
        }
    }
}

fn anywhere(row: &Row, wanted: &Needle, memo: &Memo) -> bool {
    let (needle, addresses) = (std::ptr::from_ref(wanted).addr(), wanted.may_be_address);
    row.any_text(&Look { test: &|text| wanted.is_in(text), needle, addresses, memo })
}

impl LabelTest {
    fn holds(&self, row: &Row) -> bool {
        let value = row.meta.labels.get(&self.key);
        match self.operator {
            Operator::In => value == Some(&self.value),
            Operator::NotIn => value != Some(&self.value),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

impl Keyed {
    fn holds(&self, row: &Row, place: Place<'_>) -> bool {
        let any = |text: &str| self.values.iter().any(|value| value.is_in(text));
        match self.key.as_str() {
            "name" => any(&row.meta.name),
            "namespace" => self.namespace(&row.meta.namespace),
            "cluster" => any(place.cluster),
            "status" => self.status(row),
            "owner" => {
                row.meta.owners.iter().any(|owner| any(&owner.name) || any(&format!("{}/{}", owner.kind, owner.name)))
            }
            "reason" if row.column("reason").is_none() => {
                any(row.status()) || row.judged.note.as_deref().is_some_and(any)
            }
            "node" if row.node().is_some() => any(&row.meta.name),
            key => self.column(key, row, place),
        }
    }

    /// A namespace is named, not described: `ns:shop` is not `ns:shop-test`, unless by a pattern.
    fn namespace(&self, namespace: &str) -> bool {
        self.values.iter().any(|value| match value {
            super::Value::Text(needle) => needle.equals(namespace),
            other => other.is_in(namespace),
        })
    }

    fn status(&self, row: &Row) -> bool {
        self.values.iter().any(|value| match value {
            super::Value::Text(needle) => match super::class(&needle.text) {
                Some(class) => row.class().answers(class),
                None => needle.is_in(row.status()),
            },
            other => other.is_in(row.status()),
        })
    }

    fn column(&self, key: &str, row: &Row, place: Place<'_>) -> bool {
        let cell = row.cell(key);
        let kind = match place.memo.column(row, key) {
            Some(kind) => kind,
            None if cell != Cell::Missing => ColumnType::Text,
            None if is_well_known(key) => return false,
            None => return anywhere(row, &self.whole, place.memo),
        };
        self.values.iter().any(|value| value.holds(&cell, kind, place.now))
    }
}

/// Keys that mean a column even where a kind has none of that name.
fn is_well_known(key: &str) -> bool {
    matches!(key, "node" | "images" | "serviceAccount" | "type" | "reason")
}
