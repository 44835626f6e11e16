//! Everything that can go wrong between us and an API server, told apart as far as callers treat it differently.

pub(crate) mod answer;
pub(crate) mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use periscope_model::{Permission, Phase, State};
use serde_json::Value;

/// How a request to an API server failed. Cheap to clone, because it is kept as the state of what is live.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// 403: the API server (or its authoriser) said no to this identity.
    #[error("refused: {message}")]
    Refused { permission: Box<Permission>, message: String },
    /// 401: the credentials of the connection itself were not accepted.
    #[error("the API server does not accept our credentials: {message}")]
    Unauthorized { message: String },
    #[error("not found: {message}")]
    NotFound { message: String },
    /// 410: the resource version or continue token is too old; list again.
    #[error("too old a resource version: {message}")]
    Gone { message: String },
    /// 429: the API server asks to come back later, or a disruption budget says not now.
    #[error("the API server is busy, asks to wait {} s: {message}", .retry_after.as_secs())]
    Busy { retry_after: Duration, message: String, kubernetes: Option<Arc<Value>> },
    /// No usable connection, or it broke.
    #[error("{reason}")]
    Unreachable { reason: String },
    #[error("{what} took longer than {} s", .after.as_secs_f32())]
    Timeout { what: String, after: Duration },
    /// An answer that is not what the protocol says.
    #[error("the API server answered garbage: {what}")]
    Garbage { what: String },
    #[error("too large: {what}")]
    TooLarge { what: String },
    /// The request could not be built from what it was asked for; nothing was sent.
    #[error("not sent: {what}")]
    Invalid { what: String },
    /// A change was sent and no usable answer came: whether it happened is not known, and it is not sent again.
    #[error("{what} was sent, and whether it happened is not known: {reason}")]
    Lost { what: String, reason: String },
    /// Any other refusal, with the `Status` object where there was one.
    #[error("the API server answered {status}: {message}")]
    Server { status: u16, message: String, kubernetes: Option<Arc<Value>> },
}

impl Error {
    /// Whether the same request may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Unreachable { .. } | Self::Timeout { .. } | Self::Garbage { .. } => true,
            Self::Server { status, .. } => *status >= 500,
            Self::Refused { .. }
            | Self::Unauthorized { .. }
            | Self::NotFound { .. }
            | Self::Gone { .. }
            | Self::TooLarge { .. }
            | Self::Lost { .. }
            | Self::Invalid { .. } => false,
        }
    }

    /// How long the API server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => Some(*retry_after),
            _ => None,
        }
    }

    /// The permission that would help.
    pub fn needs(&self) -> Option<&Permission> {
        match self {
            Self::Refused { permission, .. } => Some(permission),
            _ => None,
        }
    }

    /// The API server's own `Status`, where it sent one that is more than its message.
    pub fn kubernetes(&self) -> Option<&Value> {
        match self {
            Self::Busy { kubernetes, .. } | Self::Server { kubernetes, .. } => kubernetes.as_deref(),
            _ => None,
        }
    }

    /// The state this failure leaves a live read in.
    pub fn state(&self, since: Timestamp) -> State {
        match self {
            Self::Refused { permission, .. } => {
                State::new(Phase::Refused, since).because(self.to_string()).needing((**permission).clone())
            }
            _ => State::new(Phase::Unreachable, since).because(self.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
