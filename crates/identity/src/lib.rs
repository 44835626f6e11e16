#![doc = include_str!("../README.md")]

mod access;
mod access_policy;
mod accounts;
mod arn;
mod aws_auth;
mod bindings;
mod chain;
mod documents;
mod facts;
mod finding;
mod findings;
mod identities;
mod in_force;
mod role_chains;
mod roles;
mod session;
mod trust;
mod who_can;

pub use access::{
    AccessPrincipal, AccessState, AwsAuthSide, Chip, ClusterAccess, EntryPolicy, EntrySide, cluster_access,
};
pub use access_policy::{AccessPolicy, scope_covers};
pub use accounts::{AccountFacts, Accounts, RoleState};
pub use arn::{PrincipalArn, PrincipalKey, PrincipalKind, console_url};
pub use aws_auth::{AwsAuth, AwsAuthEntry, AwsAuthList, AwsAuthProblem};
pub use bindings::{AssociationView, BindingSource, ServiceAccountBinding, WorkloadPods};
pub use chain::{ChainStep, ChainStepKind, ChainSubject, StepVerdict};
pub use documents::RoleLimits;
pub use facts::{
    AwsEnvironment, ClusterFacts, ContainerFacts, DEFAULT_SERVICE_ACCOUNT, NodeFacts, NodeKind, PodFacts,
    ServiceAccountFacts, WorkloadFacts, service_account_name,
};
pub use finding::{CheckId, CheckState, Checked, Finding, FindingCertainty, Severity, Subject, SubjectKind};
pub use findings::{CheckOptions, Report};
pub use identities::Identities;
pub use in_force::{IdentityGroup, IdentitySource, IdentityState, NextIdentity, PodIdentity};
pub use role_chains::{RoleChain, RoleChains};
pub use roles::{RolePolicy, RolePolicyKind, RoleUser, RoleView};
pub use session::Session;
pub use trust::{Admits, TrustAnswer, TrustQuestion};
pub use who_can::{Acting, Actor, ActorKey, HolderKey, HolderRow, HolderStep, Holders};
