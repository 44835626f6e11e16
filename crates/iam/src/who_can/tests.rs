use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::policy::{Policy, PolicyKind};
use crate::principal::Principal;
use crate::truth::Truth;

const ACCOUNT: &str = "111122223333";

fn policy(kind: PolicyKind, statements: &[Value]) -> Policy {
    Policy::parse("p", kind, &json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn role(name: &str) -> RolePolicies {
    RolePolicies::new(Principal::parse(&format!("arn:aws:iam::{ACCOUNT}:role/{name}")).unwrap())
}

fn allowing(statements: &[Value]) -> RolePolicies {
    RolePolicies { identity: vec![policy(PolicyKind::Identity, statements)], ..role("r") }
}

fn allow(actions: &[&str], resources: &[&str]) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resources})
}

fn deny(actions: &[&str], resources: &[&str]) -> Value {
    json!({"Effect": "Deny", "Action": actions, "Resource": resources})
}

fn index(roles: Vec<RolePolicies>) -> Index<usize> {
    Index::build(roles.into_iter().enumerate().map(|(at, role)| (at, role, Context::incomplete())))
}

fn ask(index: &Index<usize>, action: &str, resource: Option<&str>) -> Vec<(usize, bool, usize)> {
    let question = Question::parse(action, resource).unwrap();
    let found = index.who_can(&question);
    let mut rows: Vec<_> = found.iter().map(|one| (*one.key, one.is_certain(), one.matched().len())).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn wildcards_of_policies_and_questions_meet() {
    let index = index(vec![
        allowing(&[allow(&["*"], &["*"])]),
        allowing(&[allow(&["s3:Get*"], &["arn:aws:s3:::payments/*"])]),
        allowing(&[allow(&["iam:Pass*"], &["*"])]),
        allowing(&[allow(&["s3:GetObject"], &["arn:aws:s3:::payments"])]),
        allowing(&[json!({"Effect": "Allow", "NotAction": ["s3:*"], "Resource": "*"})]),
        allowing(&[]),
    ]);
    let who = |action, resource| ask(&index, action, resource).iter().map(|row| row.0).collect::<Vec<_>>();
    // A bucket is no object: the fourth allows nothing.
    assert_eq!(who("s3:GetObject", None), [0, 1]);
    assert_eq!(who("S3:getobject", Some("arn:aws:s3:::pay*")), [0, 1]);
    assert_eq!(who("s3:GetObject", Some("arn:aws:s3:::search/x")), [0]);
    assert_eq!(who("iam:PassRole", None), [0, 2, 4]);
    assert_eq!(who("s3:*", Some("arn:aws:s3:::payments/a")), [0, 1]);
    assert_eq!(who("*", None), [0, 1, 2, 4]);
    assert_eq!(who("ec2:DescribeInstances", None), [0, 4]);
    // Newer than the reference table.
    assert_eq!(who("quantum-toaster:MakeToast", None), [0, 4]);
    assert_eq!(who("quantum-*:Make*", Some("arn:aws:quantum-toaster:::x")), [0, 4]);
    assert_eq!(index.len(), 6);
}

#[test]
fn a_deny_takes_all_or_a_part() {
    let index = index(vec![
        allowing(&[allow(&["s3:*"], &["*"]), deny(&["s3:GetObject"], &["*"])]),
        allowing(&[allow(&["s3:*"], &["*"]), deny(&["s3:GetObject"], &["arn:aws:s3:::secret/*"])]),
        allowing(&[allow(&["s3:*"], &["*"]), deny(&["s3:*"], &["arn:aws:s3:*:*:*"])]),
        allowing(&[
            allow(&["s3:*"], &["*"]),
            json!({"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::ours/*"}),
        ]),
    ]);
    let question = Question::parse("s3:GetObject", None).unwrap();
    assert_eq!(ask(&index, "s3:GetObject", None), [(1, true, 1), (3, true, 1)]);
    assert_eq!(ask(&index, "s3:GetObject", Some("arn:aws:s3:::secret/x")), []);
    assert_eq!(ask(&index, "s3:GetObject", Some("arn:aws:s3:::*")), [(1, true, 1), (3, true, 1)]);
    // Yes, but not for all that was asked.
    let wide = Question::parse("s3:GetObject", Some("arn:aws:s3:::*/*")).unwrap();
    assert!(index.detail(&wide, &1).unwrap().throughout.is_empty());
    let narrow = Question::parse("s3:GetObject", Some("arn:aws:s3:::open/*")).unwrap();
    assert_eq!(index.detail(&narrow, &1).unwrap().throughout.len(), 1);
    assert_eq!(index.detail(&question, &3).unwrap().resource, "arn:aws:s3:::ours/~");
    assert!(index.detail(&question, &3).unwrap().verdict.is_allowed());
    assert!(index.detail(&question, &0).is_none());
    assert_eq!(index.detail(&question, &1).unwrap().resources, ["*"]);
}

#[test]
fn limits_and_conditions_count() {
    let conditional = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}});
    let everything = || vec![policy(PolicyKind::Identity, &[allow(&["*"], &["*"])])];
    let bounded = RolePolicies {
        identity: everything(),
        boundary: vec![policy(PolicyKind::Boundary, &[allow(&["s3:Get*"], &["arn:aws:s3:::ours/*"])])],
        ..role("bounded")
    };
    let session = RolePolicies {
        identity: everything(),
        session: vec![policy(PolicyKind::Session, &[allow(&["sqs:*"], &["*"])])],
        ..role("session")
    };
    let level = |statements: &[Value]| vec![policy(PolicyKind::ServiceControl, statements)];
    let controlled = RolePolicies {
        identity: everything(),
        service_control: Some(vec![
            level(&[allow(&["*"], &["*"])]),
            level(&[allow(&["*"], &["*"]), deny(&["s3:*"], &["*"])]),
        ]),
        ..role("controlled")
    };
    let managing = RolePolicies { management_account: Some(ACCOUNT.into()), ..controlled.clone() };
    let index = index(vec![allowing(&[conditional]), bounded, session, controlled, managing]);
    assert_eq!(ask(&index, "s3:GetObject", None), [(0, false, 1), (1, true, 1), (4, true, 1)]);
    assert_eq!(ask(&index, "s3:GetObject", Some("arn:aws:s3:::theirs/x")), [(0, false, 1), (4, true, 1)]);
    assert_eq!(ask(&index, "sqs:SendMessage", None), [(2, true, 1), (3, true, 1), (4, true, 1)]);
    let question = Question::parse("s3:GetObject", None).unwrap();
    let Verdict::Conditional(residual) = index.detail(&question, &0).unwrap().verdict else {
        panic!("not conditional")
    };
    assert_eq!(residual.keys(), ["aws:SourceIp"]);
}

#[test]
fn another_account_and_keys_hang_on_what_was_not_seen() {
    let index = index(vec![allowing(&[
        allow(&["sqs:SendMessage"], &["arn:aws:sqs:eu-west-1:999988887777:q"]),
        allow(&["kms:Decrypt", "sts:AssumeRole"], &["*"]),
    ])]);
    for action in ["sqs:SendMessage", "kms:Decrypt", "sts:AssumeRole"] {
        assert_eq!(ask(&index, action, None), [(0, false, 1)], "{action}");
        let detail = index.detail(&Question::parse(action, None).unwrap(), &0).unwrap();
        assert!(
            matches!(&detail.verdict, Verdict::Conditional(residual) if residual.is_unseen()),
            "{action} {detail:?}"
        );
    }
}

#[test]
fn principals_come_change_and_go() {
    let shared = policy(PolicyKind::Identity, &[allow(&["s3:GetObject"], &["*"])]);
    let again = policy(PolicyKind::Identity, &[allow(&["s3:GetObject"], &["*"])]);
    let mut index = index(vec![
        RolePolicies { identity: vec![shared], ..role("a") },
        RolePolicies { identity: vec![again], ..role("b") },
        allowing(&[allow(&["sqs:*"], &["*"])]),
    ]);
    // The same document, read twice, is judged once.
    assert_eq!((index.len(), index.groups()), (3, 2));
    index.set(1, allowing(&[allow(&["sqs:*"], &["*"])]), Context::incomplete());
    assert_eq!((index.len(), index.groups()), (3, 2));
    assert_eq!(ask(&index, "s3:GetObject", None), [(0, true, 1)]);
    assert!(index.remove(&0) && !index.remove(&0));
    assert_eq!((index.len(), index.groups()), (2, 1));
    assert_eq!(ask(&index, "s3:GetObject", None), []);
    assert_eq!(ask(&index, "sqs:SendMessage", None), [(1, true, 1), (2, true, 1)]);
    index.set(7, allowing(&[allow(&["s3:GetObject"], &["*"])]), Context::incomplete());
    assert_eq!(ask(&index, "s3:*", None), [(7, true, 1)]);
    assert!(index.policies(&7).is_some() && index.policies(&0).is_none());
}

#[test]
fn what_differs_by_principal_is_judged_for_each() {
    let own = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::home/${aws:PrincipalTag/team}/*"});
    let named = json!({"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": format!("arn:aws:iam::{ACCOUNT}:role/b")}}});
    let policies = policy(PolicyKind::Identity, &[own, named]);
    let with = |name: &str, team: &str| {
        let role = RolePolicies { identity: vec![policies.clone()], ..role(name) };
        (name.to_owned(), role, Context::incomplete().with("aws:PrincipalTag/team", team))
    };
    let index = Index::build([with("a", "red"), with("b", "blue")]);
    let who = |action, resource| {
        let question = Question::parse(action, resource).unwrap();
        let found = index.who_can(&question);
        found.iter().map(|one| one.key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(who("s3:GetObject", Some("arn:aws:s3:::home/red/x")), ["a"]);
    assert_eq!(who("s3:GetObject", Some("arn:aws:s3:::home/*")), ["a", "b"]);
    assert_eq!(who("sqs:SendMessage", None), ["b"]);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let message = |action, resource| Question::parse(action, resource).unwrap_err().to_string();
    assert_eq!(message("GetObject", None), "`GetObject` is no action: write service:Name, `*` and `?` allowed");
    assert_eq!(
        message("s3:*", Some("bucket")),
        "`bucket` is no resource: write an ARN of six parts, `*` and `?` allowed"
    );
    assert!(Question::parse("s3:*", Some(" * ")).unwrap().resource().is_none());
}

/// Concrete requests that statements of [`statement`] speak about, each with an action that acts on such a resource.
const REQUESTS: &[(&str, &str)] = &[
    ("s3:GetObject", "arn:aws:s3:::a/x"),
    ("s3:GetObject", "arn:aws:s3:::a/y"),
    ("s3:GetObject", "arn:aws:s3:::b/x"),
    ("s3:PutObject", "arn:aws:s3:::a/x"),
    ("s3:PutObject", "arn:aws:s3:::c/z"),
    ("s3:ListBucket", "arn:aws:s3:::a"),
    ("s3:ListBucket", "arn:aws:s3:::c"),
    ("s3:ListAllMyBuckets", "*"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:999988887777:q"),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/a"),
    ("ec2:DescribeInstances", "*"),
];

fn statement() -> impl Strategy<Value = Value> {
    let actions = prop::sample::select(vec![
        "*",
        "s3:*",
        "s3:Get*",
        "s3:GetObject",
        "s3:?utObject",
        "s3:List*",
        "sqs:*",
        "iam:PassRole",
        "*:*e*",
        "ec2:Describe*",
    ]);
    let resources = prop::sample::select(vec![
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::a",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::*/x",
        "arn:aws:s3:::a/x",
        "arn:aws:s3*",
        "arn:aws:sqs:eu-west-1:*:*",
        "arn:aws:sqs:*:111122223333:q",
        "arn:aws:iam::*:role/${aws:username}",
        "arn:aws:s3:::${aws:PrincipalTag/team}/*",
        "arn:*:*:*:*:*",
    ]);
    let conditions = prop_oneof![
        5 => Just(json!({})),
        1 => Just(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        1 => Just(json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}})),
        1 => Just(json!({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}})),
    ];
    let not = (prop::bool::weighted(0.15), prop::bool::weighted(0.15), prop::bool::weighted(0.3));
    (not, prop::collection::vec(actions, 1..3), prop::collection::vec(resources, 1..3), conditions).prop_map(
        |((not_action, not_resource, deny), actions, resources, conditions)| {
            json!({
                "Effect": if deny { "Deny" } else { "Allow" },
                (if not_action { "NotAction" } else { "Action" }): actions,
                (if not_resource { "NotResource" } else { "Resource" }): resources,
                "Condition": conditions,
            })
        },
    )
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 1..4)
}

pub(crate) fn any_role() -> impl Strategy<Value = RolePolicies> {
    (statements(), prop::option::weighted(0.3, statements()), prop::option::weighted(0.2, statements())).prop_map(
        |(identity, boundary, control)| RolePolicies {
            identity: vec![policy(PolicyKind::Identity, &identity)],
            boundary: boundary.iter().map(|all| policy(PolicyKind::Boundary, all)).collect(),
            service_control: control.map(|all| vec![vec![policy(PolicyKind::ServiceControl, &all)]]),
            ..role("r")
        },
    )
}

fn truth(role: &RolePolicies, action: &str, resource: &str) -> Truth {
    let role = Role { key: (), policies: role.clone(), context: Context::incomplete(), group: 0 };
    role.case(&Action::parse(action).unwrap(), resource, |request, policies| Case::new(request, policies).truth())
}

fn answered(index: &Index<usize>, action: &str, resource: Option<&str>) -> Truth {
    match ask(index, action, resource).first() {
        None => Truth::False,
        Some((_, true, _)) => Truth::True,
        Some((_, false, _)) => Truth::Unknown,
    }
}

fn said(role: &RolePolicies) -> String {
    let all = role.identity.iter().chain(&role.boundary).chain(role.service_control.iter().flatten().flatten());
    all.fold(String::new(), |said, policy| format!("{said}\n{:?} {}", policy.kind(), policy.source()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_request_is_answered_as_it_is_decided(role in any_role()) {
        let index = index(vec![role.clone()]);
        for (action, resource) in REQUESTS {
            let asked = Some(*resource).filter(|resource| *resource != "*");
            prop_assert_eq!(answered(&index, action, asked), truth(&role, action, resource), "{} {} {}", action, resource, said(&role));
        }
    }

    #[test]
    fn what_one_request_is_allowed_a_wider_question_finds(role in any_role()) {
        let index = index(vec![role.clone()]);
        for asked in [None, Some("arn:aws:s3:::*"), Some("arn:aws:s3:::a/*"), Some("arn:aws:sqs:*:*:*"), Some("arn:aws:s3:::?/?")] {
            let scope = asked.and_then(ResourceGlob::parse).unwrap_or_else(ResourceGlob::everything);
            let within = |resource: &str| ResourceGlob::parse(resource).is_some_and(|one| scope.covers(&one));
            for (action, resource) in REQUESTS.iter().filter(|(_, resource)| within(resource)) {
                let one = truth(&role, action, resource);
                let all = answered(&index, action, asked);
                prop_assert!(one.is_false() || !all.is_false(), "{} {}: {:?} {}", action, resource, asked, said(&role));
                prop_assert!(!one.is_true() || all.is_true(), "{} {}: {:?} only perhaps {}", action, resource, asked, said(&role));
                let question = Question::parse(action, asked).unwrap();
                if let Some(detail) = index.detail(&question, &0) {
                    prop_assert!(all.is_true() == detail.verdict.is_allowed(), "{} {:?}: {:?} {}", action, asked, detail, said(&role));
                    prop_assert!(asked.is_none() || resource.contains("9999") || detail.throughout.is_empty() || one.is_true(), "{} {}: throughout {:?} {}", action, resource, asked, said(&role));
                }
            }
        }
    }
}
