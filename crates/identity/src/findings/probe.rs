//! Asking a session about actions on resources that nobody means in particular: what is allowed there is allowed on
//! everything of its kind.

use periscope_iam::{Action, Facts, KnownAction, Policies, Policy, PolicyKind, Request, Statement, Verdict, reference};
use serde::Deserialize;

use crate::arn;
use crate::session::Session;

/// A name that no resource has.
pub(super) const NAME: &str = "periscope-probe";

/// Answers to many questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) allowed: usize,
    /// Only under a condition of what limits the role, such as one on the region.
    pub(super) conditional: usize,
    pub(super) denied: usize,
}

impl Tally {
    pub(super) fn asked(self) -> usize {
        self.allowed + self.conditional + self.denied
    }

    /// More than half of it is not denied.
    pub(super) fn is_mostly_allowed(self) -> bool {
        (self.allowed + self.conditional) * 2 > self.asked()
    }
}

pub(super) struct Prober<'a> {
    session: &'a Session,
    region: &'a str,
}

impl<'a> Prober<'a> {
    pub(super) fn new(session: &'a Session, region: Option<&'a str>) -> Self {
        Self { session, region: region.unwrap_or("us-east-1") }
    }

    fn account(&self) -> &str {
        arn::account_of(&self.session.role_arn).unwrap_or("000000000000")
    }

    /// A resource that the action acts on, of no particular name.
    pub(super) fn resource(&self, action: KnownAction<'_>) -> String {
        let Some(kind) = action.resource_types().next() else { return "*".to_owned() };
        let template = kind.arn();
        let (mut text, mut rest) = (String::new(), template.as_str());
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            let (variable, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(match variable {
                "Partition" => arn::partition_of(&self.session.role_arn),
                "Region" => self.region,
                "Account" => self.account(),
                _ => NAME,
            });
            rest = after;
        }
        text + rest
    }

    /// Whether one statement by itself allows it, and without a condition of its own.
    fn own(&self, statement: &Policy, action: &Action, resource: &str) -> Option<bool> {
        let identity = std::slice::from_ref(statement);
        let policies = Policies { identity, facts: unseen(Facts::default()), ..Policies::default() };
        match self.decide(action, resource, &policies) {
            Verdict::Allowed => Some(true),
            // Keys and roles have policies of their own, which are not asked here.
            Verdict::Conditional(residual) => Some(residual.is_unseen() && residual.keys().is_empty()),
            Verdict::Denied { .. } => None,
        }
    }

    /// The whole answer.
    pub(super) fn whole(&self, action: &Action, resource: &str) -> Verdict {
        let policies = self.session.limits.policies.policies();
        let policies = Policies { facts: unseen(policies.facts), ..policies };
        self.decide(action, resource, &policies)
    }

    fn decide(&self, action: &Action, resource: &str, policies: &Policies<'_>) -> Verdict {
        let request = Request {
            principal: Some(&self.session.limits.policies.principal),
            action,
            resource,
            account: Some(self.account()),
            context: &self.session.context,
        };
        periscope_iam::decide(&request, policies)
    }

    /// The whole answers about those of these actions that the statement allows. Under conditions of its own they count
    /// only if `conditions` may be.
    pub(super) fn tally<'b>(
        &self,
        statement: Statement<'_>,
        actions: impl IntoIterator<Item = KnownAction<'b>>,
        conditions: bool,
    ) -> Tally {
        let alone = alone(statement);
        let mut tally = Tally::default();
        for known in actions {
            let Some(action) = Action::parse(&known.to_string()) else { continue };
            let resource = self.resource(known);
            match self.own(&alone, &action, &resource) {
                None => continue,
                Some(false) if !conditions => continue,
                Some(_) => {}
            }
            match self.whole(&action, &resource) {
                Verdict::Allowed => tally.allowed += 1,
                Verdict::Conditional(residual) if residual.is_unseen() && residual.keys().is_empty() => {
                    tally.allowed += 1;
                }
                Verdict::Conditional(_) => tally.conditional += 1,
                Verdict::Denied { .. } => tally.denied += 1,
            }
        }
        tally
    }
}

/// A policy of nothing but this statement, in the same version of the language.
fn alone(statement: Statement<'_>) -> Policy {
    #[derive(Deserialize)]
    struct Head {
        #[serde(rename = "Version")]
        version: Option<String>,
    }
    let head: Option<Head> = serde_json::from_str(statement.policy().source()).ok();
    let version = head.and_then(|head| head.version).unwrap_or_else(|| "2008-10-17".to_owned());
    let document = format!(r#"{{"Version":"{version}","Statement":[{}]}}"#, statement.source());
    Policy::lenient(statement.policy().name(), PolicyKind::Identity, &document)
}

fn unseen(facts: Facts<'_>) -> Facts<'_> {
    Facts { resource_unseen: true, ..facts }
}

/// What an administrator may do, of every corner.
pub(super) fn administration() -> impl Iterator<Item = KnownAction<'static>> {
    const ACTIONS: &[&str] = &[
        "iam:CreateUser",
        "iam:PutRolePolicy",
        "iam:CreatePolicyVersion",
        "s3:DeleteObject",
        "s3:PutBucketPolicy",
        "ec2:TerminateInstances",
        "ec2:AuthorizeSecurityGroupIngress",
        "secretsmanager:GetSecretValue",
        "ssm:SendCommand",
        "dynamodb:DeleteTable",
        "rds:DeleteDBInstance",
        "lambda:UpdateFunctionCode",
        "sqs:DeleteQueue",
        "eks:DeleteCluster",
        "cloudtrail:StopLogging",
        "route53:ChangeResourceRecordSets",
    ];
    ACTIONS.iter().filter_map(|action| reference().find(action))
}

/// Some of a service's actions, spread over all of them.
pub(super) fn some_of(service: &str) -> Vec<KnownAction<'static>> {
    const MOST: usize = 60;
    let Some(service) = reference().find_service(service) else { return Vec::new() };
    let all: Vec<KnownAction<'static>> = service.actions().collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

/// Whether a pattern of resources means all of a kind, whatever they are called.
pub(super) fn is_broad(pattern: &str) -> bool {
    let all_wild = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
    if all_wild(pattern) {
        return true;
    }
    let mut parts = pattern.splitn(6, ':');
    let (service, resource) = (parts.nth(2), parts.nth(2));
    let Some(resource) = resource else { return pattern.ends_with('*') && pattern.matches(':').count() < 3 };
    let mut names = resource.split(['/', ':']);
    let first = names.next().unwrap_or_default();
    let rest: Vec<&str> = names.collect();
    if all_wild(first) {
        return rest.iter().all(|name| all_wild(name));
    }
    // In S3 what stands first is a bucket, not a type.
    service != Some("s3") && !rest.is_empty() && rest.iter().all(|name| all_wild(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broad_is_what_names_nothing_in_particular() {
        for broad in [
            "*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::*/*",
            "arn:aws:dynamodb:*:*:table/*",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*",
            "arn:aws:iam::*:role/*",
            "arn:aws:sqs:*:*:*",
            "arn:aws:s3*",
        ] {
            assert!(is_broad(broad), "{broad}");
        }
        for narrow in [
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::corp-*",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/shop-*",
            "arn:aws:sqs:eu-west-1:111122223333:shop",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*",
        ] {
            assert!(!is_broad(narrow), "{narrow}");
        }
    }

    #[test]
    fn all_of_the_administrators_actions_exist() {
        assert_eq!(administration().count(), 16);
        assert!(some_of("ec2").len() > 30 && some_of("ec2").len() <= 60);
    }
}
