//! What stands in a path stays in its place.

use axum::http::Method;

use super::operations::{OPERATIONS, Place};
use super::world::{Server, run};

/// Segments that try to leave their place, written as a client would send them.
const HOSTILE: &[&str] = &[
    "..",
    ".",
    "%2e%2e",
    "%2E",
    "..%2f..%2fsecrets",
    "a%2fb",
    "%2f",
    "%5c..%5c",
    "a%5cb",
    "%00",
    "a%0d%0aHost:%20evil",
    "%ff",
    "%c0%af",
    "%252e%252e",
    "a%25b",
    "a%3fwatch=true",
    "a%23b",
    "*",
    "%20",
    "-",
    "UPPER",
    "a;b",
    "https:%2f%2fevil.example",
];

#[test]
fn a_segment_that_could_leave_its_place_is_refused() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let long = "a".repeat(600);
        for operation in OPERATIONS {
            for parameter in operation.parameters() {
                for hostile in HOSTILE.iter().copied().chain([long.as_str()]) {
                    let mut place = Place::of("pods", "payments", "api-0");
                    let slot = match parameter {
                        "{cluster}" => &mut place.cluster,
                        "{kind}" => &mut place.kind,
                        "{namespace}" => &mut place.namespace,
                        "{name}" => &mut place.name,
                        "{stream}" => &mut place.stream,
                        _ => continue,
                    };
                    hostile.clone_into(slot);
                    let path = operation.path(&place);
                    let answered = alice.send(alice.request(&operation.method(), &path, operation.body)).await;
                    let status = answered.status.as_u16();
                    // An odd name is looked for as it is, and nothing is found.
                    let empty = [r#"{"data":{"events":[]"#, r#"{"data":null"#];
                    let name = parameter == "{name}" && empty.iter().any(|empty| answered.text.starts_with(empty));
                    assert!(
                        status == 400 || status == 404 || name && status == 200,
                        "{path}: {status} {}",
                        answered.text
                    );
                    if status != 200 {
                        answered.problem();
                    }
                    assert!(!answered.text.contains("evil.example\""), "{path}: {}", answered.text);
                }
            }
        }
    });
}

#[test]
fn a_subscription_has_a_plain_name() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let stream = super::stream::Stream::open(&alice, "").await;
        let long = "a".repeat(65);
        for name in ["%22", "a%0ab", "a%20b", "a.b", "%7d", "%e2%80%ae", long.as_str()] {
            let path = format!("/api/stream/{}/subscriptions/{name}", stream.id);
            let answered = alice.send(alice.request(&Method::PUT, &path, Some(r#"{"type":"fleet"}"#))).await;
            assert_eq!(
                (answered.status.as_u16(), answered.problem().as_str()),
                (400, "subscription_invalid"),
                "{name}"
            );
        }
    });
}

#[test]
fn a_selector_cannot_be_widened_through_a_name() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let some = super::world::objects(&alice, "events").await;
        let event = some.iter().find(|event| event.cluster == "staging").expect("staging has events");
        for name in ["x%2CinvolvedObject.name%21%3Dx", "x%2C", "%3D"] {
            let path = format!("/api/clusters/staging/objects/pods/{}/{name}/events", event.namespace);
            let answered = alice.get(&path).await;
            assert_eq!(answered.status, 200, "{}", answered.text);
            assert_eq!(answered.json()["data"]["events"], serde_json::json!([]), "{path}");
        }
    });
}
