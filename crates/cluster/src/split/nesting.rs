//! Follows strings and brackets over any chunk boundary: the inner loop of every list.

use memchr::memchr2;

/// What a byte outside a string means for nesting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Quote,
    Open,
    Close,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    classes[b'"' as usize] = Class::Quote;
    classes[b'{' as usize] = Class::Open;
    classes[b'[' as usize] = Class::Open;
    classes[b'}' as usize] = Class::Close;
    classes[b']' as usize] = Class::Close;
    classes
};

/// Where one JSON value ends.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: u32,
    deepest: u32,
    in_string: bool,
    escaped: bool,
}

impl Nesting {
    pub(super) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// Reads on from `at`; returns the position after the bracket that closes the value, or `None` if all of
    /// `chunk` lies inside it. The value must begin with a bracket.
    pub(super) fn close(&mut self, chunk: &[u8], mut at: usize) -> Option<usize> {
        loop {
            if self.in_string {
                at = self.string_end(chunk, at)?;
            }
            // Between strings there are a few bytes only, so a plain loop beats a vector search here.
            loop {
                let class = CLASSES[usize::from(*chunk.get(at)?)];
                at += 1;
                match class {
                    Class::Plain => {}
                    Class::Quote => break,
                    Class::Open => {
                        self.depth += 1;
                        self.deepest = self.deepest.max(self.depth);
                    }
                    Class::Close => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at);
                        }
                    }
                }
            }
            self.in_string = true;
        }
    }

    /// The position after the quote that closes the string.
    fn string_end(&mut self, chunk: &[u8], mut at: usize) -> Option<usize> {
        loop {
            if self.escaped {
                chunk.get(at)?;
                self.escaped = false;
                at += 1;
            }
            let found = at + memchr2(b'"', b'\\', chunk.get(at..)?)?;
            at = found + 1;
            if chunk[found] == b'"' {
                self.in_string = false;
                return Some(at);
            }
            self.escaped = true;
        }
    }
}
