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
}

const INLINE: usize = 256;

impl Units {
    pub(crate) fn new() -> Self {
        Self { inline: [0; INLINE], length: 0, heap: Vec::new() }
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

    fn literal(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.push(byte.into()));
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
    /// One has no single value: the text matches nothing.
    Unresolved,
    /// One is not known; a `*` stands in its place.
    Unknown,
}

/// Whether a text of a document with variables has any.
pub(crate) fn is_in(text: &str) -> bool {
    text.contains("${")
}

/// Fills the variables in. `wild`: whether `*` and `?` of the text itself are wildcards.
pub(crate) fn fill(text: &str, view: &View<'_>, wild: bool, units: &mut Units) -> Filled {
    let mut filled = Filled::Known;
    let mut rest = text;
    while let Some(open) = rest.find("${") {
        let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
        plain(&rest[..open], wild, units);
        match variable(&rest[open + 2..close], view) {
            Ok(Some(value)) => units.literal(value),
            Ok(None) => {
                filled = Filled::Unknown;
                units.push(STAR);
            }
            Err(Unresolved) => return Filled::Unresolved,
        }
        rest = &rest[close + 1..];
    }
    plain(rest, wild, units);
    filled
}

struct Unresolved;

/// `Ok(None)`: nobody knows.
fn variable<'a>(inner: &'a str, view: &View<'a>) -> Result<Option<&'a str>, Unresolved> {
    if matches!(inner, "*" | "?" | "$") {
        return Ok(Some(inner));
    }
    let (key, default) = match inner.split_once(',') {
        None => (inner, None),
        Some((key, quoted)) => {
            let quoted = quoted.trim();
            let default = quoted.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).ok_or(Unresolved)?;
            (key, Some(default))
        }
    };
    match view.get(key.trim()) {
        Found::One(value) => Ok(Some(value)),
        Found::Absent => default.map(Some).ok_or(Unresolved),
        Found::Many(_) => Err(Unresolved),
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

fn plain(text: &str, wild: bool, units: &mut Units) {
    for byte in text.bytes() {
        units.push(match byte {
            b'*' if wild => STAR,
            b'?' if wild => ANY,
            literal => literal.into(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn filled(text: &str, context: &Context) -> (Filled, Vec<u16>) {
        let mut units = Units::new();
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
        assert_eq!(filled("${aws:x}", &context).0, Filled::Unresolved);
        assert_eq!(filled("${aws:TagKeys, 'd'}", &context).0, Filled::Unresolved);
        assert_eq!(filled("${}", &context).0, Filled::Unresolved);
        assert_eq!(filled("${aws:username", &context), (Filled::Known, literal("${aws:username")));
        assert_eq!(filled("a${aws:x}b", &Context::incomplete()), (Filled::Unknown, vec![97, STAR, 98]));
        let long = "y".repeat(1000);
        assert_eq!(filled(&long, &context).1, literal(&long));
    }

    #[test]
    fn its_keys_are_told() {
        assert_eq!(keys("a${aws:x}b${*}${ y:z , 'd'}${").collect::<Vec<_>>(), ["aws:x", "y:z"]);
    }
}
