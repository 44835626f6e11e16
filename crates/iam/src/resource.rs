//! Resources: what a request is about, and the patterns of `Resource` and `NotResource` (facts 8 to 15).

use crate::arn;
use crate::context::View;
use crate::pattern;
use crate::policy::PolicyKind;
use crate::text::{Span, Texts};
use crate::truth::Truth;
use crate::variable::{self, Filled, Units};

/// What a request is about: an ARN, or `*` for actions that know no resources.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) text: &'a str,
    segments: Option<[&'a str; 6]>,
}

impl<'a> Target<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, segments: arn::segments(text).filter(|parts| parts[0] == "arn") }
    }

    pub(crate) fn account(&self) -> Option<&'a str> {
        self.segments.map(|parts| parts[4]).filter(|account| arn::is_account(account))
    }

    /// The resource part, of an ARN of this service.
    pub(crate) fn of_service(&self, service: &str) -> Option<&'a str> {
        self.segments.filter(|parts| parts[2] == service).map(|parts| parts[5])
    }

    /// Whether AWS itself owns it: `arn:aws:iam::aws:policy/…`.
    pub(crate) fn is_aws_owned(&self) -> bool {
        self.segments.is_some_and(|parts| parts[4] == "aws")
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ResourcePattern {
    pub(crate) span: Span,
    /// Where the first five segments end.
    ends: [u32; 5],
    kind: Kind,
    /// Whether there are variables in the resource part.
    variable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Everything,
    Arn,
    /// Fewer than six segments, of which those that are missing may be anything.
    Short,
    Nothing,
    /// What it would match is not known.
    Invalid,
}

/// Why a pattern is not as it should be.
pub(crate) enum Oddity {
    /// It matches nothing.
    NoArn,
    /// A document with it does not exist.
    Invalid,
}

impl ResourcePattern {
    pub(crate) fn compile(span: Span, text: &str, kind: PolicyKind, variables: bool) -> (Self, Option<Oddity>) {
        let plain = |kind| Self { span, ends: [0; 5], kind, variable: false };
        if pattern::is_everything(text) {
            return (plain(Kind::Everything), None);
        }
        let mut ends = [0; 5];
        let mut found = 0;
        for (at, _) in text.match_indices(':').take(5) {
            ends[found] = u32::try_from(at).unwrap_or(u32::MAX);
            found += 1;
        }
        if found == 5 {
            let variable = variables && variable::is_in(&text[ends[4] as usize + 1..]);
            return (Self { span, ends, kind: Kind::Arn, variable }, None);
        }
        if found < 2 {
            return (plain(Kind::Nothing), Some(Oddity::NoArn));
        }
        let wild = pattern::is_wild(text);
        match kind {
            PolicyKind::ResourceControl => (plain(Kind::Invalid), Some(Oddity::Invalid)),
            PolicyKind::ServiceControl if !wild => (plain(Kind::Invalid), Some(Oddity::Invalid)),
            PolicyKind::Resource | PolicyKind::Endpoint if !wild => (plain(Kind::Nothing), None),
            _ => (plain(Kind::Short), None),
        }
    }

    pub(crate) fn matches(&self, texts: &Texts, target: &Target<'_>, view: &View<'_>) -> Truth {
        let segments = match (self.kind, &target.segments) {
            (Kind::Everything, _) => return Truth::True,
            (Kind::Invalid, _) => return Truth::Unknown,
            (Kind::Nothing, _) | (_, None) => return Truth::False,
            (Kind::Arn | Kind::Short, Some(segments)) => segments,
        };
        let text = texts.get(self.span);
        if self.kind == Kind::Short {
            return text.split(':').zip(segments).all(|(wanted, actual)| segment(wanted, actual)).into();
        }
        let mut start = 0;
        for (end, actual) in self.ends.iter().zip(segments) {
            let end = *end as usize;
            if !segment(&text[start..end], actual) {
                return Truth::False;
            }
            start = end + 1;
        }
        let (wanted, actual) = (&text[start..], segments[5]);
        if self.variable { with_variables(wanted, actual, view) } else { segment(wanted, actual).into() }
    }

    pub(crate) fn is_everything(&self) -> bool {
        self.kind == Kind::Everything
    }

    pub(crate) fn is_invalid(&self) -> bool {
        self.kind == Kind::Invalid
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.kind == Kind::Nothing
    }

    pub(crate) fn is_short(&self) -> bool {
        self.kind == Kind::Short
    }

    pub(crate) fn has_variable(&self) -> bool {
        self.variable
    }
}

fn segment(wanted: &str, actual: &str) -> bool {
    wanted == "*" || wanted == actual || pattern::matches(wanted.as_bytes(), actual.as_bytes())
}

fn with_variables(wanted: &str, actual: &str, view: &View<'_>) -> Truth {
    let mut units = Units::for_text(actual.len());
    match variable::fill(wanted, view, true, &mut units) {
        Filled::Known => pattern::matches(units.get(), actual.as_bytes()).into(),
        // Whatever the variable stands for, what is around it must match.
        Filled::Unknown if pattern::matches(units.get(), actual.as_bytes()) => Truth::Unknown,
        Filled::Unknown | Filled::Nothing => Truth::False,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;

    fn matching(pattern: &str, resource: &str, kind: PolicyKind) -> bool {
        let texts = Texts::new(pattern.into());
        let (compiled, _) = ResourcePattern::compile(Span::new(0, pattern.len()), pattern, kind, true);
        let context = Context::complete().with("aws:username", "al*").with("aws:PrincipalAccount", "111122223333");
        compiled.matches(&texts, &Target::new(resource), &View::of(&context)).is_true()
    }

    #[test]
    fn facts_8_to_11_segments_match_on_their_own() {
        for (pattern, resource, expected) in [
            ("*", "arn:aws:s3:::b", true),
            ("**", "*", true),
            ("arn:aws:s3:::*", "*", false),
            ("arn:aws:s3:::b", "arn:aws:s3:::b", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b", false),
            ("arn:aws:s3:::b*", "arn:aws:s3:::b/x/y", true),
            ("arn:aws:s3:::B", "arn:aws:s3:::b", false),
            ("arn:*:s3:::b", "arn:aws-cn:s3:::b", true),
            ("arn:aws:*:b", "arn:aws:s3:::b", false),
            ("arn:aws:*:*:*:b", "arn:aws:s3:::b", true),
            ("arn:aws:sns:*:*:t", "arn:aws:sns:eu-west-1:111122223333:t", true),
            ("arn:aws:logs:*:*:log-group:*:x", "arn:aws:logs:e:1:log-group:a:b:x", true),
            ("arn:aws:logs:e:1:log-group?a", "arn:aws:logs:e:1:log-group:a", true),
            ("arn:aws:wafv2:*:*:*/webacl/*/*", "arn:aws:wafv2:e:1:regional/webacl/n/i", true),
            ("arn:aws:m:*:*:AWSMarketplace*/Offer/*", "arn:aws:m:e:1:AWSMarketplaceX/Offer/1", true),
            ("b*", "b", false),
        ] {
            assert_eq!(matching(pattern, resource, PolicyKind::Identity), expected, "{pattern} {resource}");
        }
    }

    #[test]
    fn fact_12_short_arns_depend_on_the_kind_of_policy() {
        use PolicyKind::{Boundary, Endpoint, Identity, Resource, ResourceControl, ServiceControl, Session};
        let bucket = "arn:aws:s3:::b/x";
        for kind in [Identity, Session, Boundary, Resource, Endpoint, ServiceControl] {
            assert!(matching("arn:aws:s3*", bucket, kind), "{kind:?}");
            assert!(!matching("arn:aws:sqs*", bucket, kind), "{kind:?}");
        }
        for kind in [Identity, Session, Boundary] {
            assert!(matching("arn:aws:s3", bucket, kind) && matching("arn:aws:s3::", bucket, kind), "{kind:?}");
        }
        for kind in [Resource, Endpoint, ServiceControl, ResourceControl] {
            assert!(!matching("arn:aws:s3", bucket, kind), "{kind:?}");
        }
        assert!(!matching("arn:aws:s3*", bucket, ResourceControl));
    }

    #[test]
    fn facts_16_and_17_variables_stand_in_the_resource_part_only() {
        for (pattern, resource, expected) in [
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/al*/x", true),
            ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/alice/x", false),
            ("arn:aws:s3:::b/${aws:nobody}", "arn:aws:s3:::b/${aws:nobody}", false),
            ("arn:aws:s3:::b/${aws:nobody, 'x'}", "arn:aws:s3:::b/x", true),
            ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", true),
            ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", false),
            ("arn:aws:sqs:e:${aws:PrincipalAccount}:q", "arn:aws:sqs:e:111122223333:q", false),
        ] {
            assert_eq!(matching(pattern, resource, PolicyKind::Identity), expected, "{pattern} {resource}");
        }
    }

    #[test]
    fn what_a_variable_could_be_is_told_from_what_it_cannot() {
        let pattern = "arn:aws:s3:::b/${aws:username}/*";
        let texts = Texts::new(pattern.into());
        let compiled = ResourcePattern::compile(Span::new(0, pattern.len()), pattern, PolicyKind::Identity, true).0;
        let context = Context::incomplete();
        let truth = |resource| compiled.matches(&texts, &Target::new(resource), &View::of(&context));
        assert_eq!(truth("arn:aws:s3:::b/x/y"), Truth::Unknown);
        assert_eq!(truth("arn:aws:s3:::c/x/y"), Truth::False);
    }
}
