//! A row as it is read back.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{AuditActor, Target};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Success,
    Failure,
    /// Refused, by Periscope or by the API server.
    Denied,
    /// Nobody can tell: the process ended, or the record could not be written, between the act and its outcome.
    Unknown,
}

impl Outcome {
    pub const ALL: &[Self] = &[Self::Success, Self::Failure, Self::Denied, Self::Unknown];

    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.name() == name)
    }
}

/// What a row says of its act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It is about to be done.
    Intent,
    /// How an intent ended.
    Outcome,
    /// Complete when told: a sign-in, a refusal.
    Single,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Outcome => "outcome",
            Self::Single => "single",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Intent, Self::Outcome, Self::Single].into_iter().find(|stage| stage.name() == name)
    }
}

/// Where a row stands: one chain per replica, numbered from 0 without holes. As text `chain:number`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sequence {
    /// The chain's id.
    pub chain: String,
    pub number: u64,
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.chain, self.number)
    }
}

/// A text that is no `chain:number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no place in the record: write chain:number")]
pub struct NoSequence(String);

impl FromStr for Sequence {
    type Err = NoSequence;

    fn from_str(text: &str) -> Result<Self, NoSequence> {
        let wrong = || NoSequence(text.chars().take(100).collect());
        let (chain, number) = text.rsplit_once(':').ok_or_else(wrong)?;
        if !is_chain(chain) {
            return Err(wrong());
        }
        Ok(Self { chain: chain.to_owned(), number: number.parse().map_err(|_| wrong())? })
    }
}

/// A chain's id: letters, digits, `.` and `-`, at most 96.
pub(crate) fn is_chain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 96
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
}

/// One row of the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    #[serde(flatten)]
    pub sequence: Sequence,
    /// By Periscope's clock, in milliseconds.
    #[schema(value_type = String)]
    pub time: Timestamp,
    pub stage: Stage,
    /// The number of the intent that this outcome belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<u64>,
    pub request_id: String,
    pub actor: AuditActor,
    /// A verb's name; one that this version does not know is shown all the same.
    pub verb: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Absent while it is an intent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Of an intent what the person gave, of an outcome why it ended so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub extra: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_text_and_back() {
        let place = Sequence { chain: "periscope-0.a1b2".into(), number: 42 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", "a", "a:", ":1", "a b:1", "a:-1", "a:x", "a'--:1"] {
            assert!(text.parse::<Sequence>().is_err(), "{text:?}");
        }
    }
}
