use proptest::prelude::*;

use super::*;
use crate::action::Action;
use crate::context::Context;
use crate::decide::Case;
use crate::policy::PolicyKind;
use crate::principal::Principal;
use crate::request::Request;
use crate::truth::Truth;
use crate::who_can::tests::any_role;

fn truth(role: &RolePolicies, action: &str, resource: &str, context: &Context) -> Truth {
    let action = Action::parse(action).unwrap();
    let request = Request { principal: Some(&role.principal), action: &action, resource, account: None, context };
    Case::new(&request, &role.policies()).truth()
}

fn as_role(role: &RolePolicies, effective: &EffectivePolicy) -> RolePolicies {
    let policy = Policy::parse("effective", PolicyKind::Identity, &effective.document).unwrap();
    RolePolicies { identity: vec![policy], ..RolePolicies::new(role.principal.clone()) }
}

const REQUESTS: &[(&str, &str)] = &[
    ("s3:GetObject", "arn:aws:s3:::a/x"),
    ("s3:GetObject", "arn:aws:s3:::a/y"),
    ("s3:GetObject", "arn:aws:s3:::blue/x"),
    ("s3:PutObject", "arn:aws:s3:::a/x"),
    ("s3:ListBucket", "arn:aws:s3:::a"),
    ("s3:ListAllMyBuckets", "*"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q"),
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:111122223333:q"),
    ("iam:PassRole", "arn:aws:iam::111122223333:role/a"),
    ("ec2:DescribeInstances", "*"),
    ("ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*"),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_policy_means_what_all_of_them_do(role in any_role(), inside in any::<bool>(), team in "a|blue") {
        let effective = effective_policy(&role);
        let other = as_role(&role, &effective);
        let address = if inside { "10.1.2.3" } else { "192.0.2.1" };
        let context = Context::complete()
            .with("aws:SourceIp", address)
            .with("aws:PrincipalTag/team", &team)
            .with("aws:PrincipalAccount", "111122223333");
        for context in [context, Context::incomplete()] {
            for (action, resource) in REQUESTS {
                let before = truth(&role, action, resource, &context);
                let after = truth(&other, action, resource, &context);
                // What contradicts itself whatever is known (a variable that both must and must not be there) is told apart
                // only by looking at both statements at once, as making one policy of them does.
                let contradiction = !context.is_complete() && before == Truth::Unknown && after.is_false();
                if effective.left_out.is_empty() && !contradiction {
                    prop_assert_eq!(before, after, "{} {} {}", action, resource, effective.document);
                } else {
                    prop_assert!(!after.is_true() || before.is_true(), "{} {} {}", action, resource, effective.document);
                }
            }
        }
    }
}

fn role(identity: &Value, boundary: Option<&Value>) -> RolePolicies {
    let parse = |kind, document: &Value| Policy::parse("p", kind, &document.to_string()).unwrap();
    RolePolicies {
        identity: vec![parse(PolicyKind::Identity, identity)],
        boundary: boundary.map(|document| parse(PolicyKind::Boundary, document)).into_iter().collect(),
        ..RolePolicies::new(Principal::parse("arn:aws:iam::111122223333:role/r").unwrap())
    }
}

fn document(effective: &EffectivePolicy) -> Value {
    let mut document: Value = serde_json::from_str(&effective.document).unwrap();
    document["Statement"].take()
}

#[test]
fn a_boundary_narrows_actions_resources_and_conditions() {
    let identity = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "sqs:*"], "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
    ]});
    let boundary = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
        "Resource": ["arn:aws:s3:::a/*"], "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}}});
    let effective = effective_policy(&role(&identity, Some(&boundary)));
    assert_eq!(effective.left_out, Vec::<String>::new());
    assert_eq!(
        document(&effective),
        json!([
            {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*",
             "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:PrincipalTag/team": "blue"}}},
            {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"},
        ])
    );
}

#[test]
fn what_one_policy_cannot_say_is_left_out_and_said() {
    let identity = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a*"}});
    let boundary = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::ab/*"}});
    let effective = effective_policy(&role(&identity, Some(&boundary)));
    assert_eq!(
        effective.left_out,
        ["#1 of p within #1 of p: a part of arn:aws:s3:::a* is taken out by arn:aws:s3:::ab/*"]
    );
    assert_eq!(document(&effective), json!([{"Effect": "Deny", "Action": "*", "Resource": "*"}]));
}

#[test]
fn an_old_version_keeps_its_meaning() {
    let identity = json!({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/${aws:username}"}});
    let role = role(&identity, None);
    let effective = effective_policy(&role);
    let other = as_role(&role, &effective);
    for (resource, expected) in [("arn:aws:s3:::a/${aws:username}", Truth::True), ("arn:aws:s3:::a/x", Truth::False)] {
        assert_eq!(truth(&role, "s3:GetObject", resource, &Context::incomplete()), expected);
        assert_eq!(truth(&other, "s3:GetObject", resource, &Context::incomplete()), expected, "{}", effective.document);
    }
}
