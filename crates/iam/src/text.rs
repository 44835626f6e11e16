//! The strings of a document. Nearly all stand in its source as they are, so a policy keeps the source and places in it;
//! what had escapes is kept beside it.

use std::sync::Arc;

/// A place in [`Texts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    start: u32,
    length: u32,
}

impl Span {
    /// Documents are refused long before four gigabytes.
    #[expect(clippy::cast_possible_truncation, reason = "a document is at most `document::LONGEST` bytes")]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, length: (end - start) as u32 }
    }

    pub(crate) fn range(self) -> (usize, usize) {
        (self.start as usize, self.start as usize + self.length as usize)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Texts {
    source: Arc<str>,
    beside: Box<str>,
}

impl Texts {
    pub(crate) fn new(source: Arc<str>) -> Self {
        Self { source, beside: Box::default() }
    }

    pub(crate) fn with(source: Arc<str>, beside: String) -> Self {
        Self { source, beside: beside.into() }
    }

    pub(crate) fn source(&self) -> &Arc<str> {
        &self.source
    }

    pub(crate) fn get(&self, span: Span) -> &str {
        let (start, length) = (span.start as usize, span.length as usize);
        match start.checked_sub(self.source.len()) {
            None => &self.source[start..start + length],
            Some(start) => &self.beside[start..start + length],
        }
    }
}
