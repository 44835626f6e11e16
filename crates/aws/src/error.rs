//! What can come of asking AWS.

use std::time::Duration;

use periscope_model::{AwsPermission, Gap};

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// AWS refuses it, and says what would be needed.
    #[error("refused: {permission} is missing{because}")]
    Denied { permission: AwsPermission, because: String },
    /// AWS says that there is no such thing.
    #[error("{what}: {message}")]
    NotFound { what: String, message: String },
    #[error("{what}: AWS asks to slow down, also after {attempts} tries")]
    Throttled { what: String, attempts: u32 },
    #[error("{what}: {reason}")]
    Unreachable { what: String, reason: String },
    #[error("{what} was not answered within {} s", after.as_secs())]
    Timeout { what: String, after: Duration },
    /// There is nobody to ask as.
    #[error("no credentials: {reason}")]
    Credentials { reason: String },
    /// Those that there are have ended, and AWS gave no others.
    #[error("{what}: AWS does not take the credentials any more ({message})")]
    Expired { what: String, message: String },
    /// Signatures hold for minutes only.
    #[error("{what}: the clocks here and there differ ({message})")]
    ClockSkew { what: String, message: String },
    /// Whoever answered is not AWS, or does not know the question.
    #[error("{what}: {reason}")]
    Unsupported { what: String, reason: String },
    /// It broke off, or is no answer to this.
    #[error("the answer to {what} cannot be read: {reason}")]
    Unreadable { what: String, reason: String },
    #[error("the answer to {what} has more than {limit} bytes")]
    TooLarge { what: String, limit: usize },
    /// Anything else that AWS says.
    #[error("{what}: {code}: {message}")]
    Service { what: String, code: String, message: String },
}

/// What we give a server error that has no code of its own.
pub(crate) const SERVER_ERROR: &str = "ServerError";

fn is_passing(code: &str) -> bool {
    const CODES: [&str; 12] = [
        SERVER_ERROR,
        "InternalFailure",
        "InternalError",
        "InternalServerError",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ServiceException",
        "ServiceFailure",
        "ServerException",
        "RequestTimeout",
        "RequestTimeoutException",
        "IDPCommunicationError",
    ];
    CODES.contains(&code)
}

/// Where it has to be allowed, as far as AWS says who did not.
fn remedy(permission: &AwsPermission, because: &str) -> &'static str {
    const SAID: [(&str, &str); 6] = [
        ("explicit deny", "a policy denies it, which no grant outweighs: take it out of that policy"),
        ("service control policy", "let the organisation's service control policies allow it to Periscope's role"),
        ("resource control policy", "let the organisation's resource control policies allow it to Periscope's role"),
        ("permissions boundary", "let the permissions boundary of Periscope's role allow it, too"),
        ("session policy", "let the session policy of Periscope's role allow it, too"),
        ("VPC endpoint policy", "let the policy of the VPC endpoint on the way to AWS allow it"),
    ];
    if let Some((_, remedy)) = SAID.iter().find(|(words, _)| because.contains(words)) {
        return remedy;
    }
    match permission.action.as_str() {
        "sts:AssumeRoleWithWebIdentity" => "let the role's trust policy admit Periscope's service account",
        "sts:AssumeRole" => "grant it to Periscope's role, and let the trust policy of the role to assume admit that",
        _ => "grant it to Periscope's role; `periscope permissions iam` prints the whole policy",
    }
}

impl Error {
    /// What an answer says of it: which part is missing, and what would give it.
    pub fn gap(&self, missing: &str) -> Gap {
        let what = format!("{missing}: {self}");
        let fix = |gap: Gap, text: &str| Gap { fix: Some(text.to_owned()), ..gap };
        match self {
            Self::Denied { permission, because } => fix(
                Gap { docs: Some("docs/aws.md".to_owned()), ..Gap::missing_iam_permission(what, permission.clone()) },
                remedy(permission, because),
            ),
            Self::NotFound { .. } => Gap::new("AWS_NOT_FOUND", what),
            Self::Throttled { .. } => fix(Gap::new("AWS_THROTTLED", what), "it is tried again in a minute"),
            Self::Unreachable { .. } | Self::Timeout { .. } => {
                fix(Gap::new("AWS_UNREACHABLE", what), "check the way out to AWS's endpoints from here")
            }
            Self::Credentials { .. } | Self::Expired { .. } => Gap::new("AWS_CREDENTIALS", what),
            Self::ClockSkew { .. } => fix(Gap::new("AWS_CLOCK_SKEW", what), "set this machine's clock"),
            Self::Unsupported { .. } => Gap::new("AWS_UNSUPPORTED", what),
            Self::Unreadable { .. } => Gap::new("AWS_UNREADABLE", what),
            Self::TooLarge { .. } => Gap::new("AWS_TOO_LARGE", what),
            Self::Service { .. } => Gap::new("AWS_ERROR", what),
        }
    }

    /// Whether AWS says that it may not be known, and not just that it cannot tell now.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Denied { .. })
    }

    /// Whether it may be another the next minute.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Credentials { .. }
            | Self::Expired { .. }
            | Self::ClockSkew { .. }
            | Self::Unreadable { .. } => true,
            Self::Service { code, .. } => is_passing(code),
            Self::Denied { .. } | Self::NotFound { .. } | Self::Unsupported { .. } | Self::TooLarge { .. } => false,
        }
    }
}
