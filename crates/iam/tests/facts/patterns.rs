//! Facts 6 to 17: actions, resources, variables. How single patterns match is tested beside them.

use serde_json::{Value, json};

use crate::*;

fn identity(more: Value) -> Value {
    case(json!({"identity": [allow(more)]}))
}

fn of(kind: &str, more: Value) -> Value {
    let allow_all = || json!([allow(json!({}))]);
    let named = |more: Value| {
        let mut policy = allow(more);
        policy["Statement"][0]["Principal"] = json!("*");
        policy
    };
    match kind {
        "identity" => case(json!({"identity": [allow(more)]})),
        "boundary" => case(json!({"identity": allow_all(), "boundary": [allow(more)]})),
        "session" => case(json!({"identity": allow_all(), "session": allow(more)})),
        "scps" => case(json!({"identity": allow_all(), "scps": [[allow(more)]]})),
        "vpce" => case(json!({"identity": allow_all(), "vpce": [named(more)]})),
        _ => case(json!({"resource": named(more)})),
    }
}

#[test]
fn fact_6_actions() {
    check([
        ("any case", identity(json!({"Action": "S3:gETobject"})), YES),
        ("a wildcard in the middle", identity(json!({"Action": "s3:G*t?bject"})), YES),
        ("no match across the colon", identity(json!({"Action": "s3*"})), NO),
        (
            "no match across the colon, Deny",
            case(json!({"identity": [allow(json!({})), deny(json!({"Action": "*Object"}))]})),
            YES,
        ),
        ("a name of another service", identity(json!({"Action": "sqs:*"})), NO),
        ("nothing is listed", identity(json!({"Action": []})), NO),
    ]);
}

#[test]
fn fact_7_what_is_not_listed() {
    check([
        ("another", identity(json!({"NotAction": "iam:*"})), YES),
        ("listed", identity(json!({"NotAction": ["s3:Get*"]})), NO),
        (
            "a service that does not exist yet",
            case(json!({"request": {"action": "future:Do"}, "identity": [allow(json!({"NotAction": "iam:*"}))]})),
            YES,
        ),
        (
            "Deny of all but",
            case(json!({"identity": [allow(json!({})), deny(json!({"NotAction": "s3:Put*"}))]})),
            NEVER,
        ),
        (
            "Deny of all but this",
            case(json!({"identity": [allow(json!({})), deny(json!({"NotAction": "s3:Get*"}))]})),
            YES,
        ),
    ]);
}

#[test]
fn fact_12_short_arns() {
    for kind in ["identity", "boundary", "session", "scps", "vpce", "resource"] {
        check([("with a wildcard", of(kind, json!({"Resource": "arn:aws:s3*"})), YES)]);
    }
    for kind in ["identity", "boundary", "session"] {
        check([("without", of(kind, json!({"Resource": "arn:aws:s3"})), YES)]);
    }
    for kind in ["resource", "vpce", "scps"] {
        check([("without", of(kind, json!({"Resource": "arn:aws:s3"})), NO)]);
    }
    let all = || allow(json!({}));
    check([
        (
            "in a Deny of an SCP",
            case(json!({"identity": [all()], "scps": [[all(), deny(json!({"Resource": "arn:aws:s3"}))]]})),
            DEPENDS,
        ),
        (
            "in a Deny of an RCP",
            case(json!({"identity": [all()], "rcps": [[deny(json!({"Resource": "arn:aws:s3*", "Principal": "*"}))]]})),
            DEPENDS,
        ),
    ]);
}

#[test]
fn fact_13_actions_without_resources_need_a_star() {
    let on = |resource: &str, policy: Value| {
        case(json!({"request": {"action": "s3:ListAllMyBuckets", "resource": resource}, "identity": policy}))
    };
    let one = || json!({"Resource": "arn:aws:s3:::bucket"});
    check([
        ("a star", on("*", json!([allow(json!({}))])), YES),
        ("an ARN", on("*", json!([allow(one())])), NO),
        ("an ARN that was asked for", on("arn:aws:s3:::bucket", json!([allow(one())])), NO),
        ("nor is it denied", on("arn:aws:s3:::bucket", json!([allow(json!({})), deny(one())])), YES),
        ("every ARN is no star", on("*", json!([allow(json!({"Resource": "arn:*:*:*:*:*"}))])), NO),
    ]);
}

#[test]
fn fact_15_what_is_not_listed() {
    check([
        ("another", identity(json!({"NotResource": "arn:aws:s3:::other/*"})), YES),
        ("listed", identity(json!({"NotResource": ["arn:aws:s3:::bucket/*"]})), NO),
        (
            "the account of a bucket is supplied",
            case(json!({"request": {"account": "444455556666"}, "identity": [allow(json!({}))]})),
            NO,
        ),
    ]);
}

#[test]
fn facts_16_and_17_variables() {
    let user = |policy: Value| {
        let context = json!({"aws:username": "al*ce", "aws:PrincipalTag/T": "bucket", "aws:TagKeys": ["a"]});
        case(json!({"request": {"resource": "arn:aws:s3:::bucket/al*ce/x", "context": context}, "identity": policy}))
    };
    let resource = |pattern: &str| user(json!([allow(json!({"Resource": format!("arn:aws:s3:::{pattern}")}))]));
    let condition = |condition: Value| user(json!([allow(json!({"Condition": condition}))]));
    check([
        ("in a resource", resource("bucket/${aws:username}/*"), YES),
        ("its case", resource("bucket/${AWS:UserName}/*"), YES),
        ("a tag", resource("${aws:PrincipalTag/t}/*"), YES),
        ("absent", resource("bucket/${aws:userid}*"), NO),
        ("a default", resource("bucket/${aws:userid, 'al*ce'}/x"), YES),
        ("a default is literal", resource("bucket/${aws:userid, 'a*'}/x"), NO),
        ("several values", resource("bucket/${aws:TagKeys}*"), NO),
        ("a literal star", resource("bucket/al${*}ce/x"), YES),
        ("a literal question mark", resource("bucket/al${?}ce/x"), NO),
        ("a dollar", resource("bucket/${$}{x}"), NO),
        (
            "a Deny that cannot be resolved",
            user(json!([allow(json!({})), deny(json!({"Resource": "arn:aws:s3:::bucket/${aws:userid}*"}))])),
            YES,
        ),
        ("in a string", condition(json!({"StringEquals": {"aws:PrincipalTag/T": "${s3:nothing, 'bucket'}"}})), YES),
        ("its star is literal", condition(json!({"StringLike": {"aws:PrincipalTag/T": "${aws:username}"}})), NO),
        ("unresolved and negated", condition(json!({"StringNotEquals": {"aws:PrincipalTag/T": "${aws:userid}"}})), YES),
        ("not in numbers", condition(json!({"NumericEquals": {"n": "${aws:username}"}})), NO),
    ]);
}
