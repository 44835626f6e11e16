#![doc = include_str!("../README.md")]

mod arn;
mod aws_auth;
mod facts;
mod finding;

pub use arn::{PrincipalArn, PrincipalKey, PrincipalKind, console_url};
pub use aws_auth::{AwsAuth, AwsAuthEntry, AwsAuthList, AwsAuthProblem};
pub use facts::{
    AwsEnvironment, ClusterFacts, ContainerFacts, DEFAULT_SERVICE_ACCOUNT, NodeFacts, NodeKind, PodFacts,
    ServiceAccountFacts, WorkloadFacts, service_account_name,
};
pub use finding::{CheckId, CheckState, Checked, Finding, FindingCertainty, Severity, Subject, SubjectKind};
