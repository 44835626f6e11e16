//! What is wrong with who may enter.

use periscope_rbac::Policies;

use super::rights::{self, Comparison};
use super::{AccessState, Mode, Pair};
use crate::{AwsAuthEntry, CheckId, ClusterFacts, Finding, FindingCertainty, Severity, Subject, SubjectKind};

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
        let why = facts.aws_auth.gaps.first().map_or("aws-auth was not read", |gap| gap.what.as_str());
        for check in [CheckId::AwsAuthMasters, CheckId::MappedDifferently, CheckId::AwsAuthMalformed] {
            unknown.push((check, why.to_owned()));
        }
    } else if facts.access_entries.value.is_none() && mode != Mode::ConfigMap {
        let why = facts.access_entries.gaps.first().map_or("access entries were not read", |gap| gap.what.as_str());
        unknown.push((CheckId::MappedDifferently, why.to_owned()));
    }
    for pair in pairs {
        let Some(aws_auth) = pair.aws_auth else { continue };
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
    let problems = facts.aws_auth.value.iter().flat_map(|auth| auth.problems.iter());
    findings.extend(problems.map(|problem| Finding {
        id: CheckId::AwsAuthMalformed,
        title: CheckId::AwsAuthMalformed.title().to_owned(),
        severity: Severity::Low,
        cluster: facts.cluster.clone(),
        subject: Subject {
            kind: SubjectKind::AwsAuth,
            namespace: Some("kube-system".to_owned()),
            name: "aws-auth".to_owned(),
            arn: problem.arn.clone(),
        },
        evidence: vec![problem.to_string()],
        fix: "correct the entry, or replace it by an access entry".to_owned(),
        command: Some("kubectl edit configmap aws-auth -n kube-system".to_owned()),
        certainty: FindingCertainty::Exact,
        workloads: Vec::new(),
    }));
    (findings, unknown)
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
    let command = facts.eks_name().filter(|_| pair.entry.is_none() && mode != Mode::ConfigMap).map(|cluster| {
        let arn = pair.arn();
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
    Subject {
        kind: SubjectKind::Principal,
        namespace: None,
        name: crate::arn::name_of(&arn).to_owned(),
        arn: Some(arn),
    }
}

fn certainty(mode: Mode) -> FindingCertainty {
    if mode == Mode::Unknown { FindingCertainty::Conditional } else { FindingCertainty::Exact }
}
