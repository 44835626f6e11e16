//! The canonical bytes of a row: a JSON array in a fixed order (docs/audit-format.md). What was written is what is hashed;
//! nothing is ever encoded a second time.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{AuditActor, Event, Outcome, Row, Sequence, Stage, Target};

/// The first element of every row.
const FORMAT: u32 = 1;
/// A row larger than this is no row. The bounds of [`Event`] keep every written one below it.
pub(crate) const MAX_BODY: usize = 512 * 1024;

/// What the writer adds to an event.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) chain: &'a str,
    pub(crate) number: u64,
    pub(crate) time: Timestamp,
    pub(crate) stage: Stage,
    pub(crate) intent: Option<u64>,
    pub(crate) outcome: Option<Outcome>,
}

type ActorParts<'a> = (
    Cow<'a, str>,
    Cow<'a, str>,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
    Vec<Cow<'a, str>>,
    u32,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
);
type TargetParts<'a> = (
    Cow<'a, str>,
    Cow<'a, str>,
    Cow<'a, str>,
    Cow<'a, str>,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
);
type Parts<'a> = (
    u32,
    Cow<'a, str>,
    u64,
    i64,
    Cow<'a, str>,
    Option<u64>,
    Cow<'a, str>,
    ActorParts<'a>,
    Cow<'a, str>,
    Option<TargetParts<'a>>,
    Option<Cow<'a, str>>,
    Option<Cow<'a, str>>,
    Cow<'a, Map<String, Value>>,
);

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn option(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

pub(crate) fn encode(head: Head<'_>, event: &Event) -> Vec<u8> {
    let actor = &event.actor;
    let parts: Parts<'_> = (
        FORMAT,
        text(head.chain),
        head.number,
        head.time.as_millisecond(),
        text(head.stage.name()),
        head.intent,
        text(&event.request_id),
        (
            text(&actor.issuer),
            text(&actor.subject),
            option(actor.email.as_ref()),
            option(actor.user.as_ref()),
            actor.groups.iter().map(|group| text(group)).collect(),
            actor.group_count,
            option(actor.tier.as_ref()),
            option(actor.session.as_ref()),
            option(actor.address.as_ref()),
        ),
        text(event.verb.name()),
        event.target.as_ref().map(|target| {
            (
                text(&target.cluster),
                text(&target.group),
                text(&target.version),
                text(&target.resource),
                option(target.namespace.as_ref()),
                option(target.name.as_ref()),
                option(target.subresource.as_ref()),
            )
        }),
        head.outcome.map(|outcome| text(outcome.name())),
        option(event.reason.as_ref()),
        Cow::Owned(sorted(&event.extra)),
    );
    // Texts, numbers and maps with text keys always encode.
    serde_json::to_vec(&parts).unwrap_or_default()
}

/// Keys in the order of their bytes, at every depth, whatever the map's own order is.
fn sorted(map: &Map<String, Value>) -> Map<String, Value> {
    let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
    pairs.sort_by_key(|(key, _)| *key);
    pairs.into_iter().map(|(key, value)| (key.clone(), sorted_value(value))).collect()
}

fn sorted_value(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(sorted(map)),
        Value::Array(values) => values.iter().map(sorted_value).collect(),
        other => other.clone(),
    }
}

/// Why bytes are no row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is no row of format {FORMAT}: {0}")]
pub struct Malformed(String);

fn malformed(why: impl std::fmt::Display) -> Malformed {
    Malformed(why.to_string())
}

pub(crate) fn decode(body: &[u8]) -> Result<Row, Malformed> {
    if body.len() > MAX_BODY {
        return Err(malformed(format_args!("{} bytes", body.len())));
    }
    let parts: Parts<'_> = serde_json::from_slice(body).map_err(malformed)?;
    let (format, chain, number, time, stage, intent, request_id, actor, verb, target, outcome, reason, extra) = parts;
    if format != FORMAT {
        return Err(malformed(format_args!("its format is {format}")));
    }
    let stage = Stage::parse(&stage).ok_or_else(|| malformed(format_args!("stage {stage:?}")))?;
    let outcome = match outcome {
        Some(name) => Some(Outcome::parse(&name).ok_or_else(|| malformed(format_args!("outcome {name:?}")))?),
        None => None,
    };
    Ok(Row {
        sequence: Sequence { chain: chain.into_owned(), number },
        time: Timestamp::from_millisecond(time).map_err(malformed)?,
        stage,
        intent,
        request_id: request_id.into_owned(),
        actor: decode_actor(actor),
        verb: verb.into_owned(),
        target: target.map(decode_target),
        outcome,
        reason: reason.map(Cow::into_owned),
        extra: extra.into_owned(),
    })
}

fn decode_actor(parts: ActorParts<'_>) -> AuditActor {
    let (issuer, subject, email, user, groups, group_count, tier, session, address) = parts;
    AuditActor {
        issuer: issuer.into_owned(),
        subject: subject.into_owned(),
        email: email.map(Cow::into_owned),
        user: user.map(Cow::into_owned),
        groups: groups.into_iter().map(Cow::into_owned).collect(),
        group_count,
        tier: tier.map(Cow::into_owned),
        session: session.map(Cow::into_owned),
        address: address.map(Cow::into_owned),
    }
}

fn decode_target(parts: TargetParts<'_>) -> Target {
    let (cluster, group, version, resource, namespace, name, subresource) = parts;
    Target {
        cluster: cluster.into_owned(),
        group: group.into_owned(),
        version: version.into_owned(),
        resource: resource.into_owned(),
        namespace: namespace.map(Cow::into_owned),
        name: name.map(Cow::into_owned),
        subresource: subresource.map(Cow::into_owned),
    }
}

/// What a verification needs of a row, without decoding all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) stage: Stage,
    pub(crate) intent: Option<u64>,
}

/// The head of a row that claims to be `number` of the chain whose rows start with `prefix` (see [`prefix`]).
pub(crate) fn glance(body: &[u8], prefix: &[u8], number: u64) -> Option<Glance> {
    let rest = body.strip_prefix(prefix)?;
    let (got, rest) = digits(rest)?;
    let rest = rest.strip_prefix(b",")?;
    let (_time, rest) = digits(rest.strip_prefix(b"-").unwrap_or(rest))?;
    let rest = rest.strip_prefix(b",\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let stage = Stage::parse(std::str::from_utf8(&rest[..end]).ok()?)?;
    let rest = rest[end + 1..].strip_prefix(b",")?;
    let intent = if rest.starts_with(b"null") { None } else { Some(digits(rest)?.0) };
    (got == number && body.ends_with(b"]")).then_some(Glance { stage, intent })
}

/// What every row of a chain starts with.
pub(crate) fn prefix(chain: &str) -> Vec<u8> {
    format!("[{FORMAT},\"{chain}\",").into_bytes()
}

fn digits(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let text = std::str::from_utf8(&bytes[..end]).ok()?;
    Some((text.parse().ok()?, &bytes[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Verb;

    fn head(stage: Stage, intent: Option<u64>) -> Head<'static> {
        let time = Timestamp::from_millisecond(1_764_164_308_123).expect("a time");
        let outcome = (stage != Stage::Intent).then_some(Outcome::Denied);
        Head { chain: "periscope.01", number: 7, time, stage, intent, outcome }
    }

    #[test]
    fn the_bytes_are_those_of_the_document() {
        let actor = AuditActor {
            email: Some("alice@example.com".into()),
            user: Some("alice".into()),
            tier: Some("operator".into()),
            ..AuditActor::new("https://idp.example.com", "00u1").with_groups(["dev".to_owned(), "ops".to_owned()])
        };
        let target = Target {
            cluster: "prod-eu".into(),
            group: "apps".into(),
            version: "v1".into(),
            resource: "deployments".into(),
            namespace: Some("shop".into()),
            name: Some("cart \"é\"\n".into()),
            subresource: Some("scale".into()),
        };
        let event =
            Event::new(actor, "req-1", Verb::Scale).on(target).with("to", 3).with("from", json!({"b": 1, "a": 2}));
        let expected = "[1,\"periscope.01\",7,1764164308123,\"intent\",null,\"req-1\",\
            [\"https://idp.example.com\",\"00u1\",\"alice@example.com\",\"alice\",[\"dev\",\"ops\"],2,\"operator\",null,null],\
            \"scale\",[\"prod-eu\",\"apps\",\"v1\",\"deployments\",\"shop\",\"cart \\\"é\\\"\\n\",\"scale\"],null,null,\
            {\"from\":{\"a\":2,\"b\":1},\"to\":3}]";
        assert_eq!(String::from_utf8(encode(head(Stage::Intent, None), &event)).expect("text"), expected);
    }

    #[test]
    fn what_is_no_row_is_refused() {
        for bytes in [
            &b""[..],
            b"{}",
            b"[1]",
            b"[2,\"a\",0,0,\"intent\",null,\"\",[\"\",\"\",null,null,[],0,null,null,null],\"scale\",null,null,null,{}]",
        ] {
            assert!(decode(bytes).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            texts in proptest::collection::vec("\\PC{0,60}", 12),
            groups in proptest::collection::vec("\\PC{0,30}", 0..5),
            intent in proptest::option::of(any::<u64>()),
        ) {
            let some = |at: usize| Some(texts[at].clone());
            let actor = AuditActor {
                email: some(0), user: some(1), tier: some(2), session: some(3), address: some(4),
                ..AuditActor::new(texts[5].clone(), texts[6].clone()).with_groups(groups)
            };
            let target = Target { cluster: texts[7].clone(), namespace: some(8), name: some(9), ..Target::default() };
            let event = Event::new(actor, texts[10].clone(), Verb::Drain).on(target).because(texts[11].clone()).with("key", texts[0].clone());
            let stage = if intent.is_some() { Stage::Outcome } else { Stage::Single };
            let bytes = encode(head(stage, intent), &event);
            let row = decode(&bytes).expect("a row");
            prop_assert_eq!(&row.actor, &event.actor);
            prop_assert_eq!(&row.target, &event.target);
            prop_assert_eq!(&row.request_id, &event.request_id);
            prop_assert_eq!((&row.reason, &row.extra, row.intent, row.stage), (&event.reason, &event.extra, intent, stage));
            prop_assert_eq!(glance(&bytes, &prefix("periscope.01"), 7), Some(Glance { stage, intent }));
            prop_assert_eq!(glance(&bytes, &prefix("periscope.01"), 8), None);
            prop_assert_eq!(glance(&bytes, &prefix("periscope.02"), 7), None);
        }

        #[test]
        fn bytes_from_anywhere_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
            let mut body = prefix("a");
            body.extend(bytes);
            let _ = glance(&body, &prefix("a"), 1);
        }
    }
}
