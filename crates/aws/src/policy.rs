//! The least-privilege policy for Periscope's own role, made from the table of operations.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::operations::{ResourceForm, Spec, TABLE};
use crate::{Feature, arn};

/// What the policy is for. Without clusters and roles it is for any.
#[derive(Debug, Clone, Default)]
pub struct PolicyFor {
    /// All when empty.
    pub features: Vec<Feature>,
    /// ARNs of EKS clusters.
    pub clusters: Vec<String>,
    /// ARNs of the roles that configuration says to assume. None: no `sts:AssumeRole`.
    pub roles: Vec<String>,
}

/// In the order that AWS writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyDocument {
    version: &'static str,
    statement: Vec<PolicyStatement>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyStatement {
    sid: String,
    effect: &'static str,
    action: BTreeSet<String>,
    resource: Vec<String>,
}

/// One IAM policy document.
pub fn iam_policy(wanted: &PolicyFor) -> PolicyDocument {
    let has = |spec: &&Spec| {
        spec.needs_permission()
            && (wanted.features.is_empty() || spec.features.iter().any(|feature| wanted.features.contains(feature)))
    };
    let mut by_form: BTreeMap<ResourceForm, BTreeSet<String>> = BTreeMap::new();
    for spec in TABLE.iter().filter(has) {
        by_form.entry(spec.resource).or_default().insert(spec.action());
    }
    let mut by_resources: BTreeMap<Vec<String>, (String, BTreeSet<String>)> = BTreeMap::new();
    for (form, actions) in by_form {
        let resources = resources(form, &wanted.clusters, &wanted.roles);
        if !resources.is_empty() {
            by_resources.entry(resources).or_insert_with(|| (sid(form), BTreeSet::new())).1.extend(actions);
        }
    }
    let statement = |(resource, (sid, action)): (Vec<String>, (String, BTreeSet<String>))| PolicyStatement {
        sid,
        effect: "Allow",
        action,
        resource,
    };
    PolicyDocument { version: "2012-10-17", statement: by_resources.into_iter().map(statement).collect() }
}

/// What an action of this form is granted on.
pub(crate) fn resources(form: ResourceForm, clusters: &[String], roles: &[String]) -> Vec<String> {
    // Partition, region, account and name of each cluster; of any when there is none.
    let places: BTreeSet<(&str, &str, &str, &str)> = if clusters.is_empty() {
        [("*", "*", "*", "*")].into()
    } else {
        clusters.iter().filter_map(|cluster| place(cluster)).collect()
    };
    let of = |kind: &str, sub: &str| -> Vec<String> {
        let one = |(partition, region, account, name): &(&str, &str, &str, &str)| {
            format!("arn:{partition}:eks:{region}:{account}:{kind}/{name}{sub}")
        };
        places.iter().map(one).collect()
    };
    let iam = |kinds: &[&str]| -> Vec<String> {
        let accounts: BTreeSet<(&str, &str)> =
            places.iter().map(|(partition, _, account, _)| (*partition, *account)).collect();
        let one = |(partition, account): &(&str, &str)| {
            kinds.iter().map(|kind| format!("arn:{partition}:iam::{account}:{kind}/*")).collect::<Vec<_>>()
        };
        accounts.iter().flat_map(one).collect()
    };
    match form {
        ResourceForm::Any => vec!["*".to_owned()],
        ResourceForm::EksCluster => of("cluster", ""),
        ResourceForm::AccessEntry => of("access-entry", "/*"),
        ResourceForm::PodIdentityAssociation => of("podidentityassociation", "/*"),
        ResourceForm::Role | ResourceForm::OwnRole => iam(&["role"]),
        ResourceForm::ManagedPolicy => {
            let partitions: BTreeSet<&str> = places.iter().map(|(partition, ..)| *partition).collect();
            let theirs = partitions.iter().map(|partition| format!("arn:{partition}:iam::aws:policy/*"));
            let mut all = iam(&["policy"]);
            all.extend(theirs);
            all
        }
        ResourceForm::OidcProvider => iam(&["oidc-provider"]),
        ResourceForm::InstanceProfile => iam(&["instance-profile"]),
        ResourceForm::RoleToAssume => roles.to_vec(),
    }
}

fn place(cluster: &str) -> Option<(&str, &str, &str, &str)> {
    let mut parts = cluster.split(':').skip(1);
    let (partition, _, region) = (parts.next()?, parts.next()?, parts.next()?);
    Some((partition, region, arn::account(cluster)?, arn::eks_cluster_name(cluster)?))
}

fn sid(form: ResourceForm) -> String {
    let name = match form {
        ResourceForm::Any => "Account",
        ResourceForm::EksCluster => "Clusters",
        ResourceForm::AccessEntry => "AccessEntries",
        ResourceForm::PodIdentityAssociation => "PodIdentity",
        ResourceForm::Role | ResourceForm::OwnRole => "Roles",
        ResourceForm::ManagedPolicy => "Policies",
        ResourceForm::OidcProvider => "OidcProviders",
        ResourceForm::InstanceProfile => "InstanceProfiles",
        ResourceForm::RoleToAssume => "Assume",
    };
    format!("Periscope{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(policy: &PolicyDocument) -> BTreeSet<String> {
        policy.statement.iter().flat_map(|statement| statement.action.clone()).collect()
    }

    #[test]
    fn exactly_what_can_be_sent_is_granted() {
        let all = PolicyFor { roles: vec!["arn:aws:iam::999988887777:role/p".into()], ..PolicyFor::default() };
        let sent: BTreeSet<String> = TABLE.iter().filter(|spec| spec.needs_permission()).map(Spec::action).collect();
        assert_eq!(granted(&iam_policy(&all)), sent);
        for feature in Feature::ALL {
            let of_feature = granted(&iam_policy(&PolicyFor { features: vec![feature], ..all.clone() }));
            let sent: BTreeSet<String> =
                TABLE.iter().filter(|spec| spec.features.contains(&feature)).map(Spec::action).collect();
            assert_eq!(of_feature, sent, "{}", feature.name());
        }
    }

    #[test]
    fn a_policy_names_the_clusters() {
        let wanted = PolicyFor {
            features: vec![Feature::Access, Feature::Identity],
            clusters: vec!["arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/prod".into()],
            roles: Vec::new(),
        };
        insta::assert_snapshot!(serde_json::to_string_pretty(&iam_policy(&wanted)).expect("JSON"));
    }
}
