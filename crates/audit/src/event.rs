//! What somebody is about to do, or has done; every part bounded before it becomes a row.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Verb;

/// Groups kept of an actor; how many there were is kept too.
pub const MAX_GROUPS: usize = 64;
/// Bytes of `extra` in its canonical form; what is larger is cut and says so.
pub const MAX_EXTRA: usize = 8 * 1024;
/// Bytes of a reason.
pub const MAX_REASON: usize = 1024;
/// Bytes of any other text: longer than the longest name in Kubernetes, and than what identity providers give.
pub const MAX_TEXT: usize = 512;
/// Ends a text that was cut.
const CUT: &str = "…";

/// Who acts. Identity is `issuer` and `subject`; everything else tells people and auditors more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditActor {
    /// Who vouches: the identity provider's address, or a name of Periscope's own such as `periscope`.
    pub issuer: String,
    /// The issuer's own name for this person, which never changes hands.
    pub subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The user name that API servers hear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The first 64 groups that API servers hear.
    pub groups: Vec<String>,
    /// How many groups there were.
    pub group_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The session's public id; never what the cookie holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The address that the request came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl AuditActor {
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), subject: subject.into(), ..Self::default() }
    }

    /// Periscope itself, for what nobody asked for.
    pub fn periscope() -> Self {
        Self::new("periscope", "periscope")
    }

    #[must_use]
    pub fn with_groups(mut self, groups: impl IntoIterator<Item = String>) -> Self {
        self.groups = groups.into_iter().collect();
        self.group_count = u32::try_from(self.groups.len()).unwrap_or(u32::MAX);
        self
    }
}

/// What is acted on, in Kubernetes' terms. Empty parts are absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Target {
    pub cluster: String,
    /// Empty for the core group.
    pub group: String,
    pub version: String,
    /// The plural, such as `deployments`.
    pub resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Absent for what concerns a whole kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subresource: Option<String>,
}

/// An act, before it is told whether it succeeded. Never put a secret, a token or terminal input into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub actor: AuditActor,
    /// Also sent to the API server, so that its own audit log can be matched.
    pub request_id: String,
    pub verb: Verb,
    pub target: Option<Target>,
    /// What the person gave as a reason.
    pub reason: Option<String>,
    pub extra: Map<String, Value>,
}

impl Event {
    pub fn new(actor: AuditActor, request_id: impl Into<String>, verb: Verb) -> Self {
        Self { actor, request_id: request_id.into(), verb, target: None, reason: None, extra: Map::new() }
    }

    #[must_use]
    pub fn on(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.extra.insert(key.into(), value.into());
        self
    }

    /// Within the bounds of a row.
    pub(crate) fn bounded(mut self) -> Self {
        self.actor = bounded_actor(self.actor);
        cut(&mut self.request_id, MAX_TEXT);
        if let Some(target) = &mut self.target {
            for part in [&mut target.cluster, &mut target.group, &mut target.version, &mut target.resource] {
                cut(part, MAX_TEXT);
            }
            for part in [&mut target.namespace, &mut target.name, &mut target.subresource] {
                bounded_option(part, MAX_TEXT);
            }
        }
        bounded_option(&mut self.reason, MAX_REASON);
        self.extra = bounded_extra(self.extra);
        self
    }
}

fn bounded_actor(mut actor: AuditActor) -> AuditActor {
    actor.group_count = actor.group_count.max(u32::try_from(actor.groups.len()).unwrap_or(u32::MAX));
    actor.groups.truncate(MAX_GROUPS);
    for text in actor.groups.iter_mut().chain([&mut actor.issuer, &mut actor.subject]) {
        cut(text, MAX_TEXT);
    }
    for part in [&mut actor.email, &mut actor.user, &mut actor.tier, &mut actor.session, &mut actor.address] {
        bounded_option(part, MAX_TEXT);
    }
    actor
}

/// Empty is absent.
fn bounded_option(text: &mut Option<String>, limit: usize) {
    if let Some(inner) = text {
        cut(inner, limit);
    }
    if text.as_deref() == Some("") {
        *text = None;
    }
}

fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        text.truncate(text.floor_char_boundary(limit - CUT.len()));
        text.push_str(CUT);
    }
}

/// As many leading keys as fit, and `cutBytes` with the size of the whole.
pub(crate) fn bounded_extra(extra: Map<String, Value>) -> Map<String, Value> {
    let size = |value: &Value| serde_json::to_vec(value).map_or(0, |bytes| bytes.len());
    let pairs: Vec<(String, Value, usize)> = extra
        .into_iter()
        .map(|(key, value)| {
            let bytes = size(&Value::from(key.as_str())) + size(&value) + 2;
            (key, value, bytes)
        })
        .collect();
    let whole = pairs.iter().map(|(_, _, bytes)| bytes).sum::<usize>() + 1;
    if whole <= MAX_EXTRA {
        return pairs.into_iter().map(|(key, value, _)| (key, value)).collect();
    }
    let mut left = MAX_EXTRA - "{\"cutBytes\":18446744073709551615,}".len();
    let fitting = pairs.into_iter().filter(|(_, _, bytes)| {
        let fits = *bytes <= left;
        left -= if fits { *bytes } else { 0 };
        fits
    });
    let mut kept: Map<String, Value> = fitting.map(|(key, value, _)| (key, value)).collect();
    kept.insert("cutBytes".to_owned(), whole.into());
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groups_are_cut_and_counted() {
        let actor = AuditActor::new("idp", "1").with_groups((0..100).map(|at| format!("g{at}")));
        let event = Event::new(actor, "r", Verb::Scale).bounded();
        assert_eq!((event.actor.groups.len(), event.actor.group_count), (64, 100));
        assert_eq!(event.actor.groups[63], "g63");
    }

    #[test]
    fn a_large_extra_keeps_what_fits_and_says_how_much_there_was() {
        let extra: Map<String, Value> =
            [("a".to_owned(), Value::from(1)), ("b".to_owned(), "x".repeat(9000).into()), ("c".to_owned(), 3.into())]
                .into_iter()
                .collect();
        let kept = bounded_extra(extra);
        assert_eq!(kept.keys().collect::<Vec<_>>(), ["a", "c", "cutBytes"]);
        assert!(kept["cutBytes"].as_u64().is_some_and(|bytes| bytes > 9000));
    }

    #[test]
    fn empty_texts_are_absent() {
        let actor = AuditActor { email: Some(String::new()), ..AuditActor::new("idp", "1") };
        assert_eq!(Event::new(actor, "r", Verb::Scale).bounded().actor.email, None);
    }

    proptest! {
        #[test]
        fn any_text_fits_after_the_cut(text in "\\PC{0,900}", limit in 8usize..600) {
            let mut short = text.clone();
            cut(&mut short, limit);
            prop_assert!(short.len() <= limit);
            prop_assert!(short == text || short.ends_with(CUT) && text.starts_with(short.trim_end_matches(CUT)));
        }

        #[test]
        fn any_extra_fits(values in proptest::collection::btree_map("\\PC{0,40}", "\\PC{0,3000}", 0..12)) {
            let extra: Map<String, Value> = values.into_iter().map(|(key, value)| (key, value.into())).collect();
            let kept = bounded_extra(extra);
            prop_assert!(serde_json::to_vec(&kept).expect("JSON").len() <= MAX_EXTRA);
        }
    }
}
