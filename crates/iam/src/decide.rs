//! The decision (facts 27 to 39), written once over [`Logic`].

use std::cell::OnceCell;
use std::sync::Arc;

use crate::context::{Found, View};
use crate::logic::{Kleene, Logic, Symbolic};
use crate::policy::{Compiled, Effect, Policy, Principals};
use crate::principal::{self, Caller, Kind, Naming, Principal, PrincipalPattern};
use crate::request::{Layer, Policies, Request};
use crate::residual::{Leaf, Residual};
use crate::resource::Target;
use crate::special;
use crate::text::{Span, Texts};
use crate::truth::Truth;

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    Allowed,
    /// `explicit`: a Deny matches; otherwise nothing allows, or not everything that must.
    Denied {
        explicit: bool,
    },
    /// It depends on what is not known, and exactly so.
    Conditional(Residual),
}

impl Verdict {
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed)
    }

    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Denied { .. })
    }

    /// Of two questions that must both be answered with yes.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Denied { explicit: one }, Self::Denied { explicit: other }) => {
                Self::Denied { explicit: one || other }
            }
            (denied @ Self::Denied { .. }, _) | (_, denied @ Self::Denied { .. }) => denied,
            (Self::Allowed, other) | (other, Self::Allowed) => other,
            (Self::Conditional(one), Self::Conditional(other)) => one.and(other),
        }
    }
}

/// Decides. Nothing is allocated unless something is unknown, or a policy variable is very long.
pub fn decide(request: &Request<'_>, policies: &Policies<'_>) -> Verdict {
    Case::new(request, policies).verdict()
}

/// A request with what follows from it alone.
pub(crate) struct Case<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) policies: &'a Policies<'a>,
    pub(crate) target: Target<'a>,
    pub(crate) view: View<'a>,
    caller: Caller<'a>,
    pub(crate) same_account: bool,
    resource_account: Option<&'a str>,
    /// The resource, for all that depends on it.
    asked: OnceCell<Arc<str>>,
}

/// What a list of policies says.
#[derive(Clone)]
pub(crate) struct Said<V> {
    pub(crate) allow: V,
    pub(crate) deny: V,
}

/// What the resource's policy says, by how it names the caller.
#[derive(Clone)]
pub(crate) struct Granted<V> {
    pub(crate) account: V,
    /// By the role of a session, or by the user behind one.
    pub(crate) role: V,
    pub(crate) direct: V,
    pub(crate) deny: V,
}

/// Every part of a decision.
pub(crate) struct Parts<V> {
    pub(crate) identity: Said<V>,
    pub(crate) boundary: Said<V>,
    pub(crate) session: Said<V>,
    pub(crate) resource: Granted<V>,
    pub(crate) service_control: Said<V>,
    pub(crate) resource_control_deny: V,
    pub(crate) endpoint: Said<V>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(request: &'a Request<'a>, policies: &'a Policies<'a>) -> Self {
        let mut target = Target::new(request.resource);
        let of_target = target.account();
        if request.action.is_wildcard_only() {
            target = Target::new("*");
        }
        let caller_account = request.principal.and_then(Principal::account);
        let resource_account = request.account.or(of_target).or(caller_account);
        let told = request.account.or(of_target);
        let view = View { context: request.context, caller: request.principal.into(), resource_account: told };
        let caller = Caller {
            principal: request.principal,
            user_behind: policies.facts.user_behind,
            has_boundary: !policies.boundary.is_empty(),
        };
        let same_account = caller_account == resource_account;
        let asked = OnceCell::new();
        Self { request, policies, target, view, caller, same_account, resource_account, asked }
    }

    fn asked(&self) -> &Arc<str> {
        self.asked.get_or_init(|| self.target.text.into())
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if self.always_works() {
            return Verdict::Allowed;
        }
        let (allowed, denied) = self.outcome::<Kleene>();
        match allowed {
            _ if denied.is_true() => Verdict::Denied { explicit: true },
            Truth::False => Verdict::Denied { explicit: false },
            Truth::True if denied.is_false() => Verdict::Allowed,
            _ => self.residual(),
        }
    }

    /// Whether it is allowed, without what it depends on.
    pub(crate) fn truth(&self) -> Truth {
        if self.always_works() {
            return Truth::True;
        }
        let (allowed, denied) = self.outcome::<Kleene>();
        allowed.and(!denied)
    }

    #[cold]
    fn residual(&self) -> Verdict {
        let (allowed, denied) = self.outcome::<Symbolic>();
        let denied = denied.simplified();
        let explicit = Symbolic::holds(&denied);
        let whole = Symbolic::and(allowed, || Symbolic::not(denied));
        Residual::verdict(whole, explicit)
    }

    pub(crate) fn always_works(&self) -> bool {
        special::always_works(self.request.action) && self.request.principal.is_some()
    }

    /// Whether it would be allowed without any Deny, and whether there is one.
    fn outcome<L: Logic>(&self) -> (L::Value, L::Value) {
        let parts = self.parts::<L>();
        let denied = Self::denied::<L>(&parts);
        let refused = || special::refused(self.request.action, &self.target, self.request.principal).is_some();
        if L::holds(&denied) || refused() {
            return (L::known(false), denied);
        }
        let allowed = self.core::<L>(&parts);
        let allowed = L::and(allowed, || parts.service_control.allow.clone());
        (L::and(allowed, || parts.endpoint.allow.clone()), denied)
    }

    pub(crate) fn parts<L: Logic>(&self) -> Parts<L::Value> {
        let policies = self.policies;
        let nothing = || Said { allow: L::known(true), deny: L::known(false) };
        let limit = |list: &[Policy]| if list.is_empty() { nothing() } else { self.said::<L>(list) };
        let has_side = special::has_identity_side(self.request.principal);
        let (identity, boundary, session) = if has_side {
            (self.said::<L>(policies.identity), limit(policies.boundary), limit(policies.session))
        } else {
            (Said { allow: L::known(false), deny: L::known(false) }, nothing(), nothing())
        };
        let service_control = match policies.service_control.filter(|_| self.is_service_controlled()) {
            Some(levels) => self.levels::<L>(levels),
            None => nothing(),
        };
        let mut resource_control_deny = L::known(false);
        if !policies.resource_control.is_empty() && self.is_resource_controlled() {
            for policy in policies.resource_control.iter().flatten() {
                let denied = self.named::<L>(policy).deny;
                resource_control_deny = L::or(resource_control_deny, || denied);
            }
        }
        let endpoint = self.endpoint::<L>();
        let resource = self.resource::<L>();
        Parts { identity, boundary, session, resource, service_control, resource_control_deny, endpoint }
    }

    /// Whether any Deny matches.
    pub(crate) fn denied<L: Logic>(parts: &Parts<L::Value>) -> L::Value {
        let all = [
            &parts.identity.deny,
            &parts.resource.deny,
            &parts.boundary.deny,
            &parts.session.deny,
            &parts.service_control.deny,
            &parts.resource_control_deny,
            &parts.endpoint.deny,
        ];
        all.into_iter().fold(L::known(false), |denied, one| L::or(denied, || one.clone()))
    }

    /// What identity, boundary, session and the resource's policy make of each other.
    fn core<L: Logic>(&self, parts: &Parts<L::Value>) -> L::Value {
        let resource = &parts.resource;
        let any_name = || L::or(L::or(resource.direct.clone(), || resource.role.clone()), || resource.account.clone());
        if !self.has_own_side() {
            return any_name();
        }
        let (identity, limits) = if self.is_root() {
            (L::known(true), L::known(true))
        } else {
            let limits = L::and(parts.boundary.allow.clone(), || parts.session.allow.clone());
            (parts.identity.allow.clone(), limits)
        };
        let own = L::and(identity, || limits.clone());
        if !self.same_account {
            return L::and(own, any_name);
        }
        let own = if self.needs_resource() { L::and(own, || resource.account.clone()) } else { own };
        let by_role = L::or(own, || L::and(resource.role.clone(), || limits));
        L::or(by_role, || resource.direct.clone())
    }

    pub(crate) fn is_root(&self) -> bool {
        self.request.principal.is_some_and(|principal| principal.kind() == Kind::Root)
    }

    /// Whether what the caller's own policies say counts.
    pub(crate) fn has_own_side(&self) -> bool {
        special::has_identity_side(self.request.principal)
            && !(special::is_by_token(self.request.action) && self.needs_resource())
    }

    pub(crate) fn needs_resource(&self) -> bool {
        special::needs_resource_policy(self.request.action, &self.target)
    }

    /// The path of a session's role stands in the context, if anywhere.
    fn is_service_linked(&self) -> bool {
        let Some(caller) = self.request.principal else { return false };
        let by_path = || match self.view.get("aws:PrincipalArn") {
            Found::One(role) => Principal::parse(role).filter(|role| caller.is_session_of(role)),
            _ => None,
        };
        self.policies.facts.service_linked
            || caller.is_service_linked()
            || caller.kind() == Kind::Session && by_path().is_some_and(|role| role.is_service_linked())
    }

    pub(crate) fn is_service_controlled(&self) -> bool {
        let account = self.request.principal.and_then(Principal::account);
        special::has_identity_side(self.request.principal)
            && !self.is_service_linked()
            && (account.is_none() || account != self.policies.facts.management_account)
    }

    pub(crate) fn is_resource_controlled(&self) -> bool {
        let facts = &self.policies.facts;
        special::is_resource_controlled(self.request.action)
            && !self.is_service_linked()
            && !(facts.aws_managed_key && self.request.action.service() == "kms")
            && (self.resource_account.is_none() || self.resource_account != facts.management_account)
    }

    /// Policies that name no principals: one Allow of any of them is enough.
    pub(crate) fn said<L: Logic>(&self, policies: &[Policy]) -> Said<L::Value> {
        let mut said = Said { allow: L::known(false), deny: L::known(false) };
        let service = self.request.action.service_bit();
        for policy in policies.iter().filter(|policy| policy.body.services & service != 0) {
            for (index, statement) in policy.body.statements.iter().enumerate() {
                let place = match statement.effect {
                    Effect::Allow if L::holds(&said.allow) || !statement.judged => continue,
                    Effect::Allow => &mut said.allow,
                    Effect::Deny => &mut said.deny,
                };
                if statement.matches_action(&policy.body.texts, self.request.action) {
                    let applies = self.applies::<L>(policy, index, statement);
                    *place = L::or(std::mem::replace(place, L::known(false)), || applies);
                }
            }
        }
        said
    }

    fn levels<L: Logic>(&self, levels: &[Vec<Policy>]) -> Said<L::Value> {
        levels.iter().fold(Said { allow: L::known(true), deny: L::known(false) }, |all, level| {
            let one = self.said::<L>(level);
            Said { allow: L::and(all.allow, || one.allow), deny: L::or(all.deny, || one.deny) }
        })
    }

    fn endpoint<L: Logic>(&self) -> Said<L::Value> {
        if self.policies.endpoint.is_empty() {
            return Said { allow: L::known(true), deny: L::known(false) };
        }
        let nothing = Said { allow: L::known(false), deny: L::known(false) };
        self.policies.endpoint.iter().fold(nothing, |all, policy| {
            let one = self.named::<L>(policy);
            let allow = L::or(L::or(one.direct, || one.role), || one.account);
            Said { allow: L::or(all.allow, || allow), deny: L::or(all.deny, || one.deny) }
        })
    }

    fn resource<L: Logic>(&self) -> Granted<L::Value> {
        if let Some(policy) = self.policies.resource {
            let mut granted = self.named::<L>(policy);
            if self.same_account && special::is_bucket_repair(self.request.action, self.request.principal) {
                granted.deny = L::known(false);
            }
            return granted;
        }
        let mut granted =
            Granted { account: L::known(false), role: L::known(false), direct: L::known(false), deny: L::known(false) };
        if self.policies.facts.resource_unseen && (!self.same_account || self.needs_resource()) {
            granted.account = L::leaf(Truth::Unknown, || Leaf::Unseen(Layer::Resource));
        }
        granted
    }

    /// A policy that names principals.
    pub(crate) fn named<L: Logic>(&self, policy: &Policy) -> Granted<L::Value> {
        let none = || L::known(false);
        let mut granted = Granted { account: none(), role: none(), direct: none(), deny: none() };
        for (index, statement) in policy.body.statements.iter().enumerate() {
            if statement.effect == Effect::Allow && !statement.judged
                || !statement.matches_action(&policy.body.texts, self.request.action)
            {
                continue;
            }
            let Some(naming) = self.naming(policy, statement) else { continue };
            let applies = self.applies::<L>(policy, index, statement);
            let place = match (statement.effect, naming) {
                (Effect::Deny, _) => &mut granted.deny,
                (Effect::Allow, Naming::Account) => &mut granted.account,
                (Effect::Allow, Naming::Role | Naming::UserBehind) => &mut granted.role,
                (Effect::Allow, Naming::Direct) => &mut granted.direct,
            };
            *place = L::or(std::mem::replace(place, L::known(false)), || applies);
        }
        granted
    }

    /// How a statement's principals name the caller, if they do.
    pub(crate) fn naming(&self, policy: &Policy, statement: &Compiled) -> Option<Naming> {
        let texts = &policy.body.texts;
        match &statement.principals {
            Principals::Absent => None,
            Principals::Listed { not: false, patterns } => principal::naming(patterns, texts, &self.caller),
            Principals::Listed { not: true, patterns } => {
                let spared = match statement.effect {
                    Effect::Deny => principal::spares(patterns, texts, &self.caller),
                    Effect::Allow => principal::naming(patterns, texts, &self.caller).is_some(),
                };
                (!spared).then_some(Naming::Direct)
            }
        }
    }

    /// Which entry names the caller most strongly.
    pub(crate) fn named_by(&self, patterns: &[PrincipalPattern], texts: &Texts) -> Option<(Span, Naming)> {
        principal::named_by(patterns, texts, &self.caller)
    }

    /// Whether a statement that speaks about the action, and about the caller, speaks about the rest.
    pub(crate) fn applies<L: Logic>(&self, policy: &Policy, index: usize, statement: &Compiled) -> L::Value {
        let texts = &policy.body.texts;
        let resource = statement.matches_resource(texts, &self.target, &self.view);
        let mut applies = L::leaf(resource, || Leaf::resource(policy, index, self.asked()));
        for (condition, one) in statement.conditions.iter().enumerate() {
            if L::fails(&applies) {
                return applies;
            }
            let holds = one.holds(texts, &self.view);
            applies = L::and(applies, || L::leaf(holds, || Leaf::condition(policy, index, condition)));
        }
        if statement.judged {
            return applies;
        }
        L::and(applies, || L::leaf(Truth::Unknown, || Leaf::unjudged(policy, index)))
    }
}
