//! What adding, widening, reordering, renaming and complementing can do.

use periscope_iam::Verdict;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::cases;
use crate::world::{Case, case, document, statement, version};

/// Everything of a case as one text, so that names can be changed in all of it.
fn renamed(case: &Case, from: &str, to: &str) -> Case {
    let text = |one: &str| one.replace(from, to);
    let value = |one: &Value| serde_json::from_str(&one.to_string().replace(from, to)).expect("as it was generated");
    let list = |all: &[Value]| all.iter().map(value).collect::<Vec<_>>();
    let levels = |all: &[Vec<Value>]| all.iter().map(|level| list(level)).collect::<Vec<_>>();
    let context = serde_json::to_string(&case.context.iter().map(|(key, _)| key).collect::<Vec<_>>())
        .expect("as it was generated");
    assert!(!context.contains(from));
    let mut new = case.clone();
    for (_, given) in &mut new.context {
        match given {
            crate::world::Given::Absent => {}
            crate::world::Given::One(one) => *one = text(one),
            crate::world::Given::Many(many) => many.iter_mut().for_each(|one| *one = text(one)),
        }
    }
    Case {
        caller: text(&case.caller),
        resource: text(&case.resource),
        account: case.account.as_deref().map(text),
        identity: list(&case.identity),
        of_resource: case.of_resource.as_ref().map(value),
        boundary: list(&case.boundary),
        session: list(&case.session),
        scps: case.scps.as_deref().map(levels),
        rcps: levels(&case.rcps),
        endpoint: list(&case.endpoint),
        ..new
    }
}

/// Changes every statement of every document.
fn each_statement(case: &Case, change: &mut dyn FnMut(&mut Value)) -> Case {
    let mut new = case.clone();
    let levels = new.scps.iter_mut().flatten().flatten().chain(new.rcps.iter_mut().flatten());
    let lists = new.identity.iter_mut().chain(&mut new.boundary).chain(&mut new.session).chain(&mut new.endpoint);
    for document in lists.chain(levels).chain(&mut new.of_resource) {
        document["Statement"].as_array_mut().expect("as it was generated").iter_mut().for_each(&mut *change);
    }
    new
}

fn swap_case(text: &str) -> String {
    text.chars()
        .map(|one| if one.is_ascii_lowercase() { one.to_ascii_uppercase() } else { one.to_ascii_lowercase() })
        .collect()
}

fn strings(value: &mut Value, change: impl Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(list) => {
            for one in list {
                *one = json!(change(one.as_str().expect("as it was generated")));
            }
        }
        _ => unreachable!("neither text nor a list"),
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn adding_a_deny_never_allows(case in case(), deny in statement(&["Deny"], false), of_resource in statement(&["Deny"], true)) {
        let before = case.allowed();
        let mut identity = case.clone();
        identity.identity.push(version(vec![deny]));
        prop_assert!(before || !identity.allowed());
        let mut resource = case.clone();
        if let Some(document) = &mut resource.of_resource {
            document["Statement"].as_array_mut().expect("as it was generated").push(of_resource);
            prop_assert!(before || !resource.allowed());
        }
    }

    #[test]
    fn adding_an_identity_allow_never_denies(case in case(), allow in statement(&["Allow"], false)) {
        let before = case.verdict();
        let mut more = case.clone();
        more.identity.push(version(vec![allow]));
        prop_assert!(!before.is_allowed() || more.allowed());
        // Nor does it undo or make an explicit Deny.
        let explicit = |verdict: &Verdict| matches!(verdict, Verdict::Denied { explicit: true });
        prop_assert_eq!(explicit(&before), explicit(&more.verdict()));
    }

    #[test]
    fn adding_a_limit_never_allows(case in case(), limit in document(false), named in document(true)) {
        let before = case.allowed();
        let mut scp = case.clone();
        scp.scps.get_or_insert_default().push(vec![limit.clone()]);
        prop_assert!(before || !scp.allowed());
        let mut rcp = case.clone();
        rcp.rcps.push(vec![named.clone()]);
        prop_assert!(before || !rcp.allowed());
        if case.boundary.is_empty() {
            let bounded = Case { boundary: vec![limit.clone()], ..case.clone() };
            prop_assert!(before || !bounded.allowed());
        }
        if case.session.is_empty() {
            let limited = Case { session: vec![limit], ..case.clone() };
            prop_assert!(before || !limited.allowed());
        }
        if case.endpoint.is_empty() {
            let routed = Case { endpoint: vec![named], ..case };
            prop_assert!(before || !routed.allowed());
        }
    }

    #[test]
    fn widening_is_monotone(case in case(), wider in select(&["Action", "Resource"][..]), which in any::<prop::sample::Index>()) {
        let mut widened = case.clone();
        let mut statements: Vec<&mut Value> = widened
            .identity.iter_mut()
            .flat_map(|document| document["Statement"].as_array_mut().expect("as it was generated"))
            .filter(|one| one.get(wider).is_some())
            .collect();
        if statements.is_empty() {
            return Ok(());
        }
        let at = which.index(statements.len());
        let allow = statements[at]["Effect"] == "Allow";
        statements[at][wider] = json!("*");
        let (before, after) = (case.allowed(), widened.allowed());
        let (less, more) = if allow { (before, after) } else { (after, before) };
        prop_assert!(!less || more);
    }

    #[test]
    fn a_superset_allows_a_superset(case in case(), more in document(false)) {
        let allows = |document: &Value| {
            let statements = document["Statement"].as_array().expect("as it was generated");
            statements.iter().filter(|one| one["Effect"] == "Allow").cloned().collect::<Vec<_>>()
        };
        let mut superset = case.clone();
        superset.identity.push(version(allows(&more)));
        for document in &mut superset.boundary {
            document["Statement"].as_array_mut().expect("as it was generated").extend(allows(&more));
        }
        prop_assert!(!case.allowed() || superset.allowed());
    }

    #[test]
    fn order_and_splitting_change_nothing(case in case()) {
        let before = case.verdict();
        let mut turned = case.clone();
        let levels = turned.scps.iter_mut().flatten().flatten().chain(turned.rcps.iter_mut().flatten());
        for document in turned.identity.iter_mut().chain(&mut turned.endpoint).chain(levels).chain(&mut turned.of_resource) {
            document["Statement"].as_array_mut().expect("as it was generated").reverse();
        }
        turned.identity.reverse();
        prop_assert_eq!(&before, &turned.verdict());
        let mut split = case.clone();
        split.identity = case.identity.iter().flat_map(|document| {
            document["Statement"].as_array().expect("as it was generated").iter().map(|one| version(vec![one.clone()])).collect::<Vec<_>>()
        }).collect();
        prop_assert_eq!(&before, &split.verdict());
        let listed = each_statement(&case, &mut |statement| {
            for element in ["Action", "NotAction", "Resource", "NotResource"] {
                if let Some(Value::String(one)) = statement.get(element) {
                    statement[element] = json!([one]);
                }
            }
        });
        prop_assert_eq!(&before, &listed.verdict());
    }

    #[test]
    fn not_is_the_complement(case in case(), element in select(&["Action", "Resource"][..]), statement in statement(&["Allow"], false)) {
        let Some(patterns) = statement.get(element) else { return Ok(()) };
        let with = |patterns: &Value, element: &str| {
            let mut one = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
            one.as_object_mut().expect("as it was generated").remove(element.trim_start_matches("Not"));
            one[element] = patterns.clone();
            Case { identity: vec![version(vec![one])], ..case.clone() }
        };
        let bare = |case: Case| {
            // A role in its own account, with nothing around it: the identity policy decides.
            let about = case.resource.replace(":iam:", ":sqs:").replace(":kms:", ":sns:");
            Case {
                caller: crate::world::CALLERS[0].into(),
                resource: about.replace(crate::world::OTHER, crate::world::ACCOUNT),
                account: None,
                of_resource: None,
                boundary: vec![],
                session: vec![],
                scps: None,
                rcps: vec![],
                endpoint: vec![],
                ..case
            }
        };
        let is = bare(with(patterns, element)).allowed();
        let is_not = bare(with(patterns, &format!("Not{element}"))).allowed();
        prop_assert_ne!(is, is_not);
    }

    #[test]
    fn consistent_renaming_changes_nothing(case in case()) {
        let before = case.verdict();
        prop_assert_eq!(&before, &renamed(&case, crate::world::ACCOUNT, "999988887777").verdict());
        prop_assert_eq!(&before, &renamed(&case, "arn:aws:", "arn:aws-cn:").verdict());
    }

    #[test]
    fn the_case_of_actions_and_keys_changes_nothing(case in case()) {
        let mut swapped = each_statement(&case, &mut |statement| {
            for element in ["Action", "NotAction"] {
                if let Some(value) = statement.get_mut(element) {
                    strings(value, swap_case);
                }
            }
            if let Some(Value::Object(operators)) = statement.get_mut("Condition") {
                for keys in operators.values_mut() {
                    let renamed = keys.as_object().expect("as it was generated").iter().map(|(key, value)| (swap_case(key), value.clone()));
                    *keys = Value::Object(renamed.collect());
                }
            }
        });
        swapped.action = swap_case(&case.action);
        prop_assert_eq!(case.verdict(), swapped.verdict());
    }

    #[test]
    fn every_verdict_is_explained(case in case()) {
        let explanation = case.explain(&case.full_context());
        prop_assert_eq!(&explanation.verdict, &case.verdict());
        prop_assert_eq!(explanation.verdict.is_allowed(), explanation.blocked_by.is_empty(), "{:?}", explanation);
        prop_assert!(!explanation.why.is_empty(), "nothing is said");
    }
}
