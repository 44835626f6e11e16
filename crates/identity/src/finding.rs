//! A finding: what is wrong with an identity, how it is known, and what to do.

use periscope_model::{ClusterId, Gap, ObjectRef};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    pub id: CheckId,
    pub title: String,
    pub severity: Severity,
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub subject: Subject,
    /// What was seen, one fact each.
    pub evidence: Vec<String>,
    pub fix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    pub certainty: FindingCertainty,
    /// Those of the caller's namespaces.
    pub workloads: Vec<ObjectRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FindingCertainty {
    /// Everything that decides was seen.
    Exact,
    /// True unless something that was not seen says otherwise; the evidence says what.
    Conditional,
}

impl Finding {
    pub(crate) fn new(id: CheckId, severity: Severity, cluster: &ClusterId, subject: Subject) -> Self {
        Self {
            id,
            title: id.title().to_owned(),
            severity,
            cluster: cluster.clone(),
            subject,
            evidence: Vec::new(),
            fix: String::new(),
            command: None,
            certainty: FindingCertainty::Exact,
            workloads: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn seen(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }

    #[must_use]
    pub(crate) fn fixed_by(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    #[must_use]
    pub(crate) fn with_command(mut self, command: Option<String>) -> Self {
        self.command = command;
        self
    }

    #[must_use]
    pub(crate) fn on(mut self, mut workloads: Vec<ObjectRef>) -> Self {
        workloads.sort();
        workloads.dedup();
        self.workloads = workloads;
        self
    }

    #[must_use]
    pub(crate) fn certain(mut self, exact: bool) -> Self {
        self.certainty = if exact { FindingCertainty::Exact } else { FindingCertainty::Conditional };
        self
    }
}

/// Why something could not be looked at, with what it takes.
pub(crate) fn not_looked_at(gap: &Gap) -> String {
    gap.needs.first().map_or_else(|| gap.what.clone(), |needed| format!("{}: it takes {needed}", gap.what))
}

impl Subject {
    pub(crate) fn role(arn: &str) -> Self {
        Self {
            kind: SubjectKind::Role,
            namespace: None,
            name: crate::arn::name_of(arn).to_owned(),
            arn: Some(arn.to_owned()),
        }
    }

    pub(crate) fn named(kind: SubjectKind, namespace: &str, name: &str) -> Self {
        Self { kind, namespace: Some(namespace.to_owned()), name: name.to_owned(), arn: None }
    }

    #[must_use]
    pub(crate) fn with_arn(mut self, arn: &str) -> Self {
        self.arn = Some(arn.to_owned());
        self
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    pub kind: SubjectKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SubjectKind {
    Role,
    Principal,
    ServiceAccount,
    Association,
    Workload,
    /// The ConfigMap `kube-system/aws-auth`.
    AwsAuth,
}

macro_rules! checks {
    ($($variant:ident $id:tt $title:literal),* $(,)?) => {
        /// What is looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
        pub enum CheckId {
            $(#[serde(rename = $id)] $variant,)*
        }

        impl CheckId {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

checks! {
    FullAdmin "full-admin-small-job" "Full administrator rights in AWS",
    ServiceWildcard "service-wildcard" "Every action of a service on every resource",
    IrsaShadowed "irsa-shadowed" "IRSA annotation shadowed by a Pod Identity association",
    RoleMissing "role-missing" "Names a role that does not exist",
    AssociationWithoutServiceAccount "association-without-service-account" "Pod Identity association without its ServiceAccount",
    AssociationOnDefault "association-on-default" "Pod Identity association on the default ServiceAccount",
    SharedBroadRole "shared-broad-role" "One broad role shared by unrelated workloads",
    TrustWithoutSub "trust-without-sub" "Trust policy admits more than one ServiceAccount",
    TrustOtherIssuer "trust-other-issuer" "Trust policy names another cluster's issuer",
    PassRoleAny "pass-role-any" "May pass any role to a service",
    AwsAuthMasters "aws-auth-masters" "aws-auth puts a principal into system:masters",
    MappedDifferently "mapped-differently" "Mapped on both sides with different rights",
    NodeRoleFallback "node-role-fallback" "Pods can fall back to the node's role",
    StaticKeys "static-keys" "Static AWS keys in the environment",
    TrustRefuses "trust-refuses" "Trust policy does not admit the ServiceAccount that is bound to it",
    AwsAuthMalformed "aws-auth-malformed" "aws-auth has entries without effect",
}

/// Whether a check could be made, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    pub id: CheckId,
    pub title: &'static str,
    pub state: CheckState,
    pub count: usize,
    /// What could not be looked at. A check that found something may still have missed more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CheckState {
    Found,
    /// Everything was looked at.
    Clear,
    /// Nothing found, but not everything could be looked at.
    Unknown,
}
