//! What one principal may do: every action of every service that its policies name, grouped by service, with the resources,
//! the condition or what denies it, and which of it is sensitive.

mod policy;

use std::cell::RefCell;
use std::collections::HashMap;

pub use policy::{EffectivePolicy, effective_policy};

use crate::action::Action;
use crate::action_set::ActionSet;
use crate::context::Context;
use crate::decide::{Verdict, decide};
use crate::explain::explain;
use crate::grants::{Asked, Compiler, Layers, ResourceGlob, Resources, example, needing_resource, types};
use crate::overlap;
use crate::reference::{ActionId, ServiceId, reference};
use crate::request::{Facts, Layer, Policies, Request, RolePolicies};
use crate::sensitive::{Catalogue, Held};
use crate::truth::Truth;

/// What one principal may do.
#[derive(Debug, Clone, Default)]
pub struct Forward {
    /// Those with something sensitive first, else by prefix.
    pub services: Vec<ServicePermissions>,
    /// The entries of the catalogue that it holds, in the catalogue's order; silenced ones too.
    pub sensitive: Vec<SensitiveHeld>,
    /// Allowed on some resource without a condition.
    pub allowed: ActionSet,
    /// Allowed only under one, or where a policy of the resource that was not seen allows it too.
    pub conditional: ActionSet,
    /// Allowed by an identity policy, and then denied or not allowed by what limits it.
    pub denied: ActionSet,
    /// Every action on every resource, without a condition.
    pub everything: bool,
}

/// An entry of the catalogue that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SensitiveHeld {
    pub id: Box<str>,
    /// Without any condition.
    pub certain: bool,
}

#[derive(Debug, Clone)]
pub struct ServicePermissions {
    pub service: ServiceId,
    /// Actions that are allowed alike are one; those that are allowed first.
    pub permissions: Vec<Permission>,
    /// Has an action that an entry of the catalogue is held for.
    pub sensitive: bool,
}

/// Actions of one service that stand alike.
#[derive(Debug, Clone)]
pub struct Permission {
    pub actions: ActionSet,
    /// All actions that the service has: `s3:*`.
    pub whole_service: bool,
    pub grants: Vec<Grant>,
}

/// What holds for some resources.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Patterns as the policies have them, narrowed to what limits leave.
    pub resources: Vec<Box<str>>,
    /// Patterns within them that a Deny takes away.
    pub except: Vec<Box<str>>,
    /// Decided for the first of the actions.
    pub verdict: Verdict,
    /// What denies or does not allow, where it is denied.
    pub blocked_by: Vec<Layer>,
    /// The identity policy and its statement, both from 0.
    pub statements: Vec<(usize, usize)>,
}

/// What this principal may do, by what is known of it.
pub fn forward(role: &RolePolicies, context: &Context, catalogue: &Catalogue) -> Forward {
    let mut compiler = Compiler::default();
    let layers = Layers::new(&mut compiler, role, context);
    let all = ActionSet::all();
    let mut view = Entries::default();
    layers.judge(Asked::anywhere(&all), &mut |finding| view.add(&layers, finding));
    let allowed = view.union(|entry| &entry.certain);
    let conditional = view.union(|entry| &entry.conditional).difference(&allowed);
    let denied = view.union(|entry| &entry.blocked).difference(&allowed).difference(&conditional);
    let compiler = RefCell::new((compiler, HashMap::new()));
    let sensitive = held(&view, catalogue, (&allowed, &conditional), &|service| {
        let (compiler, known) = &mut *compiler.borrow_mut();
        *known.entry(service.to_owned()).or_insert_with(|| passes(compiler, role, context, service))
    });
    let ours = |one: &&SensitiveHeld| catalogue.find(&one.id).is_some_and(|entry| entry.silenced.is_none());
    let marked = sensitive.iter().filter(ours).filter_map(|one| catalogue.find(&one.id));
    let marked =
        marked.flat_map(crate::sensitive::Entry::action_sets).fold(ActionSet::new(), |all, set| all.union(set));
    let asker = Asker { role, context, layers: &layers };
    let mut services = view.services(&asker);
    for service in &mut services {
        service.sensitive = service.permissions.iter().any(|one| one.actions.intersects(&marked) && one.is_held());
    }
    services.sort_by_key(|service| !service.sensitive);
    // Actions on keys and roles hang on the resource's policy too, whoever asks.
    let whole = |entry: &Entry| &*entry.shown == "*" && entry.certain.union(needing_resource()) == all;
    let everything = view.entries.iter().any(whole) && allowed.union(&conditional) == all && !layers.has_denials();
    Forward { services, sensitive, allowed, conditional, denied, everything }
}

/// Whether some role may be passed to a service.
fn passes(compiler: &mut Compiler, role: &RolePolicies, context: &Context, service: &str) -> Truth {
    let context = context.clone().with("iam:PassedToService", service);
    let layers = Layers::new(compiler, role, &context);
    let pass_role = ActionSet::of_patterns(["iam:PassRole"]);
    let granted = layers.granted(Asked::anywhere(&pass_role));
    match (granted.certain.is_empty(), granted.conditional.is_empty()) {
        (false, _) => Truth::True,
        (true, false) => Truth::Unknown,
        (true, true) => Truth::False,
    }
}

impl Permission {
    /// Allowed somewhere, be it under a condition.
    pub fn is_held(&self) -> bool {
        self.grants.iter().any(|grant| !grant.verdict.is_denied())
    }

    /// The best of its grants' verdicts.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.grants.iter().map(|grant| &grant.verdict).min_by_key(|verdict| rank(verdict))
    }
}

fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Allowed => 0,
        Verdict::Conditional(_) => 1,
        Verdict::Denied { .. } => 2,
    }
}

fn held(
    view: &Entries,
    catalogue: &Catalogue,
    (allowed, conditional): (&ActionSet, &ActionSet),
    passes: &dyn Fn(&str) -> Truth,
) -> Vec<SensitiveHeld> {
    let broadly = view.entries.iter().fold((ActionSet::new(), ActionSet::new()), |(certain, possible), entry| {
        let broad =
            |set: &ActionSet| if entry.broad.is_empty() { ActionSet::new() } else { set.intersection(&entry.broad) };
        (
            certain.union(&broad(&entry.certain)),
            possible.union(&broad(&entry.certain)).union(&broad(&entry.conditional)),
        )
    });
    let possible = allowed.union(conditional);
    let held = Held { anywhere: (allowed, &possible), broadly: (&broadly.0, &broadly.1), passes };
    let entries = catalogue.held(&held).into_iter();
    entries.map(|(entry, truth)| SensitiveHeld { id: entry.id.clone(), certain: truth.is_true() }).collect()
}

/// One pattern of one Allow, and what it comes to.
#[derive(Debug)]
struct Entry {
    /// The pattern as far as it was asked for, and as far as limits leave it.
    scope: Box<str>,
    shown: Box<str>,
    place: ResourceGlob,
    statement: (usize, usize),
    certain: ActionSet,
    conditional: ActionSet,
    blocked: ActionSet,
    /// Those for which the pattern stands for all there is of their kind.
    broad: ActionSet,
}

#[derive(Debug, Default)]
struct Entries {
    entries: Vec<Entry>,
}

impl Entries {
    fn add(&mut self, layers: &Layers, finding: crate::grants::Finding<'_>) {
        let allowed = finding.certain.union(&finding.conditional);
        let (scope, judged) = (finding.scope, finding.place);
        let shown = if layers.limits_cover(&allowed, scope) { scope } else { judged };
        let broad = if shown.is_everything() {
            finding.asked.clone()
        } else {
            let whole = types(shown).filter(|kind| overlap::covers(shown.segment(5), kind.glob.segment(5)));
            whole.fold(ActionSet::new(), |all, kind| all.union(&kind.actions)).intersection(finding.asked)
        };
        self.entries.push(Entry {
            scope: scope.as_str().into(),
            shown: shown.as_str().into(),
            place: if finding.resource.is_everything() { scope.clone() } else { finding.resource.clone() },
            statement: finding.statement,
            blocked: finding.asked.difference(&allowed),
            certain: finding.certain,
            conditional: finding.conditional,
            broad,
        });
    }

    fn union(&self, part: impl Fn(&Entry) -> &ActionSet) -> ActionSet {
        self.entries.iter().fold(ActionSet::new(), |all, entry| all.union(part(entry)))
    }

    /// Actions that appear in the same entries in the same way stand alike.
    fn services(&self, asker: &Asker<'_>) -> Vec<ServicePermissions> {
        let mut marks: Vec<u64> = vec![0; reference().len()];
        for (at, entry) in self.entries.iter().enumerate() {
            for (kind, set) in [&entry.certain, &entry.conditional, &entry.blocked].into_iter().enumerate() {
                let mark = (at as u64 * 3 + kind as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                for id in set.iter() {
                    let place = &mut marks[usize::from(id.0)];
                    *place = place.rotate_left(5).wrapping_add(mark);
                }
            }
        }
        let mut services: Vec<ServicePermissions> = Vec::new();
        let mut classes: HashMap<u64, Vec<ActionId>> = HashMap::new();
        let mut known: HashMap<(u64, bool), Vec<Grant>> = HashMap::new();
        for service in reference().services() {
            classes.clear();
            for action in service.actions().filter(|action| marks[usize::from(action.id.0)] != 0) {
                classes.entry(marks[usize::from(action.id.0)]).or_default().push(action.id);
            }
            let total = service.actions().count();
            let mut permissions: Vec<Permission> = classes
                .drain()
                .map(|(mark, ids)| {
                    let grants = self.grants(asker, (mark, ids[0]), &mut known);
                    Permission { whole_service: ids.len() == total, actions: ids.into_iter().collect(), grants }
                })
                .collect();
            if !permissions.is_empty() {
                permissions.sort_by_key(|one| (one.verdict().map(rank), one.actions.iter().next()));
                services.push(ServicePermissions { service: service.id, permissions, sensitive: false });
            }
        }
        services
    }

    fn grants(
        &self,
        asker: &Asker<'_>,
        (mark, id): (u64, ActionId),
        known: &mut HashMap<(u64, bool), Vec<Grant>>,
    ) -> Vec<Grant> {
        // Where nothing depends on the action itself, those of another service that stand alike are answered too.
        let simple = self.entries.iter().all(|entry| !entry.conditional.contains(id) && !entry.blocked.contains(id));
        if simple && let Some(grants) = known.get(&(mark, true)) {
            return grants.clone();
        }
        let mut grants: Vec<Grant> = Vec::new();
        let mut seen: Vec<(&str, u8)> = Vec::new();
        for (kind, of) in [certain as fn(&Entry) -> &ActionSet, conditional, blocked].into_iter().enumerate() {
            for entry in self.entries.iter().filter(|entry| of(entry).contains(id)) {
                let kind = u8::try_from(kind).unwrap_or(2);
                // The same pattern once, with the best that it comes to.
                if kind == 2 && self.is_left(entry, id) {
                    continue;
                }
                if seen.iter().any(|(shown, before)| *shown == &*entry.shown && *before < kind) {
                    continue;
                }
                let fresh = !seen.contains(&(&*entry.shown, kind));
                seen.push((&entry.shown, kind));
                asker.add(&mut grants, (entry, kind, fresh), id);
            }
        }
        if simple {
            known.insert((mark, true), grants.clone());
        }
        grants
    }
}

impl Entries {
    /// Whether a part of what an entry is about is allowed by another.
    fn is_left(&self, entry: &Entry, id: ActionId) -> bool {
        self.entries.iter().any(|other| {
            other.statement == entry.statement
                && other.scope == entry.scope
                && (other.certain.contains(id) || other.conditional.contains(id))
        })
    }
}

fn certain(entry: &Entry) -> &ActionSet {
    &entry.certain
}

fn conditional(entry: &Entry) -> &ActionSet {
    &entry.conditional
}

fn blocked(entry: &Entry) -> &ActionSet {
    &entry.blocked
}

struct Asker<'a> {
    role: &'a RolePolicies,
    context: &'a Context,
    layers: &'a Layers,
}

impl Asker<'_> {
    fn add(&self, grants: &mut Vec<Grant>, (entry, kind, fresh): (&Entry, u8, bool), id: ActionId) {
        let (verdict, blocked_by) = match kind {
            0 => (Verdict::Allowed, Vec::new()),
            _ => self.ask(id, &entry.place, kind == 2),
        };
        let except = if kind == 2 { Vec::new() } else { self.except(id, entry) };
        let alike = grants
            .iter_mut()
            .find(|grant| grant.verdict == verdict && grant.blocked_by == blocked_by && grant.except == except);
        let grant = if let Some(grant) = alike {
            grant
        } else {
            grants.push(Grant { resources: Vec::new(), except, verdict, blocked_by, statements: Vec::new() });
            let last = grants.len() - 1;
            &mut grants[last]
        };
        if fresh && !grant.resources.contains(&entry.shown) {
            grant.resources.push(entry.shown.clone());
        }
        if !grant.statements.contains(&entry.statement) {
            grant.statements.push(entry.statement);
        }
    }

    fn ask(&self, id: ActionId, place: &ResourceGlob, denied: bool) -> (Verdict, Vec<Layer>) {
        let known = reference().action(id);
        let resource = example(self.layers, known, place);
        let Some(action) = Action::parse(&known.to_string()) else {
            return (Verdict::Denied { explicit: false }, Vec::new());
        };
        let principal = Some(&self.role.principal);
        let request = Request { principal, action: &action, resource: &resource, account: None, context: self.context };
        let policies = self.role.policies();
        let facts = Facts { resource_unseen: true, ..policies.facts };
        let policies = Policies { facts, ..policies };
        if denied {
            let explanation = explain(&request, &policies);
            return (explanation.verdict, explanation.blocked_by);
        }
        (decide(&request, &policies), Vec::new())
    }

    /// What Denies take out of a pattern.
    fn except(&self, id: ActionId, entry: &Entry) -> Vec<Box<str>> {
        let mut except: Vec<Box<str>> = Vec::new();
        let Some(shown) = ResourceGlob::parse(&entry.shown) else { return except };
        for (rule, truth) in self.layers.denied_rules() {
            if !truth.is_true() || !rule.actions.contains(id) || rule.resources.is_everything() {
                continue;
            }
            let Resources::Only(globs) = &rule.resources else { continue };
            for glob in globs.iter().filter(|glob| !glob.open && glob.intersects(&shown)) {
                if !except.iter().any(|known| **known == *glob.as_str()) {
                    except.push(glob.as_str().into());
                }
            }
        }
        except
    }
}

#[cfg(test)]
mod tests;
