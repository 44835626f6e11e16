//! Service accounts and RBAC objects.

use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::{Body, Facts, Meta};
use crate::cell::{Cell, Column};
use crate::intern::{Pools, Sym};
use crate::json::{List, Text};
use crate::judge::Verdict;

#[derive(Debug, Clone, PartialEq)]
pub struct ServiceAccount {
    /// From the annotation `eks.amazonaws.com/role-arn`.
    pub role_arn: Option<Sym>,
    /// From the annotation `eks.amazonaws.com/audience`: whom its tokens are for, if not `sts.amazonaws.com`.
    pub audience: Option<Sym>,
    pub secrets: u32,
}

/// A Role or ClusterRole.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    pub rules: Box<[Rule]>,
    /// Whether its rules are gathered from other ClusterRoles.
    pub aggregated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub verbs: Box<[Sym]>,
    pub groups: Box<[Sym]>,
    pub resources: Box<[Sym]>,
    pub names: Box<[Sym]>,
    pub urls: Box<[Sym]>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleBinding {
    pub role: RoleRef,
    pub subjects: Box<[Subject]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRef {
    /// `Role` or `ClusterRole`.
    pub kind: Sym,
    pub name: Sym,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: Sym,
    pub name: Sym,
    /// Of service accounts only.
    pub namespace: Option<Sym>,
}

impl Facts for ServiceAccount {
    const COLUMNS: &'static [Column] = &[
        Column::text("roleArn", "AWS role"),
        Column::number("secrets", "Secrets").wide(),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "roleArn" => Cell::some(self.role_arn.as_deref()),
            "secrets" => Cell::Int(self.secrets.into()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        Verdict::neutral()
    }
}

impl Facts for Role {
    const COLUMNS: &'static [Column] = &[
        Column::number("rules", "Rules"),
        Column::text("aggregated", "Aggregated").wide(),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "rules" => Cell::int(i64::try_from(self.rules.len()).ok()),
            "aggregated" => Cell::flag(self.aggregated),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        Verdict::neutral()
    }
}

impl Facts for RoleBinding {
    const COLUMNS: &'static [Column] =
        &[Column::text("role", "Role"), Column::text("subjects", "Subjects"), Column::age(), Column::labels()];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "role" => Cell::owned(format!("{}/{}", self.role.kind, self.role.name)),
            "subjects" => Cell::owned(self.subjects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        Verdict::neutral()
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{}:{namespace}/{}", self.kind, self.name),
            None => write!(f, "{}:{}", self.kind, self.name),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawServiceAccount<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    /// Only how many; they are names of Secrets.
    secrets: List<serde::de::IgnoredAny>,
}

impl<'a> Raw<'a> for RawServiceAccount<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let annotations = self.metadata.annotations.as_ref();
        Body::ServiceAccount(Box::new(ServiceAccount {
            role_arn: annotations.and_then(|annotations| pools.some(&annotations.role_arn)),
            audience: annotations.and_then(|annotations| pools.some(&annotations.audience)),
            secrets: u32::try_from(self.secrets.len()).unwrap_or(u32::MAX),
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawRole<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    rules: List<RawRule<'a>>,
    aggregation_rule: crate::json::Present,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawRule<'a> {
    #[serde(borrow)]
    verbs: List<Text<'a>>,
    #[serde(borrow)]
    api_groups: List<Text<'a>>,
    #[serde(borrow)]
    resources: List<Text<'a>>,
    #[serde(borrow)]
    resource_names: List<Text<'a>>,
    #[serde(borrow, rename = "nonResourceURLs")]
    urls: List<Text<'a>>,
}

impl<'a> Raw<'a> for RawRole<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let mut all = |texts: &List<Text<'_>>| texts.iter().map(|text| pools.sym(text)).collect();
        let rules = self.rules.iter().map(|rule| Rule {
            verbs: all(&rule.verbs),
            groups: all(&rule.api_groups),
            resources: all(&rule.resources),
            names: all(&rule.resource_names),
            urls: all(&rule.urls),
        });
        Body::Role(Box::new(Role { rules: rules.collect(), aggregated: self.aggregation_rule.0 }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawRoleBinding<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    role_ref: RawNamed<'a>,
    #[serde(borrow)]
    subjects: List<RawNamed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawNamed<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    namespace: Text<'a>,
}

impl<'a> Raw<'a> for RawRoleBinding<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let role = RoleRef { kind: pools.sym(&self.role_ref.kind), name: pools.sym(&self.role_ref.name) };
        let subjects = self.subjects.iter().map(|subject| Subject {
            kind: pools.sym(&subject.kind),
            name: pools.sym(&subject.name),
            namespace: pools.some(&subject.namespace),
        });
        Body::RoleBinding(Box::new(RoleBinding { role, subjects: subjects.collect() }))
    }
}
