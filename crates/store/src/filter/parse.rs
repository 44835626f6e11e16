//! From text to terms. Every error says where.

use std::ops::Range;

use super::needle::{Needle, Pattern};
use super::value::{Amount, Compare, Value};
use super::{FilterError, Keyed, LabelTest, Term, Test};
use crate::labels::Operator;

/// Longest filter, in bytes.
const MAX_TEXT: usize = 4096;
/// Most terms, and most alternatives of one.
const MAX_TERMS: usize = 64;

pub(super) fn terms(text: &str) -> Result<Vec<Term>, FilterError> {
    if text.len() > MAX_TEXT {
        return Err(error(MAX_TEXT..text.len(), format!("a filter is at most {MAX_TEXT} bytes long")));
    }
    let mut scanner = Scanner { text, at: 0 };
    let mut terms = Vec::new();
    while scanner.skip_blanks() {
        let start = scanner.at;
        if terms.len() == MAX_TERMS {
            return Err(error(start..text.len(), format!("a filter has at most {MAX_TERMS} terms")));
        }
        terms.push(scanner.term()?);
        if scanner.peek().is_some_and(|next| !next.is_whitespace()) {
            return Err(error(scanner.at..text.len(), "a blank is missing between two terms"));
        }
    }
    Ok(terms)
}

fn error(at: Range<usize>, message: impl Into<String>) -> FilterError {
    FilterError { at, message: message.into() }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// A piece of text: where it stood, and whether it was quoted or a regular expression.
enum Piece {
    Plain(String),
    Quoted(String),
    Regex(Pattern),
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// Whether anything is left.
    fn skip_blanks(&mut self) -> bool {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.at < self.text.len()
    }

    fn term(&mut self) -> Result<Term, FilterError> {
        let start = self.at;
        let negated = self.take('!') || self.take('-');
        if negated && self.peek().is_none_or(char::is_whitespace) {
            return Err(error(start..self.at, "a negation needs a term right behind it"));
        }
        let test = match self.piece(|next| next.is_whitespace() || next == ':')? {
            Piece::Quoted(text) => Test::Text(Needle::new(&text)),
            Piece::Regex(pattern) => Test::Regex(pattern),
            Piece::Plain(key) if !key.is_empty() && self.peek() == Some(':') => self.keyed(&key)?,
            Piece::Plain(text) => {
                let rest = self.plain(char::is_whitespace);
                Test::Text(Needle::new(&(text + &rest)))
            }
        };
        Ok(Term { negated, test })
    }

    /// What stands behind `key`.
    fn keyed(&mut self, key: &str) -> Result<Test, FilterError> {
        let start = self.at - key.len();
        self.take(':');
        if key.eq_ignore_ascii_case("label") {
            return self.labels(start);
        }
        let mut values = vec![self.value(start)?];
        while self.take(',') {
            if values.len() == MAX_TERMS {
                return Err(error(start..self.at, format!("a term has at most {MAX_TERMS} alternatives")));
            }
            values.push(self.value(start)?);
        }
        let whole = Needle::new(&self.text[start..self.at]);
        Ok(Test::Keyed(Keyed { key: canonical(key), values, whole }))
    }

    fn value(&mut self, start: usize) -> Result<Value, FilterError> {
        let from = self.at;
        let compare = Compare::ALL.into_iter().find(|(sign, _)| self.text[from..].starts_with(sign));
        let Some((sign, compare)) = compare else {
            return match self.piece(ends_value)? {
                Piece::Regex(pattern) => Ok(Value::Regex(pattern)),
                Piece::Plain(text) if text.is_empty() => {
                    Err(error(start..self.at, "a value is missing behind ':' or ','"))
                }
                Piece::Plain(text) | Piece::Quoted(text) => Ok(Value::Text(Needle::new(&text))),
            };
        };
        self.at += sign.len();
        let behind = self.at;
        let text = match self.piece(ends_value)? {
            Piece::Plain(text) | Piece::Quoted(text) => text,
            Piece::Regex(_) => {
                return Err(error(
                    behind..self.at,
                    format!("'{sign}' compares with a value, not a regular expression"),
                ));
            }
        };
        let amount = Amount::new(&text);
        if text.is_empty() {
            return Err(error(from..self.at, format!("a value is missing behind '{sign}'")));
        }
        if !compare.is_about_text() && !amount.is_ordered() {
            let message =
                format!("'{sign}' needs a number, a quantity such as 500m or 1Gi, or a duration such as 1h30m");
            return Err(error(behind..self.at, message));
        }
        Ok(Value::Compare(compare, amount))
    }

    fn labels(&mut self, start: usize) -> Result<Test, FilterError> {
        let mut tests = Vec::new();
        loop {
            if tests.len() == MAX_TERMS {
                return Err(error(start..self.at, format!("a term has at most {MAX_TERMS} alternatives")));
            }
            let from = self.at;
            let key = self.plain(|next| ends_value(next) || next == '=' || next == '!');
            if key.is_empty() {
                return Err(error(from..self.at.max(from + 1).min(self.text.len()), "a label's key is missing"));
            }
            let differs = self.take('!');
            let operator = match (differs, self.take('=')) {
                (true, true) => Operator::NotIn,
                (false, true) => Operator::In,
                (false, false) => Operator::Exists,
                (true, false) => return Err(error(from..self.at, "'=' is missing behind '!'")),
            };
            let value = if operator == Operator::Exists { String::new() } else { self.label_value()? };
            tests.push(LabelTest { key, operator, value });
            if !self.take(',') {
                return Ok(Test::Label(tests));
            }
        }
    }

    fn label_value(&mut self) -> Result<String, FilterError> {
        // `==` is the same as `=`, as in Kubernetes.
        self.take('=');
        let from = self.at;
        match self.piece(ends_value)? {
            Piece::Plain(text) | Piece::Quoted(text) => Ok(text),
            Piece::Regex(_) => Err(error(from..self.at, "a label's value is text, not a regular expression")),
        }
    }

    /// Quoted text, a regular expression, or everything up to what `ends` it.
    fn piece(&mut self, ends: impl Fn(char) -> bool) -> Result<Piece, FilterError> {
        match self.peek() {
            Some('"') => Ok(Piece::Quoted(self.delimited('"', "a quote")?)),
            Some('/') => {
                let start = self.at;
                let text = self.delimited('/', "a regular expression")?;
                let pattern = Pattern::new(&text).map_err(|message| error(start..self.at, message))?;
                Ok(Piece::Regex(pattern))
            }
            _ => Ok(Piece::Plain(self.plain(ends))),
        }
    }

    fn plain(&mut self, ends: impl Fn(char) -> bool) -> String {
        let rest = &self.text[self.at..];
        let text = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += text.len();
        text.to_owned()
    }

    /// Text between two `mark`s. A backslash takes the next mark as it is; in quotes also the next backslash.
    fn delimited(&mut self, mark: char, what: &str) -> Result<String, FilterError> {
        let start = self.at;
        self.take(mark);
        let mut text = String::new();
        while let Some(next) = self.peek() {
            self.at += next.len_utf8();
            if next == mark {
                return Ok(text);
            }
            if next == '\\' {
                let behind = self.peek();
                match behind {
                    Some(escaped) if escaped == mark || (mark == '"' && escaped == '\\') => text.push(escaped),
                    Some(other) => text.extend(['\\', other]),
                    None => text.push('\\'),
                }
                self.at += behind.map_or(0, char::len_utf8);
                continue;
            }
            text.push(next);
        }
        Err(error(start..self.text.len(), format!("{what} is not closed: {mark} is missing")))
    }
}

fn ends_value(next: char) -> bool {
    next.is_whitespace() || next == ','
}

/// Keys by the column they mean.
fn canonical(key: &str) -> String {
    match key.to_ascii_lowercase().as_str() {
        "ns" | "namespace" => "namespace".to_owned(),
        "sa" => "serviceAccount".to_owned(),
        "image" => "images".to_owned(),
        known @ ("name" | "cluster" | "status" | "node" | "owner" | "reason" | "type") => known.to_owned(),
        _ => key.to_owned(),
    }
}
