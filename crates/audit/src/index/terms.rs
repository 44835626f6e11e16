//! The terms of a row: what it can be found by.

use serde_json::Value;

use crate::canonical;
use crate::query::Field;
use crate::row::Row;
use crate::verb::Verb;

/// Terms of words start with this, below every field's.
const WORD: u8 = 0;
/// The number of the intent that an outcome closes.
const CLOSES: u8 = 255;
/// A value longer than this is found by its hash.
const MAX_VALUE: usize = 200;
/// Words found of one row; what comes after them is not found by its words.
const MAX_WORDS: usize = 256;
/// A word longer than this is found by its beginning.
const MAX_WORD: usize = 64;

/// The term of a field's value.
pub(crate) fn exact(field: Field, value: &str) -> Vec<u8> {
    let mut term = vec![field.code()];
    if value.len() <= MAX_VALUE {
        term.extend(value.as_bytes());
    } else {
        term.extend(&value.as_bytes()[..MAX_VALUE - 32]);
        term.extend(crate::hash::digest(value.as_bytes()));
    }
    term
}

/// The term of the outcome that closes an intent.
pub(crate) fn closes(intent: u64) -> Vec<u8> {
    [&[CLOSES][..], &intent.to_be_bytes()].concat()
}

/// What terms of words that start with `word` start with.
pub(crate) fn word_prefix(word: &str) -> Vec<u8> {
    [&[WORD][..], cut(word).as_bytes()].concat()
}

/// What terms of request ids that start with `word` start with: they are not taken apart into words.
pub(crate) fn request_prefix(word: &str) -> Vec<u8> {
    [&[Field::RequestId.code()][..], word.as_bytes()].concat()
}

/// Lower-case runs of letters and digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

fn cut(word: &str) -> &str {
    &word[..word.floor_char_boundary(MAX_WORD)]
}

pub(crate) fn terms_of(row: &Row, mut found: impl FnMut(Vec<u8>)) {
    for field in Field::ALL {
        field.values(row, |value| found(exact(*field, value)));
    }
    if let Some(intent) = row.intent {
        found(closes(intent));
    }
    words_of(row, &mut |word| found(word_prefix(word)));
}

/// One piece of a searched text, between spaces: it is found as the beginning of a request id, or by all of its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) whole: String,
    pub(crate) words: Vec<String>,
}

pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    text.split_whitespace().map(|whole| Piece { whole: whole.to_owned(), words: words(whole).collect() }).collect()
}

/// Whether the row has each of the pieces.
pub(crate) fn has_pieces(row: &Row, pieces: &[Piece]) -> bool {
    let left: Vec<&Piece> = pieces.iter().filter(|piece| !row.request_id.starts_with(&piece.whole)).collect();
    let mut missing: Vec<&str> = left.iter().flat_map(|piece| &piece.words).map(|word| cut(word)).collect();
    if left.iter().any(|piece| piece.words.is_empty()) {
        return false;
    }
    words_of(row, &mut |word| missing.retain(|wanted| !cut(word).starts_with(wanted)));
    missing.is_empty()
}

fn words_of(row: &Row, found: &mut dyn FnMut(&str)) {
    let mut left = MAX_WORDS;
    let mut take = |text: &str| {
        for word in words(text).take(left) {
            left -= 1;
            found(&word);
        }
    };
    let actor = &row.actor;
    take(&row.verb);
    take(Verb::parse(&row.verb).map_or("", |verb| verb.class().name()));
    take(row.outcome.map_or("", crate::Outcome::name));
    take(&actor.subject);
    for text in [&actor.user, &actor.email, &actor.tier, &actor.session, &actor.address].into_iter().flatten() {
        take(text);
    }
    if let Some(target) = &row.target {
        for text in [&target.cluster, &target.group, &target.resource] {
            take(text);
        }
        for text in [&target.namespace, &target.name, &target.subresource].into_iter().flatten() {
            take(text);
        }
    }
    take(row.reason.as_deref().unwrap_or_default());
    for (key, value) in &row.extra {
        take(key);
        values(value, &mut take);
    }
    actor.groups.iter().for_each(|group| take(group));
}

fn values(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Number(number) => take(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| values(item, take)),
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            take(key);
            values(value, take);
        }),
        Value::Null | Value::Bool(_) => {}
    }
}

/// A row that does not decode has no terms; `verify` names it.
pub(super) fn decoded(body: &[u8]) -> Option<Row> {
    canonical::decode(body).ok()
}
