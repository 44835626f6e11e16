use proptest::prelude::*;
use serde_json::json;

use super::*;

fn permission() -> Permission {
    Permission { verb: "watch".to_owned(), resource: "pods".to_owned(), ..Permission::default() }
}

/// The events of a body in chunks of the given lengths (then the rest), and how it ended.
fn read_by(mut lines: Lines, body: &[u8], chunks: &[usize]) -> (Vec<WatchEvent>, Option<Error>) {
    let body = Bytes::copy_from_slice(body);
    let (mut at, mut events) = (0_usize, Vec::new());
    for length in chunks.iter().copied().chain([usize::MAX]) {
        let end = at.saturating_add(length).min(body.len());
        lines.push(body.slice(at..end));
        at = end;
        loop {
            match lines.next() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
        }
    }
    match lines.end() {
        Ok(event) => {
            events.extend(event);
            (events, None)
        }
        Err(error) => (events, Some(error)),
    }
}

fn read(body: &str, chunks: &[usize]) -> (Vec<WatchEvent>, Option<Error>) {
    read_by(Lines::new(permission(), Form::Objects), body.as_bytes(), chunks)
}

fn error(body: &str) -> Error {
    read(body, &[]).1.expect("an error")
}

#[test]
fn events_are_told_apart() {
    let body = "{\"type\":\"ADDED\",\"object\":{\"a\":1}}\n\r\n{\"object\":{\"b\": [2]},\"type\":\"MODIFIED\"}\n\
        {\"type\":\"DELETED\",\"object\":{}}\n{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{}}}";
    let expected = [
        (WatchKind::Added, r#"{"a":1}"#),
        (WatchKind::Modified, r#"{"b": [2]}"#),
        (WatchKind::Deleted, "{}"),
        (WatchKind::Bookmark, r#"{"metadata":{}}"#),
    ];
    let expected = expected.map(|(kind, json)| WatchEvent { kind, object: Bytes::from_static(json.as_bytes()) });
    for chunks in [vec![], vec![1; 300], vec![7; 50]] {
        let (events, error) = read(body, &chunks);
        assert_eq!(events, expected);
        assert!(error.is_none(), "{error:?}");
    }
}

#[test]
fn an_event_within_a_chunk_is_not_copied() {
    let body = Bytes::from_static(b"{\"type\":\"ADDED\",\"object\":{}}\n");
    let mut lines = Lines::new(permission(), Form::Objects);
    lines.push(body.clone());
    let event = lines.next().expect("an event").expect("an event");
    assert_eq!(event.object.as_ptr(), body[25..].as_ptr());
}

#[test]
fn an_error_event_is_what_its_status_says() {
    let status = |code: u64, reason: &str| {
        let object = json!({"kind": "Status", "code": code, "reason": reason, "message": "too old:\n41 (50)"});
        error(&format!("{}\n", json!({"type": "ERROR", "object": object})))
    };
    assert!(matches!(status(410, "Expired"), Error::Gone { message } if message == "too old: 41 (50)"));
    // Some report an expired version as an internal error.
    assert!(matches!(status(500, "Expired"), Error::Gone { .. }));
    assert!(matches!(status(500, "InternalError"), Error::Server { status: 500, .. }));
    assert!(matches!(status(99_999, ""), Error::Server { status: 500, .. }));
    let refused = status(403, "Forbidden");
    assert_eq!(refused.needs(), Some(&permission()));
    let busy = json!({"code": 429, "details": {"retryAfterSeconds": 7}});
    let busy = error(&json!({"type": "ERROR", "object": busy}).to_string());
    assert_eq!(busy.retry_after().map(|wait| wait.as_secs()), Some(7));
    assert!(matches!(error(r#"{"type":"ERROR","object":"what"}"#), Error::Server { status: 500, .. }));
}

#[test]
fn garbage_is_shown_as_far_as_it_helps() {
    let told = |body: &str| error(body).to_string();
    let prefix = "the API server answered garbage: an event of watch pods cluster-wide: ";
    assert_eq!(told("<html>\n"), format!("{prefix}expected value at line 1 column 1: \"<html>\""));
    assert_eq!(
        told(r#"{"type":"WHAT","object":{}}"#),
        format!("{prefix}no event type that we know: \"{{\\\"type\\\":\\\"WHAT\\\",\\\"object\\\":{{}}}}\"")
    );
    assert!(matches!(error(r#"{"type":"ADDED","object":{"a":"#), Error::Garbage { .. }));
    assert!(matches!(error(r#"{"type":"ADDED"}"#), Error::Garbage { .. }));
    assert!(matches!(error("\u{0}\n"), Error::Garbage { .. }));
}

#[test]
fn events_before_an_error_are_there() {
    let (events, error) =
        read("{\"type\":\"ADDED\",\"object\":{}}\nnonsense\n{\"type\":\"ADDED\",\"object\":{}}\n", &[9; 9]);
    assert_eq!(events.len(), 1);
    assert!(matches!(error, Some(Error::Garbage { .. })));
}

#[test]
fn a_line_without_an_end_is_given_up() {
    let line = format!("{{\"type\":\"ADDED\",\"object\":\"{}\"}}\n", "x".repeat(100));
    for chunks in [vec![], vec![10; 20], vec![64; 2]] {
        let lines = Lines { limit: 100, ..Lines::new(permission(), Form::Objects) };
        let (events, error) = read_by(lines, line.as_bytes(), &chunks);
        assert_eq!(events, []);
        let text = error.expect("an error").to_string();
        assert_eq!(text, "too large: an event of watch pods cluster-wide has more than 100 bytes");
    }
    let lines = Lines { limit: line.len() - 1, ..Lines::new(permission(), Form::Objects) };
    assert_eq!(read_by(lines, line.as_bytes(), &[10; 20]).0.len(), 1);
}

#[test]
fn objects_in_place_of_tables_become_tables() {
    let lines = Lines::new(permission(), Form::Table);
    let body = br#"{"type":"ADDED","object":{"kind":"Widget","metadata":{"name":"a"},"spec":{}}}"#;
    let (events, _) = read_by(lines, body, &[]);
    let table = r#"{"kind":"Table","columnDefinitions":[],"rows":[{"cells":[],"object":{"metadata":{"name":"a"}}}]}"#;
    assert_eq!(events[0].object, table);
}

proptest! {
    #[test]
    fn any_chunks_give_the_same_events(
        texts in proptest::collection::vec(any::<String>(), 0..12),
        chunks in proptest::collection::vec(0_usize..40, 0..80),
    ) {
        let objects = texts.iter().map(|text| json!({"text": text}));
        let lines = objects.clone().map(|object| json!({"type": "MODIFIED", "object": object}).to_string() + "\n");
        let body: String = lines.collect();
        let (events, error) = read(&body, &chunks);
        prop_assert!(error.is_none());
        let got: Vec<serde_json::Value> =
            events.iter().map(|event| serde_json::from_slice(&event.object).expect("JSON")).collect();
        prop_assert_eq!(got, objects.collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_in_any_chunks_end_the_same_way(
        body in proptest::collection::vec(prop_oneof![
            Just(b"{\"type\":\"ADDED\",\"object\":{}}".to_vec()), Just(b"\n".to_vec()), Just(b" ".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..5),
        ], 0..20),
        chunks in proptest::collection::vec(0_usize..20, 0..40),
    ) {
        let body = body.concat();
        let told = |(events, error): (Vec<WatchEvent>, Option<Error>)| (events, error.map(|error| error.to_string()));
        let lines = || Lines { limit: 60, ..Lines::new(permission(), Form::Objects) };
        prop_assert_eq!(told(read_by(lines(), &body, &chunks)), told(read_by(lines(), &body, &[])));
    }
}
