//! Names of clusters, kinds and objects, checked where they enter.
//!
//! Everything here is safe to put into a URL path segment: that is what the checks are for.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest name of anything in Kubernetes (RFC 1123 subdomain).
const MAX_NAME: usize = 253;
/// Longest cluster id; it is a slug shown in URLs and in the rail.
const MAX_CLUSTER: usize = 63;

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    what: &'static str,
    got: String,
    rule: &'static str,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.got.chars().take(80).collect();
        write!(f, "{} {shown:?} is not valid: {}", self.what, self.rule)
    }
}

impl std::error::Error for IdError {}

/// A cluster's id in this Periscope: a slug from the configuration, such as `prod-eu`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterId(Arc<str>);

impl ClusterId {
    /// Accepts lower-case letters, digits, `-`, `_` and `.`, starting with a letter or digit, at most 63.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let ok = text.len() <= MAX_CLUSTER
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b));
        if ok {
            Ok(Self(text.into()))
        } else {
            Err(IdError {
                what: "cluster id",
                got: text.to_owned(),
                rule: "use 1 to 63 lower-case letters, digits, '-', '_' or '.', starting with a letter or digit",
            })
        }
    }

    /// Makes an id of any text, such as a kubeconfig context's name: what is not allowed becomes `-`.
    pub fn slug(text: &str) -> Self {
        let slug: String = text
            .chars()
            .map(|c| c.to_ascii_lowercase())
            .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c) { c } else { '-' })
            .collect();
        let slug: String = slug.trim_matches(['-', '_', '.']).chars().take(MAX_CLUSTER).collect();
        Self(if slug.is_empty() { "cluster".into() } else { slug.into() })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A kind as kubectl names it: `pods`, `deployments.apps`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId {
    resource: Arc<str>,
    group: Arc<str>,
}

impl KindId {
    /// `group` is empty for the core group.
    pub fn new(group: &str, resource: &str) -> Result<Self, IdError> {
        if is_label(resource) && (group.is_empty() || is_subdomain(group)) {
            Ok(Self { resource: resource.into(), group: group.into() })
        } else {
            Err(IdError {
                what: "kind",
                got: format!("{resource}.{group}"),
                rule: "use resource or resource.group as kubectl does, such as pods or deployments.apps",
            })
        }
    }

    pub fn group(&self) -> &str {
        &self.group
    }

    pub fn resource(&self) -> &str {
        &self.resource
    }
}

impl FromStr for KindId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        if text.ends_with('.') {
            return Err(IdError { what: "kind", got: text.to_owned(), rule: "the group after '.' is missing" });
        }
        Self::new(group, resource)
    }
}

impl fmt::Display for KindId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        Ok(())
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClusterId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::new(text)
    }
}

macro_rules! text_like {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
text_like!(ClusterId);
text_like!(KindId);

/// One object somewhere in the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    #[schema(value_type = String)]
    pub kind: KindId,
    /// Absent for cluster-scoped kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
}

fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_subdomain(text: &str) -> bool {
    text.len() <= MAX_NAME && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_round_trip_in_kubectl_grammar() {
        for text in ["pods", "deployments.apps", "nodepools.karpenter.sh", "ingresses.networking.k8s.io"] {
            assert_eq!(text.parse::<KindId>().map(|k| k.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_could_leave_its_path_segment_is_refused() {
        for text in ["", "..", "pods/..", "pods.", "Pods", "pods.a..b", "pods%2f", "a b", "pods.apps/v1"] {
            assert!(text.parse::<KindId>().is_err(), "{text:?}");
        }
        for text in ["", "../x", "-a", "A", "a/b", "a%2fb"] {
            assert!(ClusterId::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn context_names_become_slugs() {
        let arn = "arn:aws:eks:eu-west-1:111122223333:cluster/Prod";
        assert_eq!(ClusterId::slug(arn).as_str(), "arn-aws-eks-eu-west-1-111122223333-cluster-prod");
        assert_eq!(ClusterId::slug("///").as_str(), "cluster");
    }
}
