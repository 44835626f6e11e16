//! For every completion of what is unknown the concrete decision is the residual's value (fact 47).

use periscope_iam::{Context, Principal, Verdict};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use serde_json::{Map, Value, json};

use crate::cases;
use crate::world::{Case, Given, case, context, fill, version};

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

/// Statements about everything that hang on a few of many keys, so that much stays open at once.
fn many_statements() -> impl Strategy<Value = Vec<Value>> {
    let operator = select(&["StringEquals", "StringNotEquals", "StringEqualsIfExists", "Null"][..]);
    let one = (operator, 0..MANY_KEYS, select(&["true", "false"][..]));
    let statement = (prop::bool::weighted(0.1), prop::collection::vec(one, 1..4));
    prop::collection::vec(statement, 70..160).prop_map(|statements| {
        let statement = |(deny, conditions): (bool, Vec<(&str, usize, &str)>)| {
            let mut operators = Map::new();
            for (operator, key, value) in conditions {
                operators.entry(operator).or_insert_with(|| json!({}))[format!("k{key}")] = json!(value);
            }
            let effect = if deny { "Deny" } else { "Allow" };
            json!({"Effect": effect, "Action": "*", "Resource": "*", "Condition": operators})
        };
        statements.into_iter().map(statement).collect()
    })
}

const MANY_KEYS: usize = 60;

fn many_keys() -> impl Strategy<Value = Vec<(String, Given)>> {
    let given = prop_oneof![
        Just(Given::Absent),
        select(&["true", "false", "maybe"][..]).prop_map(|value| Given::One(value.to_owned())),
    ];
    prop::collection::vec(given, MANY_KEYS)
        .prop_map(|given| given.into_iter().enumerate().map(|(at, given)| (format!("k{at}"), given)).collect())
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_long_residual_is_exact(
        case in case(),
        statements in many_statements(),
        limits in many_statements(),
        limited in any::<bool>(),
        known in prop::collection::vec(prop::bool::weighted(0.1), MANY_KEYS),
        context in many_keys(),
        completions in prop::collection::vec(many_keys(), 8),
    ) {
        let allows = |all: Vec<Value>| all.into_iter().filter(|one| one["Effect"] == "Allow").collect();
        let case = Case {
            context,
            identity: vec![version(statements)],
            boundary: if limited { vec![version(allows(limits))] } else { vec![] },
            ..case
        };
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
