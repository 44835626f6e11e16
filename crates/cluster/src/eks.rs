//! EKS clusters: whoever can ask AWS says where they are and who we are there. This crate cannot.

use std::fmt;
use std::time::Duration;

use futures::future::BoxFuture;

/// Tells how one EKS cluster is reached. What it says is kept; it is asked again when that does not work any more.
pub trait Eks: fmt::Debug + Send + Sync {
    /// The cluster's ARN: its name for people until its address is known.
    fn arn(&self) -> &str;
    fn endpoint(&self) -> BoxFuture<'static, Result<EksEndpoint, String>>;
    fn token(&self) -> BoxFuture<'static, Result<EksToken, String>>;
}

/// Where an API server is, and by what it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksEndpoint {
    /// `https://…eks.amazonaws.com`
    pub server: String,
    /// PEM.
    pub certificate_authority: String,
}

/// What an API server knows us by, for a while.
#[derive(Clone)]
pub struct EksToken {
    pub value: String,
    pub good_for: Duration,
}

impl fmt::Debug for EksToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EksToken").field("good_for", &self.good_for).finish_non_exhaustive()
    }
}
