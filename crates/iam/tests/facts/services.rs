//! Facts 38 to 44: what single services do.

use serde_json::{Value, json};

use crate::*;

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k";

fn kms(caller: &str, more: Value) -> Value {
    let mut whole = case(json!({"request": {"principal": caller, "action": "kms:Decrypt", "resource": KEY}}));
    crate::lay(&mut whole, more);
    whole
}

fn aws(who: &str) -> Value {
    json!({"Principal": {"AWS": who}})
}

#[test]
fn fact_38_a_key_policy_must_allow() {
    let all = || json!([allow(json!({}))]);
    let delegated =
        || allow(json!({"Principal": {"AWS": ROOT}, "Condition": {"StringEquals": {"kms:ViaService": "s3"}}}));
    let alias = |name: &str, action: &str| {
        let resource = format!("arn:aws:kms:eu-west-1:111122223333:alias/{name}");
        case(json!({"request": {"action": action, "resource": resource}, "identity": all()}))
    };
    check([
        ("identity alone", kms(ROLE, json!({"identity": all()})), NO),
        ("the role by name", kms(ROLE, json!({"resource": allow(aws(ROLE))})), YES),
        ("delegated", kms(ROLE, json!({"identity": all(), "resource": allow(aws(ROOT))})), YES),
        ("delegated, without identity", kms(ROLE, json!({"resource": allow(aws(ROOT))})), NO),
        ("a condition on the delegation", kms(ROLE, json!({"identity": all(), "resource": delegated()})), NO),
        (
            "and met",
            kms(
                ROLE,
                json!({"identity": all(), "resource": delegated(), "request": {"context": {"kms:ViaService": "s3"}}}),
            ),
            YES,
        ),
        (
            "foreign, both",
            kms(FOREIGN, json!({"identity": all(), "resource": allow(aws("arn:aws:iam::444455556666:root"))})),
            YES,
        ),
        ("foreign, key only", kms(FOREIGN, json!({"resource": allow(aws(FOREIGN))})), NO),
        ("not seen", kms(ROLE, json!({"identity": all(), "facts": {"resourceUnseen": true}})), DEPENDS),
        ("not seen, without identity", kms(ROLE, json!({"facts": {"resourceUnseen": true}})), NO),
        ("no key", case(json!({"request": {"action": "kms:ListKeys", "resource": "*"}, "identity": all()})), YES),
        ("an alias", alias("mine", "kms:UpdateAlias"), YES),
        ("an alias of AWS", alias("aws/s3", "kms:UpdateAlias"), NO),
    ]);
}

#[test]
fn fact_39_trust() {
    let assume = |caller: &str, more: Value| {
        let target = "arn:aws:iam::111122223333:role/target";
        let mut whole = case(json!({"request": {"principal": caller, "action": "sts:AssumeRole", "resource": target}}));
        crate::lay(&mut whole, more);
        whole
    };
    let by = |who: &str| trust("Allow", "sts:AssumeRole", json!({"AWS": who}));
    let all = || json!([allow(json!({}))]);
    let conditional = |context: Value| {
        let mut policy = by(FOREIGN);
        policy["Statement"]["Condition"] = json!({"StringEquals": {"sts:ExternalId": "secret"}});
        assume(FOREIGN, json!({"identity": all(), "resource": policy, "request": {"context": context}}))
    };
    let who_am_i =
        case(json!({"request": {"action": "sts:GetCallerIdentity", "resource": "*"}, "identity": [deny(json!({}))]}));
    check([
        ("no trust", assume(ROLE, json!({"identity": all()})), NO),
        ("the role by name", assume(ROLE, json!({"resource": by(ROLE)})), YES),
        ("everybody", assume(ROLE, json!({"resource": by("*")})), YES),
        ("the account, without identity", assume(ROLE, json!({"resource": by(ROOT)})), NO),
        ("the account, with it", assume(ROLE, json!({"identity": all(), "resource": by(ROOT)})), YES),
        ("foreign, without identity", assume(FOREIGN, json!({"resource": by(FOREIGN)})), NO),
        ("foreign, with it", assume(FOREIGN, json!({"identity": all(), "resource": by(FOREIGN)})), YES),
        (
            "tags need their own action",
            assume(ROLE, json!({"request": {"action": "sts:TagSession"}, "resource": by(ROLE)})),
            NO,
        ),
        ("no external id", conditional(json!({})), NO),
        ("the external id", conditional(json!({"sts:ExternalId": "secret"})), YES),
        ("who am I, under Deny", who_am_i, YES),
    ]);
}

#[test]
fn fact_40_web_identity() {
    let provider = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A";
    let issuer = "oidc.eks.eu-west-1.amazonaws.com/id/A";
    let mut policy = trust("Allow", "sts:AssumeRoleWithWebIdentity", json!({"Federated": provider}));
    policy["Statement"]["Condition"] = json!({"StringEquals": {
        format!("{issuer}:sub"): "system:serviceaccount:shop:web",
        format!("{issuer}:aud"): "sts.amazonaws.com",
    }});
    let of = |provider: &str, sub: &str| {
        case(json!({
            "request": {"principal": provider, "action": "sts:AssumeRoleWithWebIdentity", "resource": ROLE,
                "context": {format!("{issuer}:sub"): sub, format!("{issuer}:aud"): "sts.amazonaws.com"}},
            "resource": policy,
        }))
    };
    let other = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/B";
    check([
        ("its service account", of(provider, "system:serviceaccount:shop:web"), YES),
        ("another one", of(provider, "system:serviceaccount:shop:db"), NO),
        ("another issuer", of(other, "system:serviceaccount:shop:web"), NO),
        ("a role has no token", of(ROLE, "system:serviceaccount:shop:web"), NO),
    ]);
}

#[test]
fn fact_43_what_iam_does_not_let_happen() {
    let iam = |action: &str, resource: &str| {
        case(json!({"request": {"action": action, "resource": resource}, "identity": [allow(json!({}))]}))
    };
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let reserved = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_1";
    let own = "arn:aws:iam::111122223333:policy/mine";
    let passing = |service: &str| {
        let only = json!({"Action": "iam:PassRole", "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}});
        case(
            json!({"request": {"action": "iam:PassRole", "resource": ROLE, "context": {"iam:PassedToService": service}}, "identity": [allow(only)]}),
        )
    };
    check([
        ("a policy of AWS", iam("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess"), NO),
        ("reading it", iam("iam:GetPolicy", "arn:aws:iam::aws:policy/AdministratorAccess"), YES),
        ("one's own", iam("iam:CreatePolicyVersion", own), YES),
        ("a reserved role", iam("iam:PutRolePolicy", reserved), NO),
        ("a service-linked role", iam("iam:AttachRolePolicy", slr), NO),
        ("deleting it has its own action", iam("iam:DeleteServiceLinkedRole", slr), YES),
        ("passed to", passing("lambda.amazonaws.com"), YES),
        ("passed to another", passing("ec2.amazonaws.com"), NO),
    ]);
}

#[test]
fn fact_44_services_that_act_for_the_caller() {
    let guard = json!([
        allow(json!({})),
        deny(json!({"Condition": {
            "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:ViaAWSService": "false"},
        }}))
    ]);
    let from = |context: Value| case(json!({"request": {"context": context}, "identity": guard}));
    check([
        ("from inside", from(json!({"aws:SourceIp": "10.1.1.1", "aws:ViaAWSService": false})), YES),
        ("from outside", from(json!({"aws:SourceIp": "8.8.8.8", "aws:ViaAWSService": false})), NEVER),
        ("by a service", from(json!({"aws:ViaAWSService": true})), YES),
    ]);
}
