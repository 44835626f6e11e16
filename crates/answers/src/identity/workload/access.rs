//! Everything about one workload at once.

use periscope_iam::{ActionSet, Catalogue, Forward, Policies, Request, effective_policy, explain, forward};
use periscope_identity::{
    Admits, Finding, IdentitySource, PodIdentity, PrincipalArn, RoleChains, Session, SubjectKind, console_url,
};
use periscope_model::{Certainty, ObjectRef};

use super::super::discretion::Discretion;
use super::super::known::Made;
use super::super::policies::Names;
use super::super::services::Rights;
use super::super::subject::{Found, Who};
use super::super::{AccessSummary, AwsAccess, AwsChain, AwsLinks, AwsReason, AwsTrust, AwsVerdict};
use crate::objects::quoted;

/// Rows of each service; all of them are one question further.
const MAX_ACTIONS: usize = 50;
/// Who lacks less than one in so many actions is an administrator.
const NEARLY: usize = 20;
/// Roles at the end of a chain whose sensitive permissions are looked up.
const MAX_CHAINS_JUDGED: usize = 10;

pub(super) fn of(made: &Made, found: &Found) -> AwsAccess {
    let who = found.who(made);
    let mut access = AwsAccess {
        service_account: found.service_account().to_owned(),
        chain: found.chain(made, &who),
        trust: trust(made, found, &who),
        findings: findings(made, found),
        ..unread(found.object.clone())
    };
    let session = who.session.as_ref().filter(|_| !who.is_refused());
    let judged = session.map(|session| forward(&session.limits.policies, &session.context, &made.catalogue));
    access.summary = summary(&who, judged.as_ref(), &made.catalogue);
    if let (Some(session), Some(judged)) = (session, &judged) {
        let rights = Rights { forward: judged, session, catalogue: &made.catalogue, accounts: &made.accounts };
        access.services = rights.services(MAX_ACTIONS);
        let chains = made.identities.role_chains(session);
        access.unseen = unseen(session, &chains);
        access.unseen.extend(who.caveat().map(|caveat| format!("whether {caveat}")));
        access.chains = told(made, &chains);
        access.policy_left_out = effective_policy(&session.limits.policies).left_out;
    }
    access.links = links(made, found, &who.identity, session);
    (access.identities, access.after_restart) = (who.groups, who.after_restart);
    access
}

/// Of an object of which too little was read.
pub(super) fn unread(subject: ObjectRef) -> AwsAccess {
    let sentence = "what it is in AWS is not known".to_owned();
    AwsAccess {
        subject,
        service_account: String::new(),
        identities: Vec::new(),
        after_restart: None,
        chain: Vec::new(),
        summary: AccessSummary { sensitive: 0, services: 0, admin: false, certainty: Certainty::Unknown, sentence },
        services: Vec::new(),
        chains: Vec::new(),
        trust: None,
        unseen: Vec::new(),
        policy_left_out: Vec::new(),
        links: AwsLinks::default(),
        findings: Vec::new(),
    }
}

/// Of who has no rights, or none that could be read.
pub(super) fn without_rights(who: &Who) -> AccessSummary {
    let nothing =
        |certainty, sentence: String| AccessSummary { sensitive: 0, services: 0, admin: false, certainty, sentence };
    if who.is_refused() {
        let why = who.trust.as_ref().map_or("", |trust| trust.words.as_str());
        return nothing(Certainty::Exact, format!("can do nothing in AWS: its role does not let it in ({why})"));
    }
    match (who.identity.source, &who.identity.role_arn) {
        (IdentitySource::None, _) => {
            let certainty = if who.identity.exact { Certainty::Exact } else { Certainty::AtLeast };
            nothing(certainty, format!("can do nothing in AWS: {}", who.identity.words))
        }
        (IdentitySource::Irsa | IdentitySource::PodIdentity | IdentitySource::Node, Some(role)) => {
            nothing(Certainty::Unknown, format!("what {role} may do could not be read"))
        }
        _ => nothing(Certainty::Unknown, who.identity.words.clone()),
    }
}

fn summary(who: &Who, judged: Option<&Forward>, catalogue: &Catalogue) -> AccessSummary {
    let Some(judged) = judged else { return without_rights(who) };
    let heard = |id: &str| catalogue.find(id).is_some_and(|entry| entry.silenced.is_none());
    let sensitive = judged.sensitive.iter().filter(|held| heard(&held.id)).count();
    let held = |service: &&periscope_iam::ServicePermissions| {
        service.permissions.iter().any(periscope_iam::Permission::is_held)
    };
    let services = judged.services.iter().filter(held).count();
    let certainty = who.session.as_ref().map_or(Certainty::Unknown, Session::certainty);
    // It may not act as the role at all.
    let certainty = match (certainty, who.caveat()) {
        (Certainty::Exact, Some(_)) => Certainty::AtMost,
        (Certainty::AtLeast, Some(_)) => Certainty::Unknown,
        (certainty, _) => certainty,
    };
    let bound = match certainty {
        Certainty::Exact => "",
        Certainty::AtLeast => "at least ",
        Certainty::AtMost => "at most ",
        Certainty::Unknown => "perhaps ",
    };
    let all = ActionSet::all().len();
    // Something is nearly always denied by the organisation; that makes nobody less of an administrator.
    let lacking = all - judged.allowed.len().min(all);
    let nearly = lacking * NEARLY <= all;
    let sentence = match (judged.everything, services) {
        (true, _) => format!("{bound}full administrator: every action on every resource"),
        (false, _) if nearly => format!("{bound}full administrator, but for {lacking} of {all} actions"),
        (false, 0) => format!("{bound}nothing in AWS: its policies allow no action"),
        (false, services) => {
            let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
            let permissions = plural(sensitive, "sensitive permission");
            format!("{bound}{permissions}; can act in {}", plural(services, "service"))
        }
    };
    AccessSummary { sensitive, services, admin: judged.everything || nearly, certainty, sentence }
}

/// Whether the role lets it in, with the statements that say so.
fn trust(made: &Made, found: &Found, who: &Who) -> Option<AwsTrust> {
    let answer = who.trust.clone()?;
    let questions = made
        .identities
        .trust_questions_of(found.namespace(), found.service_account(), &who.identity)
        .unwrap_or_default();
    let (role, questions) = questions;
    let mut reasons: Vec<AwsReason> = Vec::new();
    // Whoever may annotate a service account may name any role, and must not read by that whom it lets in.
    let is_theirs = made.sees_all() || answer.admits != Admits::No;
    if let Some(limits) = made.identities.accounts().limits(&role).filter(|_| is_theirs) {
        let names = Names::of(&made.identities, &role);
        let discretion = Discretion::of(made);
        let policies = Policies {
            resource: Some(&limits.trust),
            resource_control: &limits.resource_control,
            ..Policies::default()
        };
        for question in &questions {
            let request = Request {
                principal: Some(&question.principal),
                action: &question.action,
                resource: &role,
                account: None,
                context: &question.context,
            };
            for reason in explain(&request, &policies).why {
                let told = discretion.told(&reason, AwsReason::of(&reason, &|name| names.arn(name)));
                let reason = AwsReason { layer: "trust".to_owned(), ..told };
                if !reasons.contains(&reason) {
                    reasons.push(reason);
                }
            }
        }
    }
    Some(AwsTrust { answer, reasons })
}

fn unseen(session: &Session, chains: &RoleChains) -> Vec<String> {
    let mut unseen = session.limits.unseen.clone();
    unseen.push(
        "policies of the resources themselves (buckets, queues, keys, secrets) are not read: they may allow more, and deny"
            .to_owned(),
    );
    if chains.cut {
        unseen.push("it can become more roles than were looked at".to_owned());
    }
    unseen
}

fn told(made: &Made, chains: &RoleChains) -> Vec<AwsChain> {
    let chain = |(at, chain): (usize, &periscope_identity::RoleChain)| AwsChain {
        role_arn: chain.role_arn.clone(),
        via: chain.path.iter().filter(|arn| **arn != chain.role_arn).cloned().collect(),
        verdict: AwsVerdict::of(&chain.verdict, &[]),
        words: chain.words.clone(),
        sensitive: if at < MAX_CHAINS_JUDGED { made.sensitive(&chain.role_arn) } else { Vec::new() },
    };
    chains.chains.iter().enumerate().map(chain).collect()
}

fn links(made: &Made, found: &Found, identity: &PodIdentity, session: Option<&Session>) -> AwsLinks {
    let role = session.map(|session| session.role_arn.as_str()).or(identity.role_arn.as_deref());
    let mut cli = Vec::new();
    let name = role.and_then(PrincipalArn::parse).map(|principal| principal.name);
    if let Some(name) = name {
        let name = quoted(name);
        cli.push(format!("aws iam get-role --role-name {name}"));
        cli.push(format!("aws iam list-attached-role-policies --role-name {name}"));
        cli.push(format!("aws iam list-role-policies --role-name {name}"));
    }
    let facts = made.identities.facts();
    if let (IdentitySource::PodIdentity, Some(cluster), Some(region)) =
        (identity.source, facts.eks_name(), facts.region())
    {
        cli.push(format!(
            "aws eks list-pod-identity-associations --cluster-name {} --namespace {} --service-account {} --region {}",
            quoted(cluster),
            quoted(found.namespace()),
            quoted(found.service_account()),
            quoted(region)
        ));
    }
    AwsLinks { console: role.and_then(console_url), cli }
}

/// Those about the object itself, its service account or its workload.
fn findings(made: &Made, found: &Found) -> Vec<Finding> {
    let mine = |finding: &&Finding| {
        let subject = &finding.subject;
        let of_account = matches!(subject.kind, SubjectKind::ServiceAccount | SubjectKind::Association)
            && subject.namespace.as_deref() == Some(found.namespace())
            && subject.name == found.service_account();
        of_account || finding.workloads.iter().any(|workload| found.is(workload))
    };
    made.told().report.findings.iter().filter(mine).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use periscope_identity::{AccountFacts, Accounts, ClusterFacts, Identities};
    use periscope_model::aws::{AccountIam, InlinePolicy, Observed, OrganizationPath, Role, RoleRead};
    use periscope_model::{ClusterId, Scope};

    use super::*;

    #[test]
    fn who_perhaps_acts_as_a_role_may_do_at_most_what_it_may() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let arn = "arn:aws:iam::111122223333:role/api";
        let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let role = Role {
            arn: arn.to_owned(),
            name: "api".to_owned(),
            id: String::new(),
            trust: "{}".into(),
            inline: vec![InlinePolicy { name: "inline".to_owned(), document: document.into() }],
            attached: Vec::new(),
            boundary: None,
            tags: BTreeMap::new(),
            created: None,
            last_used: None,
            gaps: Vec::new(),
        };
        let roles = BTreeMap::from([(arn.to_owned(), RoleRead::Found(Arc::new(role)))]);
        let nowhere =
            OrganizationPath { organization_id: String::new(), management_account: String::new(), levels: Vec::new() };
        let account = AccountFacts {
            account: "111122223333".to_owned(),
            iam: Observed::new(AccountIam { roles, whole: true, ..AccountIam::default() }, at),
            organization: Observed::new(nowhere, at),
        };
        let facts = ClusterFacts::new(ClusterId::slug("prod"), Scope::everywhere());
        let identities = Identities::new(Arc::new(facts), Arc::new(Accounts::new([account])));
        let summary = |exact: bool| {
            let identity = PodIdentity {
                source: IdentitySource::Node,
                role_arn: Some(arn.to_owned()),
                exact,
                words: "it may use the node's role".to_owned(),
            };
            let session = identities.session_of("shop", "api", &identity);
            let who = Who { groups: Vec::new(), after_restart: None, identity, session, trust: None };
            let session = who.session.as_ref().expect("a role that was read");
            let judged = forward(&session.limits.policies, &session.context, Catalogue::built_in());
            let summary = summary(&who, Some(&judged), Catalogue::built_in());
            (summary.certainty, summary.sentence.starts_with("at most "))
        };
        assert_eq!(summary(true), (Certainty::Exact, false));
        assert_eq!(summary(false), (Certainty::AtMost, true));
    }
}
