//! The RBAC objects of one cluster, kept current from a watch.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::object::{AggregationRule, Binding, BindingScope, Role, RoleRef, Subject};
use crate::rule::{Rule, null_is_empty};

#[derive(Debug, Clone, Default)]
pub struct Policies {
    pub(crate) cluster_roles: BTreeMap<String, Role>,
    /// By namespace, then name.
    pub(crate) roles: BTreeMap<String, BTreeMap<String, Role>>,
    pub(crate) cluster_bindings: BTreeMap<String, Binding>,
    /// By namespace, then name.
    pub(crate) bindings: BTreeMap<String, BTreeMap<String, Binding>>,
}

/// Why an object was not taken.
#[derive(Debug)]
pub enum ObjectError {
    /// Not JSON, or a field of the wrong type.
    Malformed(serde_json::Error),
    /// Not one of the four RBAC kinds.
    Kind(String),
    /// A Role or RoleBinding without a namespace.
    NoNamespace(String),
}

impl std::fmt::Display for ObjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "cannot read an RBAC object: {error}"),
            Self::Kind(kind) => write!(f, "{kind:?} is not an RBAC kind"),
            Self::NoNamespace(name) => write!(f, "RBAC object {name:?} has no namespace but needs one"),
        }
    }
}

impl std::error::Error for ObjectError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            Self::Kind(_) | Self::NoNamespace(_) => None,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wire {
    metadata: WireMeta,
    #[serde(deserialize_with = "null_is_empty")]
    rules: Vec<Rule>,
    aggregation_rule: Option<AggregationRule>,
    role_ref: RoleRef,
    #[serde(deserialize_with = "null_is_empty")]
    subjects: Vec<Subject>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireMeta {
    name: String,
    namespace: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

impl Policies {
    /// Adds or replaces one object; `kind` is given because items of a list do not carry it.
    pub fn upsert(&mut self, kind: &str, json: &[u8]) -> Result<(), ObjectError> {
        let wire: Wire = serde_json::from_slice(json).map_err(ObjectError::Malformed)?;
        let name = wire.metadata.name.clone();
        let namespace = wire.metadata.namespace.clone().filter(|namespace| !namespace.is_empty());
        let placed = || namespace.clone().ok_or_else(|| ObjectError::NoNamespace(name.clone()));
        match kind {
            "ClusterRole" => drop(self.cluster_roles.insert(name, wire.into_role(None))),
            "ClusterRoleBinding" => {
                self.cluster_bindings.insert(name, wire.into_binding(BindingScope::Cluster));
            }
            "Role" => {
                let place = placed()?;
                self.roles.entry(place.clone()).or_default().insert(name, wire.into_role(Some(place)));
            }
            "RoleBinding" => {
                let place = placed()?;
                let binding = wire.into_binding(BindingScope::Namespace(place.clone()));
                self.bindings.entry(place).or_default().insert(name, binding);
            }
            other => return Err(ObjectError::Kind(other.to_owned())),
        }
        Ok(())
    }

    /// Forgets one object; an unknown one is already forgotten.
    pub fn remove(&mut self, kind: &str, namespace: Option<&str>, name: &str) {
        match (kind, namespace) {
            ("ClusterRole", _) => drop(self.cluster_roles.remove(name)),
            ("ClusterRoleBinding", _) => drop(self.cluster_bindings.remove(name)),
            ("Role", Some(namespace)) => remove_in(&mut self.roles, namespace, name),
            ("RoleBinding", Some(namespace)) => remove_in(&mut self.bindings, namespace, name),
            _ => {}
        }
    }

    /// The rules the aggregation controller would write into this ClusterRole; `None` if it does not aggregate.
    pub fn aggregated_rules(&self, name: &str) -> Option<Vec<Rule>> {
        let aggregation = self.cluster_roles.get(name)?.aggregation.as_ref()?;
        let mut rules: Vec<Rule> = Vec::new();
        for role in self.cluster_roles.values().filter(|role| role.name != name) {
            if aggregation.cluster_role_selectors.iter().any(|selector| selector.matches(&role.labels)) {
                for rule in &role.rules {
                    if !rules.contains(rule) {
                        rules.push(rule.clone());
                    }
                }
            }
        }
        Some(rules)
    }

    /// The names of all aggregating ClusterRoles.
    pub fn aggregating(&self) -> impl Iterator<Item = &str> {
        self.cluster_roles.values().filter(|role| role.aggregation.is_some()).map(|role| role.name.as_str())
    }

    /// The rules a binding refers to; none when the role is missing.
    pub(crate) fn rules_of(&self, binding: &Binding) -> &[Rule] {
        let role = match (binding.role.kind.as_str(), &binding.scope) {
            ("ClusterRole", _) => self.cluster_roles.get(&binding.role.name),
            ("Role", BindingScope::Namespace(namespace)) => {
                self.roles.get(namespace).and_then(|roles| roles.get(&binding.role.name))
            }
            _ => None,
        };
        role.map_or(&[], |role| &role.rules)
    }

    pub fn role(&self, namespace: Option<&str>, name: &str) -> Option<&Role> {
        match namespace {
            None => self.cluster_roles.get(name),
            Some(namespace) => self.roles.get(namespace)?.get(name),
        }
    }

    /// Every binding that can grant in `namespace` (none: only cluster-wide ones), cluster-wide first.
    pub(crate) fn bindings_for<'a>(&'a self, namespace: Option<&str>) -> impl Iterator<Item = &'a Binding> {
        let local = namespace.and_then(|namespace| self.bindings.get(namespace));
        self.cluster_bindings.values().chain(local.into_iter().flat_map(BTreeMap::values))
    }
}

fn remove_in<T>(places: &mut BTreeMap<String, BTreeMap<String, T>>, namespace: &str, name: &str) {
    if let Some(place) = places.get_mut(namespace) {
        place.remove(name);
        if place.is_empty() {
            places.remove(namespace);
        }
    }
}

impl Wire {
    fn into_role(self, namespace: Option<String>) -> Role {
        Role {
            name: self.metadata.name,
            namespace,
            labels: self.metadata.labels.unwrap_or_default(),
            rules: self.rules,
            aggregation: self.aggregation_rule,
        }
    }

    fn into_binding(self, scope: BindingScope) -> Binding {
        Binding { name: self.metadata.name, scope, role: self.role_ref, subjects: self.subjects }
    }
}
