//! For every completion of what is unknown the concrete decision is the residual's value (fact 47).

use periscope_iam::{Context, Principal, Verdict};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::cases;
use crate::world::{Case, Given, case, context, fill};

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
