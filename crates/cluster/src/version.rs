//! `/version`.

use serde::Deserialize;

/// What an API server says it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerVersion {
    #[serde(default)]
    pub major: String,
    /// Some distributions add a suffix, such as `31+`.
    #[serde(default)]
    pub minor: String,
    /// `v1.36.1`, `v1.33.4-eks-a1b2c3`.
    pub git_version: String,
    #[serde(default)]
    pub platform: String,
}
