//! May this user do this, and which binding says so.

use std::collections::BTreeSet;

use crate::object::{Binding, BindingScope};
use crate::{Policies, Request, RoleRef, Rule};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Allowed(Grant),
    /// RBAC has no opinion, which means no; it has no rules that forbid.
    Refused,
}

/// The binding that grants, and the role it refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub binding: String,
    pub scope: BindingScope,
    pub role: RoleRef,
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

impl Grant {
    pub(crate) fn of(binding: &Binding) -> Self {
        Self { binding: binding.name.clone(), scope: binding.scope.clone(), role: binding.role.clone() }
    }
}

impl Policies {
    /// `groups` must be complete: the authenticator's own (`system:authenticated`) included.
    pub fn allows(&self, user: &str, groups: &[String], request: &Request<'_>) -> Decision {
        self.bindings_for(request.namespace())
            .find(|binding| {
                self.rules_of(binding).iter().any(|rule| rule.covers(request)) && binding.binds(user, groups)
            })
            .map_or(Decision::Refused, |binding| Decision::Allowed(Grant::of(binding)))
    }

    /// Namespaces in which a RoleBinding grants `verb` on the plain resource. A cluster-wide grant is not listed: ask
    /// `allows` without a namespace first.
    pub fn namespaces_where(
        &self,
        user: &str,
        groups: &[String],
        verb: &str,
        group: &str,
        resource: &str,
    ) -> BTreeSet<String> {
        let request = Request::resource(verb, group, resource, None);
        let grants = |binding: &Binding| {
            binding.binds(user, groups) && self.rules_of(binding).iter().any(|rule| rule.covers(&request))
        };
        self.bindings
            .iter()
            .filter(|(_, bindings)| bindings.values().any(grants))
            .map(|(namespace, _)| namespace.clone())
            .collect()
    }

    /// Every namespace with any RoleBinding of this subject: where it is worth asking at all.
    pub fn namespaces_bound(&self, user: &str, groups: &[String]) -> BTreeSet<String> {
        self.bindings
            .iter()
            .filter(|(_, bindings)| bindings.values().any(|binding| binding.binds(user, groups)))
            .map(|(namespace, _)| namespace.clone())
            .collect()
    }

    /// All rules that hold for this subject in `namespace`, cluster-wide ones included.
    pub fn rules_for<'a>(&'a self, user: &str, groups: &[String], namespace: Option<&str>) -> Vec<&'a Rule> {
        self.bindings_for(namespace)
            .filter(|binding| binding.binds(user, groups))
            .flat_map(|binding| self.rules_of(binding))
            .collect()
    }
}

impl Binding {
    pub fn binds(&self, user: &str, groups: &[String]) -> bool {
        self.subjects.iter().any(|subject| subject.is(user, groups, self.namespace()))
    }
}
