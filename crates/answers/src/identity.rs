//! What pods are in AWS, what they can do there, and who may enter a cluster.
//!
//! Everything here is told only of namespaces in which Kubernetes lets the caller list pods; what belongs to the cluster
//! as a whole only to who may list its cluster role bindings; `aws-auth` is read live as the human. Each read is one row
//! of the record. See docs/decisions/0009.

mod access;
mod accounts;
mod asked;
mod findings;
mod look;
mod reference;
mod roles;
mod shapes;
mod told;
mod who_can;
mod why;
mod workload;

pub use shapes::{
    AccessPolicyItem, AccessPrincipal, AccessScopeItem, AccessSummary, AccountWorkload, Admits, AfterRestart,
    AssociationItem, AwsAccess, AwsActionItem, AwsActionList, AwsChain, AwsLinks, AwsPod, AwsPods, AwsReason, AwsRole,
    AwsRoleList, AwsService, AwsServiceActions, AwsVerdict, AwsWhy, ChainStep, CheckState, ClusterAccess, Decision,
    Effect, Finding, FindingCertainty, FindingCheck, FindingList, FindingSubject, GrantedAction, IdentitySource,
    IdentityState, LayerState, MigrationChip, PodIdentity, PolicyFile, PolicyKindItem, PrincipalEntry,
    PrincipalMapping, PrincipalState, RoleAccount, RolePolicy, RoleState, SensitiveCatalog, SensitiveEntry,
    ServiceAccountIdentity, ServiceAccountList, Severity, StepKind, StepVerdict, TrustAnswer, TrustVerdict, WhoCan,
    WhoCanCluster, WhoCanHop, WhoCanQuestion, WhoCanRow, WhoCanTotal, WhyLayer, WhyQuestion, Workload,
};

pub(crate) use look::Look;
pub(crate) use told::Question;
