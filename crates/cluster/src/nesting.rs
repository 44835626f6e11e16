//! Follows strings and brackets of JSON over any chunk boundary: the inner loop of every list.
//!
//! A block of bytes at a time becomes bits, one for each byte, and bits say what is a string and how deep brackets go.

use wide::u8x16;

/// Bytes of a block: as many as a word has bits.
const BLOCK: usize = 64;
/// Bytes that are compared at once.
const LANE: usize = 16;

/// Where one JSON value ends, and whether it goes deeper than a limit.
///
/// It knows strings, escapes and brackets, nothing else. A backslash escapes what follows it wherever it stands; in JSON
/// there is none outside a string.
#[derive(Debug)]
pub struct Nesting {
    limit: u32,
    depth: u32,
    /// Exact once it is beyond the limit.
    deepest: u32,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    /// `limit` is the depth up to which nobody asks how deep it went.
    pub fn new(limit: u32) -> Self {
        Self { limit, depth: 0, deepest: 0, in_string: false, escaped: false }
    }

    /// How deep the value went, if that is beyond the limit.
    pub fn too_deep(&self) -> Option<u32> {
        (self.deepest > self.limit).then_some(self.deepest)
    }

    /// Reads on from `at`; returns the position after the bracket that closes the value, or `None` if all of
    /// `chunk` lies inside it. The value must begin with a bracket.
    pub fn close(&mut self, chunk: &[u8], at: usize) -> Option<usize> {
        let (blocks, rest) = chunk.get(at..)?.as_chunks::<BLOCK>();
        for (number, block) in blocks.iter().enumerate() {
            if let Some(end) = self.block(&Marks::of(block), BLOCK) {
                return Some(at + number * BLOCK + end);
            }
        }
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        self.block(&Marks::of(&last), rest.len()).map(|end| at + blocks.len() * BLOCK + end)
    }

    /// Takes the next `length` bytes; returns how many there are up to the end of the value, if it ends there.
    fn block(&mut self, marks: &Marks, length: usize) -> Option<usize> {
        let quotes = marks.quotes & !self.escapes(marks.backslashes, length);
        let inside = parity(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        // What pads the last block changes nothing, so its last bit tells for the last byte before.
        self.in_string = inside >> (BLOCK - 1) == 1;
        let (opens, closes) = (marks.opens & !inside, marks.closes & !inside);
        if closes.count_ones() >= self.depth || self.depth + opens.count_ones() > self.limit {
            return self.walk(opens, closes);
        }
        self.depth = self.depth + opens.count_ones() - closes.count_ones();
        None
    }

    /// The bits of bytes that a backslash escapes, as in "Parsing Gigabytes of JSON per Second" (Langdale, Lemire): of
    /// backslashes in a row every other one escapes, and adding finds the end of such rows all at once.
    fn escapes(&mut self, backslashes: u64, length: usize) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let before = u64::from(self.escaped);
        if backslashes == 0 {
            self.escaped &= length == 0;
            return before;
        }
        let backslashes = backslashes & !before;
        let follows = backslashes << 1 | before;
        let odd_starts = backslashes & !EVEN & !follows;
        let (even_ends, beyond) = odd_starts.overflowing_add(backslashes);
        let escaped = (EVEN ^ even_ends << 1) & follows;
        self.escaped = if length == BLOCK { beyond } else { escaped >> length & 1 == 1 };
        escaped
    }

    /// Bracket by bracket, where one of them may close the value or go too deep.
    fn walk(&mut self, opens: u64, closes: u64) -> Option<usize> {
        let mut brackets = opens | closes;
        while brackets != 0 {
            let place = brackets.trailing_zeros();
            if opens >> place & 1 == 1 {
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
            } else {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Some(place as usize + 1);
                }
            }
            brackets &= brackets - 1;
        }
        None
    }
}

/// Which bytes of a block are what; the lowest bit stands for the first byte.
struct Marks {
    quotes: u64,
    backslashes: u64,
    opens: u64,
    closes: u64,
}

impl Marks {
    fn of(block: &[u8; BLOCK]) -> Self {
        let mut marks = Self { quotes: 0, backslashes: 0, opens: 0, closes: 0 };
        let (lanes, _) = block.as_chunks::<LANE>();
        for lane in lanes.iter().rev() {
            let lane = u8x16::new(*lane);
            // `[` and `{` differ in this bit alone, and so do `]` and `}`.
            let folded = lane | u8x16::splat(0x20);
            push(&mut marks.quotes, lane, b'"');
            push(&mut marks.backslashes, lane, b'\\');
            push(&mut marks.opens, folded, b'{');
            push(&mut marks.closes, folded, b'}');
        }
        marks
    }
}

/// Puts bits below the others: which bytes of the lane are `byte`.
fn push(bits: &mut u64, lane: u8x16, byte: u8) {
    *bits = *bits << LANE | u64::from(lane.simd_eq(u8x16::splat(byte)).to_bitmask());
}

/// For each bit whether an odd number of bits is set up to it: from an opening quote to the byte before the closing one.
fn parity(bits: u64) -> u64 {
    [1, 2, 4, 8, 16, 32].into_iter().fold(bits, |bits, step| bits ^ bits << step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, byte by byte.
    fn plain(value: &[u8]) -> (Option<usize>, u32) {
        let (mut depth, mut deepest, mut in_string, mut escaped) = (0_u32, 0, false, false);
        for (at, byte) in value.iter().enumerate() {
            let was_escaped = escaped;
            escaped = *byte == b'\\' && !was_escaped;
            match byte {
                b'"' if !was_escaped => in_string = !in_string,
                b'{' | b'[' if !in_string => {
                    depth += 1;
                    deepest = depth.max(deepest);
                }
                b'}' | b']' if !in_string => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return (Some(at + 1), deepest);
                    }
                }
                _ => {}
            }
        }
        (None, deepest)
    }

    /// Mostly brackets that open, so that values are long.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![
            3 => Just(b'{'), 2 => Just(b'['), 2 => Just(b'}'), 2 => Just(b']'), 3 => Just(b'"'), 4 => Just(b'\\'),
            6 => Just(b'a'), 1 => any::<u8>()
        ];
        proptest::collection::vec(byte, 0..700)
    }

    proptest! {
        #[test]
        fn blocks_see_what_bytes_show(rest in bytes(), cuts in proptest::collection::vec(0_usize..200, 0..8), limit in 0_u32..40) {
            let value = [b"{", &rest[..]].concat();
            let (end, deepest) = plain(&value);
            let mut nesting = Nesting::new(limit);
            let (mut from, mut found) = (0, None);
            for length in cuts.into_iter().chain([value.len()]) {
                let to = value.len().min(from + length);
                found = nesting.close(&value[..to], from);
                if found.is_some() {
                    break;
                }
                from = to;
            }
            prop_assert_eq!(found, end);
            prop_assert_eq!(nesting.too_deep(), (deepest > limit).then_some(deepest));
        }
    }
}
