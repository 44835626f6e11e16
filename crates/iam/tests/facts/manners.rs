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
        (json!([yes(&vpc)]), json!({}), "only if aws:SourceVpc is none of vpc-1 and vpc-2, or is absent"),
        (
            json!([yes(&json!({})), no(&json!({"Bool": {"aws:SecureTransport": "false"}}))]),
            json!({}),
            "only if aws:SecureTransport is true or is absent",
        ),
        (
            json!([yes(&json!({})), no(&json!({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a", "b"]}}))]),
            json!({}),
            "only if every value of aws:TagKeys is a or b, or there is none",
        ),
        (
            json!([yes(&json!({})), no(&json!({"ForAllValues:StringLike": {"aws:TagKeys": "a*"}}))]),
            json!({}),
            "only if some value of aws:TagKeys does not match a*",
        ),
        (
            json!([yes(&json!({"Bool": {"aws:MultiFactorAuthPresent": ["true", "false"]}}))]),
            json!({}),
            "only if aws:MultiFactorAuthPresent is true or false",
        ),
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
            "identity[0]/Read/nearMiss: allows s3:Get* only if aws:SourceIp is in 10.0.0.0/8, and aws:SourceIp is 8.8.8.8",
            "identity[1]/#1/nearMiss: allows *, but only on arn:aws:s3:::other/*",
            "//silent: no statement of the identity policy allows this",
        ]
    );
}

/// The words of the last statement that is a reason.
fn words(more: Value) -> String {
    let found = answer(&case(more));
    let named = |reason: &&Value| reason["policy"] != "";
    let last = found["why"].as_array().and_then(|reasons| reasons.iter().rfind(named));
    last.and_then(|reason| reason["words"].as_str()).unwrap_or_default().to_owned()
}

#[test]
fn reasons_say_exactly_what_matched_and_what_it_met() {
    let denied = |more: Value| words(json!({"identity": [allow(json!({})), deny(more)]}));
    let denied_if = |condition: Value, context: Value| {
        let identity = [allow(json!({})), deny(json!({"Condition": condition}))];
        words(json!({"identity": identity, "request": {"context": context}}))
    };
    let allowed_if = |condition: Value, context: Value| {
        words(json!({"identity": [allow(json!({"Condition": condition}))], "request": {"context": context}}))
    };
    let network = json!({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}});
    for (told, expected) in [
        (denied(json!({"NotAction": ["ec2:*", "iam:*"]})), "denies everything but ec2:* or iam:* on *"),
        (denied(json!({"NotResource": "arn:aws:s3:::z/*"})), "denies * on everything but arn:aws:s3:::z/*"),
        (
            denied_if(network.clone(), json!({"aws:SourceIp": "8.8.8.8"})),
            "denies * on * because aws:SourceIp is in none of 10.0.0.0/8 and 192.168.0.0/16 (it is 8.8.8.8)",
        ),
        (denied_if(network, json!({})), "denies * on * because aws:SourceIp is absent"),
        (
            denied_if(json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), json!({})),
            "denies * on * because aws:MultiFactorAuthPresent is absent",
        ),
        (
            allowed_if(json!({"StringEquals": {"aws:PrincipalTag/t": ["a", "b"]}}), json!({"aws:principaltag/T": "b"})),
            "allows * on * because aws:PrincipalTag/t is b",
        ),
        (
            allowed_if(
                json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}),
                json!({"aws:TagKeys": ["b", "a"]}),
            ),
            "allows * on * because every value of aws:TagKeys is a, b or c (they are b, a)",
        ),
        (
            allowed_if(json!({"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}), json!({})),
            "allows * on * because aws:TagKeys is absent",
        ),
        (
            allowed_if(json!({"Null": {"aws:TokenIssueTime": "false"}}), json!({"aws:TokenIssueTime": "x"})),
            "allows * on * because aws:TokenIssueTime is present",
        ),
        (
            allowed_if(
                json!({"StringEquals": {"aws:PrincipalTag/t": "${aws:username}"}}),
                json!({"aws:PrincipalTag/t": "a", "aws:username": "a"}),
            ),
            "allows * on * because aws:PrincipalTag/t is ${aws:username} (it is a)",
        ),
        (
            allowed_if(json!({"StringEquals": {"aws:TagKeys": "a"}}), json!({"aws:TagKeys": ["a", "b"]})),
            "allows * only if aws:TagKeys is a, and aws:TagKeys has several values (a, b), which no operator without \
             ForAllValues or ForAnyValue meets",
        ),
        (
            denied(json!({"Condition": {"StringMatches": {"a": "b"}}})),
            "could not be judged (Statement[0].Condition.StringMatches: no such operator); perhaps denies * on *",
        ),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn reasons_say_of_what_and_of_whom_statements_speak() {
    let by_resource = |more: Value| words(json!({"resource": allow(more)}));
    for (told, expected) in [
        (
            words(json!({"identity": [allow(json!({"Resource": "arn:aws:s3:::bucket/${aws:username}"}))]})),
            "allows *, but only on arn:aws:s3:::bucket/${aws:username}, and aws:username has no single value",
        ),
        (
            words(json!({
                "request": {"action": "ec2:DescribeInstances", "resource": "*"},
                "identity": [allow(json!({"Resource": "arn:aws:ec2:*:*:instance/*"}))],
            })),
            "allows *, but only on arn:aws:ec2:*:*:instance/*, and an action that knows no resources needs *",
        ),
        (
            words(json!({"identity": [allow(json!({"NotResource": [OBJECT, "arn:aws:s3:::z"]}))]})),
            "allows *, but not on arn:aws:s3:::bucket/key or arn:aws:s3:::z",
        ),
        (by_resource(json!({"Principal": {"AWS": ROLE}})), &format!("allows * on * to {ROLE}")),
        (by_resource(json!({"Principal": "*"})), "allows * on * to everybody"),
        (
            by_resource(json!({"Principal": {"AWS": [USER, ROOT]}})),
            &format!("allows * on * to {ROOT}; that leaves it to the account's own policies"),
        ),
        (
            by_resource(json!({"Principal": {"AWS": [USER, FOREIGN]}})),
            &format!("allows *, but only to {USER} or {FOREIGN}"),
        ),
        (by_resource(json!({"NotPrincipal": {"AWS": USER}})), &format!("allows * on * to everybody but {USER}")),
        (
            words(json!({
                "identity": [allow(json!({}))],
                "boundary": [allow(json!({}))],
                "resource": deny(json!({"NotPrincipal": {"AWS": ROLE}})),
            })),
            &format!(
                "denies * on * to everybody but {ROLE}; that spares nobody with a permissions boundary, and others only if \
                 all their names are listed"
            ),
        ),
        (by_resource(json!({})), "allows *, but to nobody: it names no principal"),
    ] {
        assert_eq!(told, expected);
    }
}

#[test]
fn what_is_missing_is_told_from_what_is_silent() {
    let silent = |more: Value| {
        let found = answer(&case(more));
        let reasons = found["why"].as_array().unwrap().iter().filter(|reason| reason["outcome"] == "silent");
        reasons.map(|reason| reason["words"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (all, other) = (allow(json!({})), allow(json!({"Action": "ec2:*"})));
    let key = "arn:aws:kms:eu-west-1:111122223333:key/k";
    let of_key = json!({"action": "kms:Decrypt", "resource": key});
    for (more, expected) in [
        (json!({}), "there is no identity policy"),
        (json!({"identity": [other]}), "no statement of the identity policy allows this"),
        (json!({"identity": [all], "boundary": [other]}), "no statement of the permissions boundary allows this"),
        (json!({"identity": [all], "request": of_key}), "there is no resource policy"),
        (
            json!({"identity": [all], "request": of_key, "facts": {"resourceUnseen": true}}),
            "the resource policy was not seen",
        ),
        (
            json!({"identity": [all], "scps": [[all], [other], [all]]}),
            "no service control policy of level 2 of 3 allows this",
        ),
    ] {
        assert_eq!(silent(more.clone()), [expected], "{more}");
    }
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
        "{\"id\":null,\"def\":\"q\",\"decision\":\"error\",\"detail\":null,\"message\":\"q: line 1, column 25: Statement[0].Effect: must be \\\"Allow\\\" or \\\"Deny\\\"\",\"blockedBy\":[],\"why\":[]}"
    );
    assert!(ask("{\"def\":\"q\",\"kind\":7,\"policy\":{}}").unwrap().contains("kind must be a string, not a number"));
    // The same document means something else where it stands for something else.
    assert_eq!(ask(&json!({"def": "p", "policy": deny(json!({}))}).to_string()), None);
    assert!(ask(&by_name("p")).unwrap().contains("ExplicitlyDenied"));
    // What is to replace it is wrong: the older one is not meant.
    assert!(ask("{\"def\":\"p\",\"policy\":{}}").unwrap().contains("there is no Statement"));
    assert!(ask(&by_name("p")).unwrap().contains("no policy \\\"p\\\" was defined before"));
}

#[test]
fn a_definition_is_what_it_is_used_as() {
    let trust = json!({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROLE}}});
    let request = json!({"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/t"});
    let kinds = ["trust", "resource", "identity", "SCPs", "managed", "permissionsBoundary", ""].map(Value::from);
    for kind in kinds.into_iter().chain([Value::Null]) {
        let mut cases = Cases::new();
        let mut ask = |line: Value| cases.answer(line.to_string().as_bytes());
        assert_eq!(ask(json!({"def": "all", "kind": kind, "policy": allow(json!({}))})), None, "{kind}");
        assert_eq!(ask(json!({"def": "in", "kind": kind, "policy": trust})), None, "{kind}");
        let all = case(json!({"identity": ["all"], "boundary": ["all"], "session": "all", "scps": [["all"]]}));
        assert!(ask(all).unwrap().contains("\"decision\":\"allowed\""), "{kind}");
        let assumed = case(json!({"request": request, "resource": "in"}));
        assert!(ask(assumed).unwrap().contains("\"decision\":\"allowed\""), "{kind}");
        let wrong = ask(case(json!({"identity": ["in"]}))).unwrap();
        assert!(wrong.contains("identity[0]: in: line 1") && wrong.contains("there is no Resource"), "{kind}: {wrong}");
    }
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
        (
            b"{\"id\":9}",
            "{\"id\":9,\"decision\":\"error\",\"detail\":null,\"message\":\"a case needs a request\",\"blockedBy\":[],\"why\":[]}",
        ),
        (
            b"{\"id\":9,\"request\":{\"action\":\"*\"}}",
            "{\"id\":9,\"decision\":\"error\",\"detail\":null,\"message\":\"request.action",
        ),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\",\"principal\":\"me\"}}", "{\"id\":9,\"decision\":\"error\""),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\",\"context\":{\"a\":{}}}}", "{\"id\":9,\"decision\":\"error\""),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:X\"},\"scps\":{}}", "{\"id\":9,\"decision\":\"error\""),
        (
            b"{\"id\":9,\"request\":{\"action\":\"s3:GetObject\"}}",
            "{\"id\":9,\"decision\":\"error\",\"detail\":null,\"message\":\"request.resource is missing",
        ),
        (b"{\"id\":9,\"request\":{\"action\":\"s3:ListAllMyBuckets\"}}", "{\"id\":9,\"decision\":\"denied\""),
        (
            b"{\"id\":9,\"request\":{\"action\":\"s3:X\",\"resource\":\"*\",\"account\":\"aws\"}}",
            "{\"id\":9,\"decision\":\"error\",\"detail\":null,\"message\":\"request.account",
        ),
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

#[test]
fn a_sure_denial_is_blocked_by_what_surely_denies() {
    let unjudged = deny(json!({"Condition": {"StringMatches": {"a": "b"}}}));
    let of_resource = deny(json!({"Principal": "*"}));
    let both = answer(&case(json!({"identity": [allow(json!({})), unjudged], "resource": of_resource})));
    assert_eq!((&both["detail"], &both["blockedBy"]), (&json!("ExplicitlyDenied"), &json!(["resource"])));
    let one = |operator: &str| deny(json!({"Condition": {operator: {"aws:SourceVpc": "vpc-1"}}}));
    let request = json!({"contextComplete": false});
    let open = answer(&case(json!({"identity": [allow(json!({})), one("StringEquals")], "request": request})));
    assert_eq!((&open["decision"], &open["blockedBy"]), (&json!("conditional"), &json!(["identity"])));
}
