//! A small world, so that what is generated meets: a few accounts, callers, actions, resources, keys and values.

use periscope_iam::{
    Action, Context, Explanation, Facts, Policies, Policy, PolicyKind, Principal, Request, Verdict, decide, explain,
};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";

pub(crate) const CALLERS: &[&str] = &[
    "arn:aws:iam::111122223333:role/team/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:root",
    "arn:aws:sts::111122223333:federated-user/bob",
    "arn:aws:iam::444455556666:role/app",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "lambda.amazonaws.com",
    "",
];

const NAMES: &[&str] = &[
    "*",
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:role/team/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:federated-user/bob",
    "arn:aws:iam::444455556666:role/app",
];

/// What is asked, with what it is asked about.
const QUESTIONS: &[(&str, &str)] = &[
    ("s3:GetObject", "arn:aws:s3:::bucket/alice/key"),
    ("s3:GetObject", "arn:aws:s3:::other/x"),
    ("s3:PutObject", "arn:aws:s3:::bucket/alice/key"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::bucket"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/k"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:444455556666:key/k"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:queue"),
    ("sts:AssumeRole", "arn:aws:iam::111122223333:role/team/app"),
    ("sts:AssumeRole", "arn:aws:iam::444455556666:role/app"),
    ("iam:PutRolePolicy", "arn:aws:iam::444455556666:role/app"),
    ("ec2:DescribeInstances", "*"),
    ("s3:GetObject", "*"),
];

pub(crate) const ACTION_PATTERNS: &[&str] = &[
    "*",
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "S3:putobject",
    "s3:?etObject",
    "kms:Decrypt",
    "kms:*",
    "sqs:Send*",
    "sts:AssumeRole",
    "sts:*",
    "*:Describe*",
    "s?:*",
    "iam:*",
    "ec2:Describe*",
];

pub(crate) const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/${aws:username}/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'alice'}/k?y",
    "arn:*:s3:::bu*",
    "arn:aws:s3*",
    "arn:aws:kms:*:111122223333:key/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:sqs:*:*:queue",
    "arn:aws:iam::*:role/*",
    "arn:aws:sqs",
];

/// Keys that the principal does not tell.
pub(crate) const KEYS: &[&str] =
    &["aws:SourceIp", "aws:PrincipalTag/team", "aws:MultiFactorAuthPresent", "s3:max-keys", "aws:TagKeys"];

const ANY_KEYS: &[&str] = &[
    "aws:SourceIp",
    "aws:PrincipalTag/team",
    "aws:MultiFactorAuthPresent",
    "s3:max-keys",
    "aws:TagKeys",
    "aws:SourceIp",
    "aws:PrincipalTag/team",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:username",
];

pub(crate) const VALUES: &[&str] = &[
    "10.0.0.1",
    "192.168.0.1",
    "alice",
    "bob",
    "true",
    "false",
    "5",
    "10",
    "arn:aws:s3:::bucket",
    "2020-01-01T00:00:00Z",
];

const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericGreaterThanEquals",
    "DateLessThan",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotEquals",
    "Null",
];

const WANTED: &[&str] = &[
    "111122223333",
    "User",
    "AssumedRole",
    "10.0.0.0/8",
    "al*",
    "alice",
    "bob",
    "true",
    "false",
    "7",
    "5",
    "${aws:username}",
    "${aws:PrincipalTag/team}",
    "arn:aws:s3:::*",
    "2021-01-01",
];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::vec(select(of), 1..3).prop_map(|list| if list.len() == 1 { json!(list[0]) } else { json!(list) })
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = (select(&["", "", "", "ForAllValues:", "ForAnyValue:"][..]), select(OPERATORS), any::<bool>());
    let name = operator.prop_map(|(set, base, if_exists)| {
        format!("{set}{base}{}", if if_exists && base != "Null" { "IfExists" } else { "" })
    });
    prop::collection::vec((name, select(ANY_KEYS), some(WANTED)), 0..3).prop_map(|list| {
        let mut operators = Map::new();
        for (operator, key, values) in list {
            operators.entry(operator).or_insert_with(|| json!({}))[key] = values;
        }
        Value::Object(operators)
    })
}

/// A statement; `names`: of a kind of policy that names principals.
pub(crate) fn statement(effects: &'static [&'static str], names: bool) -> impl Strategy<Value = Value> {
    let not = || prop::bool::weighted(0.15);
    let parts = (
        select(effects),
        not(),
        some(ACTION_PATTERNS),
        not(),
        some(RESOURCE_PATTERNS),
        condition(),
        not(),
        some(NAMES),
    );
    parts.prop_map(
        move |(effect, not_action, actions, not_resource, resources, condition, not_principal, principals)| {
            let mut statement = json!({"Effect": effect});
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            statement[if not_resource { "NotResource" } else { "Resource" }] = resources;
            if condition.as_object().is_some_and(|operators| !operators.is_empty()) {
                statement["Condition"] = condition;
            }
            if names {
                let element = if not_principal { "NotPrincipal" } else { "Principal" };
                statement[element] = json!({"AWS": principals});
            }
            statement
        },
    )
}

pub(crate) fn document(names: bool) -> impl Strategy<Value = Value> {
    const EFFECTS: &[&str] = &["Allow", "Allow", "Allow", "Allow", "Allow", "Deny"];
    prop::collection::vec(statement(EFFECTS, names), 1..5).prop_map(version)
}

pub(crate) fn version(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": Value::Array(statements)})
}

/// A question with everything that has a say, as documents, so that laws can change them.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) caller: String,
    pub(crate) action: String,
    pub(crate) resource: String,
    pub(crate) account: Option<String>,
    pub(crate) context: Vec<(String, Given)>,
    pub(crate) identity: Vec<Value>,
    pub(crate) of_resource: Option<Value>,
    pub(crate) boundary: Vec<Value>,
    pub(crate) session: Vec<Value>,
    pub(crate) scps: Option<Vec<Vec<Value>>>,
    pub(crate) rcps: Vec<Vec<Value>>,
    pub(crate) endpoint: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given {
    Absent,
    One(String),
    Many(Vec<String>),
}

pub(crate) fn given() -> impl Strategy<Value = Given> {
    prop_oneof![
        Just(Given::Absent),
        select(VALUES).prop_map(|value| Given::One(value.to_owned())),
        select(VALUES).prop_map(|value| Given::One(value.to_owned())),
        prop::collection::vec(select(VALUES).prop_map(ToOwned::to_owned), 0..3).prop_map(Given::Many),
    ]
}

/// What is there of each key, username included.
pub(crate) fn context() -> impl Strategy<Value = Vec<(String, Given)>> {
    prop::collection::vec(given(), KEYS.len())
        .prop_map(|given| KEYS.iter().map(|key| (*key).to_owned()).zip(given).collect())
}

fn few(names: bool, most: usize) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(document(names), 0..=most)
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    let account = prop::option::weighted(0.2, select(&[ACCOUNT, OTHER][..]));
    let question = (select(CALLERS), select(QUESTIONS), account, context());
    let seldom = || prop_oneof![3 => Just(Vec::new()), 1 => few(false, 1)];
    let own = (prop::collection::vec(document(false), 1..4), seldom(), seldom());
    let allow_all = version(vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
    let one = move |names| prop_oneof![3 => Just(allow_all.clone()), 1 => document(names)];
    let levels = |names| prop::collection::vec(prop::collection::vec(one(names), 1..3), 0..3);
    let around = (
        prop::option::weighted(0.6, document(true)),
        prop::option::weighted(0.25, levels(false)),
        prop_oneof![3 => Just(Vec::new()), 1 => levels(true)],
        prop_oneof![3 => Just(Vec::new()), 1 => few(true, 1)],
    );
    (question, own, around).prop_map(|((caller, (action, resource), account, context), own, around)| Case {
        caller: caller.into(),
        action: action.into(),
        resource: resource.into(),
        account: account.map(Into::into),
        context,
        identity: own.0,
        boundary: own.1,
        session: own.2,
        of_resource: around.0,
        scps: around.1,
        rcps: around.2,
        endpoint: around.3,
    })
}

fn policy(kind: PolicyKind, document: &Value) -> Policy {
    let text = document.to_string();
    Policy::parse("p", kind, &text).expect(&text)
}

fn policies(kind: PolicyKind, documents: &[Value]) -> Vec<Policy> {
    documents.iter().map(|one| policy(kind, one)).collect()
}

impl Case {
    pub(crate) fn full_context(&self) -> Context {
        fill(Context::complete(), &self.context)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict_under(&self.full_context())
    }

    pub(crate) fn allowed(&self) -> bool {
        self.verdict().is_allowed()
    }

    pub(crate) fn is_trust(&self) -> bool {
        Action::parse(&self.action).is_some_and(|action| periscope_iam::is_trust_question(&action, &self.resource))
    }

    pub(crate) fn verdict_under(&self, context: &Context) -> Verdict {
        self.asked(context, decide)
    }

    pub(crate) fn explain(&self, context: &Context) -> Explanation {
        self.asked(context, explain)
    }

    fn asked<T>(&self, context: &Context, ask: fn(&Request<'_>, &Policies<'_>) -> T) -> T {
        let principal = Principal::parse(&self.caller);
        let action = Action::parse(&self.action).expect("as it was generated");
        let request = Request {
            principal: principal.as_ref(),
            action: &action,
            resource: &self.resource,
            account: self.account.as_deref(),
            context,
        };
        // A trust policy of this world has its resources taken away.
        let of_resource = self.of_resource.as_ref().map(|document| {
            if !self.is_trust() {
                return policy(PolicyKind::Resource, document);
            }
            let mut document = document.clone();
            for statement in document["Statement"].as_array_mut().expect("as it was generated") {
                let statement = statement.as_object_mut().expect("as it was generated");
                statement.remove("Resource");
                statement.remove("NotResource");
            }
            policy(PolicyKind::Trust, &document)
        });
        let identity = policies(PolicyKind::Identity, &self.identity);
        let boundary = policies(PolicyKind::Boundary, &self.boundary);
        let session = policies(PolicyKind::Session, &self.session);
        let scps = self.scps.as_ref().map(|levels| {
            levels.iter().map(|level| policies(PolicyKind::ServiceControl, &fit(level))).collect::<Vec<_>>()
        });
        let rcps: Vec<_> = self.rcps.iter().map(|level| policies(PolicyKind::ResourceControl, &fit(level))).collect();
        let endpoint = policies(PolicyKind::Endpoint, &self.endpoint);
        let all = Policies {
            identity: &identity,
            resource: of_resource.as_ref(),
            boundary: &boundary,
            session: &session,
            service_control: scps.as_deref(),
            resource_control: &rcps,
            endpoint: &endpoint,
            facts: Facts::default(),
        };
        ask(&request, &all)
    }
}

/// Organisations' policies know no short ARNs.
fn fit(documents: &[Value]) -> Vec<Value> {
    let text = serde_json::to_string(documents).expect("as it was generated");
    let text = text.replace(":s3*\"", ":s3:::*\"").replace(":sqs\"", ":sqs:*:*:*\"");
    serde_json::from_str(&text).expect("as it was generated")
}

pub(crate) fn fill(context: Context, given: &[(String, Given)]) -> Context {
    given.iter().fold(context, |context, (key, given)| match given {
        Given::Absent => context.without(key),
        Given::One(value) => context.with(key, value),
        Given::Many(values) => context.with_all(key, values),
    })
}
