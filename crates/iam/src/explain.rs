//! Why: every statement that decided, and those that nearly did.

use std::fmt::Write as _;

use crate::condition::Condition;
use crate::context::Found;
use crate::decide::{Case, Parts, Verdict};
use crate::logic::Kleene;
use crate::policy::{Compiled, Effect, Policy, Resources, Statement};
use crate::request::{Layer, Policies, Request};
use crate::residual::words;
use crate::special;
use crate::text::Span;
use crate::truth::Truth;

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
    /// The patterns of action and resource that match.
    Matched {
        action: Option<Span>,
        resource: Option<Span>,
    },
    Resource,
    Principal,
    /// Which condition, and the value it met.
    Condition {
        index: usize,
        actual: Option<Box<str>>,
    },
    Text(&'static str),
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
    let mut blocked_by = if denied { denying(&parts) } else { case.not_allowing(&parts) };
    if matches!(verdict, Verdict::Conditional(_)) {
        blocked_by.extend(denying(&parts));
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
                    (!said).then(|| Reason::silent(*layer))
                })
                .collect::<Vec<_>>(),
        );
    }
    let incomplete = unjudged && !denied;
    Explanation { verdict, incomplete, blocked_by, why }
}

fn denying(parts: &Parts<Truth>) -> Vec<Layer> {
    let layers = [
        (Layer::Identity, parts.identity.deny),
        (Layer::Resource, parts.resource.deny),
        (Layer::Boundary, parts.boundary.deny),
        (Layer::Session, parts.session.deny),
        (Layer::ServiceControl, parts.service_control.deny),
        (Layer::ResourceControl, parts.resource_control_deny),
        (Layer::Endpoint, parts.endpoint.deny),
    ];
    layers.into_iter().filter(|(_, deny)| !deny.is_false()).map(|(layer, _)| layer).collect()
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
            for level in policies.service_control.into_iter().flatten() {
                self.layer(Layer::ServiceControl, level);
                let explicit = matches!(self.verdict, Verdict::Denied { explicit: true });
                if !explicit && self.case.said::<Kleene>(level).allow.is_false() {
                    self.why.push(Reason::silent_level());
                }
            }
        }
        if self.case.is_resource_controlled() {
            policies.resource_control.iter().for_each(|level| self.layer(Layer::ResourceControl, level));
        }
        self.layer(Layer::Endpoint, policies.endpoint);
    }

    fn layer(&mut self, layer: Layer, policies: &[Policy]) {
        let by_name = matches!(layer, Layer::Resource | Layer::ResourceControl | Layer::Endpoint);
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
        let (outcome, part) = self.judge(policy, statement, named);
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
            let part = match part {
                Part::Condition { index, .. } => {
                    Part::Condition { index, actual: self.actual(policy, &statement.conditions[index]) }
                }
                part => part,
            };
            self.why.push(Reason { layer, statement: Some((policy.clone(), index)), effect, outcome, part });
        }
    }

    fn judge(&self, policy: &Policy, statement: &Compiled, named: bool) -> (Outcome, Part) {
        let (texts, case) = (&policy.body.texts, self.case);
        let resource = statement.matches_resource(texts, &case.target, &case.view);
        if resource.is_false() {
            return (Outcome::NearMiss, Part::Resource);
        }
        if !named {
            return (Outcome::NearMiss, Part::Principal);
        }
        let mut truth = resource;
        for (index, condition) in statement.conditions.iter().enumerate() {
            let holds = condition.holds(texts, &case.view);
            if holds.is_false() {
                return (Outcome::NearMiss, Part::Condition { index, actual: None });
            }
            truth = truth.and(holds);
        }
        let action = statement.action_pattern(texts, case.request.action).map(|one| one.span);
        let resource = match &statement.resources {
            Resources::Listed { not: false, patterns } => {
                patterns.iter().find(|one| !one.matches(texts, &case.target, &case.view).is_false()).map(|one| one.span)
            }
            _ => None,
        };
        let outcome = match truth {
            _ if !statement.judged => Outcome::Unjudged,
            Truth::True => Outcome::Applies,
            _ => Outcome::Depends,
        };
        (outcome, Part::Matched { action, resource })
    }

    fn actual(&self, policy: &Policy, condition: &Condition) -> Option<Box<str>> {
        match self.case.view.get(policy.body.texts.get(condition.key)) {
            Found::One(value) => Some(value.into()),
            Found::Many(values) => Some(values.join(", ").into()),
            Found::Absent | Found::Unknown => None,
        }
    }
}

impl Reason {
    fn of_aws(effect: Effect, text: &'static str) -> Self {
        Self { layer: Layer::Service, statement: None, effect, outcome: Outcome::Applies, part: Part::Text(text) }
    }

    fn of_root() -> Self {
        let part = Part::Text("the account's root user may do everything that control policies leave");
        Self { layer: Layer::Identity, statement: None, effect: Effect::Allow, outcome: Outcome::Applies, part }
    }

    fn silent(layer: Layer) -> Self {
        let part = Part::Text("no statement of it allows this");
        Self { layer, statement: None, effect: Effect::Deny, outcome: Outcome::Silent, part }
    }

    fn silent_level() -> Self {
        let part = Part::Text("a level of the organisation has no statement that allows this");
        Self { part, ..Self::silent(Layer::ServiceControl) }
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

    /// What it did, in words.
    pub fn words(&self) -> String {
        let verb = match self.effect {
            Effect::Allow => "allows",
            Effect::Deny => "denies",
        };
        let Some((policy, index)) = &self.statement else {
            return match &self.part {
                Part::Text(text) => (*text).to_owned(),
                _ => String::new(),
            };
        };
        let statement = &policy.body.statements[*index];
        let texts = &policy.body.texts;
        match &self.part {
            Part::Text(text) => (*text).to_owned(),
            Part::Resource => format!("{verb} the action, but not on this resource"),
            Part::Principal => format!("{verb} the action, but does not name this caller"),
            Part::Condition { index, actual } => {
                let condition = &statement.conditions[*index];
                let wanted = words::condition(texts, condition, true);
                let key = texts.get(condition.key);
                match actual {
                    Some(actual) => format!("{verb} it only if {wanted}, and {key} is {}", words::shortened(actual)),
                    None => format!("{verb} it only if {wanted}, and {key} is absent"),
                }
            }
            Part::Matched { action, resource } => {
                let mut text = match self.outcome {
                    Outcome::Unjudged => format!("could not be judged; perhaps {verb}"),
                    _ => verb.to_owned(),
                };
                let action = action.map_or("everything that it does not list", |span| texts.get(span));
                let _ = write!(text, " {action}");
                if let Some(resource) = resource {
                    let _ = write!(text, " on {}", texts.get(*resource));
                }
                let conditions: Vec<String> =
                    statement.conditions.iter().map(|one| words::condition(texts, one, true)).collect();
                if !conditions.is_empty() {
                    let word = if self.outcome == Outcome::Applies { "because" } else { "if" };
                    let _ = write!(text, " {word} {}", conditions.join(" and "));
                }
                text
            }
        }
    }
}
