//! Why: every statement that decided, and those that nearly did.

mod words;

use std::borrow::Cow;

use crate::condition::Condition;
use crate::context::Found;
use crate::decide::{Case, Parts, Verdict};
use crate::logic::Kleene;
use crate::policy::{Compiled, Effect, Policy, Principals, Resources, Statement};
use crate::principal::Naming;
use crate::request::{Layer, Policies, Request};
use crate::residual::words::shortened;
use crate::special;
use crate::text::Span;
use crate::truth::Truth;
use crate::variable;

/// A verdict with everything that led to it.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub verdict: Verdict,
    /// Whether something that may matter could not be judged.
    pub incomplete: bool,
    /// The layers that deny, or that would have to allow and do not (or not for sure). Empty when it is allowed.
    pub blocked_by: Vec<Layer>,
    pub why: Vec<Reason>,
}

/// One statement's part in a decision, or that a layer has none.
#[derive(Debug, Clone)]
pub struct Reason {
    pub layer: Layer,
    /// The policy, and the number of the statement from 0; absent where no statement of the layer matches.
    pub statement: Option<(Policy, usize)>,
    pub effect: Effect,
    pub outcome: Outcome,
    /// The pattern that speaks about the action.
    action: Option<Span>,
    part: Part,
}

/// What a statement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Applies,
    /// It depends on what is not known.
    Depends,
    /// It speaks about the action, but something else of it does not match.
    NearMiss,
    /// It is not understood: an Allow grants nothing, and what a Deny denies is not known.
    Unjudged,
    /// No statement of the layer allows it.
    Silent,
}

#[derive(Debug, Clone)]
enum Part {
    Matched(Matched),
    Resource {
        /// The action knows no resources.
        wildcard_only: bool,
        /// A key that a variable needs, and that has no single value.
        lacking: Option<Box<str>>,
    },
    Principal,
    /// Which condition, and what it met.
    Condition {
        index: usize,
        met: Met,
    },
    Text(Cow<'static, str>),
}

/// What of a statement matches.
#[derive(Debug, Clone, Default)]
struct Matched {
    /// The pattern.
    resource: Option<Span>,
    /// The entry of `Principal` or `NotPrincipal`, and how it names the caller.
    principal: Option<(Span, Naming)>,
    /// What each condition met.
    met: Box<[Met]>,
}

/// What is known of a condition's key.
#[derive(Debug, Clone)]
enum Met {
    Unknown,
    Absent,
    One(Box<str>),
    /// In one text.
    Many(Box<str>),
}

/// Nobody reads more.
const MOST_NEAR_MISSES: usize = 16;

/// Decides, and says why.
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Explanation {
    let case = Case::new(request, policies);
    let verdict = case.verdict();
    if case.always_works() {
        let text = "sts:GetCallerIdentity works for every caller, whatever policies say";
        return Explanation {
            verdict,
            incomplete: false,
            blocked_by: Vec::new(),
            why: vec![Reason::of_aws(Effect::Allow, text)],
        };
    }
    let parts = case.parts::<Kleene>();
    let denied = matches!(verdict, Verdict::Denied { explicit: true });
    let mut blocked_by = if denied { denying(&parts, Truth::is_true) } else { case.not_allowing(&parts) };
    // A denial may be sure although none of the statements is.
    let perhaps = if denied { blocked_by.is_empty() } else { matches!(verdict, Verdict::Conditional(_)) };
    if perhaps {
        blocked_by.extend(denying(&parts, |deny| !deny.is_false()));
    }
    if verdict.is_allowed() {
        blocked_by.clear();
    }
    blocked_by.sort_unstable();
    blocked_by.dedup();
    let mut collector = Collector { case: &case, verdict: &verdict, why: Vec::new(), near: 0, unjudged: false };
    collector.collect();
    let Collector { mut why, unjudged, .. } = collector;
    if let Some(text) = special::refused(request.action, &case.target, request.principal) {
        why.push(Reason::of_aws(Effect::Deny, text));
    }
    if case.is_root() && case.has_own_side() && !verdict.is_denied() {
        why.insert(0, Reason::of_root());
    }
    if !denied {
        why.extend(
            blocked_by
                .iter()
                .filter(|layer| **layer != Layer::Service)
                .filter_map(|layer| {
                    let said = why.iter().any(|reason| reason.layer == *layer && reason.outcome != Outcome::NearMiss);
                    (!said).then(|| Reason::silent(*layer, words::silence(*layer, policies)))
                })
                .collect::<Vec<_>>(),
        );
    }
    let incomplete = unjudged && !denied;
    Explanation { verdict, incomplete, blocked_by, why }
}

fn denying(parts: &Parts<Truth>, counts: impl Fn(Truth) -> bool) -> Vec<Layer> {
    let layers = [
        (Layer::Identity, parts.identity.deny),
        (Layer::Resource, parts.resource.deny),
        (Layer::Boundary, parts.boundary.deny),
        (Layer::Session, parts.session.deny),
        (Layer::ServiceControl, parts.service_control.deny),
        (Layer::ResourceControl, parts.resource_control_deny),
        (Layer::Endpoint, parts.endpoint.deny),
    ];
    layers.into_iter().filter(|(_, deny)| counts(*deny)).map(|(layer, _)| layer).collect()
}

impl Case<'_> {
    /// The layers that must allow and do not, or not for sure.
    fn not_allowing(&self, parts: &Parts<Truth>) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut need = |layer, truth: Truth| {
            if !truth.is_true() {
                layers.push(layer);
            }
        };
        let resource = &parts.resource;
        let named = resource.account.or(resource.role).or(resource.direct);
        if !self.has_own_side() {
            need(Layer::Resource, named);
        } else if self.same_account && resource.direct.is_true() {
            // Named by itself: nothing else is asked.
        } else {
            if !self.same_account || self.needs_resource() {
                need(Layer::Resource, named);
            }
            if !self.is_root() {
                let by_role = self.same_account && resource.role.is_true();
                need(Layer::Identity, if by_role { Truth::True } else { parts.identity.allow });
                need(Layer::Boundary, parts.boundary.allow);
                need(Layer::Session, parts.session.allow);
            }
        }
        need(Layer::ServiceControl, parts.service_control.allow);
        need(Layer::Endpoint, parts.endpoint.allow);
        if special::refused(self.request.action, &self.target, self.request.principal).is_some() {
            layers.push(Layer::Service);
        }
        layers
    }
}

struct Collector<'c, 'a> {
    case: &'c Case<'a>,
    verdict: &'c Verdict,
    why: Vec<Reason>,
    near: usize,
    unjudged: bool,
}

impl Collector<'_, '_> {
    fn collect(&mut self) {
        let policies = self.case.policies;
        if special::has_identity_side(self.case.request.principal) {
            self.layer(Layer::Identity, policies.identity);
            self.layer(Layer::Boundary, policies.boundary);
            self.layer(Layer::Session, policies.session);
        }
        self.layer(Layer::Resource, policies.resource.map(std::slice::from_ref).unwrap_or_default());
        if self.case.is_service_controlled() {
            let levels = policies.service_control.unwrap_or_default();
            for (index, level) in levels.iter().enumerate() {
                self.layer(Layer::ServiceControl, level);
                let explicit = matches!(self.verdict, Verdict::Denied { explicit: true });
                if !explicit && self.case.said::<Kleene>(level).allow.is_false() {
                    let (level, all) = (index + 1, levels.len());
                    let text = format!("no service control policy of level {level} of {all} allows this");
                    self.why.push(Reason::silent(Layer::ServiceControl, text.into()));
                }
            }
        }
        if self.case.is_resource_controlled() {
            policies.resource_control.iter().for_each(|level| self.layer(Layer::ResourceControl, level));
        }
        self.layer(Layer::Endpoint, policies.endpoint);
    }

    fn layer(&mut self, layer: Layer, policies: &[Policy]) {
        let by_name = names_callers(layer);
        for policy in policies {
            for (index, statement) in policy.body.statements.iter().enumerate() {
                // Of resource control policies only what denies counts (fact 29).
                let counts = statement.effect == Effect::Deny || layer != Layer::ResourceControl;
                if counts && statement.matches_action(&policy.body.texts, self.case.request.action) {
                    let named = !by_name || self.case.naming(policy, statement).is_some();
                    self.statement(layer, (policy, index), named);
                }
            }
        }
    }

    fn statement(&mut self, layer: Layer, (policy, index): (&Policy, usize), named: bool) {
        let statement = &policy.body.statements[index];
        let (outcome, failed) = self.judge(policy, statement, named);
        let explicit = matches!(self.verdict, Verdict::Denied { explicit: true });
        let wanted = match (outcome, statement.effect) {
            (Outcome::Unjudged, _) => {
                self.unjudged |= statement.effect == Effect::Deny || !self.verdict.is_allowed();
                true
            }
            (Outcome::NearMiss, Effect::Deny) => false,
            (Outcome::NearMiss, Effect::Allow) => {
                self.near += 1;
                self.near <= MOST_NEAR_MISSES && !self.verdict.is_allowed() && !explicit
            }
            (_, Effect::Allow) => !explicit,
            (_, Effect::Deny) => true,
        };
        if wanted {
            let effect = statement.effect;
            let part = match failed {
                None => Part::Matched(self.matched(layer, policy, statement)),
                Some(Failed::Resource) => self.elsewhere(policy, statement),
                Some(Failed::Principal) => Part::Principal,
                Some(Failed::Condition(index)) => {
                    Part::Condition { index, met: self.met(policy, &statement.conditions[index]) }
                }
            };
            let action = statement.action_pattern(&policy.body.texts, self.case.request.action).map(|one| one.span);
            let statement = Some((policy.clone(), index));
            self.why.push(Reason { layer, statement, effect, outcome, action, part });
        }
    }

    /// What it does, and where it fails.
    fn judge(&self, policy: &Policy, statement: &Compiled, named: bool) -> (Outcome, Option<Failed>) {
        let (texts, case) = (&policy.body.texts, self.case);
        let mut truth = statement.matches_resource(texts, &case.target, &case.view);
        if truth.is_false() {
            return (Outcome::NearMiss, Some(Failed::Resource));
        }
        if !named {
            return (Outcome::NearMiss, Some(Failed::Principal));
        }
        for (index, condition) in statement.conditions.iter().enumerate() {
            let holds = condition.holds(texts, &case.view);
            if holds.is_false() {
                return (Outcome::NearMiss, Some(Failed::Condition(index)));
            }
            truth = truth.and(holds);
        }
        let outcome = match truth {
            _ if !statement.judged => Outcome::Unjudged,
            Truth::True => Outcome::Applies,
            _ => Outcome::Depends,
        };
        (outcome, None)
    }

    fn matched(&self, layer: Layer, policy: &Policy, statement: &Compiled) -> Matched {
        let (texts, case) = (&policy.body.texts, self.case);
        let resource = match &statement.resources {
            Resources::Listed { not: false, patterns } => {
                patterns.iter().find(|one| !one.matches(texts, &case.target, &case.view).is_false()).map(|one| one.span)
            }
            _ => None,
        };
        let principal = match &statement.principals {
            Principals::Listed { patterns, .. } if names_callers(layer) => case.named_by(patterns, texts),
            _ => None,
        };
        Matched { resource, principal, met: statement.conditions.iter().map(|one| self.met(policy, one)).collect() }
    }

    /// A statement for other resources.
    fn elsewhere(&self, policy: &Policy, statement: &Compiled) -> Part {
        let (texts, case) = (&policy.body.texts, self.case);
        let lacking = match &statement.resources {
            Resources::Listed { not: false, patterns } => patterns
                .iter()
                .filter(|one| one.has_variable())
                .flat_map(|one| variable::keys(texts.get(one.span)))
                .find(|key| matches!(case.view.get(key), Found::Absent | Found::Many(_))),
            _ => None,
        };
        let wildcard_only = case.request.action.is_wildcard_only();
        Part::Resource { wildcard_only, lacking: lacking.map(Into::into) }
    }

    fn met(&self, policy: &Policy, condition: &Condition) -> Met {
        match self.case.view.get(policy.body.texts.get(condition.key)) {
            // A context may be long, and a policy may ask for the same key often.
            Found::One(value) => Met::One(shortened(value).into()),
            Found::Many(values) => Met::Many(words::several(values).into()),
            Found::Absent => Met::Absent,
            Found::Unknown => Met::Unknown,
        }
    }
}

/// What of a statement does not match.
enum Failed {
    Resource,
    Principal,
    Condition(usize),
}

/// Whether policies of the layer say whom they speak of.
fn names_callers(layer: Layer) -> bool {
    matches!(layer, Layer::Resource | Layer::ResourceControl | Layer::Endpoint)
}

impl Reason {
    fn of_aws(effect: Effect, text: &'static str) -> Self {
        let part = Part::Text(text.into());
        Self { layer: Layer::Service, statement: None, effect, outcome: Outcome::Applies, action: None, part }
    }

    fn of_root() -> Self {
        let part = Part::Text("the account's root user may do everything that control policies leave".into());
        let (effect, outcome) = (Effect::Allow, Outcome::Applies);
        Self { layer: Layer::Identity, statement: None, effect, outcome, action: None, part }
    }

    fn silent(layer: Layer, text: Cow<'static, str>) -> Self {
        let (effect, outcome) = (Effect::Deny, Outcome::Silent);
        Self { layer, statement: None, effect, outcome, action: None, part: Part::Text(text) }
    }

    /// The statement itself.
    pub fn statement(&self) -> Option<Statement<'_>> {
        let (policy, index) = self.statement.as_ref()?;
        policy.statement(*index)
    }

    /// The policy's name; empty where no statement is meant.
    pub fn policy(&self) -> &str {
        self.statement.as_ref().map_or("", |(policy, _)| policy.name())
    }

    /// The statement's Sid, or `#2`; empty where none is meant.
    pub fn label(&self) -> String {
        self.statement().map(|statement| statement.label()).unwrap_or_default()
    }
}
