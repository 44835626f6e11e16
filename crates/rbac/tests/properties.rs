//! The index against a plain reading of the rules: go through everything, ask every binding.

use std::collections::BTreeSet;

use periscope_rbac::{BindingScope, Decision, Policies, Request, Target};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const NAMESPACES: &[&str] = &["a", "b"];
const USERS: &[&str] = &["ann", "ben", "system:serviceaccount:a:bot"];
const GROUPS: &[&str] = &["team", "ops"];
const VERBS: &[&str] = &["get", "list", "*"];
const API_GROUPS: &[&str] = &["", "apps", "*"];
const RESOURCES: &[&str] = &["pods", "pods/log", "*/log", "secrets", "*"];

fn some(list: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    vec(proptest::sample::select(list), 0..3)
}

fn rule() -> impl Strategy<Value = Value> {
    (some(VERBS), some(API_GROUPS), some(RESOURCES), some(&["x", "y"])).prop_map(|(verbs, groups, resources, names)| {
        json!({"verbs": verbs, "apiGroups": groups, "resources": resources, "resourceNames": names})
    })
}

fn subject() -> impl Strategy<Value = Value> {
    prop_oneof![
        proptest::sample::select(USERS).prop_map(|name| json!({"kind": "User", "name": name})),
        proptest::sample::select(GROUPS).prop_map(|name| json!({"kind": "Group", "name": name})),
        proptest::sample::select(NAMESPACES)
            .prop_map(|namespace| json!({"kind": "ServiceAccount", "name": "bot", "namespace": namespace})),
        Just(json!({"kind": "ServiceAccount", "name": "bot"})),
    ]
}

#[derive(Debug, Clone)]
struct Objects {
    /// (namespace or none, name, rules)
    roles: Vec<(Option<&'static str>, String, Value)>,
    /// (namespace or none, role kind, role name, subjects)
    bindings: Vec<(Option<&'static str>, &'static str, String, Value)>,
}

fn place() -> impl Strategy<Value = Option<&'static str>> {
    proptest::option::of(proptest::sample::select(NAMESPACES))
}

fn objects() -> impl Strategy<Value = Objects> {
    let roles = vec((place(), 0..4_u8, vec(rule(), 0..3)), 0..6);
    let bindings =
        vec((place(), proptest::sample::select(&["Role", "ClusterRole"][..]), 0..4_u8, vec(subject(), 0..3)), 0..6);
    (roles, bindings).prop_map(|(roles, bindings)| Objects {
        roles: roles.into_iter().map(|(place, name, rules)| (place, format!("r{name}"), json!(rules))).collect(),
        bindings: bindings
            .into_iter()
            .map(|(place, kind, role, subjects)| (place, kind, format!("r{role}"), json!(subjects)))
            .collect(),
    })
}

fn policies(objects: &Objects) -> Policies {
    let mut policies = Policies::default();
    for (namespace, name, rules) in &objects.roles {
        let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
        let object = json!({"metadata": {"name": name, "namespace": namespace}, "rules": rules});
        policies.upsert(kind, object.to_string().as_bytes()).expect("a role");
    }
    for (at, (namespace, kind, role, subjects)) in objects.bindings.iter().enumerate() {
        let binding_kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
        let object = json!({"metadata": {"name": format!("b{at}"), "namespace": namespace}, "roleRef": {"kind": kind, "name": role}, "subjects": subjects});
        policies.upsert(binding_kind, object.to_string().as_bytes()).expect("a binding");
    }
    policies
}

/// The documentation's own words, written down without any index.
fn plain(
    objects: &Objects,
    user: &str,
    groups: &[String],
    asked: (&str, &str, &str, Option<&str>, Option<&str>, Option<&str>),
) -> bool {
    let (verb, group, resource, subresource, namespace, name) = asked;
    objects.bindings.iter().any(|(place, kind, role, subjects)| {
        let reaches = place.is_none() || place.as_deref() == namespace && namespace.is_some();
        let role_place = if *kind == "Role" { *place } else { None };
        // a later object of the same name replaced an earlier one; a Role cannot be bound cluster-wide
        let rules = objects.roles.iter().rev().find(|(held, held_name, _)| {
            *held == role_place && held_name == role && (*kind == "ClusterRole" || place.is_some())
        });
        reaches
            && rules.is_some_and(|(_, _, rules)| covers(rules, (verb, group, resource, subresource, name)))
            && binds(subjects, user, groups, *place)
    })
}

fn binds(subjects: &Value, user: &str, groups: &[String], place: Option<&str>) -> bool {
    subjects.as_array().into_iter().flatten().any(|subject| {
        let name = subject["name"].as_str().unwrap_or_default();
        match subject["kind"].as_str() {
            Some("User") => name == user,
            Some("Group") => groups.iter().any(|group| group == name),
            _ => subject["namespace"]
                .as_str()
                .or(place)
                .is_some_and(|namespace| user == format!("system:serviceaccount:{namespace}:{name}")),
        }
    })
}

fn covers(
    rules: &Value,
    (verb, group, resource, subresource, name): (&str, &str, &str, Option<&str>, Option<&str>),
) -> bool {
    let has = |list: &Value, wanted: &str| list.as_array().is_some_and(|list| list.iter().any(|one| one == wanted));
    rules.as_array().into_iter().flatten().any(|rule| {
        let any = |field: &str, wanted: &str| has(&rule[field], wanted) || has(&rule[field], "*");
        let resource = match subresource {
            None => any("resources", resource),
            Some(part) => {
                any("resources", &format!("{resource}/{part}")) || has(&rule["resources"], &format!("*/{part}"))
            }
        };
        let names = rule["resourceNames"].as_array().map_or(&[][..], Vec::as_slice);
        any("verbs", verb)
            && any("apiGroups", group)
            && resource
            && (names.is_empty() || name.is_some_and(|name| names.iter().any(|one| one == name)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn decisions_are_those_of_the_plain_reading(
        objects in objects(),
        user in proptest::sample::select(USERS),
        groups in some(GROUPS),
        verb in proptest::sample::select(&["get", "list", "delete"][..]),
        group in proptest::sample::select(&["", "apps"][..]),
        resource in proptest::sample::select(&["pods", "secrets"][..]),
        subresource in proptest::option::of(Just("log")),
        namespace in place(),
        name in proptest::option::of(proptest::sample::select(&["x", "z"][..])),
    ) {
        let policies = policies(&objects);
        let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
        let request = Request { verb, target: Target::Resource { group, resource, subresource, namespace, name } };
        let decision = policies.allows(user, &groups, &request);
        prop_assert_eq!(decision.is_allowed(), plain(&objects, user, &groups, (verb, group, resource, subresource, namespace, name)));
        // who holds it is the same question from the other end
        let holders = policies.subjects_of(&request);
        let held = holders.iter().any(|holder| holder.subject.is(user, &groups, None));
        prop_assert_eq!(held, decision.is_allowed());
        if let Decision::Allowed(grant) = decision {
            prop_assert!(holders.iter().any(|holder| holder.grant == grant));
            if let BindingScope::Namespace(place) = grant.scope {
                prop_assert_eq!(Some(place.as_str()), namespace);
            }
        }
    }

    #[test]
    fn suggested_namespaces_are_exactly_those_that_role_bindings_grant(objects in objects(), user in proptest::sample::select(USERS)) {
        let local = Objects { bindings: objects.bindings.iter().filter(|(place, ..)| place.is_some()).cloned().collect(), ..objects.clone() };
        let without_cluster = policies(&local);
        let policies = policies(&objects);
        let suggested = policies.namespaces_where(user, &[], "list", "", "pods");
        let asked: BTreeSet<String> = NAMESPACES.iter()
            .filter(|namespace| without_cluster.allows(user, &[], &Request::resource("list", "", "pods", Some(namespace))).is_allowed())
            .map(|&namespace| namespace.to_owned()).collect();
        prop_assert_eq!(&suggested, &asked);
        prop_assert!(suggested.is_subset(&policies.namespaces_bound(user, &[])));
    }

    #[test]
    fn forgetting_everything_grants_nothing(objects in objects(), user in proptest::sample::select(USERS)) {
        let mut policies = policies(&objects);
        for at in 0..objects.bindings.len() {
            let (place, ..) = &objects.bindings[at];
            let kind = if place.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
            policies.remove(kind, *place, &format!("b{at}"));
        }
        let request = Request::resource("get", "", "pods", Some("a"));
        prop_assert_eq!(policies.allows(user, &["team".to_owned(), "ops".to_owned()], &request), Decision::Refused);
    }
}
