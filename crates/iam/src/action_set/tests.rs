use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// The definition: each action against the whole pattern.
fn plainly(pattern: &str) -> BTreeSet<ActionId> {
    let pattern = pattern.to_ascii_lowercase();
    let fits = |action: &KnownAction<'_>| match pattern.split_once(':') {
        Some((service, name)) => {
            overlap::covers(service, action.service().prefix())
                && overlap::covers(name, &action.name().to_ascii_lowercase())
        }
        None => pattern == "*",
    };
    reference().actions().filter(fits).map(|action| action.id).collect()
}

fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        "(s3|iam|ec2|S3|sts|s[?]|[*]|e[*]s|nothing):(Get|Put|get|Describe|Create|)[*?]{0,2}(Role|Object|Instance|)[*?]{0,2}",
        "(s3|iam|eks):[*]",
        Just("*".to_owned()),
        Just("s3:GetObject".to_owned()),
        Just("s3".to_owned()),
        Just(String::new()),
    ]
}

fn set() -> impl Strategy<Value = ActionSet> {
    prop_oneof![
        4 => proptest::collection::vec(pattern(), 0..4).prop_map(ActionSet::of_patterns),
        1 => proptest::collection::vec(pattern(), 0..3).prop_map(ActionSet::complement_of),
    ]
}

fn ids(set: &ActionSet) -> BTreeSet<ActionId> {
    set.iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patterns_name_what_fits_them(pattern in pattern()) {
        let set = ActionSet::of_patterns([&pattern]);
        prop_assert_eq!(ids(&set), plainly(&pattern), "{}", pattern);
    }

    #[test]
    fn operations_are_those_of_sets(one in set(), other in set()) {
        let (left, right) = (ids(&one), ids(&other));
        prop_assert_eq!(ids(&one.union(&other)), &left | &right);
        prop_assert_eq!(ids(&one.intersection(&other)), &left & &right);
        prop_assert_eq!(ids(&one.difference(&other)), &left - &right);
        prop_assert_eq!(one.intersects(&other), !left.is_disjoint(&right));
        prop_assert_eq!(one.is_subset(&other), left.is_subset(&right));
        prop_assert_eq!(one.len(), left.len());
        // Equal sets look equal, whichever way they were made.
        prop_assert_eq!(one.union(&other), right.union(&left).copied().collect::<ActionSet>());
        prop_assert!(left.iter().all(|id| one.contains(*id)));
        prop_assert!(right.difference(&left).all(|id| !one.contains(*id)));
        let services: BTreeSet<_> = one.actions().map(|action| action.service().id).collect();
        prop_assert_eq!(one.services(), services.iter().copied().collect::<Vec<_>>());
        let again = services.iter().fold(ActionSet::new(), |all, service| all.union(&one.of_service(*service)));
        prop_assert_eq!(again, one);
    }

    #[test]
    fn patterns_relate_as_their_sets_do(one in pattern(), other in pattern()) {
        let (left, right) = (ActionGlob::new(&one), ActionGlob::new(&other));
        let (some, all) = (left.set().intersects(&right.set()), right.set().is_subset(&left.set()));
        // The table need not have an action that fits both.
        prop_assert!(!some || left.intersects(&right), "{} and {}", one, other);
        prop_assert!(!left.covers(&right) || all, "{} covers {}", one, other);
    }
}

#[test]
fn all_is_the_whole_table_and_its_complement_nothing() {
    assert_eq!(ActionSet::all().len(), reference().len());
    assert_eq!(ActionSet::of_patterns(["*"]), ActionSet::all());
    assert_eq!(ActionSet::of_patterns(["*:*"]), ActionSet::all());
    assert!(ActionSet::complement_of(["*"]).is_empty());
    assert_eq!(ActionSet::complement_of(Vec::<String>::new()), ActionSet::all());
    assert_eq!(
        ActionSet::all().services().len(),
        reference().services().filter(|one| one.actions().next().is_some()).count()
    );
}

#[test]
fn a_service_no_table_knows_is_still_matched_by_patterns() {
    let (star, tomorrow) = (ActionGlob::new("*"), ActionGlob::new("quantum-toaster:Get*"));
    assert!(star.covers(&tomorrow) && tomorrow.intersects(&ActionGlob::new("*:*toast")));
    assert!(tomorrow.set().is_empty());
    assert!(!ActionGlob::new("").intersects(&star) && !ActionGlob::new("s3").intersects(&star));
    // No match across the colon.
    assert!(!ActionGlob::new("s*").intersects(&ActionGlob::new("s3:GetObject")));
}
