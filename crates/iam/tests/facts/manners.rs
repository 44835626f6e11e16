//! How cases are answered: residuals in words, reasons, and whatever a line may hold.

use periscope_iam::Cases;
use serde_json::{Value, json};

use crate::*;

#[test]
fn facts_46_and_47_what_is_not_known_is_said_in_words() {
    let of = |statements: Value, context: Value| {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let whole = case(json!({"request": {"contextComplete": false, "context": context}, "identity": [policy]}));
        let answer = answer(&whole);
        answer["residual"].as_str().map_or_else(|| outcome(&whole), ToOwned::to_owned)
    };
    let network = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    let both = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let vpc = json!({"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}});
    let yes = |condition: &Value| statement("Allow", json!({"Condition": condition}));
    let no = |condition: &Value| statement("Deny", json!({"Condition": condition}));
    for (statements, context, told) in [
        (json!([yes(&both)]), json!({}), "only if MFA is present and aws:SourceIp is in 10.0.0.0/8"),
        (json!([yes(&both)]), json!({"aws:SourceIp": "10.1.1.1"}), "only if MFA is present"),
        (json!([yes(&both)]), json!({"aws:SourceIp": "8.8.8.8"}), NO),
        (json!([yes(&json!({})), no(&vpc)]), json!({}), "only if aws:SourceVpc is vpc-1 or vpc-2"),
        (json!([yes(&network), no(&network)]), json!({}), NO),
        (json!([yes(&network), yes(&both)]), json!({}), "only if aws:SourceIp is in 10.0.0.0/8"),
        (
            json!([yes(&json!({"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}})), no(&vpc)]),
            json!({}),
            "only if aws:SourceVpc is vpc-1 or vpc-2",
        ),
        (json!([yes(&vpc)]), json!({}), "only if (aws:SourceVpc is not vpc-1 or vpc-2 or is absent)"),
        (json!([yes(&json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}))]), json!({}), YES),
        (json!([yes(&json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/other"}}))]), json!({}), NO),
        (
            json!([yes(&json!({"Null": {"aws:TokenIssueTime": "false"}}))]),
            json!({}),
            "only if aws:TokenIssueTime is present",
        ),
        (json!([yes(&json!({"StringEquals": {"aws:SourceVpc": "x"}}))]), json!({"aws:SourceVpc": null}), NO),
    ] {
        assert_eq!(of(statements.clone(), context), told, "{statements}");
    }
}

#[test]
fn reasons_name_the_statement_and_what_failed() {
    let near =
        allow(json!({"Sid": "Read", "Action": "s3:Get*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}));
    let elsewhere = allow(json!({"Resource": "arn:aws:s3:::other/*"}));
    let found =
        answer(&case(json!({"identity": [near, elsewhere], "request": {"context": {"aws:SourceIp": "8.8.8.8"}}})));
    assert_eq!(found["blockedBy"], json!(["identity"]));
    let words: Vec<_> = found["why"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| {
            format!(
                "{}/{}/{}: {}",
                reason["policy"].as_str().unwrap(),
                reason["statement"].as_str().unwrap(),
                reason["outcome"].as_str().unwrap(),
                reason["words"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            "identity[0]/Read/nearMiss: allows it only if aws:SourceIp is in 10.0.0.0/8, and aws:SourceIp is 8.8.8.8",
            "identity[1]/#1/nearMiss: allows the action, but not on this resource",
            "//silent: no statement of it allows this",
        ]
    );
}

#[test]
fn that_the_root_user_is_root_is_a_reason() {
    let by_root = |more: Value| {
        let mut whole = case(json!({"request": {"principal": ROOT}}));
        crate::lay(&mut whole, more);
        answer(&whole)
    };
    let words = "the account's root user may do everything that control policies leave";
    let allowed = by_root(json!({}));
    assert_eq!(
        (&allowed["decision"], &allowed["why"]),
        (
            &json!("allowed"),
            &json!([{"layer": "identity", "policy": "", "statement": "", "effect": "allow", "outcome": "applies", "words": words}])
        )
    );
    let denied = by_root(json!({"scps": [[allow(json!({"Action": "ec2:*"}))]]}));
    assert_eq!(denied["blockedBy"], json!(["scps"]));
    assert!(!denied.to_string().contains(words), "{denied}");
    assert!(!answer(&case(json!({"identity": [allow(json!({}))]}))).to_string().contains(words));
}

#[test]
fn policies_are_defined_once_and_named_later() {
    let mut cases = Cases::new();
    let mut ask = |line: &str| cases.answer(line.as_bytes());
    let allow_all = allow(json!({}));
    assert_eq!(ask(&json!({"def": "p", "kind": "identity", "policy": allow_all}).to_string()), None);
    let by_name = |name: &str| case(json!({"identity": [name], "scps": [[name]]})).to_string();
    assert!(ask(&by_name("p")).unwrap().contains("\"decision\":\"allowed\""));
    assert!(ask(&by_name("q")).unwrap().contains("no policy \\\"q\\\" was defined before"));
    let wrong = ask("{\"def\":\"q\",\"policy\":{\"Statement\":[{\"Effect\":\"Permit\"}]}}").unwrap();
    assert_eq!(
        wrong,
        "{\"def\":\"q\",\"decision\":\"error\",\"message\":\"q: line 1, column 25: Statement[0].Effect: must be \\\"Allow\\\" or \\\"Deny\\\"\"}"
    );
    assert!(ask("{\"def\":\"q\",\"kind\":\"odd\",\"policy\":{}}").unwrap().contains("kind must be one of identity"));
    // The same document means something else where it stands for something else.
    assert_eq!(ask(&json!({"def": "p", "policy": deny(json!({}))}).to_string()), None);
    assert!(ask(&by_name("p")).unwrap().contains("ExplicitlyDenied"));
}

#[test]
fn no_line_is_too_odd_for_an_answer() {
    let deep = "[".repeat(1_000_000);
    let long = format!(
        "{{\"id\":\"long\",\"request\":{{\"action\":\"s3:GetObject\",\"resource\":\"{}\"}}}}",
        "x".repeat(10_000_000)
    );
    let rows: &[(&[u8], &str)] = &[
        (b"", ""),
        (b"  \r", ""),
        (b"{", "{\"id\":null,\"decision\":\"error\""),
        (b"{\"id\":\"a\\\"b\",", "{\"id\":\"a\\\"b\",\"decision\":\"error\""),
        (b"{\"id\": 7, \"request\": [}", "{\"id\":7,\"decision\":\"error\""),
        (b"{\"id\": 8, \"x\": \"\xff\"}", "{\"id\":8,\"decision\":\"error\""),
        (b"[1]", "{\"id\":null,\"decision\":\"error\""),
        (b"{\"id\":9}", "{\"id\":9,\"decision\":\"error\",\"message\":\"a case needs a request\"}"),
        (b"{\"id\":9,\"request\":{\"action\":\"*\"}}", "{\"id\":9,\"decision\":\"error\",\"message\":\"request.action"),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\",\"principal\":\"me\"}}", "{\"id\":9,\"decision\":\"error\""),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\",\"context\":{\"a\":{}}}}", "{\"id\":9,\"decision\":\"error\""),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\"},\"scps\":{}}", "{\"id\":9,\"decision\":\"error\""),
        (deep.as_bytes(), "{\"id\":null,\"decision\":\"error\""),
        (long.as_bytes(), "{\"id\":\"long\",\"decision\":\"denied\""),
    ];
    let mut cases = Cases::new();
    for (line, start) in rows {
        let answer = cases.answer(line).unwrap_or_default();
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]);
        assert!(answer.starts_with(start) && answer.is_empty() == start.is_empty(), "{shown}: {answer:.200}");
        assert!(answer.is_empty() || serde_json::from_str::<Value>(&answer).is_ok(), "{shown}: {answer:.200}");
    }
}
