//! Resource patterns that are compared with each other: segment by segment, as they match (facts 8 to 12).

use crate::context::View;
use crate::overlap;
use crate::pattern;

/// Two patterns that meet in more than so many are looked at in so many places.
const MOST_MEETS: usize = 16;

/// The resources that one pattern of a policy, of a question or of a resource type stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ResourceGlob {
    /// Six segments, joined by colons; `*` alone for everything.
    text: Box<str>,
    /// Where the first five segments end.
    ends: [u16; 5],
    everything: bool,
    /// A variable's value is not known: a `*` stands for it, so that it says too much.
    pub(crate) open: bool,
}

impl ResourceGlob {
    pub(crate) fn everything() -> Self {
        Self { text: "*".into(), ends: [0; 5], everything: true, open: false }
    }

    /// A pattern without variables; `None` for what is neither `*` nor an ARN of six segments.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if pattern::is_everything(text) {
            return Some(Self::everything());
        }
        let ends: Vec<u16> =
            text.match_indices(':').take(5).map(|(at, _)| u16::try_from(at)).collect::<Result<_, _>>().ok()?;
        let ends = ends.try_into().ok()?;
        Some(Self { text: text.into(), ends, everything: false, open: false })
    }

    /// A pattern of a policy that matches something, with what is known of its variables put in.
    pub(crate) fn of(pattern: &crate::resource::ResourcePattern, text: &str, view: &View<'_>) -> Option<Self> {
        if pattern.is_everything() || pattern.is_invalid() {
            return Some(Self::everything());
        }
        if pattern.is_nothing() {
            return None;
        }
        if pattern.is_short() {
            let missing = 6_usize.checked_sub(text.split(':').count())?;
            return Self::parse(&format!("{text}{}", ":*".repeat(missing)));
        }
        if !pattern.has_variable() {
            return Self::parse(text);
        }
        let mut glob = Self::parse(text)?;
        let start = glob.start(5);
        let (resource, open) = filled(&text[start..], view)?;
        glob.text = format!("{}{resource}", &text[..start]).into();
        glob.open = open;
        Some(glob)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.everything
    }

    pub(crate) fn is_concrete(&self) -> bool {
        !self.open && !overlap::has_wildcard(&self.text)
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { usize::from(self.ends[at - 1]) + 1 }
    }

    /// From 0, the sixth to the end.
    pub(crate) fn segment(&self, at: usize) -> &str {
        if self.is_everything() {
            return "*";
        }
        let end = self.ends.get(at).map_or(self.text.len(), |end| usize::from(*end));
        &self.text[self.start(at)..end]
    }

    /// The same with another text for one segment that is not the last.
    pub(crate) fn with_segment(&self, at: usize, text: &str) -> Self {
        let parts = (0..6).map(|each| if each == at { text } else { self.segment(each) });
        let glob = Self::parse(&parts.collect::<Vec<_>>().join(":")).unwrap_or_else(|| self.clone());
        Self { open: self.open, ..glob }
    }

    /// Whether some resource fits both.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        if self.is_everything() || other.is_everything() {
            return true;
        }
        // The segments that differ most, and are compared soonest, first.
        [2, 4, 5, 3, 1, 0].iter().all(|at| {
            let (one, other) = (self.segment(*at), other.segment(*at));
            one == "*" || other == "*" || one == other || overlap::intersects(one, other)
        })
    }

    /// Whether each resource that fits `other` certainly fits this.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        if self.open {
            return false;
        }
        if self.is_everything() || other.is_everything() {
            return self.is_everything();
        }
        [2, 4, 5, 3, 1, 0].iter().all(|at| {
            let (one, other) = (self.segment(*at), other.segment(*at));
            one == "*" || one == other || overlap::covers(one, other)
        })
    }

    /// Patterns that together stand for the resources that fit both: nearly always one, the narrower of the two.
    pub(crate) fn meets(&self, other: &Self) -> Vec<Self> {
        if self.is_everything() {
            return vec![other.clone()];
        }
        if other.is_everything() || other.covers(self) {
            return vec![self.clone()];
        }
        if self.covers(other) {
            return vec![other.clone()];
        }
        let mut texts = vec![String::new()];
        for at in 0..6 {
            let (one, other) = (self.segment(at), other.segment(at));
            // Where they are too many, one text stands for them.
            let met = overlap::meets(one, other).unwrap_or_else(|| overlap::witness(one, other).into_iter().collect());
            let colon = if at == 0 { "" } else { ":" };
            texts = texts.iter().flat_map(|text| met.iter().map(move |met| format!("{text}{colon}{met}"))).collect();
            texts.truncate(MOST_MEETS);
        }
        let open = self.open || other.open;
        texts.iter().filter_map(|text| Self::parse(text)).map(|glob| Self { open, ..glob }).collect()
    }

    /// One resource that fits.
    pub(crate) fn example(&self) -> String {
        if self.is_everything() {
            return self.text.to_string();
        }
        (0..6).map(|at| overlap::witness(self.segment(at), "*").unwrap_or_default()).collect::<Vec<_>>().join(":")
    }
}

/// No ARN is as long as this.
const LONGEST: usize = 65_536;

/// `None`: it matches nothing. True: a variable's value is not known.
fn filled(text: &str, view: &View<'_>) -> Option<(String, bool)> {
    use crate::variable::{Filled, Units, fill};
    let mut units = Units::for_text(LONGEST);
    let mut open = match fill(text, view, true, &mut units) {
        Filled::Nothing => return None,
        Filled::Known => false,
        Filled::Unknown => true,
    };
    let bytes = units.get().iter().map(|unit| match *unit {
        pattern::STAR => b'*',
        pattern::ANY => b'?',
        literal => {
            let byte = u8::try_from(literal).unwrap_or(b'*');
            // A star that is only a star cannot be written here.
            open |= byte == b'*' || byte == b'?';
            byte
        }
    });
    let bytes: Vec<u8> = bytes.collect();
    Some((String::from_utf8(bytes).ok()?, open))
}
