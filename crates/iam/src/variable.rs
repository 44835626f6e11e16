//! Policy variables: `${key}`, `${key, 'default'}`, and the literals `${*}`, `${?}`, `${$}` (facts 16 and 17). A value
//! that is put in is literal: its `*` is no wildcard.

use crate::context::{Found, View};
use crate::pattern::{ANY, STAR};

/// A pattern with its variables filled in, in units of `pattern::Unit`.
pub(crate) struct Units {
    inline: [u16; INLINE],
    length: usize,
    /// Everything, once it is too long for `inline`.
    heap: Vec<u16>,
    /// How many more bytes may be in a text that the pattern matches.
    room: usize,
}

const INLINE: usize = 256;

impl Units {
    /// For a text of so many bytes: a pattern that needs more is not written out.
    pub(crate) fn for_text(bytes: usize) -> Self {
        Self { inline: [0; INLINE], length: 0, heap: Vec::new(), room: bytes }
    }

    fn push(&mut self, unit: u16) {
        if self.heap.is_empty() && self.length < INLINE {
            self.inline[self.length] = unit;
            self.length += 1;
            return;
        }
        if self.heap.is_empty() {
            self.heap.extend_from_slice(&self.inline);
        }
        self.heap.push(unit);
    }

    fn literal(&mut self, text: &str) -> Result<(), Mismatch> {
        self.room = self.room.checked_sub(text.len()).ok_or(Mismatch)?;
        text.bytes().for_each(|byte| self.push(byte.into()));
        Ok(())
    }

    /// Text of the document. `wild`: whether `*` and `?` of it are wildcards.
    fn plain(&mut self, text: &str, wild: bool) -> Result<(), Mismatch> {
        for byte in text.bytes() {
            if byte == b'*' && wild {
                self.push(STAR);
                continue;
            }
            self.room = self.room.checked_sub(1).ok_or(Mismatch)?;
            self.push(if byte == b'?' && wild { ANY } else { byte.into() });
        }
        Ok(())
    }

    pub(crate) fn get(&self) -> &[u16] {
        if self.heap.is_empty() { &self.inline[..self.length] } else { &self.heap }
    }

    /// As text, when nothing in it is wild.
    pub(crate) fn text(&self) -> Option<String> {
        let bytes: Option<Vec<u8>> = self.get().iter().map(|unit| u8::try_from(*unit).ok()).collect();
        String::from_utf8(bytes?).ok()
    }
}

/// What became of the variables of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filled {
    Known,
    /// It matches nothing: a variable has no single value, or the whole is too long for what it is compared with.
    Nothing,
    /// One is not known; a `*` stands in its place.
    Unknown,
}

/// Whether a text of a document with variables has any.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains("${")
}

/// Fills the variables in. `wild`: whether `*` and `?` of the text itself are wildcards.
pub(crate) fn fill(text: &str, view: &View<'_>, wild: bool, units: &mut Units) -> Filled {
    match filled(text, view, wild, units) {
        Ok(true) => Filled::Known,
        Ok(false) => Filled::Unknown,
        Err(_) => Filled::Nothing,
    }
}

/// Whether everything in it is known.
fn filled(text: &str, view: &View<'_>, wild: bool, units: &mut Units) -> Result<bool, Mismatch> {
    let mut known = true;
    let mut rest = text;
    while let Some(open) = rest.find("${") {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        units.plain(&rest[..open], wild)?;
        if let Some(value) = variable(&rest[open + 2..close], view)? {
            units.literal(value)?;
        } else {
            known = false;
            units.push(STAR);
        }
        rest = &rest[close + 1..];
    }
    units.plain(rest, wild)?;
    Ok(known)
}

/// Why a text matches nothing: a variable has no single value, or there is more of it than could match.
struct Mismatch;

/// `Ok(None)`: nobody knows.
fn variable<'a>(inner: &'a str, view: &View<'a>) -> Result<Option<&'a str>, Mismatch> {
    if matches!(inner, "*" | "?" | "$") {
        return Ok(Some(inner));
    }
    let (key, default) = match inner.split_once(',') {
        None => (inner, None),
        Some((key, quoted)) => {
            let quoted = quoted.trim();
            let default = quoted.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).ok_or(Mismatch)?;
            (key, Some(default))
        }
    };
    match view.get(key.trim()) {
        Found::One(value) => Ok(Some(value)),
        Found::Absent => default.map(Some).ok_or(Mismatch),
        Found::Many(_) => Err(Mismatch),
        Found::Unknown => Ok(None),
    }
}

/// The keys that a text's variables stand for.
pub(crate) fn keys(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|part| {
        let inner = part.split_once('}')?.0;
        let key = inner.split(',').next()?.trim();
        (!matches!(key, "*" | "?" | "$")).then_some(key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn filled(text: &str, context: &Context) -> (Filled, Vec<u16>) {
        let mut units = Units::for_text(2000);
        let filled = fill(text, &View::of(context), true, &mut units);
        (filled, units.get().to_vec())
    }

    fn literal(text: &str) -> Vec<u16> {
        text.bytes().map(u16::from).collect()
    }

    #[test]
    fn facts_16_and_17_variables_become_literal_text() {
        let context = Context::complete().with("aws:username", "a*").with_all("aws:TagKeys", ["x"]);
        assert_eq!(filled("x/${AWS:UserName}", &context), (Filled::Known, literal("x/a*")));
        assert_eq!(filled("${*}${?}${$}", &context), (Filled::Known, literal("*?$")));
        assert_eq!(filled("${aws:x, 'any one'}", &context), (Filled::Known, literal("any one")));
        assert_eq!(filled("${aws:username,'d'}*", &context).1.last(), Some(&STAR));
        assert_eq!(filled("${aws:x}", &context).0, Filled::Nothing);
        assert_eq!(filled("${aws:TagKeys, 'd'}", &context).0, Filled::Nothing);
        assert_eq!(filled("${}", &context).0, Filled::Nothing);
        assert_eq!(filled("${aws:username", &context), (Filled::Known, literal("${aws:username")));
        assert_eq!(filled("a${aws:x}b", &Context::incomplete()), (Filled::Unknown, vec![97, STAR, 98]));
        let long = "y".repeat(1000);
        assert_eq!(filled(&long, &context).1, literal(&long));
    }

    #[test]
    fn no_more_is_written_out_than_could_match() {
        let context = Context::complete().with("k", &"a".repeat(100_000));
        let view = View::of(&context);
        let mut units = Units::for_text(150_000);
        assert_eq!(fill(&"${k}".repeat(1500), &view, true, &mut units), Filled::Nothing);
        assert_eq!(units.get().len(), 100_000);
        for (pattern, bytes, expected) in [
            ("*a?${*}*", 3, Filled::Known),
            ("*a?${*}*", 2, Filled::Nothing),
            ("", 0, Filled::Known),
            ("**", 0, Filled::Known),
        ] {
            assert_eq!(fill(pattern, &view, true, &mut Units::for_text(bytes)), expected, "{pattern} {bytes}");
        }
    }

    #[test]
    fn its_keys_are_told() {
        assert_eq!(keys("a${aws:x}b${*}${ y:z , 'd'}${").collect::<Vec<_>>(), ["aws:x", "y:z"]);
    }
}
