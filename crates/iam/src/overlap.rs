//! How two globs relate: whether one text fits both, and whether one takes all that the other does. A question with
//! wildcards is a glob too, and is matched to policies by these two, never by comparing texts.
//!
//! Both are linear in the lengths' product at worst, and nearly always in their sum.

/// Whether some text fits both. Exact.
pub(crate) fn intersects(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return intersect(one.as_bytes(), other.as_bytes());
    }
    // One character is one place, however many bytes it has.
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    intersect(&one, &other)
}

/// A text that fits both, with `~` wherever it may be anything: so a pattern that names something does not take it by chance.
pub(crate) fn witness(one: &str, other: &str) -> Option<String> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    match (first_any(&one), first_any(&other)) {
        (None, _) => aligned(&other, &one),
        (Some(_), None) => aligned(&one, &other),
        (Some(first), Some(second)) => intersect(&one, &other).then(|| {
            let behind = |pattern: &[char]| pattern.len() - last_any(pattern);
            let head = joined(one[..first].iter(), other[..second].iter());
            let middle = |pattern: &[char], from: usize| -> String {
                let inner = pattern[from..=pattern.len() - 1 - behind(pattern)].iter();
                inner.map(|letter| if matches!(letter, '*' | '?') { FILLER } else { *letter }).collect()
            };
            let tail = joined(one.iter().rev().take(behind(&one)), other.iter().rev().take(behind(&other)));
            let tail: String = tail.chars().rev().collect();
            // The first's last `*` and the second's first one are the same place.
            head + &middle(&one, first) + &middle(&other, second)[1..] + &tail
        }),
    }
}

const FILLER: char = '~';

/// Patterns that together take what both take; `None` where those are too many. Mostly the narrower of the two.
pub(crate) fn meets(one: &str, other: &str) -> Option<Vec<String>> {
    if covers(one, other) {
        return Some(vec![other.to_owned()]);
    }
    if covers(other, one) {
        return Some(vec![one.to_owned()]);
    }
    if !intersects(one, other) {
        return Some(Vec::new());
    }
    let letters = |text: &str| ordered(&text.chars().collect::<Vec<_>>());
    let (one, other) = (letters(one), letters(other));
    let mut search = Search { found: Vec::new(), steps: 0 };
    search.walk(&one, &other, &mut String::new());
    if search.steps > STEPS || search.found.len() > MEETS {
        return None;
    }
    let mut found: Vec<String> = Vec::new();
    for pattern in search.found {
        if !found.iter().any(|known| covers(known, &pattern)) {
            found.retain(|known| !covers(&pattern, known));
            found.push(pattern);
        }
    }
    Some(found)
}

const STEPS: u32 = 2000;
const MEETS: usize = 64;

struct Search {
    found: Vec<String>,
    steps: u32,
}

impl Search {
    fn walk(&mut self, one: &[char], other: &[char], so_far: &mut String) {
        self.steps += 1;
        if self.steps > STEPS || self.found.len() > MEETS {
            return;
        }
        let length = so_far.len();
        match (one.split_first(), other.split_first()) {
            (None, None) => self.found.push(so_far.clone()),
            (Some(('*', rest)), Some(('*', others))) => {
                if !so_far.ends_with('*') {
                    so_far.push('*');
                }
                // One of the two ends first.
                self.walk(rest, other, so_far);
                self.walk(one, others, so_far);
            }
            (Some(('*', rest)), next) => {
                self.walk(rest, other, so_far);
                if let Some((letter, others)) = next {
                    so_far.push(*letter);
                    self.walk(one, others, so_far);
                }
            }
            (_, Some(('*', _))) => self.walk(other, one, so_far),
            (Some((letter, rest)), Some((others_letter, others))) if compatible(*letter, *others_letter) => {
                so_far.push(if *letter == '?' { *others_letter } else { *letter });
                self.walk(rest, others, so_far);
            }
            _ => {}
        }
        so_far.truncate(length);
    }
}

/// What fits both of two runs without `*`, as long as the longer.
fn joined<'a>(mut one: impl Iterator<Item = &'a char>, mut other: impl Iterator<Item = &'a char>) -> String {
    let mut result = String::new();
    loop {
        let letter = match (one.next(), other.next()) {
            (None, None) => return result,
            (Some('?') | None, Some(letter)) | (Some(letter), _) => *letter,
        };
        result.push(if letter == '?' { FILLER } else { letter });
    }
}

/// A text without `*` as the pattern makes it, where it fits.
fn aligned(pattern: &[char], text: &[char]) -> Option<String> {
    let mut result: Vec<char> = text.to_vec();
    let (mut at, mut of) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    let filled = |letter: char| if letter == '?' { FILLER } else { letter };
    while of < text.len() {
        if at < pattern.len() && pattern[at] == '*' {
            at += 1;
            back = Some((at, of));
        } else if at < pattern.len() && compatible(pattern[at], text[of]) {
            result[of] = filled(if text[of] == '?' { pattern[at] } else { text[of] });
            at += 1;
            of += 1;
        } else {
            let (after, taken) = back.as_mut()?;
            result[*taken] = filled(text[*taken]);
            *taken += 1;
            (at, of) = (*after, *taken);
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*').then(|| result.into_iter().collect())
}

/// Whether whatever fits `inner` also fits `outer`; a text without wildcards fits only itself. What is affirmed holds. What is
/// denied may hold where a `?` of `outer` stands against a `*` of `inner` (`a?*` takes all of `a*b`, and this says no).
pub(crate) fn covers(outer: &str, inner: &str) -> bool {
    if outer.is_ascii() && inner.is_ascii() {
        return cover(outer.as_bytes(), inner.as_bytes());
    }
    let (outer, inner): (Vec<char>, Vec<char>) = (outer.chars().collect(), inner.chars().collect());
    cover(&outer, &inner)
}

pub(crate) fn has_wildcard(pattern: &str) -> bool {
    pattern.bytes().any(|byte| byte == b'*' || byte == b'?')
}

trait Letter: Copy + PartialEq {
    const ANY: Self;
    const ONE: Self;
}

impl Letter for u8 {
    const ANY: Self = b'*';
    const ONE: Self = b'?';
}

impl Letter for char {
    const ANY: Self = '*';
    const ONE: Self = '?';
}

fn first_any<T: Letter>(pattern: &[T]) -> Option<usize> {
    pattern.iter().position(|letter| *letter == T::ANY)
}

/// The place behind the last `*`.
fn last_any<T: Letter>(pattern: &[T]) -> usize {
    pattern.iter().rposition(|letter| *letter == T::ANY).map_or(0, |at| at + 1)
}

/// Neither is a `*`.
fn compatible<T: Letter>(one: T, other: T) -> bool {
    one == other || one == T::ONE || other == T::ONE
}

fn intersect<T: Letter>(one: &[T], other: &[T]) -> bool {
    match (first_any(one), first_any(other)) {
        (None, None) => one.len() == other.len() && one.iter().zip(other).all(|(a, b)| compatible(*a, *b)),
        (Some(_), None) => fits(one, other, compatible),
        (None, Some(_)) => fits(other, one, compatible),
        // Behind its first `*` each waits for the other: what is between the first and the last `*` of both can be put one
        // after the other, so only what is before and behind them can be in the way.
        (Some(first), Some(second)) => {
            let heads = one[..first].iter().zip(&other[..second]);
            let tails = one[last_any(one)..].iter().rev().zip(other[last_any(other)..].iter().rev());
            heads.into_iter().all(|(a, b)| compatible(*a, *b)) && tails.into_iter().all(|(a, b)| compatible(*a, *b))
        }
    }
}

fn cover<T: Letter>(outer: &[T], inner: &[T]) -> bool {
    // A `*` of `inner` stands for any run, so that only a `*` can take it; its `?` for any character, not for a certain one.
    let takes = |outer: T, inner: T| inner != T::ANY && (outer == inner || outer == T::ONE);
    if first_any(inner).is_some() {
        return fits(&ordered(outer), &ordered(inner), takes);
    }
    fits(outer, inner, takes)
}

/// `*?*` and `?*` are the same; so that they also look the same, the `*` goes behind.
fn ordered<T: Letter>(pattern: &[T]) -> Vec<T> {
    let mut result = Vec::with_capacity(pattern.len());
    let mut any = false;
    for letter in pattern {
        if *letter == T::ANY {
            any = true;
        } else {
            if any && *letter != T::ONE {
                result.push(T::ANY);
                any = false;
            }
            result.push(*letter);
        }
    }
    if any {
        result.push(T::ANY);
    }
    result
}

/// Matching with one way back, to the last `*`: what it has taken never has to be given back to an earlier one.
fn fits<T: Letter>(pattern: &[T], text: &[T], takes: impl Fn(T, T) -> bool) -> bool {
    let (mut at, mut of) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while of < text.len() {
        if at < pattern.len() && pattern[at] == T::ANY {
            at += 1;
            back = Some((at, of));
        } else if at < pattern.len() && takes(pattern[at], text[of]) {
            at += 1;
            of += 1;
        } else if let Some((after, taken)) = &mut back {
            *taken += 1;
            (at, of) = (*after, *taken);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|letter| *letter == T::ANY)
}

#[cfg(test)]
mod tests;
