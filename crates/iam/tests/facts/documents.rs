//! Facts 1 to 5: documents.

use serde_json::{Value, json};

use crate::*;

fn with(identity: Value) -> Value {
    case(json!({"identity": identity}))
}

#[test]
fn fact_1_one_or_a_list() {
    let one = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"});
    check([
        ("a statement", with(json!({"Statement": one})), YES),
        ("a list of statements", with(json!({"Statement": [one]})), YES),
        ("no statement", with(json!({"Statement": []})), NO),
        ("lists", with(allow(json!({"Action": ["x:y", "s3:GetObject"], "Resource": [OBJECT]}))), YES),
        ("a policy that is no list", case(json!({"identity": allow(json!({}))})), YES),
        (
            "a number and a boolean",
            case(json!({
                "identity": [allow(json!({"Condition": {"Bool": {"k": true}, "NumericEquals": {"n": [1, 2.50]}}}))],
                "request": {"context": {"k": "TRUE", "n": 2.5}},
            })),
            YES,
        ),
    ]);
}

#[test]
fn fact_2_an_old_version_knows_no_variables() {
    let of = |version: Value| {
        let mut policy = allow(json!({"Resource": "arn:aws:s3:::bucket/${aws:username}"}));
        policy["Version"] = version;
        policy
    };
    let named = |resource: &str, policy: Value| {
        case(json!({"identity": [policy], "request": {"resource": resource, "context": {"aws:username": "key"}}}))
    };
    let literal = "arn:aws:s3:::bucket/${aws:username}";
    let mut absent = of(json!(""));
    absent.as_object_mut().unwrap().remove("Version");
    check([
        ("new", named(OBJECT, of(json!("2012-10-17"))), YES),
        ("old", named(OBJECT, of(json!("2008-10-17"))), NO),
        ("old, literally", named(literal, of(json!("2008-10-17"))), YES),
        ("absent", named(OBJECT, absent.clone()), NO),
        ("absent, literally", named(literal, absent), YES),
        ("unknown", named(OBJECT, of(json!("2030-01-01"))), ERROR),
    ]);
}

#[test]
fn fact_3_documents_come_plain_or_encoded() {
    let text = allow(json!({})).to_string();
    let encoded = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let partly = text.replace('{', "%7B").replace('"', "%22");
    check([
        ("plain", with(json!([text])), YES),
        ("all of it", with(json!([encoded])), YES),
        ("what must be", with(json!([partly])), YES),
        ("neither", with(json!(["nonsense"])), ERROR),
    ]);
}

#[test]
fn fact_4_exactly_one_of_each_pair() {
    let broken = |without: &str, more: Value| {
        let mut policy = allow(more);
        policy["Statement"][0].as_object_mut().unwrap().remove(without);
        with(policy)
    };
    let both = json!({"Effect": "Allow", "Action": "*", "NotAction": "x:y", "Resource": "*"});
    let twice = json!({"Effect": "Allow", "Action": "*", "NotResource": "*", "Resource": "*"});
    check([
        ("no action", broken("Action", json!({})), ERROR),
        ("no resource", broken("Resource", json!({})), ERROR),
        ("no effect", broken("Effect", json!({})), ERROR),
        ("both actions", with(json!({"Statement": both})), ERROR),
        ("both resources", with(json!({"Statement": twice})), ERROR),
        ("an effect that is none", with(policy([statement("Permit", json!({}))])), ERROR),
        ("a resource policy that names nobody", case(json!({"resource": allow(json!({}))})), NO),
        (
            "a trust policy with resources",
            case(json!({
                "request": {"action": "sts:AssumeRole", "resource": ROLE},
                "resource": allow(json!({"Principal": "*"})),
            })),
            ERROR,
        ),
    ]);
}

#[test]
fn fact_5_what_is_unknown_never_grants_and_what_it_denies_is_open() {
    let odd = |effect: &str| {
        policy([statement("Allow", json!({})), statement(effect, json!({"Condition": {"StringMatches": {"a": "b"}}}))])
    };
    let element = |effect: &str| policy([statement("Allow", json!({})), statement(effect, json!({"Purpose": "x"}))]);
    let alone = |more: Value| with(allow(more));
    check([
        ("an unknown operator", alone(json!({"Condition": {"StringMatches": {"a": "b"}}})), NO),
        ("an unknown element", alone(json!({"Purpose": "x"})), NO),
        ("a principal where none belongs", alone(json!({"Principal": "*"})), NO),
        ("beside an Allow", with(odd("Allow")), YES),
        ("a Deny of that kind", with(odd("Deny")), DEPENDS),
        ("a Deny with an unknown element", with(element("Deny")), DEPENDS),
        (
            "a Deny of that kind that cannot match",
            with(policy([
                statement("Allow", json!({})),
                statement("Deny", json!({"Action": "ec2:*", "Condition": {"StringMatches": {"a": "b"}}})),
            ])),
            YES,
        ),
        (
            "a certain Deny beside it",
            with(policy([
                statement("Deny", json!({})),
                statement("Deny", json!({"Condition": {"StringMatches": {"a": "b"}}})),
            ])),
            NEVER,
        ),
        (
            "an unknown element of the document",
            with(json!({"Statement": statement("Allow", json!({})), "Owner": "x"})),
            NO,
        ),
    ]);
    assert_eq!(answer(&with(odd("Deny")))["incomplete"], json!(true));
    assert_eq!(answer(&alone(json!({"Purpose": "x"})))["incomplete"], json!(true));
    assert_eq!(answer(&with(odd("Allow"))).get("incomplete"), None);
}

#[test]
fn fact_5_whom_a_deny_means_may_be_unknown() {
    let resource = |principal: Value, more: Value| {
        let mut deny = statement("Deny", json!({"Principal": principal}));
        crate::lay(&mut deny, more);
        case(json!({
            "identity": [allow(json!({}))],
            "resource": policy([statement("Allow", json!({"Principal": "*"})), deny]),
        }))
    };
    let canonical = || json!({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"});
    check([
        ("a canonical user", resource(canonical(), json!({})), DEPENDS),
        ("an unknown kind", resource(json!({"Person": "alice"}), json!({})), DEPENDS),
        ("both", resource(json!({"Person": "alice", "CanonicalUser": "7"}), json!({})), DEPENDS),
        ("beside somebody else", resource(json!({"AWS": FOREIGN, "CanonicalUser": "7"}), json!({})), DEPENDS),
        ("of another action", resource(canonical(), json!({"Action": "s3:PutObject"})), YES),
        (
            "under a condition that is not met",
            resource(canonical(), json!({"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}})),
            YES,
        ),
        ("an Allow", case(json!({"resource": allow(json!({"Principal": canonical()}))})), NO),
    ]);
    for principal in [canonical(), json!({"Person": "alice"})] {
        let answer = answer(&resource(principal, json!({})));
        assert_eq!((&answer["incomplete"], &answer["blockedBy"]), (&json!(true), &json!(["resource"])), "{answer}");
    }
}

#[test]
fn mistakes_are_said_with_their_place() {
    for (policy, told) in [
        (
            "{\"Statement\": [\n  {\"Effect\": \"Allow\", \"Action\": 1, \"Resource\": \"*\"}]}",
            "line 2, column 33: Statement[0].Action: must be a string or a list of strings, not a number",
        ),
        (
            "{\"Statement\": {\"Effect\": \"Allow\", \"Effect\": \"Deny\"}}",
            "line 1, column 35: \"Effect\" is given twice",
        ),
        ("{\"Version\": \"2012-10-17\"}", "line 1, column 1: there is no Statement"),
        ("[]", "line 1, column 1: a policy is an object, not a list"),
        ("{\"Statement\": [1]}", "line 1, column 16: Statement[0]: a statement is an object, not a number"),
        (
            "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"a\": null}}}}",
            "line 1, column 95: Statement[0].Condition.Bool.a: must be text, a number or a boolean, not null",
        ),
    ] {
        let error = periscope_iam::Policy::parse("p", periscope_iam::PolicyKind::Identity, policy).unwrap_err();
        assert_eq!(error.to_string(), told);
    }
}

#[test]
fn a_lenient_reading_never_fails_and_never_grants_more() {
    use periscope_iam::{Policy, PolicyKind};
    for text in ["", "nonsense", "{\"Statement\": 1}", "{\"Statement\": [{\"Effect\": \"Allow\"}]}", "%7B%22Stat"] {
        let policy = Policy::lenient("p", PolicyKind::Identity, text);
        let statement = policy.statements().next().expect("something stands for what is not understood");
        assert!(!statement.is_judged(), "{text}");
        assert!(policy.problems().iter().all(|problem| problem.unjudged), "{text}");
    }
}
