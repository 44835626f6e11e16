//! Actions: `service:Name`, both without regard to case.

use std::fmt;

use crate::pattern;
use crate::reference::{KnownAction, reference};
use crate::text::{Span, Texts};

/// The action of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Action {
    written: Box<str>,
    lower: Box<str>,
    colon: usize,
    service: u32,
    whole: u32,
    wildcard_only: bool,
    resource_controlled: bool,
}

impl Action {
    /// `s3:GetObject`: a service prefix, a colon, a name, and no wildcard.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, name) = text.split_once(':')?;
        let plain = |part: &str| !part.is_empty() && !pattern::is_wild(part) && !part.contains([':', ' ']);
        if !plain(service) || !plain(name) {
            return None;
        }
        let lower = text.to_ascii_lowercase();
        let known = reference().find(&lower);
        Some(Self {
            written: text.into(),
            colon: service.len(),
            service: hash(&lower.as_bytes()[..service.len()]),
            whole: hash(lower.as_bytes()),
            wildcard_only: known.is_some_and(KnownAction::is_wildcard_only),
            resource_controlled: reference().has_resource_control(&lower[..service.len()]),
            lower: lower.into(),
        })
    }

    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// In lower case.
    pub fn service(&self) -> &str {
        &self.lower[..self.colon]
    }

    /// In lower case.
    pub fn name(&self) -> &str {
        &self.lower[self.colon + 1..]
    }

    /// Whether it is this one, given in lower case.
    pub(crate) fn is(&self, lower: &str) -> bool {
        &*self.lower == lower
    }

    /// Whether it acts on no resource that has an ARN, so that only a statement for every resource speaks of it.
    pub(crate) fn is_wildcard_only(&self) -> bool {
        self.wildcard_only
    }

    /// Whether resource control policies reach its service.
    pub(crate) fn is_resource_controlled(&self) -> bool {
        self.resource_controlled
    }

    pub(crate) fn service_bit(&self) -> u64 {
        bit(self.service)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// One entry of `Action` or `NotAction`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ActionPattern {
    pub(crate) span: Span,
    /// Of the service, or of the whole where nothing is wild.
    hash: u32,
    colon: u16,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `*`
    Everything,
    /// `s3:GetObject`
    Exact,
    /// `s3:*`
    Service,
    /// `s3:Get*`
    Name,
    /// `s*:Get*`
    Both,
    /// `s3*`
    Nothing,
}

impl ActionPattern {
    /// `None`: neither `*` nor two parts around one colon.
    pub(crate) fn compile(span: Span, text: &str) -> Option<Self> {
        if pattern::is_everything(text) {
            return Some(Self { span, hash: 0, colon: 0, kind: Kind::Everything });
        }
        let (service, name) = text.split_once(':')?;
        if service.is_empty() || name.is_empty() || name.contains(':') {
            return None;
        }
        let colon = u16::try_from(service.len()).ok()?;
        let (hash, kind) = if pattern::is_wild(service) {
            (0, Kind::Both)
        } else if pattern::is_everything(name) {
            (hash_lower(service), Kind::Service)
        } else if pattern::is_wild(name) {
            (hash_lower(service), Kind::Name)
        } else {
            (hash_lower(text), Kind::Exact)
        };
        Some(Self { span, hash, colon, kind })
    }

    pub(crate) fn matches(&self, texts: &Texts, action: &Action) -> bool {
        match self.kind {
            Kind::Everything => true,
            Kind::Nothing => false,
            Kind::Exact => self.hash == action.whole && texts.get(self.span).eq_ignore_ascii_case(&action.lower),
            Kind::Service => self.hash == action.service && self.service(texts).eq_ignore_ascii_case(action.service()),
            Kind::Name => {
                self.hash == action.service
                    && pattern::matches_lower(self.name(texts).as_bytes(), action.name().as_bytes())
                    && self.service(texts).eq_ignore_ascii_case(action.service())
            }
            Kind::Both => {
                pattern::matches_lower(self.service(texts).as_bytes(), action.service().as_bytes())
                    && pattern::matches_lower(self.name(texts).as_bytes(), action.name().as_bytes())
            }
        }
    }

    /// For a text that is no pattern: no wildcard crosses the colon that it lacks.
    pub(crate) fn nothing(span: Span) -> Self {
        Self { span, hash: 0, colon: 0, kind: Kind::Nothing }
    }

    fn service<'a>(&self, texts: &'a Texts) -> &'a str {
        &texts.get(self.span)[..usize::from(self.colon)]
    }

    fn name<'a>(&self, texts: &'a Texts) -> &'a str {
        &texts.get(self.span)[usize::from(self.colon) + 1..]
    }

    /// Exact ones first, by hash, so that they are found by halving; then the others.
    pub(crate) fn order(&self) -> (bool, u32) {
        (self.kind != Kind::Exact, self.hash)
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.kind == Kind::Exact
    }
}

/// The entry that matches, of entries in [`ActionPattern::order`] of which `exact` are exact.
pub(crate) fn find<'a>(
    patterns: &'a [ActionPattern],
    exact: usize,
    texts: &Texts,
    action: &Action,
) -> Option<&'a ActionPattern> {
    let (named, wild) = patterns.split_at(exact);
    let from = if named.len() > 8 { named.partition_point(|one| one.hash < action.whole) } else { 0 };
    let named = named[from..].iter().take_while(|one| one.hash <= action.whole).find(|one| one.matches(texts, action));
    named.or_else(|| wild.iter().find(|one| one.matches(texts, action)))
}

/// Which services a pattern can match, as a set that may say yes too often.
pub(crate) fn service_bits(pattern: &ActionPattern, text: &str) -> u64 {
    match pattern.kind {
        Kind::Everything | Kind::Both => u64::MAX,
        Kind::Nothing => 0,
        Kind::Service | Kind::Name => bit(pattern.hash),
        Kind::Exact => bit(hash_lower(&text[..usize::from(pattern.colon)])),
    }
}

fn bit(hash: u32) -> u64 {
    1 << (hash % 64)
}

fn hash_lower(text: &str) -> u32 {
    text.bytes().fold(SEED, |hash, byte| step(hash, byte.to_ascii_lowercase()))
}

fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(SEED, |hash, byte| step(hash, *byte))
}

// FNV-1a: a match is always confirmed on the text.
const SEED: u32 = 0x811c_9dc5;

fn step(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(pattern: &str, action: &str) -> Option<bool> {
        let texts = Texts::new(pattern.into());
        let compiled = ActionPattern::compile(Span::new(0, pattern.len()), pattern)?;
        Some(compiled.matches(&texts, &Action::parse(action).unwrap()))
    }

    #[test]
    fn fact_6_actions_ignore_case_and_stay_on_their_side_of_the_colon() {
        for (pattern, action, expected) in [
            ("*", "s3:GetObject", true),
            ("S3:getobject", "s3:GetObject", true),
            ("s3:*", "S3:GetObject", true),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:*Object", "s3:GetObject", true),
            ("s3:G?tObj*", "s3:GetObject", true),
            ("s3:GetObject?", "s3:GetObject", false),
            ("s*:GetObject", "s3:GetObject", true),
            ("*:*", "s3:GetObject", true),
            ("*:Put*", "s3:GetObject", false),
            ("s3*:x", "s3:GetObject", false),
            ("ec2:GetObject", "s3:GetObject", false),
            ("s3:GetObjectAcl", "s3:GetObject", false),
        ] {
            assert_eq!(matching(pattern, action), Some(expected), "{pattern} {action}");
        }
        for pattern in ["s3", "*Object", "s3:", ":GetObject", "s3:Get:Object", ""] {
            assert_eq!(matching(pattern, "s3:GetObject"), None, "{pattern}");
        }
    }

    #[test]
    fn an_action_of_a_request_has_no_wildcard() {
        for text in ["s3:Get*", "s3", "s3:", ":x", "s3:a:b", "", "s3:Get Object"] {
            assert_eq!(Action::parse(text), None, "{text}");
        }
        let action = Action::parse("S3:GetObject").unwrap();
        assert_eq!((action.service(), action.name(), action.as_str()), ("s3", "getobject", "S3:GetObject"));
    }
}
