//! The question, and everything that answers it.

use std::fmt;

use crate::action::Action;
use crate::context::Context;
use crate::policy::Policy;
use crate::principal::Principal;

/// Who wants to do what to what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `None`: an anonymous caller.
    pub principal: Option<&'a Principal>,
    pub action: &'a Action,
    /// An ARN, or `*` for an action that knows no resources.
    pub resource: &'a str,
    /// The resource's. When absent the one in its ARN, else the caller's.
    pub account: Option<&'a str>,
    pub context: &'a Context,
}

/// Every policy that has a say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    pub identity: &'a [Policy],
    /// The resource's own: of a bucket, of a key, or a role's trust policy.
    pub resource: Option<&'a Policy>,
    /// No boundary when empty.
    pub boundary: &'a [Policy],
    /// No session policy when empty.
    pub session: &'a [Policy],
    /// Of the caller's account: a list per level, root first. `None`: no organisation.
    pub service_control: Option<&'a [Vec<Policy>]>,
    /// Of the resource's account.
    pub resource_control: &'a [Vec<Policy>],
    /// Of the VPC endpoint that the call goes through; none when empty.
    pub endpoint: &'a [Policy],
    pub facts: Facts<'a>,
}

/// What no policy says and no ARN tells.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// Organisations' policies bind neither its principals nor its resources.
    pub management_account: Option<&'a str>,
    /// The caller is a service-linked role whose path its ARN does not tell, as that of a session.
    pub service_linked: bool,
    /// The key is one that AWS keeps.
    pub aws_managed_key: bool,
    /// The IAM user that made the caller's federated session.
    pub user_behind: Option<&'a Principal>,
    /// There is, or may be, a policy of the resource that was not read.
    pub resource_unseen: bool,
}

/// Kinds of policies, by what they stand for in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    Identity,
    Resource,
    Boundary,
    Session,
    ServiceControl,
    ResourceControl,
    Endpoint,
    /// What AWS itself never lets happen.
    Service,
}

impl Layer {
    /// As the cases of `periscope iam eval` call it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::ServiceControl => "scps",
            Self::ResourceControl => "rcps",
            Self::Endpoint => "vpce",
            Self::Service => "service",
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity policy",
            Self::Resource => "resource policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
            Self::Service => "AWS itself",
        })
    }
}

/// Everything that limits one principal, whatever it does.
#[derive(Debug, Clone)]
pub struct RolePolicies {
    pub principal: Principal,
    pub identity: Vec<Policy>,
    pub boundary: Vec<Policy>,
    pub session: Vec<Policy>,
    /// A list per level, root first. `None`: no organisation.
    pub service_control: Option<Vec<Vec<Policy>>>,
    pub management_account: Option<Box<str>>,
}

impl RolePolicies {
    pub fn new(principal: Principal) -> Self {
        let (identity, boundary, session) = (Vec::new(), Vec::new(), Vec::new());
        Self { principal, identity, boundary, session, service_control: None, management_account: None }
    }

    /// What decides about it where the resource has no policy; add the resource's side.
    pub fn policies(&self) -> Policies<'_> {
        let facts = Facts { management_account: self.management_account.as_deref(), ..Facts::default() };
        Policies {
            identity: &self.identity,
            boundary: &self.boundary,
            session: &self.session,
            service_control: self.service_control.as_deref(),
            facts,
            ..Policies::default()
        }
    }
}
