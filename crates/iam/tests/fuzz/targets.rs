//! What is fed: documents, whole cases, ARNs, patterns, conditions.

use periscope_iam::{Action, Cases, Context, Policies, Policy, PolicyKind, Principal, Request, decide, explain};
use serde_json::{Value, json};

use crate::corpus::{ARNS, DOCUMENTS, LINES, OPERATORS, VALUES};
use crate::mutate::{Random, mutate};

const KINDS: [PolicyKind; 8] = [
    PolicyKind::Identity,
    PolicyKind::Resource,
    PolicyKind::Trust,
    PolicyKind::Boundary,
    PolicyKind::Session,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
];

pub(crate) fn run(random: &mut Random) {
    match random.below(5) {
        0 => document(random),
        1 => case(random),
        2 => arn(random),
        3 => pattern(random),
        _ => condition(random),
    }
}

fn mutated(random: &mut Random, corpus: &[&str]) -> String {
    let (one, other) = (random.pick(corpus), random.pick(corpus));
    String::from_utf8_lossy(&mutate(random, one, other)).into_owned()
}

/// However a document is broken, reading it strictly and leniently agree where both understand it.
fn document(random: &mut Random) {
    let text = mutated(random, DOCUMENTS);
    let kind = KINDS[random.below(KINDS.len())];
    let lenient = Policy::lenient("p", kind, &text);
    match Policy::parse("p", kind, &text) {
        Ok(strict) => {
            assert_eq!(strict.problems(), lenient.problems(), "{text}");
            assert_eq!(strict.statements().len(), lenient.statements().len(), "{text}");
        }
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty(), "{text}");
            assert!(lenient.statements().any(|statement| !statement.is_judged()), "{text}");
        }
    }
    for statement in lenient.statements() {
        let _ =
            (statement.label(), statement.source(), statement.actions(), statement.resources(), statement.principals());
        statement
            .conditions()
            .for_each(|one| assert!(text.starts_with('%') || !one.operator.is_empty() || text.contains("\"\"")));
    }
    ask(random, kind, &lenient);
}

/// Asks a policy something, wherever it stands; what is decided is what is explained.
fn ask(random: &mut Random, kind: PolicyKind, policy: &Policy) {
    let context = if random.below(2) == 0 { Context::complete() } else { Context::incomplete() };
    let context = context.with("aws:username", "al*").with_all("aws:TagKeys", ["a", "b"]);
    let action = Action::parse(random.pick(&["s3:GetObject", "sts:AssumeRole", "kms:Decrypt"])).expect("it is one");
    let principal = Principal::parse(random.pick(ARNS));
    let resource = mutated(random, ARNS);
    let request = Request {
        principal: principal.as_ref(),
        action: &action,
        resource: &resource,
        account: None,
        context: &context,
    };
    let (one, levels) = (std::slice::from_ref(policy), [vec![policy.clone()]]);
    let mut policies = Policies::default();
    match kind {
        PolicyKind::Identity => policies.identity = one,
        PolicyKind::Resource | PolicyKind::Trust => policies.resource = Some(policy),
        PolicyKind::Boundary => policies.boundary = one,
        PolicyKind::Session => policies.session = one,
        PolicyKind::ServiceControl => policies.service_control = Some(&levels),
        PolicyKind::ResourceControl => policies.resource_control = &levels,
        PolicyKind::Endpoint => policies.endpoint = one,
    }
    let explanation = explain(&request, &policies);
    assert_eq!(decide(&request, &policies), explanation.verdict);
    explanation.why.iter().for_each(|reason| assert!(!reason.words().is_empty()));
}

fn case(random: &mut Random) {
    let mut cases = Cases::new();
    for line in LINES {
        let other = random.pick(LINES);
        let bytes = mutate(random, line, other);
        if let Some(answer) = cases.answer(&bytes) {
            let shown = String::from_utf8_lossy(&bytes);
            match serde_json::from_str::<Value>(&answer) {
                Ok(answer) => assert!(answer["decision"].is_string(), "{shown}"),
                // An id is repeated as it was written, also `1e999`, which is JSON and too large for this reader.
                Err(error) => assert!(error.to_string().starts_with("number out of range"), "{answer} to {shown}"),
            }
        }
    }
}

fn arn(random: &mut Random) {
    let text = mutated(random, ARNS);
    if let Some(principal) = Principal::parse(&text) {
        assert_eq!(principal.arn(), text);
        assert!(!principal.name().is_empty(), "{text}");
        assert!(principal.account().is_none_or(|account| account.len() == 12), "{text}");
    }
    if let Some(action) = Action::parse(&text) {
        assert_eq!(format!("{}:{}", action.service(), action.name()), text.to_ascii_lowercase());
    }
}

/// The matcher against the plainest there is.
fn pattern(random: &mut Random) {
    const LETTERS: &[&str] = &["a", "b", "é", "*", "?", "*a", "ab"];
    const LONG: &[&str] = &["a", "b", "?", "a?", "ab?a", "aaaaaaaaaa", "*"];
    let letters = if random.below(2) == 0 { LETTERS } else { LONG };
    let pattern = random.text(letters, 24);
    let text = random.text(&["a", "b", "é", "ab", "aaaa", "aaaaaaaaaaaaaaaa"], 24);
    let found = holds("StringLike", &pattern, &text, &Context::complete());
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    assert_eq!(found, plainly(&pattern, &text), "{pattern:?} {text:?}");
}

fn plainly(pattern: &[char], text: &[char]) -> bool {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for one in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match one {
                '*' => reached[at] || at > 0 && next[at - 1],
                '?' => at > 0 && reached[at - 1],
                letter => at > 0 && reached[at - 1] && text[at - 1] == *letter,
            };
        }
        reached = next;
    }
    reached[text.len()]
}

fn holds(operator: &str, wanted: &str, actual: &str, context: &Context) -> bool {
    let condition = json!({operator: {"k": wanted}});
    let document = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}});
    let policy = [Policy::parse("p", PolicyKind::Identity, &document.to_string()).expect("it is one")];
    let (action, principal) = (Action::parse("s3:GetObject"), Principal::parse("arn:aws:iam::111122223333:role/r"));
    let context = context.clone().with("k", actual);
    let request = Request {
        principal: principal.as_ref(),
        action: action.as_ref().expect("it is one"),
        resource: "arn:aws:s3:::b/k",
        account: Some("111122223333"),
        context: &context,
    };
    decide(&request, &Policies { identity: &policy, ..Policies::default() }).is_allowed()
}

/// A negated operator is the opposite of the plain one, whatever the values are.
fn condition(random: &mut Random) {
    let (wanted, actual) = (mutated(random, VALUES), mutated(random, VALUES));
    let context = Context::complete().with("aws:username", "a*");
    for (plain, negated) in [
        ("StringEquals", "StringNotEquals"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"),
        ("NumericEquals", "NumericNotEquals"),
        ("DateEquals", "DateNotEquals"),
        ("IpAddress", "NotIpAddress"),
        ("ArnLike", "ArnNotLike"),
    ] {
        let (one, other) = (holds(plain, &wanted, &actual, &context), holds(negated, &wanted, &actual, &context));
        assert_ne!(one, other, "{plain} {wanted:?} {actual:?}");
    }
    let operator = random.pick(OPERATORS);
    let set = ["", "ForAllValues:", "ForAnyValue:"][random.below(3)];
    let alone = holds(operator, &wanted, &actual, &context);
    // One value is a set of one.
    assert_eq!(
        alone,
        holds(&format!("{set}{operator}"), &wanted, &actual, &context),
        "{set}{operator} {wanted:?} {actual:?}"
    );
}
