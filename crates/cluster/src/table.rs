//! Objects where tables were asked for: some servers of aggregated APIs know no other form.
//!
//! They are made into rows without cells, so that whoever reads tables sees them, with what their metadata tells.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

/// An item of a list that is no table, as a row. What has no metadata stays as it is: it will be found unreadable.
pub(crate) fn row(item: Bytes) -> Bytes {
    match read(&item) {
        Some(Head { metadata: Some(metadata), .. }) => Bytes::from(row_of(metadata)),
        _ => item,
    }
}

/// The object of an event as a table, if it is none.
pub(crate) fn table(object: Bytes) -> Bytes {
    match read(&object) {
        Some(Head { kind, metadata: Some(metadata) }) if kind != "Table" => {
            Bytes::from(format!(r#"{{"kind":"Table","columnDefinitions":[],"rows":[{}]}}"#, row_of(metadata)))
        }
        _ => object,
    }
}

fn read(json: &[u8]) -> Option<Head<'_>> {
    serde_json::from_slice(json).ok()
}

/// Only metadata, as the API server's own rows have it: values of the object were not asked for.
fn row_of(metadata: &RawValue) -> String {
    format!(r#"{{"cells":[],"object":{{"metadata":{metadata}}}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(make: fn(Bytes) -> Bytes, json: &'static str) -> String {
        String::from_utf8(make(Bytes::from_static(json.as_bytes())).to_vec()).expect("text")
    }

    #[test]
    fn objects_become_rows_of_their_metadata() {
        let object = r#"{"kind":"Widget","metadata":{"name":"a"},"data":{"password":"x"}}"#;
        assert_eq!(made(row, object), r#"{"cells":[],"object":{"metadata":{"name":"a"}}}"#);
        let expected =
            r#"{"kind":"Table","columnDefinitions":[],"rows":[{"cells":[],"object":{"metadata":{"name":"a"}}}]}"#;
        assert_eq!(made(table, object), expected);
    }

    #[test]
    fn tables_and_what_cannot_be_read_stay() {
        for json in
            [r#"{"kind":"Table","metadata":{"resourceVersion":"7"},"rows":[]}"#, r#"{"kind":"Widget"}"#, "{", "7"]
        {
            assert_eq!(made(table, json), json);
        }
        for json in [r#"{"kind":"Widget"}"#, "{", "7"] {
            assert_eq!(made(row, json), json);
        }
    }
}
