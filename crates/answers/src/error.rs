//! What a use case can answer instead of an answer.

use periscope_model::{ClusterId, KindId, Permission};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no cluster {0}")]
    UnknownCluster(String),
    #[error("cluster {cluster} serves no kind {kind}")]
    UnknownKind { cluster: ClusterId, kind: KindId },
    #[error("{what} does not exist")]
    NotFound { what: String },
    /// There is the object, but nothing that it may do in AWS is known.
    #[error("there is no policy of {of}: {why}")]
    NoPolicy { of: String, why: String },
    /// The API server refused the caller; `needs` is what would let them in.
    #[error("{message}")]
    Refused { message: String, needs: Vec<Permission> },
    /// The person is nobody to this cluster; membership in any of `groups` would let them in.
    #[error("cluster {cluster} does not admit you: {reason}")]
    NotAdmitted { cluster: ClusterId, reason: String, groups: Vec<String> },
    /// The caller's input is wrong; `at` is the place in it, in characters, where one can be given.
    #[error("{message}")]
    Invalid { code: &'static str, message: String, at: Option<(usize, usize)> },
    /// The object is not what it was taken for, or something else stands against it now.
    #[error("{message}")]
    Conflict { code: &'static str, message: String, status: Option<serde_json::Value> },
    /// A change was sent and no answer came.
    #[error("cluster {cluster}: {message}")]
    Lost { cluster: ClusterId, message: String },
    /// It could not be recorded beforehand, and so was not done.
    #[error("this is not done, because it cannot be recorded: {reason}")]
    NotRecorded { reason: String },
    #[error("cluster {cluster} does not answer: {reason}")]
    Unreachable { cluster: ClusterId, reason: String },
    /// The API server answered, but not with what was asked for.
    #[error("cluster {cluster}: {message}")]
    Upstream { cluster: ClusterId, message: String, status: Option<serde_json::Value> },
    /// Whether somebody is signed in cannot be told now.
    #[error("{reason}; try again")]
    SessionsUnavailable { reason: String },
    /// The record holds something that cannot be read.
    #[error("{reason}")]
    NotReadable { reason: String },
    #[error("{0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { code, message: message.into(), at: None }
    }

    /// Stable, for programs: part of every problem document.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCluster(_) => "cluster_unknown",
            Self::UnknownKind { .. } => "kind_unknown",
            Self::NotFound { .. } => "not_found",
            Self::NoPolicy { .. } => "no_policy",
            Self::Refused { .. } => "refused",
            Self::NotAdmitted { .. } => "not_admitted",
            Self::Invalid { code, .. } | Self::Conflict { code, .. } => code,
            Self::Lost { .. } => "outcome_unknown",
            Self::NotRecorded { .. } => "not_recorded",
            Self::Unreachable { .. } => "cluster_unreachable",
            Self::Upstream { .. } => "cluster_error",
            Self::SessionsUnavailable { .. } => "sessions_unavailable",
            Self::NotReadable { .. } => "record_unreadable",
            Self::Database(_) => "database_error",
        }
    }
}
