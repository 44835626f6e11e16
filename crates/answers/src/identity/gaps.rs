//! What AWS did not tell, as far as it concerns an answer and its reader.

use std::collections::BTreeSet;

use periscope_identity::{ClusterFacts, Identities};
use periscope_model::aws::RoleRead;
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

/// What of AWS is missing for these parts. `whole`: the reader may know who may enter the cluster; of roles that no
/// workload they see has they may know only if they see all that runs in it, too.
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
    let policies = named.iter().flat_map(|arn| policies_of(identities, arn));
    let known: BTreeSet<String> = named.iter().map(|arn| (*arn).to_owned()).chain(policies).collect();
    let who_enters = |arn: &str| whole && naming(arn).is_some_and(|(_, what)| what == ENTRIES);
    let may_know = |arn: &str| known.contains(arn) || who_enters(arn);
    let sees_all = whole && facts.scope.cluster_wide;
    let mut told = Vec::new();
    for gap in gaps.into_iter().map(|gap| if sees_all { gap } else { without_names(gap, &may_know) }) {
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

/// What is attached to a role, and its boundary.
fn policies_of(identities: &Identities, role: &str) -> Vec<String> {
    match identities.accounts().role(role) {
        RoleRead::Found(role) => role.attached.iter().chain(&role.boundary).cloned().collect(),
        RoleRead::Missing | RoleRead::Unread(_) => Vec::new(),
    }
}

/// Said of who may enter the cluster.
const ENTRIES: &str = "not all access entries are read";
/// Parts of ARNs behind which a name tells of somebody, and what is said instead.
const NAMING: [(&str, &str, &str); 7] = [
    ("iam", ":role/", "not all roles are read"),
    ("iam", ":policy/", "not all policies of roles are read"),
    ("iam", ":instance-profile/", "not all roles of nodes are read"),
    ("iam", ":user/", ENTRIES),
    ("sts", ":federated-user/", ENTRIES),
    ("sts", ":assumed-role/", ENTRIES),
    ("eks", ":access-entry/", ENTRIES),
];

/// A gap may name a role, or what belongs to one, that the reader knows nothing of: then it is told in general. Who asked
/// is Periscope itself, and no secret.
pub(crate) fn without_names(gap: Gap, may_know: &dyn Fn(&str) -> bool) -> Gap {
    let asked = |arn: &str| gap.needs_aws.iter().any(|needed| needed.principal.as_deref() == Some(arn));
    let hidden = |arn: &str| {
        let (_, what) = naming(arn)?;
        (!arn.ends_with('*') && !may_know(arn) && !asked(arn)).then_some(what)
    };
    let words = gap.what.split(|c: char| c.is_whitespace() || ";\"'()".contains(c));
    let mut words = words.map(|word| word.trim_end_matches(['.', ':', ',']));
    let resources = gap.needs_aws.iter().map(|needed| needed.resource.as_str());
    let found = resources.clone().find_map(hidden).or_else(|| words.find_map(hidden));
    let Some(what) = found else { return gap };
    let general = |needed: &AwsPermission| {
        let is_hidden = hidden(&needed.resource).is_some();
        let resource = if is_hidden { in_general(&needed.resource) } else { needed.resource.clone() };
        AwsPermission { resource, ..needed.clone() }
    };
    let needs_aws = gap.needs_aws.iter().map(general).collect();
    Gap { what: what.to_owned(), needs_aws, ..gap }
}

/// The part of an ARN behind which a name tells of somebody.
pub(super) fn naming(arn: &str) -> Option<(&'static str, &'static str)> {
    let service = arn.split(':').nth(2)?;
    let of = |(of, part, _): &&(&str, &str, &str)| *of == service && arn.contains(part);
    NAMING.iter().find(of).map(|(_, part, what)| (*part, *what))
}

/// An ARN with `*` in place of a name that tells of somebody.
pub(crate) fn in_general(arn: &str) -> String {
    let named = naming(arn).and_then(|(part, _)| Some((arn.split_once(part)?.0, part)));
    named.map_or_else(|| arn.to_owned(), |(start, part)| format!("{start}{part}*"))
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
            without_names(gap, &|arn| arn.ends_with("/mine"))
        };
        let hidden = of("arn:aws:iam::111122223333:role/teams/theirs");
        assert_eq!(hidden.needs_aws[0].resource, "arn:aws:iam::111122223333:role/*");
        assert!(!hidden.what.contains("theirs"), "{hidden:?}");
        assert!(of("arn:aws:iam::111122223333:role/mine").what.contains("/mine"));
        assert_eq!(of("*").needs_aws[0].resource, "*");
        for (named, general) in [
            ("arn:aws:iam::111122223333:policy/teams/theirs", "arn:aws:iam::111122223333:policy/*"),
            ("arn:aws:iam::111122223333:user/theirs", "arn:aws:iam::111122223333:user/*"),
            ("arn:aws:iam::111122223333:instance-profile/theirs", "arn:aws:iam::111122223333:instance-profile/*"),
            ("arn:aws:sts::111122223333:assumed-role/theirs/me", "arn:aws:sts::111122223333:assumed-role/*"),
        ] {
            let hidden = of(named);
            assert_eq!(hidden.needs_aws[0].resource, general);
            assert!(!hidden.what.contains("theirs"), "{hidden:?}");
        }
        let organization = "arn:aws:organizations::123456789012:policy/o-abc/service_control_policy/p-abc";
        assert!(of(organization).what.contains(organization), "limits everybody");
    }

    #[test]
    fn who_may_know_who_enters_learns_no_role_of_a_namespace_by_that() {
        let gap = |resource: &str| {
            let permission =
                AwsPermission { action: "iam:GetRole".to_owned(), resource: resource.to_owned(), principal: None };
            Gap::missing_iam_permission(format!("{resource} is not read"), permission)
        };
        let told = |cluster_wide: bool, whole: bool| {
            let scope = periscope_model::Scope { cluster_wide, namespaces: Vec::new() };
            let mut facts = ClusterFacts::new(periscope_model::ClusterId::slug("prod"), scope);
            facts.arn = Some("arn:aws:eks:eu-west-1:111122223333:cluster/prod".to_owned());
            facts.access_entries.gaps =
                vec![gap("arn:aws:eks:eu-west-1:111122223333:access-entry/prod/user/1111/ann/x")];
            let mut account =
                periscope_identity::AccountFacts { account: "111122223333".to_owned(), ..Default::default() };
            account.iam.gaps = vec![gap("arn:aws:iam::111122223333:role/theirs")];
            let accounts = periscope_identity::Accounts::new([account]);
            let identities = Identities::new(std::sync::Arc::new(facts), std::sync::Arc::new(accounts));
            let words = format!("{:?}", of_aws(&identities, &[Part::AccessEntries, Part::Iam], whole));
            (words.contains("/ann/"), words.contains("theirs"))
        };
        assert_eq!(told(false, false), (false, false));
        assert_eq!(told(false, true), (true, false), "access entries alone");
        assert_eq!(told(true, true), (true, true));
    }

    #[test]
    fn a_gap_says_as_whom_it_was_asked() {
        let server = "arn:aws:iam::111122223333:role/periscope";
        let needed = AwsPermission {
            action: "eks:ListAccessEntries".to_owned(),
            resource: "arn:aws:eks:eu-west-1:111122223333:cluster/prod".to_owned(),
            principal: Some(server.to_owned()),
        };
        let gap = Gap::missing_iam_permission(format!("refused: it is missing for {server}"), needed);
        assert_eq!(without_names(gap.clone(), &|_| false), gap);
        let also = Gap { what: format!("{}, and arn:aws:iam::111122223333:user/jenkins", gap.what), ..gap };
        assert!(!without_names(also, &|_| false).what.contains("jenkins"));
    }
}
