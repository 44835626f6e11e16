//! Randomness that can be repeated, and what it does to texts.

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0, below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// A short text over few letters, so that patterns meet it.
    pub(crate) fn text(&mut self, letters: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(letters)).collect()
    }
}

/// What breaks parsers, and what policies are made of.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "*",
    "?",
    "${",
    "}",
    "${aws:username}",
    "null",
    "true",
    "1e999",
    "-",
    "0",
    "\u{0}",
    "é",
    "😀",
    "\u{feff}",
    "%7B",
    "%",
    "arn:aws:s3:::",
    "::::",
    "Statement",
    "Effect",
    "Deny",
    "Allow",
    "NotAction",
    "ForAllValues:",
    "IfExists",
    "10.0.0.0/8",
    "/",
    "2020-01-01T00:00:00Z",
    "\n",
    " ",
];

/// A few changes: bytes cut, doubled, replaced, pieces put in, other texts spliced on.
pub(crate) fn mutate(random: &mut Random, text: &str, other: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(7) {
            0 => {
                bytes.drain(at..end);
            }
            1 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            2 => {
                let piece = random.pick(PIECES);
                bytes.splice(at..end, piece.bytes());
            }
            3 => {
                let piece = random.pick(PIECES);
                bytes.splice(at..at, piece.bytes());
            }
            4 => {
                let from = random.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend_from_slice(&other.as_bytes()[from..]);
            }
            5 => {
                let byte = u8::try_from(random.below(256)).unwrap_or_default();
                bytes.insert(at, byte);
            }
            _ => {
                let times = 1 + random.below(200);
                let piece = random.pick(PIECES).repeat(times);
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    bytes
}
