//! Asking the policy engine from outside.

use super::run::{Talking, periscope_fed};

const CASES: &str = r#"{"def":"read","kind":"identity","policy":{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}]}}

{"id":1,"request":{"principal":"arn:aws:iam::111122223333:role/r","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","account":"111122223333","context":{}},"identity":["read"],"resource":null,"boundary":null,"session":null,"scps":null,"rcps":null,"vpce":null}
{"id":2,"request":{"principal":"arn:aws:iam::111122223333:role/r","action":"s3:PutObject","resource":"arn:aws:s3:::b/k"},"identity":["read"]}
{"id":"three","request":{"principal":"arn:aws:iam::111122223333:role/r","action":"s3:GetObject","resource":"arn:aws:s3:::b/k","contextComplete":false},"identity":["read",{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}]}
{"id":4,"request":
{"def":"wrong","policy":{"Statement":[{"Effect":"Permit"}]}}
"#;

const ANSWERS: &str = r##"{"id":1,"decision":"allowed","detail":"Allowed","blockedBy":[],"why":[{"layer":"identity","policy":"read","statement":"Read","index":0,"effect":"allow","outcome":"applies","words":"allows s3:Get* on arn:aws:s3:::b/*"}]}
{"id":2,"decision":"denied","detail":"ImplicitlyDenied","blockedBy":["identity"],"why":[{"layer":"identity","policy":"","statement":"","effect":"deny","outcome":"silent","words":"no statement of the identity policy allows this"}]}
{"id":"three","decision":"conditional","detail":null,"blockedBy":["identity"],"residual":"only if aws:SourceIp is in 10.0.0.0/8","why":[{"layer":"identity","policy":"read","statement":"Read","index":0,"effect":"allow","outcome":"applies","words":"allows s3:Get* on arn:aws:s3:::b/*"},{"layer":"identity","policy":"identity[1]","statement":"#1","index":0,"effect":"deny","outcome":"depends","words":"denies * on * if aws:SourceIp is not in 10.0.0.0/8 or is absent"}]}
{"id":4,"decision":"error","detail":null,"message":"the line is no JSON: column 19: the document ends where a value should be","blockedBy":[],"why":[]}
{"id":null,"def":"wrong","decision":"error","detail":null,"message":"wrong: line 1, column 25: Statement[0].Effect: must be \"Allow\" or \"Deny\"","blockedBy":[],"why":[]}
"##;

#[tokio::test]
async fn every_case_has_its_answer() {
    let ended = periscope_fed(&["iam", "eval"], CASES.into()).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, ANSWERS);
}

#[tokio::test]
async fn an_answer_does_not_wait_for_the_next_case() {
    let talking = Talking::start(&["iam", "eval"]);
    let (talking, answer) = talking.ask("{\"id\":1}").await;
    assert_eq!(
        answer,
        "{\"id\":1,\"decision\":\"error\",\"detail\":null,\"message\":\"a case needs a request\",\"blockedBy\":[],\"why\":[]}\n"
    );
    let (_, answer) = talking.ask("[]").await;
    assert_eq!(
        answer,
        "{\"id\":null,\"decision\":\"error\",\"detail\":null,\"message\":\"a line is an object, not a list\",\"blockedBy\":[],\"why\":[]}\n"
    );
}

#[tokio::test]
async fn no_input_is_too_odd() {
    let mut input = Vec::new();
    for part in [
        &b"\xff\xfe\n"[..],
        &b"[".repeat(3 << 20),
        b"\n",
        b"{\"id\":\"huge\",\"x\":\"",
        &b"x".repeat(17 << 20),
        b"\"}\n{\"id\":9}",
    ] {
        input.extend_from_slice(part);
    }
    let ended = periscope_fed(&["iam", "eval"], input).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let answers: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(
        answers,
        [
            "{\"id\":null,\"decision\":\"error\",\"detail\":null,\"message\":\"the line is not UTF-8 from byte 1 on\",\"blockedBy\":[],\"why\":[]}",
            "{\"id\":null,\"decision\":\"error\",\"detail\":null,\"message\":\"the line is no JSON: column 65: nested more than 64 deep\",\"blockedBy\":[],\"why\":[]}",
            "{\"id\":\"huge\",\"decision\":\"error\",\"detail\":null,\"message\":\"the line is longer than 16777216 bytes\",\"blockedBy\":[],\"why\":[]}",
            "{\"id\":9,\"decision\":\"error\",\"detail\":null,\"message\":\"a case needs a request\",\"blockedBy\":[],\"why\":[]}",
        ]
    );
}
