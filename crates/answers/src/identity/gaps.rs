//! What AWS did not tell, as far as it concerns an answer and its reader.

use std::collections::BTreeSet;

use periscope_identity::{ClusterFacts, Identities};
use periscope_model::{AwsPermission, Gap};

use crate::clusters::Cluster;

/// A part of AWS that an answer is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    AccessEntries,
    Associations,
    Instances,
    Iam,
    Organization,
}

/// Who has which role.
pub(super) const BINDINGS: &[Part] = &[Part::Associations, Part::Instances, Part::Iam];
/// What a role may do.
pub(super) const RIGHTS: &[Part] = &[Part::Associations, Part::Instances, Part::Iam, Part::Organization];

/// A cluster of which no ARN is known has nothing to do with AWS, as far as can be told.
pub(crate) fn not_eks(cluster: &Cluster) -> Option<Gap> {
    if cluster.spec.eks.is_some() {
        return None;
    }
    let what = format!("cluster {} is not known to be an EKS cluster", cluster.spec.id);
    let fix = "add eks.arn to the cluster in the configuration".to_owned();
    Some(Gap { fix: Some(fix), docs: Some("docs/aws.md".to_owned()), ..Gap::new("NOT_EKS", what) })
}

/// What of AWS is missing for these parts. `whole`: the reader may know of roles that no workload they see has.
pub(super) fn of_aws(identities: &Identities, parts: &[Part], whole: bool) -> Vec<Gap> {
    let facts = identities.facts();
    let mut gaps = facts.eks.gaps.clone();
    let lists = [
        (Part::AccessEntries, &facts.access_entries.gaps),
        (Part::Associations, &facts.associations.gaps),
        (Part::Instances, &facts.instances.gaps),
    ];
    gaps.extend(lists.into_iter().filter(|(part, _)| parts.contains(part)).flat_map(|(_, gaps)| gaps.clone()));
    let named = named_roles(facts);
    let accounts: BTreeSet<&str> =
        facts.account().into_iter().chain(named.iter().filter_map(|arn| account(arn))).collect();
    for id in accounts {
        let Some(known) = identities.accounts().account(id) else {
            if parts.contains(&Part::Iam) {
                gaps.push(unconfigured(id));
            }
            continue;
        };
        if parts.contains(&Part::Iam) {
            gaps.extend(known.iam.gaps.iter().cloned());
        }
        if parts.contains(&Part::Organization) {
            gaps.extend(known.organization.gaps.iter().cloned());
        }
    }
    let may_know = |arn: &str| whole || named.contains(arn);
    let mut told = Vec::new();
    for gap in gaps.into_iter().map(|gap| if whole { gap } else { without_roles(gap, &may_know) }) {
        if !told.contains(&gap) {
            told.push(gap);
        }
    }
    told
}

fn unconfigured(account: &str) -> Gap {
    let what = format!("roles of account {account} are not read: the account is not configured");
    let fix = format!("add {{id: \"{account}\", assumeRole: ARN}} to aws.accounts, with a role of that account");
    Gap { fix: Some(fix), docs: Some("docs/aws.md".to_owned()), ..Gap::new("ROLE_IN_UNREAD_ACCOUNT", what) }
}

/// The roles that something here names: a service account, an association or a pod.
pub(super) fn named_roles(facts: &ClusterFacts) -> BTreeSet<&str> {
    let annotated = facts.service_accounts.value.iter().flat_map(|all| all.iter());
    let annotated = annotated.filter_map(|one| one.role_arn.as_deref());
    let associated = facts.associations.value.iter().flat_map(|all| all.iter());
    let associated = associated.flat_map(|one| [Some(&*one.role_arn), one.target_role_arn.as_deref()]).flatten();
    let running = facts.pods.value.iter().flat_map(|all| all.iter());
    let running = running.flat_map(|pod| &pod.containers).filter_map(|one| one.environment.role_arn.as_deref());
    annotated.chain(associated).chain(running).collect()
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// A gap may name a role that the reader knows nothing of: then it is told of roles in general.
pub(crate) fn without_roles(gap: Gap, may_know: &dyn Fn(&str) -> bool) -> Gap {
    let is_hidden =
        |permission: &AwsPermission| permission.resource.contains(":role/") && !may_know(&permission.resource);
    let mut words = gap.what.split(|c: char| c.is_whitespace() || ",;\"'()".contains(c));
    let tells = words.any(|word| word.contains(":role/") && !may_know(word.trim_end_matches(['.', ':'])));
    if !tells && !gap.needs_aws.iter().any(is_hidden) {
        return gap;
    }
    let general = |permission: AwsPermission| {
        if !is_hidden(&permission) {
            return permission;
        }
        let start = permission.resource.split(":role/").next().unwrap_or_default();
        AwsPermission { resource: format!("{start}:role/*"), ..permission }
    };
    Gap {
        what: "not all roles are read".to_owned(),
        needs_aws: gap.needs_aws.into_iter().map(general).collect(),
        ..gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_names_no_role_that_its_reader_knows_nothing_of() {
        let permission = |resource: &str| AwsPermission {
            action: "iam:GetRole".to_owned(),
            resource: resource.to_owned(),
            principal: None,
        };
        let of = |resource: &str| {
            let gap = Gap::missing_iam_permission(format!("{resource} is not read"), permission(resource));
            without_roles(gap, &|arn| arn.ends_with("/mine"))
        };
        let hidden = of("arn:aws:iam::111122223333:role/teams/theirs");
        assert_eq!(hidden.needs_aws[0].resource, "arn:aws:iam::111122223333:role/*");
        assert!(!hidden.what.contains("theirs"), "{hidden:?}");
        assert!(of("arn:aws:iam::111122223333:role/mine").what.contains("/mine"));
        assert_eq!(of("*").needs_aws[0].resource, "*");
    }
}
