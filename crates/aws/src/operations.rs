//! Everything that is ever asked of AWS: the one table.
//!
//! A request can only be made of an [`Operation`], and the least-privilege policy is made from this table, so neither can
//! have what the other has not.

use crate::Feature;
use crate::Feature::{Access, Capabilities, Cluster, Identity, IdentityNarrow, Instances, Organization};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Service {
    Eks,
    Iam,
    Sts,
    Organizations,
    Ec2,
}

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A `GET` at a path; JSON comes back.
    RestJson,
    /// Names and values in a form; XML comes back.
    Query { version: &'static str },
    /// A JSON object under a target; JSON comes back.
    Json11 { target: &'static str },
}

impl Service {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [Self::Eks, Self::Iam, Self::Sts, Self::Organizations, Self::Ec2];

    /// As requests are signed for it, and as its actions begin.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Eks => "eks",
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Organizations => "organizations",
            Self::Ec2 => "ec2",
        }
    }

    pub(crate) fn protocol(self) -> Protocol {
        match self {
            Self::Eks => Protocol::RestJson,
            Self::Iam => Protocol::Query { version: "2010-05-08" },
            Self::Sts => Protocol::Query { version: "2011-06-15" },
            Self::Organizations => Protocol::Json11 { target: "AWSOrganizationsV20161128" },
            Self::Ec2 => Protocol::Query { version: "2016-11-15" },
        }
    }
}

/// What an action is granted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum ResourceForm {
    /// The action knows no resources, or needs no permission.
    Any,
    EksCluster,
    AccessEntry,
    PodIdentityAssociation,
    Role,
    ManagedPolicy,
    OidcProvider,
    InstanceProfile,
    /// The roles that configuration says to assume.
    RoleToAssume,
    /// The role that Periscope itself is.
    OwnRole,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Spec {
    pub(crate) operation: Operation,
    pub(crate) service: Service,
    pub(crate) name: &'static str,
    /// Of EKS: where it is, with the names of inputs in braces.
    pub(crate) path: &'static str,
    pub(crate) resource: ResourceForm,
    /// None where AWS asks for no permission.
    pub(crate) features: &'static [Feature],
}

impl Spec {
    /// `iam:GetRole`
    pub(crate) fn action(&self) -> String {
        format!("{}:{}", self.service.name(), self.name)
    }

    /// Whether somebody must grant it.
    pub(crate) fn needs_permission(&self) -> bool {
        !self.features.is_empty()
    }
}

macro_rules! operations {
    ($($service:ident { $($name:ident $path:literal $resource:ident $features:expr;)* })*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Operation { $($($name,)*)* }

        pub(crate) static TABLE: &[Spec] = &[$($(Spec {
            operation: Operation::$name,
            service: Service::$service,
            name: stringify!($name),
            path: $path,
            resource: ResourceForm::$resource,
            features: &$features,
        },)*)*];
    };
}

operations! {
    Eks {
        DescribeCluster "/clusters/{name}" EksCluster [Cluster, Access, Identity];
        ListAccessEntries "/clusters/{clusterName}/access-entries" EksCluster [Access];
        DescribeAccessEntry "/clusters/{clusterName}/access-entries/{principalArn}" AccessEntry [Access];
        ListAssociatedAccessPolicies "/clusters/{clusterName}/access-entries/{principalArn}/access-policies" AccessEntry [Access];
        ListPodIdentityAssociations "/clusters/{clusterName}/pod-identity-associations" EksCluster [Identity];
        DescribePodIdentityAssociation "/clusters/{clusterName}/pod-identity-associations/{associationId}" PodIdentityAssociation [Identity];
    }
    Iam {
        GetAccountAuthorizationDetails "" Any [Identity];
        ListOpenIDConnectProviders "" Any [Identity];
        GetOpenIDConnectProvider "" OidcProvider [Identity];
        GetRole "" Role [IdentityNarrow, Capabilities];
        ListRolePolicies "" Role [IdentityNarrow];
        GetRolePolicy "" Role [IdentityNarrow];
        ListAttachedRolePolicies "" Role [IdentityNarrow];
        GetPolicy "" ManagedPolicy [IdentityNarrow];
        GetPolicyVersion "" ManagedPolicy [IdentityNarrow];
        GetInstanceProfile "" InstanceProfile [IdentityNarrow];
        SimulatePrincipalPolicy "" OwnRole [Capabilities];
    }
    Sts {
        GetCallerIdentity "" Any [];
        AssumeRole "" RoleToAssume [Cluster, Access, Identity, IdentityNarrow, Organization, Instances];
        AssumeRoleWithWebIdentity "" Any [];
    }
    Organizations {
        DescribeOrganization "" Any [Organization];
        ListRoots "" Any [Organization];
        ListParents "" Any [Organization];
        ListPoliciesForTarget "" Any [Organization];
        DescribePolicy "" Any [Organization];
        DescribeOrganizationalUnit "" Any [Organization];
        DescribeAccount "" Any [Organization];
    }
    Ec2 {
        DescribeInstances "" Any [Instances];
    }
}

impl Operation {
    pub(crate) fn spec(self) -> &'static Spec {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_found_by_operation_and_reads_only() {
        for (at, spec) in TABLE.iter().enumerate() {
            assert_eq!(spec.operation as usize, at);
            assert!(std::ptr::eq(spec.operation.spec(), spec));
            let reads = ["Get", "List", "Describe", "Simulate", "AssumeRole"];
            assert!(reads.iter().any(|verb| spec.name.starts_with(verb)), "{} changes something", spec.name);
        }
        let names: BTreeSet<_> = TABLE.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }
}
