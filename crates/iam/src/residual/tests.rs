use serde_json::{Value, json};

use super::*;
use crate::action::Action;
use crate::policy::PolicyKind;
use crate::principal::Principal;
use crate::request::{Policies, Request};

fn when(effect: &str, keys: &[String]) -> Value {
    let wanted = keys.iter().map(|key| (key.clone(), json!("v"))).collect::<serde_json::Map<_, _>>();
    json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": {"StringEquals": wanted}})
}

fn key(name: &str, at: usize) -> String {
    format!("{name}{at}")
}

fn policy(kind: PolicyKind, statements: &[Value]) -> Policy {
    Policy::parse("p", kind, &json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

fn decided(context: &Context, identity: &[Value], levels: &[Vec<Value>]) -> Verdict {
    let caller = Principal::parse("arn:aws:iam::111122223333:role/app").unwrap();
    let action = Action::parse("s3:GetObject").unwrap();
    let request =
        Request { principal: Some(&caller), action: &action, resource: "arn:aws:s3:::b/k", account: None, context };
    let identity = [policy(PolicyKind::Identity, identity)];
    let levels: Vec<_> = levels.iter().map(|level| vec![policy(PolicyKind::ServiceControl, level)]).collect();
    crate::decide(&request, &Policies { identity: &identity, service_control: Some(&levels), ..Policies::default() })
}

fn everything() -> Vec<Vec<Value>> {
    vec![vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]]
}

/// `not a0`, then `a0 or b1`, so `b1`, then `not (b1 and a1)`, so `not a1`, and so on, one after the other.
fn chain(length: usize) -> Vec<Vec<Value>> {
    let first = vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"}), when("Deny", &[key("a", 0)])];
    let links = (0..length).map(|at| {
        let next = key("b", at + 1);
        vec![
            when("Allow", &[key("a", at)]),
            when("Allow", std::slice::from_ref(&next)),
            when("Deny", &[next, key("a", at + 1)]),
        ]
    });
    std::iter::once(first).chain(links).collect()
}

type Shape = (&'static str, fn(usize) -> (Vec<Value>, Vec<Vec<Value>>));

const SHAPES: &[Shape] = &[
    ("allows", |size| ((0..size).map(|at| when("Allow", &[key("k", at)])).collect(), everything())),
    ("denies", |size| {
        let denies = (0..size).map(|at| when("Deny", &[key("k", at)]));
        (everything().into_iter().flatten().chain(denies).collect(), everything())
    }),
    ("both", |size| {
        let both = |at| [when("Allow", &[key("a", at)]), when("Deny", &[key("d", at)])];
        ((0..size).flat_map(both).collect(), everything())
    }),
    ("allowed and denied", |size| {
        let both = |at| [when("Allow", &[key("k", at), "x".to_owned()]), when("Deny", &[key("k", at)])];
        ((0..size).flat_map(both).collect(), everything())
    }),
    ("lists", |size| {
        let keys = |at| (0..20).map(|nth| format!("k{at}x{nth}")).collect::<Vec<_>>();
        ((0..size / 4).map(|at| when("Allow", &keys(at))).collect(), everything())
    }),
    ("the same again", |size| ((0..size).map(|at| when("Allow", &[key("k", at % 3)])).collect(), everything())),
    ("levels", |size| {
        let level = |at| vec![when("Allow", &[key("a", at)]), when("Allow", &[key("b", at)])];
        (everything().remove(0), (0..size).map(level).collect())
    }),
    ("a chain", |size| (everything().remove(0), chain(size))),
];

#[test]
fn twice_as_much_takes_twice_the_steps() {
    for (name, shape) in SHAPES {
        let steps = |size| {
            let (identity, levels) = shape(size);
            let (verdict, steps) = work::of(|| {
                let verdict = decided(&Context::incomplete(), &identity, &levels);
                if let Verdict::Conditional(residual) = &verdict {
                    assert!(residual.words().len() < 10_000, "{name}");
                }
                verdict
            });
            assert!(!verdict.is_allowed(), "{name}");
            steps
        };
        let (some, more) = (steps(1000), steps(2000));
        assert!(some >= 1000, "{name}: only {some} steps are counted");
        assert!(more * 2 < some * 5, "{name}: {some} steps, {more} for twice as much");
    }
}

#[test]
fn what_follows_is_said_and_what_cannot_be_is_found() {
    let Verdict::Conditional(open) = decided(&Context::incomplete(), &everything()[0], &chain(100)) else {
        panic!("it is not open");
    };
    let literal = |one: &Expression| matches!(one, Expression::Leaf(_) | Expression::Not(_));
    assert!(matches!(&open.0, Expression::All(list) if list.len() == 201 && list.iter().all(literal)), "{open}");
    let mut closed = chain(100);
    closed.push(vec![when("Allow", &[key("a", 100)])]);
    assert!(decided(&Context::incomplete(), &everything()[0], &closed).is_denied());
}

#[test]
fn the_wider_of_two_statements_is_enough() {
    let all = |names: &[&str]| when("Allow", &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    let said = |statements: &[Value]| match decided(&Context::incomplete(), statements, &everything()) {
        Verdict::Conditional(residual) => residual.words(),
        other => panic!("{other:?}"),
    };
    let (wide, narrow, other) = (all(&["a", "b"]), all(&["c", "b", "a"]), all(&["c", "b"]));
    assert_eq!(said(&[narrow.clone(), wide.clone()]), "a is v and b is v");
    assert_eq!(said(&[wide.clone(), narrow, other, wide]), "(a is v and b is v) or (b is v and c is v)");
}

#[test]
fn it_is_exact_where_it_is_too_long_to_be_simplified() {
    let length = 3000;
    let (identity, levels) = (everything().remove(0), chain(length));
    let Verdict::Conditional(residual) = decided(&Context::incomplete(), &identity, &levels) else {
        panic!("it is not open");
    };
    let some_list = |one: &Expression| matches!(one, Expression::Any(_));
    assert!(matches!(&residual.0, Expression::All(list) if list.iter().any(some_list)), "it was simplified after all");
    let holds = |wrong: Option<usize>| {
        let context = (1..=length).fold(Context::complete(), |context, at| {
            if wrong == Some(at) { context } else { context.with(&key("b", at), "v") }
        });
        let evaluated = residual.evaluate(&context);
        assert_eq!(evaluated, decided(&context, &identity, &levels).is_allowed());
        evaluated
    };
    assert!(holds(None));
    assert!(!holds(Some(1)) && !holds(Some(length / 2)) && !holds(Some(length)));
}

#[test]
fn no_more_is_said_than_anybody_reads() {
    let said = |identity: &[Value]| match decided(&Context::incomplete(), identity, &everything()) {
        Verdict::Conditional(residual) => residual.words(),
        other => panic!("{other:?}"),
    };
    let allows = |many| (0..many).map(|at| when("Allow", &[key("k", at)])).collect::<Vec<_>>();
    assert!(said(&allows(64)).ends_with(" or k62 is v or k63 is v"));
    assert!(said(&allows(5000)).ends_with(" or k62 is v or k63 is v or 4936 more"));
    let mut long = allows(1);
    long[0]["Condition"]["StringEquals"]["k0"] = json!("ä".repeat(5000));
    assert_eq!(said(&long), format!("k0 is {}…", "ä".repeat(512)));
}
