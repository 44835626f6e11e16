//! Request bodies in Kubernetes' protobuf form, which kubectl uses for a few small kinds. Answers are always JSON.
//!
//! Only the messages clients really send are described; anything else is refused with 415.

mod messages;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Failure;

const MAGIC: &[u8] = b"k8s\0";

#[derive(Clone, Copy)]
enum Field {
    Text,
    Flag,
    Number,
    Message(&'static [Line]),
    Messages(&'static [Line]),
    Texts,
    /// A map of text to text.
    Pairs,
    /// A map of text to bytes, which JSON carries as base64.
    Blobs,
    /// A number or a text, as a message that says which.
    Either,
    /// A map of text to quantities, each a message around its text.
    Quantities,
}

/// Number in the `.proto`, JSON name, type.
type Line = (u64, &'static str, Field);

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
    let lines = messages::message(kind).ok_or_else(|| {
        Failure::unsupported_media_type(format!("protobuf bodies are not taken for {kind:?}; send application/json"))
    })?;
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
        if let Some((_, name, field)) = lines.iter().find(|(held, ..)| *held == number) {
            take(&mut object, name, *field, &wire)?;
        }
    }
    Some(Value::Object(object))
}

fn text(bytes: &[u8]) -> Option<Value> {
    Some(json!(std::str::from_utf8(bytes).ok()?))
}

/// Adds one field to the object; a wire type that does not fit is passed over, as protobuf does with unknown ones.
fn take(object: &mut Map<String, Value>, name: &str, field: Field, wire: &Wire<'_>) -> Option<()> {
    match (field, wire) {
        (Field::Text, Wire::Bytes(bytes)) if !bytes.is_empty() => drop(object.insert(name.to_owned(), text(bytes)?)),
        (Field::Message(lines), Wire::Bytes(part)) => drop(object.insert(name.to_owned(), decode(part, lines)?)),
        (Field::Either, Wire::Bytes(part)) => {
            let either =
                decode(part, &[(1, "text", Field::Flag), (2, "number", Field::Number), (3, "value", Field::Text)])?;
            let value = if either["text"] == true {
                either["value"].clone()
            } else {
                json!(either["number"].as_i64().unwrap_or(0))
            };
            object.insert(name.to_owned(), value);
        }
        (Field::Texts, Wire::Bytes(bytes)) => list(object, name)?.push(text(bytes)?),
        (Field::Messages(lines), Wire::Bytes(part)) => list(object, name)?.push(decode(part, lines)?),
        (Field::Pairs | Field::Blobs | Field::Quantities, Wire::Bytes(part)) => {
            let (key, value) = pair(part, field)?;
            object.entry(name).or_insert_with(|| json!({}))[key.as_str()] = value;
        }
        // Go writes the zero of a port nobody chose
        (Field::Number, Wire::Number(0)) if matches!(name, "nodePort" | "hostPort") => {}
        (Field::Number, Wire::Number(number)) => drop(object.insert(name.to_owned(), json!(number.cast_signed()))),
        (Field::Flag, Wire::Number(number)) => drop(object.insert(name.to_owned(), json!(*number != 0))),
        _ => {}
    }
    Some(())
}

fn list<'a>(object: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Vec<Value>> {
    object.entry(name).or_insert_with(|| json!([])).as_array_mut()
}

fn pair(bytes: &[u8], field: Field) -> Option<(String, Value)> {
    let (mut key, mut value) = (String::new(), &b""[..]);
    for (number, wire) in fields(bytes)? {
        match (number, wire) {
            (1, Wire::Bytes(part)) => std::str::from_utf8(part).ok()?.clone_into(&mut key),
            (2, Wire::Bytes(part)) => value = part,
            _ => {}
        }
    }
    let value = match field {
        Field::Blobs => json!(STANDARD.encode(value)),
        Field::Quantities => decode(value, &[(1, "string", Field::Text)])?["string"].clone(),
        _ => text(value)?,
    };
    Some((key, value))
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
        assert_eq!(
            value["spec"]["resourceAttributes"],
            json!({"namespace": "shop", "verb": "list", "resource": "pods"})
        );
    }

    #[test]
    fn broken_bytes_are_refused() {
        for body in [&b"k8s\0\xff\xff"[..], b"k8s\0\x0a\x7f", b"{", b""] {
            assert!(value(body).is_err(), "{body:?}");
        }
    }
}
