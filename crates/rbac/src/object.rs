//! The four RBAC kinds, as far as evaluation needs them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Rule;
use crate::rule::null_is_empty;

/// A Role (with namespace) or a ClusterRole (without).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Role {
    pub name: String,
    pub namespace: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub rules: Vec<Rule>,
    pub aggregation: Option<AggregationRule>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AggregationRule {
    #[serde(deserialize_with = "null_is_empty")]
    pub cluster_role_selectors: Vec<LabelSelector>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    pub match_labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_is_empty")]
    pub match_expressions: Vec<LabelExpression>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LabelExpression {
    pub key: String,
    pub operator: String,
    #[serde(deserialize_with = "null_is_empty")]
    pub values: Vec<String>,
}

/// Where a binding grants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BindingScope {
    Cluster,
    Namespace(String),
}

/// A RoleBinding or a ClusterRoleBinding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub name: String,
    pub scope: BindingScope,
    pub role: RoleRef,
    pub subjects: Vec<Subject>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleRef {
    pub api_group: String,
    /// `Role` or `ClusterRole`.
    pub kind: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

impl LabelSelector {
    /// An unknown operator matches nothing: a selector that is not understood must not widen a role.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|expression| expression.matches(labels))
    }
}

impl LabelExpression {
    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let held = labels.get(&self.key);
        match self.operator.as_str() {
            "In" => held.is_some_and(|value| self.values.contains(value)),
            "NotIn" => held.is_none_or(|value| !self.values.contains(value)),
            "Exists" => held.is_some(),
            "DoesNotExist" => held.is_none(),
            _ => false,
        }
    }
}

impl Subject {
    /// A service account is matched by the user name it authenticates with; without a namespace it takes the
    /// binding's.
    pub fn is(&self, user: &str, groups: &[String], binding_namespace: Option<&str>) -> bool {
        match self.kind.as_str() {
            "User" => self.name == user,
            "Group" => groups.contains(&self.name),
            "ServiceAccount" => {
                let namespace = self.namespace.as_deref().filter(|name| !name.is_empty()).or(binding_namespace);
                namespace.is_some_and(|namespace| {
                    user.strip_prefix("system:serviceaccount:")
                        .and_then(|rest| rest.split_once(':'))
                        .is_some_and(|(held, name)| held == namespace && name == self.name)
                })
            }
            _ => false,
        }
    }
}

impl Binding {
    pub fn namespace(&self) -> Option<&str> {
        match &self.scope {
            BindingScope::Cluster => None,
            BindingScope::Namespace(namespace) => Some(namespace),
        }
    }
}
