//! Request bodies in Kubernetes' protobuf form, which kubectl uses for a few small kinds. Answers are always JSON.
//!
//! Only the messages clients really send are described; anything else is refused with 415.

use serde_json::{Map, Value, json};

use super::Failure;

const MAGIC: &[u8] = b"k8s\0";

#[derive(Clone, Copy)]
enum Field {
    Text,
    Flag,
    Number,
    Message(&'static [Line]),
    Texts,
    /// A map of text to text.
    Pairs,
}

/// Number in the `.proto`, JSON name, type.
type Line = (u64, &'static str, Field);

const METADATA: &[Line] = &[(1, "name", Field::Text), (2, "generateName", Field::Text), (3, "namespace", Field::Text), (5, "uid", Field::Text),
    (6, "resourceVersion", Field::Text), (11, "labels", Field::Pairs), (12, "annotations", Field::Pairs)];
const RESOURCE: &[Line] = &[(1, "namespace", Field::Text), (2, "verb", Field::Text), (3, "group", Field::Text), (4, "version", Field::Text),
    (5, "resource", Field::Text), (6, "subresource", Field::Text), (7, "name", Field::Text)];
const PATH: &[Line] = &[(1, "path", Field::Text), (2, "verb", Field::Text)];
const ACCESS: &[Line] = &[(1, "resourceAttributes", Field::Message(RESOURCE)), (2, "nonResourceAttributes", Field::Message(PATH)),
    (3, "user", Field::Text), (4, "groups", Field::Texts)];
const ACCESS_REVIEW: &[Line] = &[(1, "metadata", Field::Message(METADATA)), (2, "spec", Field::Message(ACCESS))];
const RULES_REVIEW: &[Line] = &[(1, "metadata", Field::Message(METADATA)), (2, "spec", Field::Message(&[(1, "namespace", Field::Text)]))];
const SELF_REVIEW: &[Line] = &[(1, "metadata", Field::Message(METADATA))];
const PRECONDITIONS: &[Line] = &[(1, "uid", Field::Text), (2, "resourceVersion", Field::Text)];
const DELETE: &[Line] = &[(1, "gracePeriodSeconds", Field::Number), (2, "preconditions", Field::Message(PRECONDITIONS)),
    (3, "orphanDependents", Field::Flag), (4, "propagationPolicy", Field::Text), (5, "dryRun", Field::Texts)];
const EVICTION: &[Line] = &[(1, "metadata", Field::Message(METADATA)), (2, "deleteOptions", Field::Message(DELETE))];
const TOKEN: &[Line] = &[(1, "metadata", Field::Message(METADATA)),
    (2, "spec", Field::Message(&[(1, "audiences", Field::Texts), (4, "expirationSeconds", Field::Number)]))];

fn message(kind: &str) -> Option<&'static [Line]> {
    Some(match kind {
        "SelfSubjectAccessReview" | "SubjectAccessReview" | "LocalSubjectAccessReview" => ACCESS_REVIEW,
        "SelfSubjectRulesReview" => RULES_REVIEW,
        "SelfSubjectReview" => SELF_REVIEW,
        "DeleteOptions" => DELETE,
        "Eviction" => EVICTION,
        "TokenRequest" => TOKEN,
        _ => return None,
    })
}

/// A request body as JSON, whichever form it came in.
pub(super) fn value(body: &[u8]) -> Result<Value, Failure> {
    let Some(envelope) = body.strip_prefix(MAGIC) else {
        return serde_json::from_slice(body)
            .map_err(|error| Failure::bad_request(format!("the object provided is unrecognized: {error}")));
    };
    let broken = || Failure::bad_request("the object provided is unrecognized: broken protobuf");
    let unknown = &[(1, "type", Field::Message(&[(1, "apiVersion", Field::Text), (2, "kind", Field::Text)]))];
    let outer = decode(envelope, unknown).ok_or_else(broken)?;
    let kind = outer["type"]["kind"].as_str().unwrap_or_default();
    let lines = message(kind)
        .ok_or_else(|| Failure::unsupported_media_type(format!("protobuf bodies are not taken for {kind:?}; send application/json")))?;
    let raw = fields(envelope).ok_or_else(broken)?.into_iter().find_map(|(number, wire)| match wire {
        Wire::Bytes(bytes) if number == 2 => Some(bytes),
        _ => None,
    });
    let mut value = decode(raw.unwrap_or_default(), lines).ok_or_else(broken)?;
    value["kind"] = json!(kind);
    value["apiVersion"] = outer["type"]["apiVersion"].clone();
    Ok(value)
}

enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn fields(mut bytes: &[u8]) -> Option<Vec<(u64, Wire<'_>)>> {
    let mut list = Vec::new();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let wire = match tag & 7 {
            0 => Wire::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).ok()?;
                let (part, rest) = bytes.split_at_checked(length)?;
                bytes = rest;
                Wire::Bytes(part)
            }
            _ => return None,
        };
        list.push((tag >> 3, wire));
    }
    Some(list)
}

fn decode(bytes: &[u8], lines: &[Line]) -> Option<Value> {
    let mut object = Map::new();
    for (number, wire) in fields(bytes)? {
        let Some((_, name, field)) = lines.iter().find(|(held, ..)| *held == number) else { continue };
        match (field, wire) {
            (Field::Text, Wire::Bytes(text)) if !text.is_empty() => drop(object.insert((*name).to_owned(), json!(std::str::from_utf8(text).ok()?))),
            (Field::Message(lines), Wire::Bytes(part)) => drop(object.insert((*name).to_owned(), decode(part, lines)?)),
            (Field::Texts, Wire::Bytes(text)) => {
                let list = object.entry(*name).or_insert_with(|| json!([]));
                list.as_array_mut()?.push(json!(std::str::from_utf8(text).ok()?));
            }
            (Field::Pairs, Wire::Bytes(part)) => {
                let pair = decode(part, &[(1, "key", Field::Text), (2, "value", Field::Text)])?;
                object.entry(*name).or_insert_with(|| json!({}))[pair["key"].as_str()?] = json!(pair["value"].as_str().unwrap_or_default());
            }
            (Field::Number, Wire::Number(number)) => drop(object.insert((*name).to_owned(), json!(number.cast_signed()))),
            (Field::Flag, Wire::Number(number)) => drop(object.insert((*name).to_owned(), json!(number != 0))),
            _ => {}
        }
    }
    Some(Value::Object(object))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(bytes.len()).expect("short")];
        out.extend_from_slice(bytes);
        out
    }

    #[test]
    fn an_access_review_is_read() {
        let attributes = [part(1, b"shop"), part(2, b"list"), part(5, b"pods")].concat();
        let review = [part(1, b""), part(2, &part(1, &attributes))].concat();
        let kind = [part(1, b"authorization.k8s.io/v1"), part(2, b"SelfSubjectAccessReview")].concat();
        let body = [MAGIC.to_vec(), part(1, &kind), part(2, &review)].concat();
        let value = value(&body).expect("a review");
        assert_eq!(value["kind"], "SelfSubjectAccessReview");
        assert_eq!(value["spec"]["resourceAttributes"], json!({"namespace": "shop", "verb": "list", "resource": "pods"}));
    }

    #[test]
    fn broken_bytes_are_refused() {
        for body in [&b"k8s\0\xff\xff"[..], b"k8s\0\x0a\x7f", b"{", b""] {
            assert!(value(body).is_err(), "{body:?}");
        }
    }
}
