//! Text to look for, prepared once.

use std::cell::RefCell;

use memchr::memmem::Finder;
use regex::{Regex, RegexBuilder};

/// Largest compiled regular expression, in bytes.
const REGEX_LIMIT: usize = 1 << 20;
/// Deepest nesting of one.
const REGEX_NESTING: u32 = 40;

thread_local! {
    /// Folded text, so that folding allocates nothing.
    static FOLDED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A text that is looked for ignoring case.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    /// As it was written.
    pub(super) text: String,
    folded: String,
    finder: Finder<'static>,
    /// Whether it could be a part of an IP address (a group of an IPv6 address alone is not looked for).
    pub(super) may_be_address: bool,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        let folded = text.to_lowercase();
        let finder = Finder::new(folded.as_bytes()).into_owned();
        let may_be_address = folded.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':')
            && (folded.len() <= 3 || folded.contains(['.', ':']));
        Self { text: text.to_owned(), folded, finder, may_be_address }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.finder.find(text.as_bytes()).is_some() || (is_foldable(text) && self.is_in_folded(text))
    }

    pub(super) fn equals(&self, text: &str) -> bool {
        text.eq_ignore_ascii_case(&self.text) || (!text.is_ascii() && text.to_lowercase() == self.folded)
    }

    fn is_in_folded(&self, text: &str) -> bool {
        FOLDED.with_borrow_mut(|folded| {
            folded.clear();
            if text.is_ascii() {
                folded.push_str(text);
                folded.make_ascii_lowercase();
            } else {
                folded.push_str(&text.to_lowercase());
            }
            self.finder.find(folded.as_bytes()).is_some()
        })
    }
}

/// Names are lower case: then folding would change nothing.
fn is_foldable(text: &str) -> bool {
    // Without a way out, so that the compiler can look at many bytes at once.
    text.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase() | !byte.is_ascii())
}

/// A regular expression of bounded size; matching is linear in the text.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) text: String,
    regex: Regex,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text)
            .case_insensitive(true)
            .size_limit(REGEX_LIMIT)
            .dfa_size_limit(REGEX_LIMIT)
            .nest_limit(REGEX_NESTING)
            .build();
        match built {
            Ok(regex) => Ok(Self { text: text.to_owned(), regex }),
            Err(regex::Error::CompiledTooBig(_)) => Err("the regular expression is too large".to_owned()),
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").trim();
                Err(format!("the regular expression is not valid: {last}"))
            }
        }
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}
