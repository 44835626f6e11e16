use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// What a body is read as, in chunks of the given lengths (then the rest).
fn read(body: &str, chunks: &[usize], form: Form) -> Result<(Vec<String>, ListEnd), String> {
    let mut frames = Frames::new("list pods cluster-wide".to_owned(), form);
    let body = Bytes::copy_from_slice(body.as_bytes());
    let (mut at, mut items) = (0_usize, Vec::new());
    for length in chunks.iter().copied().chain([usize::MAX]) {
        let end = at.saturating_add(length).min(body.len());
        frames.push(body.slice(at..end));
        at = end;
        while let Some(frame) = frames.next().map_err(|error| error.to_string())? {
            items.push(match frame {
                ListFrame::Item(json) => String::from_utf8_lossy(&json).into_owned(),
                other => format!("{other:?}"),
            });
        }
    }
    match frames.end().map_err(|error| error.to_string())? {
        ListFrame::End(end) => Ok((items, end)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_end_tells_where_a_watch_goes_on() {
    let body = r#"{"kind":"PodList","metadata":{"resourceVersion":"41","continue":"abc","remainingItemCount":7},"items":[{"a":1},{"b":2}]}"#;
    let (items, end) = read(body, &[], Form::Objects).expect("a list");
    assert_eq!(items, [r#"{"a":1}"#, r#"{"b":2}"#]);
    let expected = ListEnd {
        resource_version: "41".to_owned(),
        columns: None,
        remaining: Some(7),
        continue_token: Some("abc".to_owned()),
    };
    assert_eq!(end, expected);
    let (_, end) = read(r#"{"items":null,"metadata":{"continue":""}}"#, &[], Form::Objects).expect("a list");
    assert_eq!(end, ListEnd::default());
}

#[test]
fn a_table_comes_with_its_columns() {
    let body = r#"{"kind":"Table","metadata":{"resourceVersion":"2"},"columnDefinitions":[{"name":"Name"}],"rows":[{"cells":["a"]}]}"#;
    let (rows, end) = read(body, &[5; 100], Form::Table).expect("a table");
    assert_eq!(rows, [r#"{"cells":["a"]}"#]);
    assert_eq!(end.columns.as_deref(), Some(&br#"[{"name":"Name"}]"#[..]));
}

#[test]
fn a_list_in_place_of_a_table_becomes_rows() {
    let body =
        r#"{"kind":"WidgetList","items":[{"metadata":{"name":"a"},"spec":{}}],"metadata":{"resourceVersion":"2"}}"#;
    let (rows, end) = read(body, &[], Form::Table).expect("a list");
    assert_eq!(rows, [r#"{"cells":[],"object":{"metadata":{"name":"a"}}}"#]);
    assert_eq!(end.columns, None);
}

#[test]
fn what_is_no_list_is_named_with_its_request() {
    let told = |body: &str| read(body, &[], Form::Objects).expect_err("garbage");
    let prefix = "the API server answered garbage: ";
    assert_eq!(told(""), format!("{prefix}list pods cluster-wide: the body is empty at byte 0"));
    assert_eq!(
        told(r#"{"items":[{"a":1}"#),
        format!("{prefix}list pods cluster-wide: the body ends after item 1, before the list does at byte 17")
    );
    let wrong = told(r#"{"items":[],"metadata":{"resourceVersion":7}}"#);
    assert!(wrong.starts_with(&format!("{prefix}the metadata of list pods cluster-wide: invalid type")), "{wrong}");
}

#[test]
fn an_item_beyond_the_limit_is_named() {
    let large = "x".repeat(crate::split::MAX_ITEM);
    let body = format!(
        r#"{{"items":[{{"kind":"ConfigMap","metadata":{{"name":"big","labels":{{"name":"no"}},"namespace":"shop"}},"data":"{large}"}},{{"b":2}}],"metadata":{{}}}}"#
    );
    let (items, _) = read(&body, &[1 << 16; 200], Form::Objects).expect("a list");
    assert_eq!(items.len(), 2);
    assert!(items[0].contains(r#"namespace: Some("shop"), name: Some("big"), reason: "it is "#), "{}", items[0]);
    assert_eq!(items[1], r#"{"b":2}"#);
}

#[test]
fn a_beginning_without_a_name_has_none() {
    for start in [
        "",
        r#"{"data":"x"#,
        r#"{"metadata":"#,
        r#"{"metadata":{"na"#,
        r#"{"metadata":{"name":"cut"#,
        r#"{"metadata":{"name":7,"labels":{"name":"no"}},"name":"outside"}"#,
        r#"{"metadata":["name","a"]}"#,
    ] {
        assert_eq!(identity(start.as_bytes()), (None, None), "{start}");
    }
    let escaped = identity(br#"{"metadata": { "annotations":{"a":"\"name\":\"no\"}"} , "name" : "a\"b" }}"#);
    assert_eq!(escaped, (None, Some("a\"b".to_owned())));
}

proptest! {
    #[test]
    fn any_chunks_give_the_same_frames(
        names in proptest::collection::vec(any::<String>(), 0..10),
        version in any::<String>(),
        chunks in proptest::collection::vec(0_usize..30, 0..60),
    ) {
        let items: Vec<Value> = names.iter().map(|name| json!({"metadata": {"name": name}})).collect();
        let body = json!({"items": items, "metadata": {"resourceVersion": version}}).to_string();
        let (got, end) = read(&body, &chunks, Form::Objects).expect("a list");
        prop_assert_eq!(got, items.iter().map(Value::to_string).collect::<Vec<_>>());
        prop_assert_eq!(end.resource_version, version);
    }

    #[test]
    fn any_beginning_of_an_item_is_read_without_harm(
        start in proptest::collection::vec(prop_oneof![
            Just("\"metadata\":"), Just("\"name\""), Just(":"), Just("{"), Just("}"), Just(","), Just("\""), Just("\\"), Just("é"), Just("["),
        ], 0..40),
    ) {
        identity(start.concat().as_bytes());
    }
}
