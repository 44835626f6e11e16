//! For every completion of what is unknown the concrete decision is the residual's value (fact 47).

use std::ops::RangeInclusive;

use periscope_iam::{Context, Principal, Verdict};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use serde_json::{Map, Value, json};

use crate::cases;
use crate::world::{CALLERS, Case, Given, case, context, fill, version};

/// What the principal tells, as the facts list it: a completion has to agree with it.
fn told(case: &Case) -> Vec<(String, Given)> {
    let one = |key: &str, value: &str| (key.to_owned(), Given::One(value.to_owned()));
    let none = |key: &str| (key.to_owned(), Given::Absent);
    let Some(principal) = Principal::parse(&case.caller) else {
        return vec![none("aws:username"), none("aws:PrincipalAccount"), one("aws:PrincipalType", "Anonymous")];
    };
    let name = if case.caller.contains(":user/") { one("aws:username", "alice") } else { none("aws:username") };
    let account = principal
        .account()
        .map_or_else(|| none("aws:PrincipalAccount"), |account| one("aws:PrincipalAccount", account));
    let kind =
        [(":user/", "User"), (":root", "Account"), ("role/", "AssumedRole"), (":federated-user/", "FederatedUser")];
    let kind = kind.iter().find(|(part, _)| case.caller.contains(part));
    [name, account].into_iter().chain(kind.map(|(_, kind)| one("aws:PrincipalType", kind))).collect()
}

fn check(case: &Case, known: &[bool], completion: &[(String, Given)]) -> Result<(), TestCaseError> {
    let given: Vec<_> =
        case.context.iter().zip(known).filter(|(_, known)| **known).map(|(one, _)| one.clone()).collect();
    let verdict = case.verdict_under(&fill(Context::incomplete(), &given));
    let mut whole = completion.to_vec();
    for (key, value) in given.into_iter().chain(told(case)) {
        whole.retain(|(name, _)| *name != key);
        whole.push((key, value));
    }
    let whole = fill(Context::complete(), &whole);
    let concrete = case.verdict_under(&whole);
    prop_assert!(!matches!(concrete, Verdict::Conditional(_)), "nothing is unknown, but {concrete:?}");
    match &verdict {
        Verdict::Conditional(residual) => {
            prop_assert_eq!(residual.evaluate(&whole), concrete.is_allowed(), "{}", residual);
        }
        certain => {
            prop_assert_eq!(certain.is_allowed(), concrete.is_allowed(), "{:?} is {:?}", certain, concrete);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn a_residual_is_exact(
        case in case(),
        known in prop::collection::vec(prop::bool::weighted(0.3), 5),
        completions in prop::collection::vec(context(), 4),
    ) {
        for completion in &completions {
            check(&case, &known, completion)?;
        }
    }
}

/// A statement about everything that hangs on some of so many keys. Each condition seldom holds, so that of many
/// statements few decide.
fn open_statement(
    effect: &'static str,
    keys: usize,
    conditions: RangeInclusive<usize>,
) -> impl Strategy<Value = Value> {
    let operator = prop_oneof![8 => Just("StringEquals"), 1 => Just("StringNotEquals"), 1 => Just("Null")];
    let one = (operator, 0..keys, select(&["true", "false"][..]));
    prop::collection::vec(one, conditions).prop_map(move |conditions| {
        let mut operators = Map::new();
        for (operator, key, value) in conditions {
            operators.entry(operator).or_insert_with(|| json!({}))[format!("k{key}")] = json!(value);
        }
        json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": operators})
    })
}

const MANY_KEYS: usize = 40;

/// A role with few or many statements, and perhaps a boundary; nothing else has a say.
fn open_case() -> impl Strategy<Value = Case> {
    let keys = prop_oneof![2..6_usize, 6..=MANY_KEYS];
    (keys, 2..160_usize, 1..=2_usize).prop_flat_map(|(keys, most, fewest)| {
        let allows = prop::collection::vec(open_statement("Allow", keys, fewest..=5), 1..=most);
        let denies = prop::collection::vec(open_statement("Deny", keys, fewest..=3), 0..6);
        let limits = prop::collection::vec(open_statement("Allow", keys, 1..=2), 0..4);
        (allows, denies, limits, many_keys()).prop_map(|(allows, denies, limits, context)| Case {
            caller: CALLERS[0].into(),
            action: "s3:GetObject".into(),
            resource: "arn:aws:s3:::bucket/alice/key".into(),
            account: None,
            context,
            identity: vec![version(allows), version(denies)],
            of_resource: None,
            boundary: if limits.is_empty() { vec![] } else { vec![version(limits)] },
            session: vec![],
            scps: None,
            rcps: vec![],
            endpoint: vec![],
        })
    })
}

fn many_keys() -> impl Strategy<Value = Vec<(String, Given)>> {
    let given = prop_oneof![
        Just(Given::Absent),
        select(&["true", "false", "maybe"][..]).prop_map(|value| Given::One(value.to_owned())),
    ];
    prop::collection::vec(given, MANY_KEYS)
        .prop_map(|given| given.into_iter().enumerate().map(|(at, given)| (format!("k{at}"), given)).collect())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_residual_of_many_statements_is_exact(
        case in open_case(),
        known in prop::collection::vec(prop::bool::weighted(0.2), MANY_KEYS),
        completions in prop::collection::vec(many_keys(), 12),
    ) {
        for completion in &completions {
            check(&case, &known, completion)?;
        }
    }
}

/// A law that always finds certainty would hold for an engine that never says "only if".
#[test]
fn the_world_does_leave_things_open() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let open = (0..2000)
        .filter(|_| {
            let case = case().new_tree(&mut runner).unwrap().current();
            matches!(case.verdict_under(&Context::incomplete()), Verdict::Conditional(_))
        })
        .count();
    assert!(open > 200, "only {open} of 2000 are open");
}
