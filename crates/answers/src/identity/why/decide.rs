//! One identity, one action, one resource: the decision with its trace.

use periscope_iam::{
    Action, Effect, Explanation, Index, Layer, Outcome, Policies, Question, Request, Verdict, explain,
    is_trust_question,
};
use periscope_identity::{IdentitySource, PrincipalArn, RoleLimits, RoleState, Session};

use super::super::discretion::Discretion;
use super::super::known::Made;
use super::super::policies::Names;
use super::super::subject::{Found, Who};
use super::super::verdict::key;
use super::super::{AwsReason, AwsRole, AwsVerdict, AwsWhy, Decision, LayerState, WhyLayer};

/// In the order in which AWS asks them.
const LAYERS: [Layer; 7] = [
    Layer::ServiceControl,
    Layer::ResourceControl,
    Layer::Resource,
    Layer::Identity,
    Layer::Boundary,
    Layer::Session,
    Layer::Endpoint,
];

pub(super) fn why(made: &Made, found: &Found, open: AwsWhy) -> AwsWhy {
    let who = found.who(made);
    let mut why = AwsWhy { identity: who.groups.first().cloned(), steps: vec![who.identity.words.clone()], ..open };
    if let Some(trust) = &who.trust {
        why.steps.push(format!("becoming its role: {}", trust.words));
    }
    let Some(session) = who.session.as_ref().filter(|_| !who.is_refused()) else {
        return without_session(made, &who, why);
    };
    let mut why = over_others(made, session, &why);
    why.verdict = why.verdict.only_if(who.caveat().as_deref());
    why
}

/// As its own role; where that does not settle it, as the role that it can become and that surest can.
fn over_others(made: &Made, session: &Session, open: &AwsWhy) -> AwsWhy {
    let own = decided(made, session, &Verdict::Allowed, open.clone());
    if own.verdict.decision == Decision::Allowed {
        return own;
    }
    // What it may do by itself is told as it is, but it is not the answer.
    let unknown = |why: String| AwsWhy { verdict: AwsVerdict::unknown(why), who_can_grant: None, ..own.clone() };
    let mut best = own.clone();
    let chains = made.identities.role_chains(session);
    for chain in chains.chains.iter().filter(|chain| !chain.verdict.is_denied()) {
        let next = if let Some(over) = made.identities.session_over(session, chain) {
            let mut begun = open.clone();
            begun.steps.push(by_itself(&own, &session.role_arn));
            decided(made, &over, &chain.verdict, begun)
        } else {
            unknown(format!("what {} may do, which it may become, could not be read", chain.role_arn))
        };
        if sureness(next.verdict.decision) > sureness(best.verdict.decision) {
            best = next;
        }
        if best.verdict.decision == Decision::Allowed {
            break;
        }
    }
    if chains.cut && best.verdict.decision == Decision::Denied {
        return unknown("it can become more roles than are followed".to_owned());
    }
    best
}

fn sureness(decision: Decision) -> u8 {
    match decision {
        Decision::Denied => 0,
        Decision::Unknown => 1,
        Decision::Conditional => 2,
        Decision::Allowed => 3,
    }
}

fn by_itself(own: &AwsWhy, role: &str) -> String {
    match (own.verdict.decision, &own.verdict.condition) {
        (Decision::Denied, _) => format!("as {role} it may not"),
        (_, Some(condition)) => format!("as {role} it may only if {condition}"),
        (_, None) => format!("as {role} it is not known"),
    }
}

/// Who has no role, or none that was read.
fn without_session(made: &Made, who: &Who, mut why: AwsWhy) -> AwsWhy {
    let role = who.identity.role_arn.as_deref();
    let missing = role.is_some_and(|role| made.identities.accounts().state(role) == RoleState::Missing);
    why.verdict = match who.identity.source {
        _ if who.is_refused() => AwsVerdict::denied("trust"),
        IdentitySource::None if who.identity.exact => AwsVerdict::denied("identity"),
        _ if missing => AwsVerdict::denied("identity"),
        _ => AwsVerdict::unknown(
            role.map_or_else(|| who.identity.words.clone(), |role| format!("what {role} may do could not be read")),
        ),
    };
    why.who_can_grant = match who.identity.source {
        _ if who.is_refused() => role.map(|role| format!("whoever may change the trust policy of {role}")),
        _ if missing => role.map(|role| format!("whoever may create the role {role}")),
        IdentitySource::None => Some("whoever may give its service account a role".to_owned()),
        _ => None,
    };
    why
}

/// What a session may do that is come to under the condition `way`.
fn decided(made: &Made, session: &Session, way: &Verdict, mut why: AwsWhy) -> AwsWhy {
    let Some(action) = Action::parse(&why.action) else {
        why.verdict = AwsVerdict::unknown("no such action");
        return why;
    };
    why.role_arn = Some(session.role_arn.clone());
    for via in session.via.iter().chain([&session.role_arn]).skip(1) {
        why.steps.push(format!("from there it becomes {via}"));
    }
    let resource = concrete(session, &mut why);
    let accounts = made.identities.accounts();
    let target = if is_trust_question(&action, &resource) { accounts.limits(&resource) } else { None };
    let target = target.filter(|target| may_know(made, session, &action, (&resource, target)));
    let policies = session.limits.policies.policies();
    let facts = periscope_iam::Facts { resource_unseen: target.is_none(), ..policies.facts };
    let policies = Policies {
        resource: target.as_ref().map(|target| &target.trust),
        resource_control: target.as_ref().map_or(&[][..], |target| target.resource_control.as_slice()),
        facts,
        ..policies
    };
    let principal = &session.limits.policies.principal;
    let request = Request {
        principal: Some(principal),
        action: &action,
        resource: &resource,
        account: None,
        context: &session.context,
    };
    let explained = explain(&request, &policies);
    let names = Names::of(&made.identities, &session.role_arn);
    let arn_of = |name: &str| names.arn(name);
    let discretion = Discretion::of(made);
    for reason in explained.why.iter().map(|reason| discretion.told(reason, AwsReason::of(reason, &arn_of))) {
        // Levels of an organisation often have the same policy.
        if !why.reasons.contains(&reason) {
            why.reasons.push(reason);
        }
    }
    why.layers = LAYERS.into_iter().map(|layer| layer_of(layer, &explained, &policies, session)).collect();
    let verdict = explained.verdict.clone().and(way.clone());
    why.verdict = AwsVerdict::of(&verdict, &explained.blocked_by).bounded(&verdict, &session.limits);
    why.assumptions = assumptions(session, &verdict);
    why.steps.push(sentence(&verdict, &why));
    why.who_can_grant = granter(&explained, session, &why.resource);
    why
}

/// Whether the trust policy of a role is for who asks: of one that they see somebody act as, that the session's own
/// policies name, or that lets the session in. Of any other it is not told whether it is there.
fn may_know(made: &Made, session: &Session, action: &Action, (role, target): (&str, &RoleLimits)) -> bool {
    let literal = |policy: &periscope_iam::Policy| {
        let mut listed = policy.statements().filter_map(|statement| statement.resources());
        listed.any(|listed| listed.patterns.contains(&role))
    };
    let theirs = |known: &AwsRole| known.role.arn == role && known.withheld.is_none();
    if made.sees_all() || session.limits.policies.identity.iter().any(literal) || made.told().roles.iter().any(theirs) {
        return true;
    }
    let policies = Policies {
        resource: Some(&target.trust),
        resource_control: &target.resource_control,
        ..session.limits.policies.policies()
    };
    let principal = Some(&session.limits.policies.principal);
    let request = Request { principal, action, resource: role, account: None, context: &session.context };
    !periscope_iam::decide(&request, &policies).is_denied()
}

/// A pattern is asked about by a resource that the policies speak of, of those that are allowed if there is one.
fn concrete(session: &Session, why: &mut AwsWhy) -> String {
    if !why.resource.contains(['*', '?']) {
        return why.resource.clone();
    }
    let principal = (0_u8, session.limits.policies.clone(), session.context.clone());
    let index = Index::build([principal]);
    let question = Question::parse(&why.action, Some(&why.resource)).ok();
    match question.and_then(|question| index.detail(&question, &0)) {
        Some(detail) => {
            if !detail.resources.is_empty() {
                let on = detail.resources.join(", ");
                why.steps
                    .push(format!("of all that was asked about, its policies allow {on}: decided for one of those"));
            }
            detail.resource
        }
        None => why.resource.clone(),
    }
}

fn layer_of(layer: Layer, explained: &Explanation, policies: &Policies<'_>, session: &Session) -> WhyLayer {
    let told = |verdict, words: String| WhyLayer { layer: key(layer).to_owned(), verdict, words };
    let here: Vec<_> = explained.why.iter().filter(|reason| reason.layer == layer).collect();
    let by = |effect: Effect, outcome: Outcome| here.iter().find(|one| one.effect == effect && one.outcome == outcome);
    let named = |reason: &periscope_iam::Reason| {
        let place = if reason.policy().is_empty() {
            String::new()
        } else {
            format!("{} of {}: ", reason.label(), reason.policy())
        };
        format!("{place}{}", reason.words())
    };
    if let Some(reason) = by(Effect::Deny, Outcome::Applies) {
        return told(LayerState::Denies, named(reason));
    }
    if let Some(reason) = here.iter().find(|one| matches!(one.outcome, Outcome::Depends | Outcome::Unjudged)) {
        return told(LayerState::Conditional, named(reason));
    }
    if let Some(reason) = by(Effect::Allow, Outcome::Applies) {
        return told(LayerState::Allows, named(reason));
    }
    let seen_in_part = |what: &str| session.limits.unseen.iter().find(|unseen| unseen.contains(what)).cloned();
    let (present, absent) = match layer {
        Layer::Identity => (true, None),
        Layer::Boundary => (!policies.boundary.is_empty(), seen_in_part("boundary")),
        Layer::Session => (!policies.session.is_empty(), None),
        Layer::ServiceControl => {
            (policies.service_control.is_some(), seen_in_part("organization").or(seen_in_part("service control")))
        }
        Layer::ResourceControl => {
            (!policies.resource_control.is_empty(), Some("those of the resource's account are not read".to_owned()))
        }
        Layer::Resource => (
            policies.resource.is_some(),
            Some("the resource's own policy is not read: it may allow, or deny".to_owned()),
        ),
        Layer::Endpoint => (false, Some("policies of VPC endpoints are not read".to_owned())),
        Layer::Service => (false, None),
    };
    match (present, absent) {
        (true, _) if explained.blocked_by.contains(&layer) => {
            told(LayerState::Denies, "no statement allows it".to_owned())
        }
        (true, _) => told(LayerState::Silent, "no statement is about it".to_owned()),
        (false, Some(why)) => told(LayerState::NotSeen, why),
        (false, None) => told(LayerState::None, format!("there is no {layer}")),
    }
}

fn assumptions(session: &Session, verdict: &Verdict) -> Vec<String> {
    let mut assumptions = session.assumptions.clone();
    if let Verdict::Conditional(residual) = verdict {
        let keys = residual.keys();
        if !keys.is_empty() {
            assumptions.push(format!("not known: {}", keys.join(", ")));
        }
    }
    assumptions
}

fn sentence(verdict: &Verdict, why: &AwsWhy) -> String {
    let (action, layers) = (&why.action, &why.verdict.blocked_by);
    match verdict {
        Verdict::Allowed => format!("{action} is allowed: every layer that must allow it does, and none denies it"),
        Verdict::Denied { explicit: true } => format!("{action} is denied by a statement ({})", layers.join(", ")),
        Verdict::Denied { explicit: false } => {
            format!("{action} is denied, because nothing allows it ({})", layers.join(", "))
        }
        Verdict::Conditional(residual) => format!("{action} is allowed if {residual}"),
    }
}

/// Who would have to change what.
fn granter(explained: &Explanation, session: &Session, resource: &str) -> Option<String> {
    if !explained.verdict.is_denied() {
        return None;
    }
    let role = &session.role_arn;
    let account = PrincipalArn::parse(role).map_or("?", |principal| principal.account);
    Some(match explained.blocked_by.first()? {
        Layer::Identity => format!("whoever may change the policies of {role}"),
        Layer::Boundary => format!("whoever may change the permissions boundary of {role}"),
        Layer::Session => "whoever may change the Pod Identity association, whose session policy limits it".to_owned(),
        Layer::ServiceControl => {
            let management = session.limits.policies.management_account.as_deref().unwrap_or("?");
            format!("the organisation's management account {management}, by the policies above account {account}")
        }
        Layer::ResourceControl => "the organisation of the resource's account".to_owned(),
        Layer::Resource => format!("whoever may change the policy of {resource}"),
        Layer::Endpoint => "whoever may change the VPC endpoint's policy".to_owned(),
        Layer::Service => return None,
    })
}
