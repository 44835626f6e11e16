//! Roles as a large organisation has them: three policies of their own each, some of everything.

use anyhow::Context as _;
use periscope_iam::{Action, Policy, PolicyKind, Principal, Question, RolePolicies, reference};
use serde_json::{Value, json};

pub(super) const POLICIES: usize = 3;

/// The same numbers in every run.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % limit
    }

    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const TEAMS: &[&str] = &["payments", "search", "checkout", "billing", "catalog", "identity", "media", "risk"];
/// What workloads use, from much to little: service, patterns of actions, a resource.
const USES: &[(&[&str], &str)] = &[
    (&["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::{team}-data/{n}/*"),
    (&["s3:ListBucket", "s3:GetBucketLocation"], "arn:aws:s3:::{team}-data"),
    (&["s3:Get*", "s3:List*"], "arn:aws:s3:::shared-{n}*"),
    (
        &["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "arn:aws:sqs:eu-west-1:{account}:{team}-{n}",
    ),
    (&["sns:Publish"], "arn:aws:sns:eu-west-1:{account}:{team}-*"),
    (
        &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        "arn:aws:dynamodb:*:{account}:table/{team}-{n}",
    ),
    (&["dynamodb:*"], "arn:aws:dynamodb:*:{account}:table/{team}-*"),
    (
        &["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        "arn:aws:secretsmanager:*:{account}:secret:{team}/{n}-*",
    ),
    (&["kms:Decrypt", "kms:GenerateDataKey*"], "arn:aws:kms:eu-west-1:{account}:key/{n}"),
    (&["ssm:GetParameter*"], "arn:aws:ssm:*:{account}:parameter/{team}/{n}/*"),
    (&["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:{account}:log-group:/{team}/{n}:*"),
    (&["ec2:Describe*", "autoscaling:Describe*", "elasticloadbalancing:Describe*"], "*"),
    (&["cloudwatch:PutMetricData", "xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    (&["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "*"),
    (&["sts:AssumeRole"], "arn:aws:iam::{account}:role/{team}-{n}"),
    (&["iam:PassRole"], "arn:aws:iam::{account}:role/{team}-task-*"),
    (&["lambda:InvokeFunction"], "arn:aws:lambda:*:{account}:function:{team}-{n}"),
    (&["kinesis:Get*", "kinesis:Describe*", "kinesis:PutRecord?"], "arn:aws:kinesis:*:{account}:stream/{team}-{n}"),
    (&["states:StartExecution"], "arn:aws:states:*:{account}:stateMachine:{team}-*"),
    (&["route53:ChangeResourceRecordSets"], "arn:aws:route53:::hostedzone/{n}"),
];

/// A role with three policies that nobody else has; one in eight has a wide one, one in three a condition, one in five a Deny.
pub(super) fn role(random: &mut Random, at: usize) -> anyhow::Result<RolePolicies> {
    let account = ["111122223333", "444455556666", "999988887777"][at % 3];
    let team = *random.one_of(TEAMS);
    let principal = Principal::parse(&format!("arn:aws:iam::{account}:role/{team}-{at}")).context("an ARN")?;
    let mut role = RolePolicies::new(principal);
    for policy in 0..POLICIES {
        let mut statements = Vec::new();
        for number in 0..3 {
            let (actions, resource) = random.one_of(USES);
            let put = |resource: &str, n: usize| {
                resource.replace("{team}", team).replace("{account}", account).replace("{n}", &format!("app-{n}"))
            };
            let resources: Vec<String> = (0..=random.below(3)).map(|_| put(resource, random.below(50_000))).collect();
            let mut statement = json!({"Sid": format!("Statement{policy}{number}For{at}"), "Effect": "Allow",
                "Action": actions, "Resource": resources});
            if random.below(3) == 0 {
                statement["Condition"] = condition(random);
            }
            statements.push(statement);
        }
        match random.below(24) {
            0 => statements.push(json!({"Effect": "Allow", "Action": format!("{}:*", random.one_of(&["s3", "sqs", "dynamodb", "ec2"])), "Resource": "*"})),
            1 => statements.push(json!({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"})),
            2..=4 => statements.push(json!({"Effect": "Deny", "Action": ["s3:Delete*", "s3:PutBucketPolicy"],
                "Resource": format!("arn:aws:s3:::{team}-data/audit/*")})),
            _ => {}
        }
        let document = serde_json::to_string_pretty(&json!({"Version": "2012-10-17", "Statement": statements}))?;
        role.identity.push(Policy::parse(&format!("{team}-{at}-{policy}"), PolicyKind::Identity, &document)?);
    }
    Ok(role)
}

fn condition(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}),
        1 => json!({"Bool": {"aws:SecureTransport": "true"}}),
        2 => json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}),
        _ => json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    }
}

/// Requests for actions of every service, and many for those that policies name most.
pub(super) fn requests(random: &mut Random, count: usize) -> anyhow::Result<Vec<(Action, String)>> {
    let all: Vec<_> = reference().actions().collect();
    let mut requests = Vec::new();
    for _ in 0..count {
        let known = random.one_of(&all);
        let action = Action::parse(&known.to_string()).context("an action")?;
        let resource = known.resource_types().next().map_or("*".to_owned(), |kind| {
            let arn = kind.pattern().replacen("arn:*", "arn:aws", 1);
            arn.replace('*', &format!("x{}", random.below(100)))
        });
        requests.push((action, resource));
    }
    Ok(requests)
}

/// What is asked of an index: one action, a pattern, everything; anywhere, on a pattern, on one resource.
pub(super) fn questions(random: &mut Random) -> anyhow::Result<Vec<(String, Question)>> {
    let mut asked: Vec<(String, Option<String>)> = Vec::new();
    for action in [
        "s3:GetObject",
        "s3:DeleteObject",
        "iam:PassRole",
        "kms:Decrypt",
        "sqs:SendMessage",
        "dynamodb:Scan",
        "sts:AssumeRole",
        "secretsmanager:GetSecretValue",
        "ec2:TerminateInstances",
        "ssm:GetParameter*",
        "s3:Get*",
        "s3:*",
        "iam:*",
        "*",
        "*:Get*",
        "*:*",
        "s3:Delete*",
        "ec2:Describe*",
        "rds:DeleteDBInstance",
        "eks:*",
    ] {
        asked.push((action.to_owned(), None));
    }
    for (actions, resource) in USES {
        for _ in 0..4 {
            let n = random.below(50_000);
            let team = random.one_of(TEAMS);
            let put = |resource: &str| {
                resource
                    .replace("{team}", team)
                    .replace("{account}", "111122223333")
                    .replace("{n}", &format!("app-{n}"))
            };
            let pattern = put(resource);
            if pattern == "*" {
                continue;
            }
            asked.push((actions[0].to_owned(), Some(pattern.replace('*', "x"))));
            asked.push((actions[0].to_owned(), Some(pattern.clone())));
            asked.push(("*".to_owned(), Some(pattern.replace('*', "x"))));
            let service = actions[0].split(':').next().unwrap_or_default();
            asked.push((format!("{service}:*"), Some(put(&resource.replace("{n}", "*")))));
        }
    }
    asked
        .into_iter()
        .map(|(action, resource)| {
            let question = Question::parse(&action, resource.as_deref())?;
            Ok((format!("{action} on {}", resource.as_deref().unwrap_or("anything")), question))
        })
        .collect()
}
