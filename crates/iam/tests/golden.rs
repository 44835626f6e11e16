//! Cases whose answers were derived by hand from the documented rules, never from an implementation.
//! Each line of `golden/*.jsonl` says what it is about, what is expected, and holds one input line of `periscope iam eval`.

use periscope_iam::Cases;
use serde_json::Value;

/// What a line's `expect` admits: the decision and, where it matters, its detail.
fn admits(expect: &str, decision: &str, detail: Option<&str>) -> bool {
    match expect {
        "allowed" => (decision, detail) == ("allowed", Some("Allowed")),
        "explicitly denied" => (decision, detail) == ("denied", Some("ExplicitlyDenied")),
        "implicitly denied" => (decision, detail) == ("denied", Some("ImplicitlyDenied")),
        "denied" | "conditional" => decision == expect,
        // Something in it cannot be judged: which of the other answers it gets is a matter of wording.
        "not allowed" => matches!(decision, "denied" | "conditional" | "error"),
        _ => false,
    }
}

fn check(file: &str) {
    let mut cases = Cases::new();
    let mut wrong = Vec::new();
    for line in file.lines() {
        let line: Value = serde_json::from_str(line).expect("every line is JSON");
        let answer = cases.answer(line["case"].to_string().as_bytes()).expect("every case is answered");
        let answer: Value = serde_json::from_str(&answer).expect("every answer is JSON");
        assert_eq!(answer["id"], line["case"]["id"], "an answer carries its case's id");
        let expect = line["expect"].as_str().expect("every line expects something");
        let decision = answer["decision"].as_str().expect("every answer decides");
        if !admits(expect, decision, answer["detail"].as_str()) {
            wrong.push(format!("{} ({}): expected {expect}, got {answer}", line["case"]["id"], line["about"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! golden {
    ($($topic:ident)*) => {$(
        #[test]
        fn $topic() {
            check(include_str!(concat!("golden/", stringify!($topic), ".jsonl")));
        }
    )*};
}

golden! {
    documents actions resources variables conditions operators values decision
    service_control resource_control principals keys trust services unknown
}
