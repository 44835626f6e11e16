//! The state of a connection or of a live read, with its reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Permission;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Nobody looks at it, so nothing is watched.
    Idle,
    Connecting,
    Live,
    /// There is data, but it has not been confirmed since `since`.
    Stale,
    /// The API server refused; `needs` names the permission.
    Refused,
    Unreachable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct State {
    pub phase: Phase,
    #[schema(value_type = String)]
    pub since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Permission>,
}

impl State {
    pub fn new(phase: Phase, since: Timestamp) -> Self {
        Self { phase, since, reason: None, needs: Vec::new() }
    }

    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    #[must_use]
    pub fn needing(mut self, permission: Permission) -> Self {
        self.needs.push(permission);
        self
    }
}
