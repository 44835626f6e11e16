//! The layers of one principal: what grants to it, and all that limits what is granted.

use super::applicable;
use super::resource::ResourceGlob;
use super::rules::{Compiler, LayerRules};
use crate::context::{Context, View};
use crate::principal::Principal;
use crate::reference::KnownAction;
use crate::request::{Layer, RolePolicies};
use crate::{arn, overlap};

/// The first layer grants; each further one must allow as well.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    pub(crate) layers: Vec<LayerRules>,
    pub(crate) home: Home,
}

/// Where a principal is at home: what a pattern for all partitions or accounts is judged for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Home {
    partition: Box<str>,
    account: Option<Box<str>>,
}

impl Layers {
    pub(crate) fn new(compiler: &mut Compiler, role: &RolePolicies, context: &Context) -> Self {
        let principal = &role.principal;
        let view = View { context, caller: Some(principal).into(), resource_account: None };
        let mut layers = vec![compiler.layer(Layer::Identity, &role.identity, &view)];
        for (layer, policies) in [(Layer::Boundary, &role.boundary), (Layer::Session, &role.session)] {
            if !policies.is_empty() {
                layers.push(compiler.layer(layer, policies, &view));
            }
        }
        for level in role.service_control.iter().flatten().filter(|_| !is_exempt_of_control(role)) {
            layers.push(compiler.layer(Layer::ServiceControl, level, &view));
        }
        Self { layers, home: Home::of(principal) }
    }

    /// Whether another principal with these is judged the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.home == other.home
            && self.layers.len() == other.layers.len()
            && self.layers.iter().zip(&other.layers).all(|(one, other)| {
                one.layer == other.layer
                    && one.policies.len() == other.policies.len()
                    && one.policies.iter().zip(&other.policies).all(|(one, other)| one.same(other))
            })
    }
}

impl std::hash::Hash for Layers {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.home.hash(state);
        for layer in &self.layers {
            layer.layer.hash(state);
            layer.policies.len().hash(state);
            layer.policies.iter().for_each(|rules| rules.identity().hash(state));
        }
    }
}

impl Home {
    fn of(principal: &Principal) -> Self {
        let partition = arn::segments(principal.arn()).map_or("aws", |parts| parts[1]);
        Self { partition: partition.into(), account: principal.account().map(Into::into) }
    }

    /// A pattern for any partition or account as one for this.
    pub(crate) fn put(&self, glob: ResourceGlob) -> ResourceGlob {
        let glob = if glob.segment(1) == "*" { glob.with_segment(1, &self.partition) } else { glob };
        match &self.account {
            Some(account) if glob.segment(4) == "*" => glob.with_segment(4, account),
            _ => glob,
        }
    }

    /// Whether a pattern is certainly of another account.
    pub(crate) fn is_abroad(&self, glob: &ResourceGlob) -> bool {
        let account = glob.segment(4);
        arn::is_account(account) && self.account.as_deref().is_some_and(|own| !overlap::covers(account, own))
    }
}

/// Whether service control policies do not bind it (fact 28).
pub(crate) fn is_exempt_of_control(role: &RolePolicies) -> bool {
    let account = role.principal.account();
    role.principal.is_service_linked() || account.is_some() && account == role.management_account.as_deref()
}

/// A resource that an action can be asked for, of those that fit; `*` for an action that knows none.
pub(crate) fn example(layers: &Layers, action: KnownAction<'_>, scope: &ResourceGlob) -> String {
    if scope.is_concrete() && !scope.is_everything() {
        return scope.as_str().to_owned();
    }
    if action.is_wildcard_only() {
        return "*".to_owned();
    }
    let fitting = applicable::types(scope).find(|kind| kind.actions.contains(action.id));
    let inner = fitting.and_then(|kind| scope.meets(&kind.glob).into_iter().next()).unwrap_or_else(|| scope.clone());
    layers.home.put(inner).example()
}
