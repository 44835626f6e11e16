//! What can be done, by name: one verb per action.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What kind of act a verb is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerbClass {
    /// Looks at something worth a row.
    Read,
    /// Changes a cluster.
    Change,
    /// Shows a secret.
    Reveal,
    /// Who is there: sign-in, sign-out, sessions, tokens.
    Session,
    /// Periscope itself: its configuration and its record.
    Admin,
}

impl VerbClass {
    pub const ALL: &[Self] = &[Self::Read, Self::Change, Self::Reveal, Self::Session, Self::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Change => "change",
            Self::Reveal => "reveal",
            Self::Session => "session",
            Self::Admin => "admin",
        }
    }
}

/// Adding a verb is adding a line.
macro_rules! verbs {
    ($($variant:ident $name:literal $class:ident $about:literal;)+) => {
        /// One distinct name per action.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Verb {
            $(#[doc = $about] #[serde(rename = $name)] $variant,)+
        }

        impl Verb {
            /// Every verb, in the order of the reference.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the record, in addresses and in exports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            pub fn class(self) -> VerbClass {
                match self { $(Self::$variant => VerbClass::$class,)+ }
            }

            /// One line for the reference.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)+ }
            }

            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

verbs! {
    Scale "scale" Change "Set the number of replicas of a workload";
    Restart "restart" Change "Restart the pods of a workload";
    Pause "pause" Change "Pause the rollout of a Deployment";
    Resume "resume" Change "Resume the rollout of a Deployment";
    Rollback "rollback" Change "Return a workload to an earlier revision";
    Cordon "cordon" Change "Mark a node as not schedulable";
    Uncordon "uncordon" Change "Mark a node as schedulable";
    Drain "drain" Change "Cordon a node and evict its pods";
    Evict "evict" Change "Evict a pod, with respect to its disruption budget";
    Delete "delete" Change "Delete an object";
    Suspend "suspend" Change "Suspend a CronJob or Job";
    Unsuspend "unsuspend" Change "Let a suspended CronJob or Job run again";
    Trigger "trigger" Change "Start a Job from a CronJob now";
    Label "label" Change "Set or remove labels";
    Annotate "annotate" Change "Set or remove annotations";
    SecretReveal "secret-reveal" Reveal "Show the value of one key of a Secret";
    LogOpen "log-open" Read "Open a container's log";
    LogDownload "log-download" Read "Download a container's log";
    ListSensitive "list-sensitive" Read "Open a list of Secrets or of RBAC objects";
    ObjectSensitive "object-sensitive" Read "Open one Secret or RBAC object, or its YAML";
    AwsIdentityRead "aws_identity_read" Read "Read who is what in AWS: cluster access, service accounts, roles, findings";
    AwsIamRead "aws_iam_read" Read "Read what a workload may do in AWS, who can do something there, or why";
    SignIn "sign-in" Session "Sign in through the identity provider";
    SignInFailed "sign-in-failed" Session "Try to sign in, in vain";
    SignOut "sign-out" Session "Sign out of this session";
    SignOutEverywhere "sign-out-everywhere" Session "Sign out of all of one's sessions";
    SessionRevoke "session-revoke" Session "End somebody's session";
    SessionExpire "session-expire" Session "A session reached its idle or absolute limit";
    TokenAccept "token-accept" Session "First use of a bearer token in this process";
    AuditQuery "audit-query" Read "Read the record";
    AuditExport "audit-export" Read "Export the record";
    ConfigChange "config-change" Admin "Start with a configuration that changed";
    RecordOpen "record-open" Admin "Open the record";
    RecordRecover "record-recover" Admin "Reopen the record after its store failed";
    RecordTrim "record-trim" Admin "Drop segments of the record that are older than its retention";
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_distinct_and_parses_back() {
        let names: BTreeSet<&str> = Verb::ALL.iter().map(|verb| verb.name()).collect();
        assert_eq!(names.len(), Verb::ALL.len());
        for verb in Verb::ALL {
            let name = verb.name();
            // Kebab case, but for what who ships rows of AWS reads to elsewhere knows under another spelling.
            let joint = if name.starts_with("aws_") { b'_' } else { b'-' };
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == joint), "{name}");
            assert_eq!(Verb::parse(name), Some(*verb));
            assert_eq!(serde_json::to_value(verb).expect("JSON"), name);
            assert!(!verb.about().is_empty() && !verb.about().ends_with('.'), "{name}");
        }
        assert_eq!(Verb::parse("apply-everything"), None);
    }
}
