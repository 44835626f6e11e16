//! Whether both sides give a principal the same rights in Kubernetes.

use std::collections::BTreeSet;

use periscope_model::aws::{AccessEntry, AccessScope};
use periscope_rbac::{Policies, Request, Rule, Target};

use super::{Mode, is_node_entry};
use crate::access_policy::{self, AccessPolicy};
use crate::{AwsAuthEntry, arn};

/// Groups that let nodes in; a node entry has them without saying so.
const NODE_GROUPS: &[&str] = &["system:bootstrappers", "system:nodes", "eks:kube-proxy-windows", "system:node-proxier"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comparison {
    Same,
    Different(String),
    /// Why not.
    Unknown(String),
}

impl Comparison {
    pub(super) fn told(self, mode: Mode) -> (Option<bool>, Option<String>) {
        let counts = match mode {
            Mode::Both => "; the entry counts",
            Mode::Entries => "; aws-auth is ignored",
            Mode::ConfigMap => "; the entry is ignored",
            Mode::Unknown => "",
        };
        match self {
            Self::Same => (Some(true), None),
            Self::Different(words) => (Some(false), Some(format!("{words}{counts}"))),
            Self::Unknown(words) => (None, Some(words)),
        }
    }
}

pub(crate) fn compare(entry: &AccessEntry, aws_auth: &AwsAuthEntry, rbac: Option<&Policies>) -> Comparison {
    let both = format!("aws-auth: {}; entry: {}", aws_auth_words(aws_auth), entry_words(entry));
    let masters = |groups: &[String]| groups.iter().any(|group| group == "system:masters");
    let entry_admin = masters(&entry.groups) || entry.policies.iter().any(access_policy::is_full_admin);
    match (entry_admin, aws_auth.is_masters()) {
        (true, true) => return Comparison::Same,
        (false, false) => {}
        _ => return Comparison::Different(format!("only one side makes it a full administrator ({both})")),
    }
    if is_node_entry(entry) || aws_auth.is_node() {
        let more = aws_auth.groups.iter().any(|group| !NODE_GROUPS.contains(&group.as_str()));
        let nodes = is_node_entry(entry) && aws_auth.is_node() && !more;
        return if nodes {
            Comparison::Same
        } else {
            Comparison::Different(format!("only one side is a node's ({both})"))
        };
    }
    let set = |groups: &[String]| groups.iter().cloned().collect::<BTreeSet<String>>();
    let same_groups = set(&entry.groups) == set(&aws_auth.groups);
    // RBAC may bind the user name as well as the groups; where it can be asked, it is.
    let same_user = rbac.is_none() || aws_auth.username.as_deref() == Some(entry.username.as_str());
    if same_groups && same_user && entry.policies.is_empty() {
        return Comparison::Same;
    }
    match rbac {
        Some(rbac) => by_rules(entry, aws_auth, rbac, &both),
        None => Comparison::Unknown(format!(
            "cannot compare without knowing what the cluster's RBAC grants to those groups ({both})"
        )),
    }
}

/// Rule by rule, in every place where either side has any.
fn by_rules(entry: &AccessEntry, aws_auth: &AwsAuthEntry, rbac: &Policies, both: &str) -> Comparison {
    if let Some(unknown) = entry.policies.iter().find(|one| AccessPolicy::find(&one.policy_arn).is_none()) {
        return Comparison::Unknown(format!("what {} allows is not known ({both})", arn::name_of(&unknown.policy_arn)));
    }
    let aws_auth_user = aws_auth.username.clone().unwrap_or_default();
    let mut places: BTreeSet<Option<String>> = BTreeSet::from([None]);
    for (user, groups) in [(&entry.username, &entry.groups), (&aws_auth_user, &aws_auth.groups)] {
        places.extend(rbac.namespaces_bound(user, groups).into_iter().map(Some));
    }
    for associated in &entry.policies {
        if let AccessScope::Namespaces(names) = &associated.scope {
            places.extend(names.iter().cloned().map(Some));
        }
    }
    for place in &places {
        let place = place.as_deref();
        let here: Vec<Rule> = rbac.rules_for(&aws_auth_user, &aws_auth.groups, place).into_iter().cloned().collect();
        let mut there: Vec<Rule> = rbac.rules_for(&entry.username, &entry.groups, place).into_iter().cloned().collect();
        let scoped = entry.policies.iter().filter(|one| access_policy::scope_covers(&one.scope, place));
        there.extend(scoped.filter_map(|one| AccessPolicy::find(&one.policy_arn)).flat_map(AccessPolicy::rules));
        if let Some(more) = first_beyond(&here, &there, place) {
            return Comparison::Different(format!("only aws-auth lets it {more} ({both})"));
        }
        if let Some(more) = first_beyond(&there, &here, place) {
            return Comparison::Different(format!("only the entry lets it {more} ({both})"));
        }
    }
    Comparison::Same
}

/// The first thing that `rules` grant and `other` do not.
fn first_beyond(rules: &[Rule], other: &[Rule], place: Option<&str>) -> Option<String> {
    let covered = |request: &Request<'_>| other.iter().any(|rule| rule.covers(request));
    let at = place.map_or_else(|| "cluster-wide".to_owned(), |place| format!("in {place}"));
    for rule in rules {
        for verb in &rule.verbs {
            for path in &rule.non_resource_urls {
                if !covered(&Request::path(verb, path)) {
                    return Some(format!("{verb} {path}"));
                }
            }
            for (group, resource) in
                rule.api_groups.iter().flat_map(|group| rule.resources.iter().map(move |one| (group, one)))
            {
                let (plain, subresource) =
                    resource.split_once('/').map_or((resource.as_str(), None), |(a, b)| (a, Some(b)));
                let mut names: Vec<Option<&str>> = rule.resource_names.iter().map(|name| Some(name.as_str())).collect();
                if names.is_empty() {
                    names.push(None);
                }
                for name in names {
                    let target = Target::Resource { group, resource: plain, subresource, namespace: place, name };
                    if !covered(&Request { verb, target }) {
                        return Some(format!("{verb} {resource} {at}"));
                    }
                }
            }
        }
    }
    None
}

fn aws_auth_words(entry: &AwsAuthEntry) -> String {
    if entry.groups.is_empty() { "no groups".to_owned() } else { format!("groups {}", entry.groups.join(", ")) }
}

fn entry_words(entry: &AccessEntry) -> String {
    let mut words = Vec::new();
    if !entry.groups.is_empty() {
        words.push(format!("groups {}", entry.groups.join(", ")));
    }
    if is_node_entry(entry) {
        words.push(format!("type {}", entry.kind));
    }
    words.extend(entry.policies.iter().map(|one| {
        let name = arn::name_of(&one.policy_arn);
        match &one.scope {
            AccessScope::Cluster => format!("{name} on the whole cluster"),
            AccessScope::Namespaces(names) => format!("{name} in {}", names.join(", ")),
        }
    }));
    if words.is_empty() { "no groups and no policies".to_owned() } else { words.join(", ") }
}
