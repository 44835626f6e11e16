//! One value of a Secret, shown to the human who may read it: on the record, by the name of its key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use periscope_audit::Verb;
use periscope_cluster::{Place, Trace};
use periscope_model::{ObjectRef, Permission, ResourceType};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::act::{Act, Hand};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::{is_sensitive, known};
use crate::objects::{check_place, describe};

/// As long as a Secret may be.
const MAX_VALUE: usize = 1 << 20;
/// As long as a key may be.
const MAX_KEY: usize = 253;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    pub key: String,
}

/// A value as text, where it is text.
#[derive(Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RevealedKey {
    pub key: String,
    pub encoding: ValueEncoding,
    pub value: String,
    /// Of the value itself.
    pub bytes: usize,
}

/// What a log or a test prints of it is never the value.
impl std::fmt::Debug for RevealedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RevealedKey").field("key", &self.key).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ValueEncoding {
    Utf8,
    Base64,
}

impl App {
    pub async fn reveal(
        self: &std::sync::Arc<Self>,
        context: &Context,
        place: &ObjectRef,
        asked: RevealRequest,
    ) -> Result<RevealedKey, Error> {
        check_place(place)?;
        if !is_sensitive(&place.kind) || place.namespace.is_none() {
            return Err(Error::invalid("kind_invalid", "only Secrets have values to reveal"));
        }
        let key = asked.key;
        if key.is_empty() || key.len() > MAX_KEY || key.chars().any(char::is_control) {
            return Err(Error::invalid("key_invalid", "name one key of the Secret"));
        }
        let cluster = self.clusters.get(&place.cluster)?.clone();
        let secrets = cluster.resource_type(&known("secrets")).await?;
        let target = periscope_audit::Target {
            namespace: place.namespace.clone(),
            name: Some(place.name.clone()),
            ..Act::target(&cluster, &place.kind, &secrets.version)
        };
        let needed = Permission {
            name: Some(place.name.clone()),
            ..Permission::on("get", &place.kind, place.namespace.as_deref())
        };
        let act = Act::new(&cluster, Verb::SecretReveal, target, &Trace::new(context.request_id.clone()))
            .needing([needed])
            .with("key", key.as_str());
        let (place, error) = (place.clone(), cluster.clone());
        let acted = self.act(context, act, move |hand| async move {
            let secret = read(&hand, &secrets, &place).await;
            revealed(&secret.map_err(|failure| error.error(&failure, || describe(&place)))?, key, &place)
        });
        let acted = acted.await?;
        match (acted.result, acted.unrecorded) {
            // What is shown must be known to have been shown.
            (Ok(_), Some(reason)) => Err(Error::NotRecorded { reason }),
            (result, _) => result,
        }
    }
}

async fn read(hand: &Hand, secrets: &ResourceType, place: &ObjectRef) -> Result<Value, periscope_cluster::Error> {
    let place =
        Place { resource: secrets, namespace: place.namespace.as_deref(), name: Some(&place.name), subresource: None };
    let bytes = hand.connection.read(&hand.identity, &place).await?;
    // serde's own message could quote what it read.
    serde_json::from_slice(&bytes)
        .map_err(|_| periscope_cluster::Error::Garbage { what: "the Secret is not JSON".to_owned() })
}

fn revealed(secret: &Value, key: String, place: &ObjectRef) -> Result<RevealedKey, Error> {
    let encoded = secret["data"][key.as_str()].as_str();
    let encoded = encoded.ok_or_else(|| Error::NotFound { what: format!("the key {key:?} of {}", describe(place)) })?;
    let upstream = |message: String| Error::Upstream { cluster: place.cluster.clone(), message, status: None };
    let bytes = STANDARD.decode(encoded).map_err(|_| upstream(format!("the value of {key:?} is not base64")))?;
    if bytes.len() > MAX_VALUE {
        return Err(upstream(format!("the value of {key:?} has {} bytes, more than are shown", bytes.len())));
    }
    let length = bytes.len();
    let (encoding, value) = match String::from_utf8(bytes) {
        Ok(text) if !text.chars().any(is_unprintable) => (ValueEncoding::Utf8, text),
        _ => (ValueEncoding::Base64, encoded.to_owned()),
    };
    Ok(RevealedKey { key, encoding, value, bytes: length })
}

/// What no text has: a page would show it as nothing.
fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn place() -> ObjectRef {
        ObjectRef {
            cluster: "a".parse().expect("an id"),
            kind: "secrets".parse().expect("a kind"),
            namespace: Some("shop".to_owned()),
            name: "db".to_owned(),
        }
    }

    #[test]
    fn a_value_is_text_where_it_is_text() {
        let secret =
            json!({"data": {"text": "Y2FuYXJ5Cg==", "bytes": "/wA=", "zero": "YQBi", "empty": "", "odd": "?"}});
        let told = |key: &str| revealed(&secret, key.to_owned(), &place());
        let text = told("text").expect("a value");
        assert_eq!((text.encoding, text.value.as_str(), text.bytes), (ValueEncoding::Utf8, "canary\n", 7));
        assert!(!format!("{text:?}").contains("canary"));
        let bytes = told("bytes").expect("a value");
        assert_eq!((bytes.encoding, bytes.value.as_str(), bytes.bytes), (ValueEncoding::Base64, "/wA=", 2));
        assert_eq!(told("zero").expect("a value").encoding, ValueEncoding::Base64);
        assert_eq!(told("empty").expect("a value").bytes, 0);
        assert_eq!(told("none").expect_err("no such key").code(), "not_found");
        let wrong = told("odd").expect_err("not base64").to_string();
        assert!(wrong.contains("is not base64"), "{wrong}");
    }
}
