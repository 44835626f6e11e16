//! Permissions and resource types, in Kubernetes' own terms.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::KindId;

/// What a caller would need: one verb on one resource in one place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    pub verb: String,
    /// Empty for the core group.
    pub group: String,
    pub resource: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subresource: Option<String>,
    /// Absent: in every namespace, or cluster-scoped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// An access review asks about exactly one permission.
pub type AccessQuery = Permission;

impl Permission {
    /// `verb` on every object of `kind`, cluster-wide or in one namespace.
    pub fn on(verb: &str, kind: &KindId, namespace: Option<&str>) -> Self {
        Self {
            verb: verb.to_owned(),
            group: kind.group().to_owned(),
            resource: kind.resource().to_owned(),
            subresource: None,
            namespace: namespace.map(str::to_owned),
            name: None,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        if let Some(subresource) = &self.subresource {
            write!(f, "/{subresource}")?;
        }
        if let Some(name) = &self.name {
            write!(f, " {name:?}")?;
        }
        match &self.namespace {
            Some(namespace) => write!(f, " in namespace {namespace}"),
            None => write!(f, " cluster-wide"),
        }
    }
}

/// A kind at the version it is read in: all that is needed to build its URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResourceType {
    pub kind: KindId,
    /// `v1`, `v1beta1`.
    pub version: Arc<str>,
    pub namespaced: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_reads_like_kubectl() {
        let kind = KindId::new("apps", "deployments").expect("a valid kind");
        assert_eq!(Permission::on("list", &kind, None).to_string(), "list deployments.apps cluster-wide");
        let one = Permission { name: Some("api".into()), ..Permission::on("get", &kind, Some("shop")) };
        assert_eq!(one.to_string(), "get deployments.apps \"api\" in namespace shop");
    }
}
