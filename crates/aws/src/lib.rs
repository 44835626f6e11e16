#![doc = include_str!("../README.md")]

mod arn;
mod aws;
mod capability;
mod client;
mod credentials;
mod eks_access;
mod error;
mod http;
mod keep;
mod learnt;
mod operations;
mod options;
mod partition;
mod policy;
mod reach;
mod read;
mod sign;
mod xml;

#[cfg(test)]
mod tests;

pub use aws::{Aws, ClusterAws, Refreshed, Scope};
pub use capability::{Capability, CapabilitySource, CapabilityState, Feature};
pub use credentials::{CredentialSource, Keys, Refusal, Surroundings};
pub use eks_access::{EksAccess, EksEndpoint, EksToken};
pub use error::Error;
pub use keep::Spared;
pub use options::{AccountEntry, AwsOptions, EksTarget, Endpoints, Limits, OrganizationEntry, RoleToAssume};
pub use partition::Partition;
pub use policy::{PolicyDocument, PolicyFor, iam_policy};
