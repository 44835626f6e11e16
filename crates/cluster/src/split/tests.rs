use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Limits, Piece, SplitError, Splitter};

/// Items and the envelope of `body`, pushed in the given chunk lengths (then the rest).
fn split(body: &[u8], chunks: &[usize], limits: Limits) -> Result<(Vec<Piece>, Option<Bytes>), SplitError> {
    let mut splitter = Splitter::new(limits);
    let (mut pieces, mut envelope) = (Vec::new(), None);
    let body = Bytes::copy_from_slice(body);
    let mut at = 0usize;
    for length in chunks.iter().copied().chain([usize::MAX]) {
        let end = at.saturating_add(length).min(body.len());
        splitter.push(body.slice(at..end));
        at = end;
        while let Some(piece) = splitter.next()? {
            match piece {
                Piece::Envelope(bytes) => envelope = Some(bytes),
                piece => pieces.push(piece),
            }
        }
    }
    splitter.finish()?;
    Ok((pieces, envelope))
}

fn items(body: &[u8], chunks: &[usize]) -> (Vec<Value>, Value) {
    let (pieces, envelope) = split(body, chunks, Limits::default()).expect("a list");
    let items = pieces.iter().map(|piece| match piece {
        Piece::Item(bytes) => serde_json::from_slice(bytes).expect("an item is JSON"),
        other => panic!("{other:?}"),
    });
    (items.collect(), serde_json::from_slice(&envelope.expect("an envelope")).expect("the envelope is JSON"))
}

fn json_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[\\\\\"\\[\\]{}:,items rows]{0,12}".prop_map(|text: String| text),
        Just("items".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![Just("items".to_owned()), Just("rows".to_owned()), any::<String>()];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn list_body() -> impl Strategy<Value = (Vec<Value>, Value, String, String)> {
    let objects = proptest::collection::btree_map(any::<String>(), json_value(), 0..5)
        .prop_map(|map| Value::Object(map.into_iter().collect()));
    let key = prop_oneof![Just("items"), Just("rows")];
    (proptest::collection::vec(objects, 0..8), json_value(), any::<String>(), key, any::<bool>()).prop_map(
        |(list, metadata, kind, key, pretty)| {
            let mut whole = json!({"kind": kind, "metadata": metadata});
            whole[key] = Value::from(list.clone());
            let body = if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) };
            whole[key] = json!([]);
            (list, whole, key.to_owned(), body.expect("JSON"))
        },
    )
}

proptest! {
    #[test]
    fn any_list_in_any_chunks_is_what_serde_json_sees(
        (list, envelope, _key, body) in list_body(),
        chunks in proptest::collection::vec(0usize..40, 0..200),
    ) {
        let (got, got_envelope) = items(body.as_bytes(), &chunks);
        prop_assert_eq!(got, list);
        prop_assert_eq!(got_envelope, envelope);
    }

    #[test]
    fn any_bytes_in_any_chunks_end_the_same_way(
        body in proptest::collection::vec(
            prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b':'), Just(b','), any::<u8>()], 0..200),
        chunks in proptest::collection::vec(0usize..10, 0..60),
    ) {
        let limits = Limits { item: 50, envelope: 64, depth: 4 };
        let mut list = br#"{"items":["#.to_vec();
        list.extend_from_slice(&body);
        for body in [&body, &list] {
            let whole = split(body, &[], limits).map_err(|error| (error.what, error.at));
            prop_assert_eq!(split(body, &chunks, limits).map_err(|error| (error.what, error.at)), whole);
        }
    }

    #[test]
    fn a_list_cut_anywhere_is_never_complete((_, _, _, body) in list_body(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(body.trim_end().len());
        prop_assert!(split(&body.as_bytes()[..cut], &[], Limits::default()).is_err());
    }
}

#[test]
fn items_may_be_null_absent_or_after_the_metadata() {
    for body in [r#"{"items":null,"metadata":{}}"#, r#"{"metadata":{"items":[1]}}"#, r#"{"a":"items","b":[2]}"#] {
        let (got, envelope) = items(body.as_bytes(), &[3, 1, 1]);
        assert!(got.is_empty());
        assert_eq!(envelope, serde_json::from_str::<Value>(body).expect("JSON"));
    }
    let table = r#"{"kind":"Table","columnDefinitions":[{"name":"Name"}],"rows":[{"cells":["a"]},{"cells":[1]}]}"#;
    let (rows, envelope) = items(table.as_bytes(), &[]);
    assert_eq!(rows, [json!({"cells": ["a"]}), json!({"cells": [1]})]);
    assert_eq!(envelope["columnDefinitions"][0]["name"], "Name");
}

#[test]
fn mistakes_are_named_with_their_place() {
    let told = |body: &str| split(body.as_bytes(), &[], Limits::default()).expect_err("garbage").to_string();
    assert_eq!(told(""), "the body is empty at byte 0");
    assert_eq!(told("<html>sign in</html>"), "the body is not a JSON object at byte 0, near \"<html>sign in</html>\"");
    assert_eq!(
        told(r#"{"items":[{"a":1} {"a":2}]}"#),
        "an item or the end of the list was expected at byte 18, near \"{\\\"a\\\":2}]}\""
    );
    assert_eq!(told(r#"{"items":[{"a":1},{"#), "the body ends inside item 2 at byte 19");
    assert_eq!(told(r#"{"items":[{"a":1}"#), "the body ends after item 1, before the list does at byte 17");
    assert_eq!(told(r#"{"items":[],"x":1"#), "the body ends before the list does, after 0 items at byte 17");
    assert_eq!(told(r#"{"items":[7]}"#), "an item or the end of the list was expected at byte 10, near \"7]}\"");
    assert_eq!(told("{} x"), "something follows the list at byte 3, near \"x\"");
}

#[test]
fn an_item_beyond_a_limit_is_skipped_alone() {
    let limits = Limits { item: 64, envelope: 1000, depth: 5 };
    let big = format!(r#"{{"metadata":{{"name":"big"}},"data":"{}"}}"#, "x".repeat(100));
    let body = format!(r#"{{"items":[{{"a":1}},{big},[[[[[[]]]]]],{{"b":2}}]}}"#)
        .replace("[[[[[[]]]]]]", "{\"d\":[[[[[]]]]]}");
    for chunks in [vec![], vec![20; 100]] {
        let (pieces, _) = split(body.as_bytes(), &chunks, limits).expect("a list");
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[0], Piece::Item(Bytes::from_static(br#"{"a":1}"#)));
        assert!(
            matches!(&pieces[1], Piece::Skipped { start, reason }
                if start.starts_with(br#"{"metadata":{"name":"big"}"#) && reason.contains("the limit is 64")),
            "{pieces:?}"
        );
        assert!(
            matches!(&pieces[2], Piece::Skipped { reason, .. } if reason.contains("nested 6 levels")),
            "{pieces:?}"
        );
        assert_eq!(pieces[3], Piece::Item(Bytes::from_static(br#"{"b":2}"#)));
    }
}

#[test]
fn an_envelope_beyond_its_limit_is_refused() {
    let limits = Limits { item: 64, envelope: 100, depth: 5 };
    let body = format!(r#"{{"metadata":{{"name":"{}"}},"items":[]}}"#, "x".repeat(100));
    let error = split(body.as_bytes(), &[], limits).expect_err("too large");
    assert_eq!(error.what, "the list's metadata is larger than 100 bytes");
}

#[test]
fn an_item_within_a_chunk_is_not_copied() {
    let body = Bytes::from_static(br#"{"items":[{"a":1},{"b":2}]}"#);
    let mut splitter = Splitter::new(Limits::default());
    splitter.push(body.clone());
    let Some(Piece::Item(item)) = splitter.next().expect("a list") else { panic!("an item") };
    assert_eq!(item.as_ptr(), body[10..].as_ptr());
}
