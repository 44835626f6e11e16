//! Whether a role's trust policy admits those who are bound to it.

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Admits {
    Yes,
    No,
    /// Only if something holds that is not known here.
    Conditional,
    /// The trust policy or something that it needs could not be read.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustAnswer {
    pub admits: Admits,
    pub words: String,
}

impl TrustAnswer {
    pub(crate) fn new(admits: Admits, words: impl Into<String>) -> Self {
        Self { admits, words: words.into() }
    }
}
