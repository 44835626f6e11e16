//! Which rows are wanted, and which may be seen.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Field;
use crate::error::ReadError;
use crate::index::{self, Piece};
use crate::row::Row;

/// Values of one field in a filter.
const MAX_VALUES: usize = 100;
/// Bytes of a value or of the searched text.
const MAX_TEXT: usize = 1024;
/// Words of the searched text.
const MAX_WORDS: usize = 16;

/// Which rows are wanted: of each field named one of the values, all words of the text, and a time within the range.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub fields: BTreeMap<Field, Vec<String>>,
    /// Words, whose beginnings are enough; upper and lower case are the same. Searched are verb, outcome, actor, target,
    /// reason and `extra`, and the beginning of the request id.
    pub text: Option<String>,
    /// Included.
    pub from: Option<Timestamp>,
    /// Not included.
    pub to: Option<Timestamp>,
}

impl Filter {
    #[must_use]
    pub fn with(mut self, field: Field, value: impl Into<String>) -> Self {
        self.fields.entry(field).or_default().push(value.into());
        self
    }

    #[must_use]
    pub fn matching(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    #[must_use]
    pub fn between(mut self, from: Timestamp, to: Timestamp) -> Self {
        (self.from, self.to) = (Some(from), Some(to));
        self
    }
}

/// Whose rows somebody may see. Part of every question, before anything is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Audit admins.
    All,
    /// Everybody else: the rows in which they are the actor.
    Own { issuer: String, subject: String },
}

/// A filter that was checked, together with what may be seen.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    fields: Vec<(Field, Vec<String>)>,
    pub(crate) pieces: Vec<Piece>,
    /// In milliseconds, the second not included.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Question {
    pub(crate) fn new(filter: &Filter, visibility: &Visibility) -> Result<Self, ReadError> {
        let refused = |why: String| Err(ReadError::Filter(why));
        let mut fields = Vec::new();
        for (field, values) in &filter.fields {
            if values.len() > MAX_VALUES || values.iter().any(|value| value.len() > MAX_TEXT) {
                return refused(format!(
                    "the filter by {} is too large: at most {MAX_VALUES} values of {MAX_TEXT} bytes",
                    field.name()
                ));
            }
            fields.push((*field, values.clone()));
        }
        if let Visibility::Own { issuer, subject } = visibility {
            fields.push((Field::Issuer, vec![issuer.clone()]));
            fields.push((Field::Subject, vec![subject.clone()]));
        }
        let text = filter.text.as_deref().unwrap_or_default();
        if text.len() > MAX_TEXT {
            return refused(format!("the searched text is too long: at most {MAX_TEXT} bytes"));
        }
        let pieces = index::pieces(text);
        if pieces.iter().map(|piece| piece.words.len().max(1)).sum::<usize>() > MAX_WORDS {
            return refused(format!("the searched text has too many words: at most {MAX_WORDS}"));
        }
        // Times of rows are whole milliseconds: a bound between two of them counts as the later one.
        let bound = |time: Timestamp| {
            time.as_microsecond().div_euclid(1000) + i64::from(time.as_microsecond().rem_euclid(1000) > 0)
        };
        Ok(Self { fields, pieces, from: filter.from.map_or(i64::MIN, bound), to: filter.to.map_or(i64::MAX, bound) })
    }

    /// One of the terms of each of these must be a row's. The chain is not asked for: a block has one.
    pub(crate) fn terms(&self) -> impl Iterator<Item = Vec<Vec<u8>>> {
        let fields = self.fields.iter().filter(|(field, _)| *field != Field::Chain);
        fields.map(|(field, values)| values.iter().map(|value| index::exact(*field, value)).collect())
    }

    pub(crate) fn is_about(&self, chain: &str) -> bool {
        let chains = self.fields.iter().filter(|(field, _)| *field == Field::Chain);
        chains.into_iter().all(|(_, values)| values.iter().any(|value| value == chain))
    }

    /// Whether a row is wanted and may be seen: the last word, whatever the index said.
    pub(crate) fn matches(&self, row: &Row) -> bool {
        let time = row.time.as_millisecond();
        let has = |(field, values): &(Field, Vec<String>)| {
            let mut has = false;
            field.values(row, |value| has |= values.iter().any(|wanted| wanted == value));
            has
        };
        self.from <= time
            && time < self.to
            && self.fields.iter().all(has)
            && (self.pieces.is_empty() || index::has_pieces(row, &self.pieces))
    }
}

/// Whether somebody may see a row.
pub(crate) fn may_see(visibility: &Visibility, row: &Row) -> bool {
    match visibility {
        Visibility::All => true,
        Visibility::Own { issuer, subject } => row.actor.issuer == *issuer && row.actor.subject == *subject,
    }
}
