use proptest::prelude::*;
use serde_json::json;

use super::*;

fn asked() -> Permission {
    Permission {
        verb: "get".to_owned(),
        resource: "pods".to_owned(),
        namespace: Some("shop".to_owned()),
        ..Permission::default()
    }
}

fn refused(message: &str, status: &Value) -> Permission {
    let error = from_status(403, message.to_owned(), Some(status.clone()), asked(), None);
    error.needs().cloned().expect("a permission")
}

#[test]
fn what_is_missing_is_what_was_asked_for() {
    assert_eq!(refused("pods is forbidden", &Value::Null), asked());
    let same =
        r#"pods "a" is forbidden: User "anna" cannot get resource "pods" in API group "" in the namespace "shop""#;
    assert_eq!(refused(same, &json!({"details": {"name": "a"}})), asked());
}

#[test]
fn something_else_that_is_missing_is_told() {
    let groups = r#"groups "dev" is forbidden: User "p" cannot impersonate resource "groups" in API group "" at the cluster scope"#;
    let needs = refused(groups, &json!({"details": {"name": "dev"}}));
    assert_eq!(needs.to_string(), "impersonate groups \"dev\" cluster-wide");
    let uid = r#"uids.authentication.k8s.io "7" is forbidden: User "p" cannot impersonate resource "uids" in API group "authentication.k8s.io" at the cluster scope"#;
    assert_eq!(refused(uid, &Value::Null).to_string(), "impersonate uids.authentication.k8s.io cluster-wide");
    let log = r#"x: User "p" cannot create resource "pods/log" in API group "" in the namespace "a-b""#;
    assert_eq!(refused(log, &Value::Null).to_string(), "create pods/log in namespace a-b");
}

#[test]
fn a_busy_server_says_for_how_long() {
    let busy = |status: Value, header: Option<u64>| {
        let wait = header.map(Duration::from_secs);
        from_status(429, String::new(), Some(status), asked(), wait).retry_after().map(|wait| wait.as_secs())
    };
    assert_eq!(busy(json!({}), None), Some(1));
    assert_eq!(busy(json!({"details": {"retryAfterSeconds": 9}}), None), Some(9));
    assert_eq!(busy(json!({"details": {"retryAfterSeconds": 9}}), Some(3)), Some(3));
    assert_eq!(busy(json!({}), Some(u64::MAX)), Some(300));
}

#[test]
fn retry_after_is_seconds() {
    let read = |value: &'static str| {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, http::HeaderValue::from_static(value))]);
        retry_after(&headers).map(|wait| wait.as_secs())
    };
    assert_eq!(read(" 12 "), Some(12));
    assert_eq!(read("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    assert_eq!(read("-1"), None);
}

#[test]
fn codes_that_are_none_are_kept() {
    for code in [0, 99, 418, 1000] {
        let error = from_status(code, "m".to_owned(), None, asked(), None);
        assert!(matches!(error, Error::Server { status, .. } if status == code), "{code}");
    }
}

#[test]
fn excerpts_are_one_short_line() {
    assert_eq!(excerpt(b""), "");
    assert_eq!(excerpt(b" \n\t"), "");
    assert_eq!(excerpt("a\n\u{1b}[31mb\u{7f}\u{0} c".as_bytes()), ": \"a [31mb c\"");
    assert_eq!(excerpt("é".repeat(1000).as_bytes()).chars().count(), 120 + 4);
}

proptest! {
    #[test]
    fn no_message_makes_it_panic(message in any::<String>(), code in any::<u16>()) {
        let _ = from_status(code, message, None, asked(), None);
    }

    #[test]
    fn messages_stay_clean(text in any::<String>()) {
        let clean = clean(&text);
        prop_assert!(!clean.contains(char::is_control) && clean.chars().count() <= 2000);
    }
}
