//! What is wrong with who may enter.

use periscope_rbac::Policies;

use super::rights::{self, Comparison};
use super::{AccessState, Mode, Pair};
use crate::arn;
use crate::finding::not_looked_at;
use crate::{AwsAuth, AwsAuthEntry, CheckId, ClusterFacts, Finding, FindingCertainty, Severity, Subject, SubjectKind};

/// The findings, and for each check that could not be made whole, why.
pub(crate) fn check(
    facts: &ClusterFacts,
    pairs: &[Pair<'_>],
    rbac: Option<&Policies>,
) -> (Vec<Finding>, Vec<(CheckId, String)>) {
    let mode = Mode::of(facts);
    let mut findings = Vec::new();
    let mut unknown = Vec::new();
    if mode == Mode::Entries {
        return (findings, unknown);
    }
    if facts.aws_auth.value.is_none() {
        let why = facts.aws_auth.gaps.first().map_or_else(|| "aws-auth was not read".to_owned(), not_looked_at);
        for check in [CheckId::AwsAuthMasters, CheckId::MappedDifferently, CheckId::AwsAuthMalformed] {
            unknown.push((check, why.clone()));
        }
    } else if facts.access_entries.value.is_none() && mode != Mode::ConfigMap {
        let why = facts.access_entries.gaps.first();
        let why = why.map_or_else(|| "access entries were not read".to_owned(), not_looked_at);
        unknown.push((CheckId::MappedDifferently, why));
    }
    for pair in pairs {
        // Who is written so that EKS never finds them has a finding about that.
        let Some(aws_auth) = pair.aws_auth.filter(|one| !one.without_effect) else { continue };
        if aws_auth.is_masters() {
            findings.push(masters(facts, mode, pair, aws_auth));
        }
        let Some(entry) = pair.entry.filter(|_| mode != Mode::ConfigMap) else { continue };
        match rights::compare(entry, aws_auth, rbac) {
            Comparison::Same => {}
            Comparison::Different(words) => findings.push(differently(facts, mode, pair, words)),
            Comparison::Unknown(words) => {
                // Two ways to say it are worth a look also where they may come to the same.
                let mut finding = differently(facts, mode, pair, words);
                "Mapped on both sides in different ways".clone_into(&mut finding.title);
                finding.severity = Severity::Low;
                findings.push(finding.certain(false));
            }
        }
    }
    findings.extend(facts.aws_auth.value.iter().flat_map(|auth| malformed(facts, auth)));
    (findings, unknown)
}

fn malformed<'a>(facts: &'a ClusterFacts, auth: &'a AwsAuth) -> impl Iterator<Item = Finding> + 'a {
    auth.problems.iter().map(|problem| {
        let subject = Subject {
            kind: SubjectKind::AwsAuth,
            namespace: Some("kube-system".to_owned()),
            name: "aws-auth".to_owned(),
            arn: problem.arn.clone(),
        };
        let mut finding = Finding::new(CheckId::AwsAuthMalformed, Severity::Low, &facts.cluster, subject)
            .seen(problem.to_string())
            .fixed_by("correct the entry, or replace it by an access entry")
            .with_command(Some("kubectl edit configmap aws-auth -n kube-system".to_owned()));
        let is_it = |one: &&AwsAuthEntry| one.without_effect && Some(one.line) == problem.line;
        if auth.entries.iter().filter(is_it).any(|one| one.list == problem.list && one.is_masters()) {
            finding = finding.seen("it is in system:masters: whoever corrects it makes a full administrator");
        }
        finding
    })
}

fn masters(facts: &ClusterFacts, mode: Mode, pair: &Pair<'_>, aws_auth: &AwsAuthEntry) -> Finding {
    let mut evidence = vec![format!(
        "{}, line {}: {} is in system:masters, which no RBAC rule can limit or revoke",
        aws_auth.list.key(),
        aws_auth.line,
        aws_auth.arn,
    )];
    let shadowed = pair.state == AccessState::Both && mode == Mode::Both;
    if shadowed {
        evidence.push("it has an access entry, too, which counts while it exists".to_owned());
    }
    let admin_policy = format!("arn:{}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", facts.partition());
    let arn = pair.arn();
    // The ARN is whatever somebody wrote, and the command is copied into a shell.
    let makes_sense = pair.entry.is_none() && mode != Mode::ConfigMap && arn::is_plain(arn);
    let command = facts.eks_name().filter(|_| makes_sense).map(|cluster| {
        format!(
            "aws eks create-access-entry --cluster-name {cluster} --principal-arn {arn} && aws eks associate-access-policy \
             --cluster-name {cluster} --principal-arn {arn} --policy-arn {admin_policy} --access-scope type=cluster"
        )
    });
    Finding {
        id: CheckId::AwsAuthMasters,
        title: CheckId::AwsAuthMasters.title().to_owned(),
        severity: if shadowed { Severity::Medium } else { Severity::High },
        cluster: facts.cluster.clone(),
        subject: principal(pair),
        evidence,
        fix: if pair.entry.is_some() {
            "remove the principal from aws-auth; its access entry stays".to_owned()
        } else {
            "give the principal an access entry with the rights it needs, then remove it from aws-auth".to_owned()
        },
        command,
        certainty: certainty(mode),
        workloads: Vec::new(),
    }
}

fn differently(facts: &ClusterFacts, mode: Mode, pair: &Pair<'_>, words: String) -> Finding {
    let mut evidence = vec![words];
    if mode == Mode::Both {
        evidence.push("EKS uses the access entry and ignores what aws-auth says of it".to_owned());
    }
    Finding {
        id: CheckId::MappedDifferently,
        title: CheckId::MappedDifferently.title().to_owned(),
        severity: Severity::Medium,
        cluster: facts.cluster.clone(),
        subject: principal(pair),
        evidence,
        fix: "give the access entry the rights that are meant, then remove the principal from aws-auth".to_owned(),
        command: Some("kubectl edit configmap aws-auth -n kube-system".to_owned()),
        certainty: certainty(mode),
        workloads: Vec::new(),
    }
}

fn principal(pair: &Pair<'_>) -> Subject {
    let arn = pair.arn().to_owned();
    Subject { kind: SubjectKind::Principal, namespace: None, name: arn::name_of(&arn).to_owned(), arn: Some(arn) }
}

fn certainty(mode: Mode) -> FindingCertainty {
    if mode == Mode::Unknown { FindingCertainty::Conditional } else { FindingCertainty::Exact }
}
