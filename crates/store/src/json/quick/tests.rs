use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::json::{List, Pairs, Text};

#[derive(Debug, Default, serde::Deserialize, PartialEq)]
#[serde(default)]
struct Sample<'a> {
    #[serde(borrow)]
    text: Text<'a>,
    inner: Option<Inner>,
    flag: bool,
}

#[derive(Debug, serde::Deserialize, PartialEq)]
struct Inner {
    number: i32,
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i16>().prop_map(|number| json!(f64::from(number) / 4.0)),
        any::<String>().prop_map(Value::from),
        "[\\\\\"\\[\\]{}:, a]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn written(value: &Value, pretty: bool) -> String {
    if pretty { format!("{value:#}") } else { value.to_string() }
}

proptest! {
    #[test]
    fn it_reads_any_json_as_serde_json_does(value in json_value(), pretty: bool) {
        prop_assert_eq!(quick::<Value>(written(&value, pretty).as_bytes()), Ok(value));
    }

    #[test]
    fn it_jumps_over_anything(before in json_value(), after in json_value(), pretty: bool) {
        let value = json!({"a": before, "inner": {"x": after.clone(), "number": -7}, "flag": true, "z": after});
        let json = written(&value, pretty);
        let sample = quick::<Sample<'_>>(json.as_bytes());
        prop_assert_eq!(sample, Ok(Sample { text: Text::default(), inner: Some(Inner { number: -7 }), flag: true }));
    }

    #[test]
    fn what_is_broken_is_left_to_serde_json(value in json_value(), at: prop::sample::Index, with: Option<u8>) {
        let mut json = value.to_string().into_bytes();
        let at = at.index(json.len());
        match with {
            Some(byte) => json[at] = byte,
            None => json.truncate(at),
        }
        // It may let pass what is written oddly, but takes nothing for something else.
        if let Ok(exact) = serde_json::from_slice::<Value>(&json) {
            prop_assert_eq!(from_slice::<Value>(&json).ok(), Some(exact));
        } else if with.is_none() {
            prop_assert!(from_slice::<Value>(&json).is_err());
        }
    }
}

#[test]
fn text_is_borrowed_where_it_can_be() {
    let json = br#"{"a":"plain","b\n":"esc\"aped \\","c":8080,"d":null}"#;
    let pairs = quick::<Pairs<'_>>(json).expect("pairs");
    let pairs: Vec<_> = pairs.iter().collect();
    assert_eq!(pairs, [("a", "plain"), ("b\n", "esc\"aped \\"), ("c", "8080"), ("d", "")]);
    assert!(json.as_ptr_range().contains(&pairs[0].1.as_ptr()));
}

#[test]
fn odd_json_gets_the_words_of_serde_json() {
    for json in
        [r#"{"text":"a"} x"#, r#"{"flag":1}"#, r#"{"flag":true,"flag":true}"#, r#"{"text":"a",}"#, "", "{", "\"\\"]
    {
        assert_eq!(quick::<Sample<'_>>(json.as_bytes()), Err(Odd), "{json}");
        let exact = serde_json::from_str::<Sample<'_>>(json).expect_err("broken").to_string();
        assert_eq!(from_slice::<Sample<'_>>(json.as_bytes()).expect_err("broken").to_string(), exact);
    }
    let escaped = br#"{"fl\u0061g":true}"#;
    assert!(from_slice::<Sample<'_>>(escaped).expect("a sample").flag, "even a name may be written oddly");
}

#[test]
fn objects_of_an_api_server_need_no_second_reading() {
    let pod = crate::testing::pod("default", "a");
    let object = quick::<Value>(pod.as_bytes()).expect("a pod");
    assert_eq!(object, serde_json::from_str::<Value>(&pod).expect("a pod"));
    assert_eq!(quick::<List<Text<'_>>>(b" [ \"a\" , 1.5,true, null ]\n").expect("a list").len(), 4);
}
