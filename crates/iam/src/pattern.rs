//! Patterns with `*` (any run, also none) and `?` (exactly one character). No time is ever worse than pattern × input:
//! only the last `*` is ever tried again, and long runs after it are searched for in one pass.

use std::borrow::Cow;

use memchr::memmem;

/// A unit of a pattern: a byte of text, where `*` and `?` are wildcards, or a unit of a pattern whose variables were
/// filled in, where the values' own `*` and `?` are literal.
pub(crate) trait Unit: Copy {
    fn is_star(self) -> bool;
    fn is_any(self) -> bool;
    fn is(self, byte: u8) -> bool;
    /// The pattern as plain bytes, when nothing in it is wild.
    fn bytes(pattern: &[Self]) -> Option<Cow<'_, [u8]>>
    where
        Self: Sized;
}

impl Unit for u8 {
    fn is_star(self) -> bool {
        self == b'*'
    }
    fn is_any(self) -> bool {
        self == b'?'
    }
    fn is(self, byte: u8) -> bool {
        self == byte
    }
    fn bytes(pattern: &[Self]) -> Option<Cow<'_, [u8]>> {
        (!pattern.contains(&b'?')).then_some(pattern.into())
    }
}

pub(crate) const STAR: u16 = 0x100;
pub(crate) const ANY: u16 = 0x101;

impl Unit for u16 {
    fn is_star(self) -> bool {
        self == STAR
    }
    fn is_any(self) -> bool {
        self == ANY
    }
    fn is(self, byte: u8) -> bool {
        self == u16::from(byte)
    }
    fn bytes(pattern: &[Self]) -> Option<Cow<'_, [u8]>> {
        pattern.iter().map(|unit| u8::try_from(*unit).ok()).collect::<Option<Vec<u8>>>().map(Cow::Owned)
    }
}

/// Whether the whole text matches; case counts.
pub(crate) fn matches<U: Unit>(pattern: &[U], text: &[u8]) -> bool {
    glob(pattern, text, U::is, true)
}

/// Whether the whole text, which is in lower case, matches; the pattern's case does not count.
pub(crate) fn matches_lower(pattern: &[u8], lower: &[u8]) -> bool {
    glob(pattern, lower, |unit, byte| unit.to_ascii_lowercase() == byte, false)
}

/// Whether there is a wildcard in it.
pub(crate) fn is_wild(text: &str) -> bool {
    text.bytes().any(|byte| byte == b'*' || byte == b'?')
}

/// Whether a pattern is nothing but `*`.
pub(crate) fn is_everything(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

/// From this length on a run is searched for with a searcher that never looks back.
const LONG: usize = 16;

fn glob<U: Unit>(pattern: &[U], text: &[u8], is: impl Fn(U, u8) -> bool + Copy, exact: bool) -> bool {
    // What stands before the first star.
    let head = pattern.iter().position(|unit| unit.is_star()).unwrap_or(pattern.len());
    let Some(mut at) = run_at(&pattern[..head], text, 0, is) else { return false };
    if head == pattern.len() {
        return at == text.len();
    }
    let mut rest = &pattern[head..];
    loop {
        let stars = rest.iter().take_while(|unit| unit.is_star()).count();
        rest = &rest[stars..];
        if rest.is_empty() {
            return true;
        }
        let length = rest.iter().position(|unit| unit.is_star()).unwrap_or(rest.len());
        let (run, next) = rest.split_at(length);
        if next.is_empty() {
            return ends_with(run, text, at, is);
        }
        match find(run, text, at, (is, exact)) {
            Some(end) => at = end,
            None => return false,
        }
        rest = next;
    }
}

/// Where the first place from `from` on at which the run stands ends.
fn find<U: Unit>(run: &[U], text: &[u8], from: usize, how: (impl Fn(U, u8) -> bool + Copy, bool)) -> Option<usize> {
    let (is, exact) = how;
    if exact && run.len() >= LONG {
        if let Some(bytes) = U::bytes(run) {
            return memmem::find(&text[from..], &bytes).map(|found| from + found + bytes.len());
        }
        if text.is_ascii() {
            return find_in_parallel(run, &text[from..], is).map(|end| from + end);
        }
    }
    let mut at = from;
    while at <= text.len() {
        if let Some(end) = run_at(run, text, at, is) {
            return Some(end);
        }
        at = next_character(text, at);
    }
    None
}

/// All beginnings at once, a bit for each unit of the run: 64 of them take one step per byte. Each byte is one character.
fn find_in_parallel<U: Unit>(run: &[U], text: &[u8], is: impl Fn(U, u8) -> bool) -> Option<usize> {
    let words = run.len().div_ceil(64);
    // Per byte the units that it meets, built for the bytes that occur.
    let mut meets: Vec<Option<Box<[u64]>>> = vec![None; 256];
    let mut reached = vec![0_u64; words];
    let last = run.len() - 1;
    for (at, byte) in text.iter().enumerate() {
        let met = meets[usize::from(*byte)].get_or_insert_with(|| {
            let mut bits = vec![0_u64; words];
            for (index, unit) in run.iter().enumerate() {
                bits[index / 64] |= u64::from(unit.is_any() || is(*unit, *byte)) << (index % 64);
            }
            bits.into()
        });
        let mut carried = 1;
        for (word, met) in reached.iter_mut().zip(met.iter()) {
            let next = *word >> 63;
            *word = (*word << 1 | carried) & met;
            carried = next;
        }
        if reached[last / 64] >> (last % 64) & 1 == 1 {
            return Some(at + 1);
        }
    }
    None
}

/// Where a run without stars that starts at `at` ends.
fn run_at<U: Unit>(run: &[U], text: &[u8], mut at: usize, is: impl Fn(U, u8) -> bool) -> Option<usize> {
    for unit in run {
        let byte = *text.get(at)?;
        if unit.is_any() {
            at = next_character(text, at);
        } else if is(*unit, byte) {
            at += 1;
        } else {
            return None;
        }
    }
    Some(at)
}

/// Whether the text, from `from` on, ends with a run without stars.
fn ends_with<U: Unit>(run: &[U], text: &[u8], from: usize, is: impl Fn(U, u8) -> bool) -> bool {
    let mut at = text.len();
    for unit in run.iter().rev() {
        if at <= from {
            return false;
        }
        at -= 1;
        if unit.is_any() {
            while at > from && is_continuation(text[at]) {
                at -= 1;
            }
        } else if !is(*unit, text[at]) {
            return false;
        }
    }
    true
}

fn next_character(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while next < text.len() && is_continuation(text[next]) {
        next += 1;
    }
    next
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(pattern: &str, text: &str) -> bool {
        let direct = matches(pattern.as_bytes(), text.as_bytes());
        let units: Vec<u16> = pattern
            .bytes()
            .map(|byte| {
                if byte == b'*' {
                    STAR
                } else if byte == b'?' {
                    ANY
                } else {
                    byte.into()
                }
            })
            .collect();
        assert_eq!(direct, matches(&units, text.as_bytes()), "{pattern} {text}");
        direct
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("*", "abc"),
            ("**", "abc"),
            ("a*", "a"),
            ("*c", "abc"),
            ("a*c", "abbc"),
            ("a?c", "abc"),
            ("a*b*c", "a-b-b-c"),
            ("*ab", "aab"),
            ("?*", "x"),
            ("a?", "aé"),
            ("*?", "é"),
            ("??", "é😀"),
            ("*é*", "café!"),
            ("*abcdefghijklmnopqrstuvwxyz*", "--abcdefghijklmnopqrstuvwxyz--"),
            ("*a?cdefghijklmnopqrstuvwxyz*", "--aacdefghijklmnopqrstuvwxy-aacdefghijklmnopqrstuvwxyz--"),
        ] {
            assert!(whole(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("a?", "a"),
            ("a*c", "ab"),
            ("*ab", "ba"),
            ("?", "ab"),
            ("??", "é"),
            ("a*ab", "ab"),
            ("*a?b", "ab"),
            ("*abcdefghijklmnopqrstuvwxyz*", "abcdefghijklmnopqrstuvwxy"),
            ("a", "A"),
            ("*é", "\u{fffd}"),
        ] {
            assert!(!whole(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn long_runs_are_found_wherever_they_begin() {
        for length in [15, 16, 63, 64, 65, 128, 200] {
            let run = "a?".repeat(length / 2) + if length % 2 == 1 { "b" } else { "" };
            let met = run.replace('?', "c");
            for before in ["", "a", "ac", "acac", "xyz"] {
                assert!(whole(&format!("*{run}*"), &format!("{before}{met}a")), "{length} {before}");
                assert!(whole(&format!("*{run}*b"), &format!("{before}{met}b")), "{length} {before}");
                assert!(!whole(&format!("*{run}d*"), &format!("{before}{met}e{met}")), "{length} {before}");
            }
        }
    }

    #[test]
    fn case_is_ignored_where_asked() {
        assert!(matches_lower(b"Get*Obj?CT", b"getbigobject"));
        assert!(!matches_lower(b"Get*Obj?CT", b"getbigobjec"));
    }
}
