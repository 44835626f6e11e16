use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn human(user: &str, groups: &[&str]) -> Identity {
    Identity::Human(Arc::new(Actor::new(user, groups.iter().map(|&group| group.to_owned()))))
}

fn sent(identity: &Identity) -> Result<Vec<(String, String)>, Error> {
    let mut headers = HeaderMap::new();
    Impersonation::of(identity)?.apply(&mut headers);
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect())
}

#[test]
fn every_part_of_an_actor_is_told() {
    let mut actor = Actor::new("zoë@corp", ["ops".to_owned(), "dev".to_owned()]);
    actor.uid = Some("7f".to_owned());
    actor.extra = BTreeMap::from([("example.org/a%b".to_owned(), vec!["1".to_owned(), "2".to_owned()])]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        sent(&Identity::Human(Arc::new(actor))).expect("headers"),
        [
            pair("impersonate-user", "zoë@corp"),
            pair("impersonate-group", "dev"),
            pair("impersonate-group", "ops"),
            pair("impersonate-uid", "7f"),
            pair("impersonate-extra-example.org%2fa%25b", "1"),
            pair("impersonate-extra-example.org%2fa%25b", "2"),
        ]
    );
    assert_eq!(sent(&Identity::Inventory).expect("headers"), [pair("impersonate-user", "periscope:inventory")]);
}

#[test]
fn what_is_reserved_or_could_arrive_as_something_else_is_refused() {
    for (user, groups) in [
        ("system:admin", vec![]),
        ("System:Admin", vec![]),
        ("alice", vec!["system:masters"]),
        ("alice", vec![" system:masters"]),
        ("alice", vec!["\tsystem:masters"]),
        ("alice", vec!["ok", "SYSTEM:masters"]),
        ("periscope:inventory", vec![]),
        ("alice ", vec![]),
        ("", vec![]),
        ("alice", vec![""]),
        ("alice\r\nImpersonate-Group: system:masters", vec![]),
        ("alice\0", vec![]),
        ("alice\u{85}", vec![]),
    ] {
        let refused = sent(&human(user, &groups));
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{user:?} {groups:?} {refused:?}");
    }
    let refused = sent(&Identity::Own);
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

#[test]
fn sizes_are_bounded() {
    let many: Vec<String> = (0..600).map(|number| format!("g{number}")).collect();
    assert!(sent(&Identity::Human(Arc::new(Actor::new("a", many)))).is_err());
    let wide: Vec<String> = (0..100).map(|number| format!("{number}{}", "g".repeat(500))).collect();
    assert!(sent(&Identity::Human(Arc::new(Actor::new("a", wide)))).is_err());
    assert!(sent(&human(&"a".repeat(1025), &[])).is_err());
}

#[test]
fn headers_that_are_already_there_do_not_survive() {
    let mut headers = HeaderMap::new();
    headers.append("impersonate-user", HeaderValue::from_static("root"));
    headers.append("impersonate-extra-x", HeaderValue::from_static("1"));
    headers.append("accept", HeaderValue::from_static("a/b"));
    Impersonation::of(&Identity::Inventory).expect("headers").apply(&mut headers);
    assert_eq!(headers.get_all("impersonate-user").iter().count(), 1);
    assert!(headers.get("impersonate-extra-x").is_none());
    assert_eq!(headers.len(), 2);
}

proptest! {
    /// Whatever an identity provider says: refused, or exactly the headers that were meant, with exactly the values.
    #[test]
    fn no_text_adds_a_header(
        user in any::<String>(),
        groups in proptest::collection::vec(any::<String>(), 0..4),
        uid in proptest::option::of(any::<String>()),
        key in any::<String>(),
        text in "[ -~\r\n\t:é]{0,20}",
    ) {
        let mut actor = Actor::new(user, groups);
        actor.uid = uid;
        actor.extra = BTreeMap::from([(key, vec![text])]);
        let Ok(got) = sent(&Identity::Human(Arc::new(actor.clone()))) else { return Ok(()) };
        let values = |name: &str| -> Vec<String> {
            got.iter().filter(|(got, _)| got == name).map(|(_, value)| value.clone()).collect()
        };
        prop_assert_eq!(values("impersonate-user"), vec![actor.user.clone()]);
        prop_assert_eq!(values("impersonate-group"), actor.groups.clone());
        prop_assert_eq!(values("impersonate-uid"), actor.uid.clone().into_iter().collect::<Vec<_>>());
        for (name, value) in &got {
            prop_assert!(value.trim() == value && !value.contains(['\r', '\n', '\0']));
            prop_assert!(!value.to_lowercase().starts_with("system:") || !name.ends_with("group") && !name.ends_with("user"));
        }
        prop_assert_eq!(got.len(), 1 + actor.groups.len() + usize::from(actor.uid.is_some()) + 1);
    }
}
