//! What every object has.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::Deserialize;

use super::parse::Identity;
use crate::intern::{Pools, Sym};
use crate::json::{List, Pairs, Text};
use crate::labels::Labels;
use crate::time;

/// An object's metadata. Times are epoch seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    pub uid: u128,
    /// Empty for cluster-scoped objects.
    pub namespace: Sym,
    pub name: Box<str>,
    pub labels: Labels,
    pub created: Option<i64>,
    /// When the grace period of its deletion ends.
    pub deleting: Option<i64>,
    pub owners: Arc<[Owner]>,
    /// To tell one state of an object from another, nothing else.
    pub resource_version: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    pub uid: u128,
    /// The API group, without version.
    pub group: Sym,
    /// `ReplicaSet`.
    pub kind: Sym,
    pub name: Sym,
    pub controller: bool,
}

impl Meta {
    /// The owner that manages the object, or else the first.
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.controller).or_else(|| self.owners.first())
    }
}

/// A uid as it is written; uids that are not UUIDs appear as the UUID they are kept as.
pub fn uid_text(uid: u128) -> String {
    let hex = format!("{uid:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A uid as it is kept: a UUID's bits, or a digest of anything else.
pub fn uid_number(text: &str) -> u128 {
    let mut number = 0_u128;
    let mut digits = 0;
    for byte in text.bytes() {
        match (byte as char).to_digit(16) {
            Some(digit) if digits < 32 => {
                number = number << 4 | u128::from(digit);
                digits += 1;
            }
            None if byte == b'-' => {}
            _ => return digest(text),
        }
    }
    if digits == 32 { number } else { digest(text) }
}

fn digest(text: &str) -> u128 {
    if text.is_empty() {
        return 0;
    }
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RawMeta<'a> {
    #[serde(borrow)]
    pub(crate) name: Text<'a>,
    #[serde(borrow)]
    pub(crate) namespace: Text<'a>,
    #[serde(borrow)]
    uid: Text<'a>,
    #[serde(borrow)]
    pub(crate) resource_version: Text<'a>,
    #[serde(borrow)]
    creation_timestamp: Text<'a>,
    #[serde(borrow)]
    deletion_timestamp: Text<'a>,
    #[serde(borrow)]
    labels: Pairs<'a>,
    #[serde(borrow)]
    owner_references: List<RawOwner<'a>>,
    #[serde(borrow)]
    pub(crate) annotations: Option<RawAnnotations<'a>>,
    pub(crate) generation: u64,
    #[serde(borrow)]
    managed_fields: List<RawWrite<'a>>,
}

/// Who wrote when; the fields themselves are skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawWrite<'a> {
    #[serde(borrow)]
    time: Text<'a>,
    #[serde(borrow)]
    subresource: Text<'a>,
}

/// The only annotations that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawAnnotations<'a> {
    #[serde(borrow, rename = "eks.amazonaws.com/role-arn")]
    pub(crate) role_arn: Text<'a>,
    #[serde(borrow, rename = "eks.amazonaws.com/audience")]
    pub(crate) audience: Text<'a>,
    #[serde(borrow, rename = "deployment.kubernetes.io/revision")]
    pub(crate) revision: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawOwner<'a> {
    #[serde(borrow)]
    uid: Text<'a>,
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    controller: Option<bool>,
}

impl RawMeta<'_> {
    pub(crate) fn identity(&self) -> Identity {
        let text = |text: &Text<'_>| Box::from(&**text);
        Identity { namespace: text(&self.namespace), name: text(&self.name), version: text(&self.resource_version) }
    }

    /// When anything but the status was last written, as far as managedFields tell.
    pub(crate) fn spec_written(&self) -> Option<i64> {
        let writes = self.managed_fields.iter().filter(|write| write.subresource.is_empty());
        writes.filter_map(|write| time::epoch(&write.time)).max()
    }

    pub(crate) fn slim(&self, pools: &mut Pools) -> Meta {
        let owners = self.owner_references.iter().map(|owner| owner.slim(pools)).collect();
        Meta {
            uid: uid_number(&self.uid),
            namespace: pools.sym(&self.namespace),
            name: Box::from(&*self.name),
            labels: pools.labels(self.labels.iter()),
            created: time::epoch(&self.creation_timestamp),
            deleting: time::epoch(&self.deletion_timestamp),
            owners: pools.owners(owners),
            resource_version: version_number(&self.resource_version),
        }
    }
}

impl RawOwner<'_> {
    fn slim(&self, pools: &mut Pools) -> Owner {
        let group = self.api_version.split_once('/').map_or("", |(group, _)| group);
        Owner {
            uid: uid_number(&self.uid),
            group: pools.sym(group),
            kind: pools.sym(&self.kind),
            name: pools.sym(&self.name),
            controller: self.controller.unwrap_or(false),
        }
    }
}

/// Opaque: only compared for equality.
fn version_number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_round_trip() {
        let uid = "7c1f0a52-9f3e-4b6e-8d5a-1234567890ab";
        assert_eq!(uid_text(uid_number(uid)), uid);
        assert_ne!(uid_number("odd uid"), uid_number("other uid"));
        assert_eq!(uid_number(&format!("{uid}00")), uid_number(&format!("{uid}00")));
        assert_ne!(uid_number(&format!("{uid}00")), uid_number(uid));
    }
}
