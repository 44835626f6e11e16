use proptest::prelude::*;
use serde_json::json;

use super::*;

fn rules() -> ClaimRules {
    ClaimRules {
        groups: ClaimPath::new("groups"),
        user: ClaimPath::new("email"),
        user_prefix: String::new(),
        groups_prefix: String::new(),
    }
}

fn claims(value: &Value) -> Claims {
    value.as_object().expect("an object").clone()
}

fn person(rules: &ClaimRules, value: impl Into<Value>) -> Result<Person, ClaimsError> {
    rules.person("https://idp", &claims(&value.into()))
}

fn groups(value: impl Into<Value>) -> Result<Vec<String>, ClaimsError> {
    person(&rules(), json!({"sub": "1", "email": "a@corp", "groups": value.into()})).map(|person| person.groups)
}

#[test]
fn a_person_is_issuer_and_subject_and_the_rest_is_shown() {
    let told = json!({"sub": "1", "email": "ada@corp", "name": "Ada\u{7} L", "groups": ["b", "a", "b"]});
    let ada = person(&rules(), told).expect("a person");
    assert_eq!((ada.issuer.as_str(), ada.subject.as_str(), ada.user.as_str()), ("https://idp", "1", "ada@corp"));
    assert_eq!((ada.display.as_str(), ada.email.as_deref()), ("Ada L", Some("ada@corp")));
    assert_eq!(ada.groups, ["a", "b"]);
}

#[test]
fn groups_are_a_text_or_a_list_and_absent_is_not_empty() {
    assert_eq!(groups(json!("admins")), Ok(vec!["admins".to_owned()]));
    assert_eq!(groups(json!([])), Ok(vec![]));
    assert_eq!(groups(json!("")), Ok(vec![]));
    assert_eq!(groups(Value::Null), Err(ClaimsError::GroupsMissing(ClaimPath::new("groups"))));
    let absent = person(&rules(), json!({"sub": "1", "email": "a@corp"}));
    assert!(matches!(absent, Err(ClaimsError::GroupsMissing(_))), "{absent:?}");
    for wrong in
        [json!(1), json!({"a": "b"}), json!(["a", 1]), json!([["a"]]), json!(["a\nb"]), json!([""]), json!(true)]
    {
        assert!(matches!(groups(wrong.clone()), Err(ClaimsError::Invalid(_))), "{wrong}");
    }
}

#[test]
fn groups_are_bounded() {
    let many = |count: usize| Value::from((0..count).map(|n| format!("g{n}")).collect::<Vec<_>>());
    assert_eq!(groups(many(512)).map(|groups| groups.len()), Ok(512));
    assert!(groups(many(513)).is_err());
    assert!(groups(json!(["g".repeat(257)])).is_err());
    let large: Vec<String> = (0..200).map(|n| format!("{n:0>250}")).collect();
    assert!(groups(json!(large)).is_err());
}

#[test]
fn claims_are_found_by_name_first_then_by_path() {
    let at = |path: &str, value: Value| {
        let rules = ClaimRules { groups: ClaimPath::new(path), ..rules() };
        person(&rules, value).map(|person| person.groups)
    };
    let nested = json!({"sub": "1", "email": "a@corp", "access": {"periscope": {"roles": ["dev"]}}});
    assert_eq!(at("access.periscope.roles", nested.clone()), Ok(vec!["dev".to_owned()]));
    assert!(matches!(at("access.other.roles", nested), Err(ClaimsError::GroupsMissing(_))));
    let dotted = json!({"sub": "1", "email": "a@corp", "https://corp.example/groups": ["dev"], "https://corp": {"example/groups": ["no"]}});
    assert_eq!(at("https://corp.example/groups", dotted), Ok(vec!["dev".to_owned()]));
}

#[test]
fn names_of_kubernetes_are_nobodys() {
    for name in ["system:admin", "System:Admin", " system:masters", "SYSTEM:node:a", "periscope:inventory"] {
        let rules = ClaimRules { user: ClaimPath::new("login"), ..rules() };
        let told = person(&rules, json!({"sub": "1", "login": name, "groups": []}));
        assert!(matches!(told, Err(ClaimsError::Reserved(_) | ClaimsError::Invalid(_))), "{name:?} {told:?}");
        assert_eq!(groups(json!([name, "dev"])), Ok(vec!["dev".to_owned()]));
    }
}

#[test]
fn an_address_that_was_not_verified_is_no_name() {
    let with = |verified: Value| {
        person(&rules(), json!({"sub": "1", "email": "a@corp", "email_verified": verified, "groups": []}))
    };
    assert!(with(json!(true)).is_ok() && with(json!("true")).is_ok());
    assert!(with(json!(false)).is_err() && with(json!("false")).is_err());
    let by_subject = ClaimRules { user: ClaimPath::new("sub"), ..rules() };
    let told = person(&by_subject, json!({"sub": "1", "email": "a@corp", "email_verified": false, "groups": []}));
    assert_eq!(told.map(|person| person.user), Ok("1".to_owned()), "shown only");
}

#[test]
fn prefixes_keep_providers_apart() {
    let rules = ClaimRules { user_prefix: "b:".into(), groups_prefix: "b:".into(), ..rules() };
    let told = person(&rules, json!({"sub": "1", "email": "a@corp", "groups": ["admins", "system:masters"]}))
        .expect("a person");
    assert_eq!((told.user.as_str(), told.groups.as_slice()), ("b:a@corp", &["b:admins".to_owned()][..]));
}

#[test]
fn what_is_missing_is_taken_from_elsewhere_but_nothing_is_mixed() {
    let mut told = claims(&json!({"sub": "1", "email": "a@corp"}));
    ClaimRules::complete(
        &mut told,
        claims(&json!({"sub": "2", "email": "b@corp", "email_verified": true, "groups": ["x"]})),
    );
    assert_eq!(told, claims(&json!({"sub": "1", "email": "a@corp", "groups": ["x"]})));
}

proptest! {
    #[test]
    fn whatever_a_provider_says_makes_nobody_of_kubernetes(user in ".{0,40}", group in ".{0,40}") {
        let rules = ClaimRules { user: ClaimPath::new("login"), ..rules() };
        if let Ok(told) = person(&rules, json!({"sub": "1", "login": user, "groups": [group]})) {
            prop_assert!(!told.user.trim().to_lowercase().starts_with("system:"));
            prop_assert!(told.groups.iter().all(|group| !group.trim().to_lowercase().starts_with("system:")));
            prop_assert!(!told.user.chars().any(char::is_control));
        }
    }
}
