//! Policies as they are kept: parsed once, cheap to clone and to ask.

use std::fmt;
use std::sync::Arc;

use crate::action::{self, Action, ActionPattern};
use crate::condition::Condition;
use crate::context::View;
use crate::principal::PrincipalPattern;
use crate::resource::{ResourcePattern, Target};
use crate::text::{Span, Texts};
use crate::truth::Truth;

/// Where a policy stands, which decides what may be in it and what it can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyKind {
    Identity,
    /// Of a bucket, a key, a queue …
    Resource,
    /// Of a role: who may become it.
    Trust,
    Boundary,
    Session,
    ServiceControl,
    ResourceControl,
    /// Of a VPC endpoint.
    Endpoint,
}

impl PolicyKind {
    pub(crate) fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl | Self::Endpoint)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    Allow,
    Deny,
}

/// Something in a document that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 0; absent when it is the document's.
    pub statement: Option<usize>,
    /// `Statement[2].Condition.StringMatches`
    pub path: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
    /// Whether what it stands in cannot be judged: it never grants, and what it may deny is not known.
    pub unjudged: bool,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// A policy: its name, and its document parsed and compiled. Clones share the document.
#[derive(Clone)]
pub struct Policy {
    pub(crate) name: Arc<str>,
    pub(crate) body: Arc<Body>,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) kind: PolicyKind,
    pub(crate) texts: Texts,
    /// The services that any statement can match, as a set that may say yes too often.
    pub(crate) services: u64,
    pub(crate) statements: Box<[Compiled]>,
    pub(crate) problems: Box<[Problem]>,
}

#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) source: Span,
    pub(crate) sid: Option<Span>,
    pub(crate) effect: Effect,
    /// Whether all of it is understood.
    pub(crate) judged: bool,
    /// The services that it can match, as a set that may say yes too often.
    pub(crate) services: u64,
    pub(crate) actions: Actions,
    pub(crate) resources: Resources,
    pub(crate) principals: Principals,
    pub(crate) conditions: Box<[Condition]>,
}

#[derive(Debug)]
pub(crate) struct Actions {
    pub(crate) not: bool,
    /// How many of them are exact; those come first.
    pub(crate) exact: u32,
    pub(crate) patterns: Box<[ActionPattern]>,
}

#[derive(Debug)]
pub(crate) enum Resources {
    /// Where there is no such element, as in trust policies.
    Any,
    Listed {
        not: bool,
        patterns: Box<[ResourcePattern]>,
    },
}

#[derive(Debug)]
pub(crate) enum Principals {
    /// Where there is no such element: nobody, in a policy that needs it.
    Absent,
    Listed {
        not: bool,
        patterns: Box<[PrincipalPattern]>,
    },
}

impl Compiled {
    pub(crate) fn matches_action(&self, texts: &Texts, action: &Action) -> bool {
        self.services & action.service_bit() != 0 && self.action_pattern(texts, action).is_some() != self.actions.not
    }

    pub(crate) fn action_pattern(&self, texts: &Texts, action: &Action) -> Option<&ActionPattern> {
        action::find(&self.actions.patterns, self.actions.exact as usize, texts, action)
    }

    pub(crate) fn matches_resource(&self, texts: &Texts, target: &Target<'_>, view: &View<'_>) -> Truth {
        match &self.resources {
            Resources::Any => Truth::True,
            Resources::Listed { not, patterns } => {
                let listed = Truth::any(patterns.iter().map(|one| one.matches(texts, target, view)));
                if *not { !listed } else { listed }
            }
        }
    }
}

impl Policy {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn kind(&self) -> PolicyKind {
        self.body.kind
    }

    /// The document, decoded.
    pub fn source(&self) -> &Arc<str> {
        self.body.texts.source()
    }

    /// What of it is not understood.
    pub fn problems(&self) -> &[Problem] {
        &self.body.problems
    }

    /// Whether two policies share one document in memory.
    pub fn same_document(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.body, &other.body)
    }

    /// The same number for policies that share one document in memory, while they are kept.
    pub fn document_id(&self) -> usize {
        Arc::as_ptr(&self.body) as usize
    }

    /// The same document under another name.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        Self { name: name.into(), body: Arc::clone(&self.body) }
    }

    pub fn statements(&self) -> impl ExactSizeIterator<Item = Statement<'_>> {
        (0..self.body.statements.len()).map(|index| Statement { policy: self, index })
    }

    pub fn statement(&self, index: usize) -> Option<Statement<'_>> {
        (index < self.body.statements.len()).then_some(Statement { policy: self, index })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("name", &self.name).field("kind", &self.body.kind).finish_non_exhaustive()
    }
}

/// One statement of a policy.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    policy: &'a Policy,
    index: usize,
}

/// A list of patterns, or of what is left when they are taken away.
pub struct Listed<'a> {
    /// `NotAction`, `NotResource`, `NotPrincipal`.
    pub not: bool,
    pub patterns: Vec<&'a str>,
}

/// One condition as it is written; numbers and booleans as text.
pub struct ConditionText<'a> {
    pub operator: &'a str,
    pub key: &'a str,
    pub values: Vec<&'a str>,
}

impl<'a> Statement<'a> {
    pub(crate) fn compiled(&self) -> &'a Compiled {
        &self.policy.body.statements[self.index]
    }

    fn text(&self, span: Span) -> &'a str {
        self.policy.body.texts.get(span)
    }

    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// From 0.
    pub fn index(&self) -> usize {
        self.index
    }

    pub fn sid(&self) -> Option<&'a str> {
        self.compiled().sid.map(|sid| self.text(sid)).filter(|sid| !sid.is_empty())
    }

    /// Its Sid, or `#2` for the second one.
    pub fn label(&self) -> String {
        self.sid().map_or_else(|| format!("#{}", self.index + 1), ToOwned::to_owned)
    }

    pub fn effect(&self) -> Effect {
        self.compiled().effect
    }

    /// Whether all of it is understood. If not, an Allow grants nothing, and what a Deny denies is not known.
    pub fn is_judged(&self) -> bool {
        self.compiled().judged
    }

    /// As it stands in the document.
    pub fn source(&self) -> &'a str {
        self.text(self.compiled().source)
    }

    /// `Action` or `NotAction`; the order is not the document's.
    pub fn actions(&self) -> Listed<'a> {
        let actions = &self.compiled().actions;
        Listed { not: actions.not, patterns: actions.patterns.iter().map(|one| self.text(one.span)).collect() }
    }

    /// Whether it speaks about this action.
    pub fn matches_action(&self, action: &Action) -> bool {
        self.compiled().matches_action(&self.policy.body.texts, action)
    }

    /// `Resource` or `NotResource`; a trust policy has neither.
    pub fn resources(&self) -> Option<Listed<'a>> {
        match &self.compiled().resources {
            Resources::Any => None,
            Resources::Listed { not, patterns } => {
                Some(Listed { not: *not, patterns: patterns.iter().map(|one| self.text(one.span)).collect() })
            }
        }
    }

    /// `Principal` or `NotPrincipal`; identity policies have neither.
    pub fn principals(&self) -> Option<Listed<'a>> {
        match &self.compiled().principals {
            Principals::Absent => None,
            Principals::Listed { not, patterns } => {
                Some(Listed { not: *not, patterns: patterns.iter().map(|one| self.text(one.span)).collect() })
            }
        }
    }

    /// Whether `Principal` is, or has in it, everybody.
    pub fn names_everyone(&self) -> bool {
        matches!(&self.compiled().principals, Principals::Listed { not: false, patterns } if patterns.iter().any(PrincipalPattern::is_everyone))
    }

    pub fn has_conditions(&self) -> bool {
        !self.compiled().conditions.is_empty()
    }

    pub fn conditions(&self) -> impl ExactSizeIterator<Item = ConditionText<'a>> + use<'a> {
        let statement = *self;
        self.compiled().conditions.iter().map(move |one| ConditionText {
            operator: statement.text(one.name),
            key: statement.text(one.key),
            values: one.values.iter().map(|value| statement.text(value.span)).collect(),
        })
    }
}
