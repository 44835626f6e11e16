//! What distinguishes one cluster of the world from another.

use crate::aws::EksCluster;

#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) id: &'static str,
    pub(crate) environment: &'static str,
    pub(crate) git_version: &'static str,
    pub(crate) minor: &'static str,
    pub(crate) eks: Option<Eks>,
    pub(crate) flavour: Flavour,
}

/// What an EKS cluster is in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eks {
    pub arn: String,
    pub account_id: String,
    pub region: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Production,
    Staging,
    Edge,
}

impl Profile {
    /// The region of its nodes; `None` outside AWS.
    pub(crate) fn region(&self) -> Option<&str> {
        self.eks.as_ref().map(|eks| eks.region.as_str())
    }

    pub(crate) fn all() -> [Self; 3] {
        let eks = |name: &str| EksCluster::of(name).map(EksCluster::facts);
        [
            Self {
                id: "prod-eu",
                environment: "production",
                git_version: "v1.33.4-eks-99d6cc0",
                minor: "33+",
                eks: eks("prod-eu"),
                flavour: Flavour::Production,
            },
            Self {
                id: "staging",
                environment: "staging",
                git_version: "v1.34.1-eks-113cf36",
                minor: "34+",
                eks: eks("staging"),
                flavour: Flavour::Staging,
            },
            Self {
                id: "edge",
                environment: "other",
                git_version: "v1.31.9+k3s1",
                minor: "31",
                eks: None,
                flavour: Flavour::Edge,
            },
        ]
    }
}
