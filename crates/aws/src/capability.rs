//! What Periscope's own role may do, as far as that is known.

use jiff::Timestamp;
use periscope_model::AwsPermission;

/// What needs a permission; least-privilege policies are made by these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// Reach clusters whose connection is `eks`, and know what every EKS cluster is.
    Cluster,
    /// Access entries and their policies.
    Access,
    /// Pod Identity, roles with their policies, OIDC providers.
    Identity,
    /// The same, role by role, where an account's roles may not be read at once.
    IdentityNarrow,
    /// Service and resource control policies on the way to the account.
    Organization,
    /// Whether pods reach their node's own role.
    Instances,
    /// Ask AWS what is missing, instead of learning it from refusals.
    Capabilities,
}

impl Feature {
    pub const ALL: [Self; 7] = [
        Self::Cluster,
        Self::Access,
        Self::Identity,
        Self::IdentityNarrow,
        Self::Organization,
        Self::Instances,
        Self::Capabilities,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Access => "access",
            Self::Identity => "identity",
            Self::IdentityNarrow => "identity-narrow",
            Self::Organization => "organization",
            Self::Instances => "instances",
            Self::Capabilities => "capabilities",
        }
    }

    /// One sentence for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Cluster => "reach clusters by EKS, and know what each is",
            Self::Access => "who may enter a cluster, by access entries",
            Self::Identity => "which roles pods have, and what those may do",
            Self::IdentityNarrow => "the same role by role, where all roles of an account may not be read at once",
            Self::Organization => "what the organisation's policies leave of it",
            Self::Instances => "whether pods reach their node's role",
            Self::Capabilities => "say beforehand which permissions are missing",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CapabilityState {
    Allowed,
    Denied,
    /// Nobody tried, and AWS was not asked or did not tell.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CapabilitySource {
    /// AWS's policy simulator said so.
    Simulated,
    /// It was done, or refused.
    Learnt,
}

/// One permission that a feature needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    pub feature: Feature,
    pub permission: AwsPermission,
    pub state: CapabilityState,
    /// `None` while the state is unknown.
    pub source: Option<CapabilitySource>,
    pub at: Option<Timestamp>,
}
