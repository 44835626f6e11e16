//! What pods are in AWS, what they can do there, and who may enter a cluster.
//!
//! Everything here is told only of namespaces in which Kubernetes lets the caller list pods; what belongs to the cluster
//! as a whole only to who may list its cluster role bindings; `aws-auth` is read live as the human. Each read is one row
//! of the record. See docs/decisions/0009.

mod access;
mod accounts;
mod asked;
mod aws_auth;
mod discretion;
mod facts;
mod findings;
mod gaps;
mod known;
mod look;
mod policies;
mod rbac;
mod reference;
mod roles;
mod rows;
mod services;
mod shapes;
mod subject;
mod told;
mod verdict;
mod who_can;
mod why;
mod workload;

pub use shapes::{
    AccessSummary, AwsAccess, AwsActionItem, AwsActionList, AwsChain, AwsLinks, AwsPod, AwsPods, AwsReason, AwsRole,
    AwsRoleList, AwsService, AwsServiceActions, AwsTrust, AwsVerdict, AwsWhy, Decision, Effect, FindingList,
    GrantedAction, LayerState, PolicyFile, SensitiveCatalog, SensitiveEntry, ServiceAccountList, WhoCan, WhoCanCluster,
    WhoCanHop, WhoCanQuestion, WhoCanRow, WhoCanTotal, WhyLayer, WhyQuestion,
};

pub(crate) use gaps::{in_general, not_eks, without_names};
pub(crate) use known::Known;
pub(crate) use look::Look;
pub(crate) use told::Question;
