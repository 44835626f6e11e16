//! Facts 27 to 37: the decision.

use serde_json::{Value, json};

use crate::*;

fn names(who: Value) -> Value {
    json!({"Principal": who})
}

fn aws(who: &str) -> Value {
    names(json!({"AWS": who}))
}

fn silent() -> Value {
    json!([allow(json!({"Action": "ec2:*"}))])
}

#[test]
fn fact_27_a_deny_anywhere_decides() {
    let all = || json!([allow(json!({}))]);
    let base = |more: Value| {
        let mut whole = case(
            json!({"identity": all(), "resource": allow(aws(ROLE)), "boundary": all(), "session": all(), "scps": [all()], "vpce": [allow(names(json!("*")))]}),
        );
        crate::lay(&mut whole, more);
        whole
    };
    let with_deny = || json!([allow(json!({})), deny(json!({}))]);
    check([
        ("none", base(json!({})), YES),
        ("identity", base(json!({"identity": with_deny()})), NEVER),
        ("resource", base(json!({"resource": deny(names(json!("*")))})), NEVER),
        ("boundary", base(json!({"boundary": with_deny()})), NEVER),
        ("session", base(json!({"session": with_deny()})), NEVER),
        ("scps", base(json!({"scps": [with_deny()]})), NEVER),
        ("rcps", base(json!({"rcps": [[deny(names(json!("*")))]]})), NEVER),
        ("vpce", base(json!({"vpce": [deny(names(json!("*")))]})), NEVER),
    ]);
}

#[test]
fn fact_28_every_level_must_allow() {
    let all = || allow(json!({}));
    let s3 = || allow(json!({"Action": "s3:*"}));
    let ec2 = || allow(json!({"Action": "ec2:*"}));
    let scps = |caller: &str, levels: Value| {
        case(json!({"request": {"principal": caller}, "identity": [all()], "scps": levels}))
    };
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    check([
        ("none", scps(ROLE, json!(null)), YES),
        ("no levels", scps(ROLE, json!([])), YES),
        ("each", scps(ROLE, json!([[all()], [ec2(), s3()]])), YES),
        ("one does not", scps(ROLE, json!([[all()], [ec2()], [all()]])), NO),
        ("an empty one", scps(ROLE, json!([[all()], []])), NO),
        ("not for service-linked roles", scps(slr, json!([[ec2()]])), YES),
        ("for the root user", scps(ROOT, json!([[ec2()]])), NO),
        (
            "not for the management account",
            {
                let mut case = scps(ROLE, json!([[ec2()]]));
                case["facts"] = json!({"managementAccount": "111122223333"});
                case
            },
            YES,
        ),
        ("over what a resource grants", case(json!({"resource": allow(aws(ROLE)), "scps": [[ec2()]]})), NO),
        (
            "over a foreign resource",
            case(json!({
                "request": {"account": "444455556666"}, "identity": [all()], "resource": allow(aws(ROLE)), "scps": [[ec2()]],
            })),
            NO,
        ),
        (
            "not for services",
            case(json!({
                "request": {"principal": "lambda.amazonaws.com"}, "resource": allow(names(json!({"Service": "lambda.amazonaws.com"}))), "scps": [[ec2()]],
            })),
            YES,
        ),
    ]);
}

#[test]
fn fact_29_resource_control() {
    let everybody = || deny(names(json!("*")));
    let rcp = |more: Value| {
        let mut whole = case(json!({"identity": [allow(json!({}))], "rcps": [[everybody()]]}));
        crate::lay(&mut whole, more);
        whole
    };
    let ec2 = json!({"action": "ec2:TerminateInstances", "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i"});
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let kms = |action: &str| json!({"request": {"action": action, "resource": "arn:aws:kms:eu-west-1:111122223333:key/k"}, "resource": allow(aws("111122223333"))});
    check([
        ("denies", rcp(json!({})), NEVER),
        ("only Deny matters", rcp(json!({"rcps": [[allow(json!({"Action": "ec2:*", "Principal": "*"}))], []]})), YES),
        ("not where it is not supported", rcp(json!({"request": ec2})), YES),
        (
            "anonymous callers too",
            rcp(json!({"request": {"principal": null}, "resource": allow(names(json!("*")))})),
            NEVER,
        ),
        (
            "services too",
            rcp(json!({"request": {"principal": "lambda.amazonaws.com"}, "resource": allow(names(json!("*")))})),
            NEVER,
        ),
        ("not service-linked roles", rcp(json!({"request": {"principal": slr}})), YES),
        ("not the management account's", rcp(json!({"facts": {"managementAccount": "111122223333"}})), YES),
        ("not kms:RetireGrant", rcp(kms("kms:RetireGrant")), YES),
        ("but kms:Decrypt", rcp(kms("kms:Decrypt")), NEVER),
    ]);
}

#[test]
fn fact_30_an_endpoint_must_allow_and_grants_nothing() {
    let endpoint = |identity: Value, more: Value| case(json!({"identity": identity, "vpce": [allow(more)]}));
    let all = || json!([allow(json!({}))]);
    check([
        ("allows", endpoint(all(), names(json!("*"))), YES),
        ("allows this account", endpoint(all(), aws("111122223333")), YES),
        ("is silent", endpoint(all(), json!({"Action": "ec2:*", "Principal": "*"})), NO),
        ("names another", endpoint(all(), aws(USER)), NO),
        ("grants nothing", endpoint(json!([]), names(json!("*"))), NO),
    ]);
}

/// Named how, and whether it needs an identity policy, is limited by a silent boundary, and by a silent session policy.
#[test]
fn fact_31_how_a_resource_policy_names_the_caller() {
    let federated = "arn:aws:sts::111122223333:federated-user/bob";
    for (caller, named, needs_identity, by_boundary, by_session) in [
        (ROLE, json!({"AWS": ROOT}), true, true, true),
        (ROLE, json!({"AWS": "111122223333"}), true, true, true),
        (ROLE, json!({"AWS": ROLE}), false, true, true),
        (SESSION, json!({"AWS": ROLE}), false, true, true),
        (SESSION, json!({"AWS": "arn:aws:iam::111122223333:role/team/app"}), false, true, true),
        (SESSION, json!({"AWS": SESSION}), false, false, false),
        (SESSION, json!({"AWS": [SESSION, ROLE, ROOT]}), false, false, false),
        (USER, json!({"AWS": USER}), false, false, false),
        (USER, json!({"AWS": ROOT}), true, true, true),
        (federated, json!({"AWS": federated}), false, false, false),
        (federated, json!({"AWS": USER}), false, true, true),
        (ROLE, json!("*"), false, false, false),
        (SESSION, json!({"AWS": "*"}), false, false, false),
    ] {
        let of = |more: Value| {
            let mut whole = case(
                json!({"request": {"principal": caller}, "resource": allow(names(named.clone())), "facts": {"userBehind": USER}}),
            );
            crate::lay(&mut whole, more);
            outcome(&whole)
        };
        let expected = |yes: bool| if yes { YES } else { NO };
        let all = json!([allow(json!({}))]);
        assert_eq!(of(json!({})), expected(!needs_identity), "{caller} {named}");
        assert_eq!(of(json!({"identity": all})), YES, "{caller} {named}");
        assert_eq!(of(json!({"identity": all, "boundary": silent()})), expected(!by_boundary), "{caller} {named}");
        assert_eq!(of(json!({"identity": all, "session": silent()})), expected(!by_session), "{caller} {named}");
    }
    check([("nothing relevant", case(json!({"resource": allow(aws(USER)), "identity": [allow(json!({}))]})), YES)]);
}

#[test]
fn fact_32_deny_by_name() {
    let of = |caller: &str, element: &str, who: Value| {
        let denied = deny(json!({element: who}));
        case(json!({"request": {"principal": caller}, "identity": [allow(json!({}))], "resource": denied}))
    };
    let spare = |caller: &str, who: &[&str]| of(caller, "NotPrincipal", json!({"AWS": who}));
    let mut bounded = spare(USER, &[USER, ROOT]);
    bounded["boundary"] = json!([allow(json!({}))]);
    check([
        ("the account denies everybody in it", of(USER, "Principal", json!({"AWS": ROOT})), NEVER),
        ("also sessions", of(SESSION, "Principal", json!({"AWS": "111122223333"})), NEVER),
        ("not others", of(FOREIGN, "Principal", json!({"AWS": ROOT})), NO),
        ("a role denies its sessions", of(SESSION, "Principal", json!({"AWS": ROLE})), NEVER),
        ("no wildcard in a name", of(ROLE, "Principal", json!({"AWS": "arn:aws:iam::111122223333:role/*"})), YES),
        ("spared: user and account", spare(USER, &[USER, ROOT]), YES),
        ("only the user", spare(USER, &[USER]), NEVER),
        ("only the account", spare(USER, &["111122223333"]), NEVER),
        ("spared: role, session and account", spare(SESSION, &[ROLE, SESSION, "111122223333"]), YES),
        ("not the session", spare(SESSION, &[ROLE, "111122223333"]), NEVER),
        ("not the role", spare(SESSION, &[SESSION, "111122223333"]), NEVER),
        ("a boundary undoes it", bounded, NEVER),
        ("a deleted role", of(ROLE, "Principal", json!({"AWS": "AROAEXAMPLE"})), YES),
    ]);
}

#[test]
fn facts_33_to_35_limits_and_other_accounts() {
    let all = || json!([allow(json!({}))]);
    let other = |more: Value| {
        let mut whole = case(json!({"request": {"account": "444455556666"}}));
        crate::lay(&mut whole, more);
        whole
    };
    check([
        ("a boundary grants nothing", case(json!({"boundary": all()})), NO),
        ("a boundary limits", case(json!({"identity": all(), "boundary": silent()})), NO),
        ("several boundaries are one", case(json!({"identity": all(), "boundary": [silent()[0], all()[0]]})), YES),
        ("no boundary", case(json!({"identity": all(), "boundary": []})), YES),
        ("a session policy limits", case(json!({"identity": all(), "session": silent()})), NO),
        ("several session policies are one", case(json!({"identity": all(), "session": [silent()[0], all()[0]]})), YES),
        ("both sides", other(json!({"identity": all(), "resource": allow(aws(ROLE))})), YES),
        ("only the caller's", other(json!({"identity": all()})), NO),
        ("only the resource's", other(json!({"resource": allow(aws(ROLE))})), NO),
        ("by the account", other(json!({"identity": all(), "resource": allow(aws(ROOT))})), YES),
        (
            "a session is not waived",
            other(json!({"request": {"principal": SESSION}, "resource": allow(aws(SESSION))})),
            NO,
        ),
        (
            "a boundary limits a user that is named",
            other(
                json!({"request": {"principal": USER}, "identity": all(), "boundary": silent(), "resource": allow(aws(USER))}),
            ),
            NO,
        ),
    ]);
}

#[test]
fn facts_36_and_37_nobody_and_root() {
    let nobody = |who: Value| case(json!({"request": {"principal": null}, "resource": allow(names(who))}));
    let root = |more: Value| {
        let mut whole = case(json!({"request": {"principal": ROOT}}));
        crate::lay(&mut whole, more);
        whole
    };
    let repair = json!({"request": {"action": "s3:PutBucketPolicy", "resource": "arn:aws:s3:::bucket"}, "resource": deny(names(json!("*")))});
    check([
        ("everybody", nobody(json!("*")), YES),
        ("everybody of AWS", nobody(json!({"AWS": "*"})), YES),
        ("an account", nobody(json!({"AWS": ROOT})), NO),
        ("no identity", case(json!({"request": {"principal": null}, "identity": [allow(json!({}))]})), NO),
        ("the root user", root(json!({})), YES),
        ("whom a resource denies", root(json!({"resource": deny(names(json!("*")))})), NEVER),
        ("who can always repair a bucket", root(repair), YES),
        ("but not a foreign one", root(json!({"request": {"account": "444455556666"}})), NO),
    ]);
}
