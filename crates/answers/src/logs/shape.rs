//! What is asked, and what is told of it, in the words of the API.

use jiff::Timestamp;
use periscope_cluster::Error as Upstream;
use periscope_model::{ClusterId, KindId, ObjectRef, Permission};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::objects::check_place;

/// Lines of each container when nothing else is asked for.
pub(super) const TAIL: u32 = 500;
const MOST_TAIL: u32 = 10_000;
const MOST_CONTAINERS: usize = 64;
const LONGEST_NAME: usize = 253;

/// Kinds that have logs: pods, and what pods are made by.
pub(super) const KINDS: [&str; 7] = [
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "replicasets.apps",
    "jobs.batch",
    "cronjobs.batch",
];

/// The logs of a pod, or of all pods of a workload.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogsWanted {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    /// `pods`, `deployments.apps`, `statefulsets.apps`, `daemonsets.apps`, `replicasets.apps`, `jobs.batch` or
    /// `cronjobs.batch`.
    #[schema(value_type = String)]
    pub kind: KindId,
    pub namespace: String,
    pub name: String,
    /// Only containers of these names; all when empty.
    #[serde(default)]
    pub containers: Vec<String>,
    /// The run before the present one, which has ended.
    #[serde(default)]
    pub previous: bool,
    pub since_seconds: Option<u32>,
    /// Wins over `sinceSeconds`.
    #[schema(value_type = Option<String>)]
    pub since_time: Option<Timestamp>,
    /// Lines of what there is already, of each container: 500 unless told, at most 10,000.
    pub tail: Option<u32>,
    /// Goes on with what is written from now on.
    #[serde(default = "yes")]
    pub follow: bool,
}

fn yes() -> bool {
    true
}

impl LogsWanted {
    pub(super) fn check(&self) -> Result<(), Error> {
        if !KINDS.contains(&self.kind.to_string().as_str()) {
            let message = format!("{} have no logs; ask for one of: {}", self.kind, KINDS.join(", "));
            return Err(Error::invalid("logs_invalid", message));
        }
        if self.containers.len() > MOST_CONTAINERS || self.containers.iter().any(|name| name.len() > LONGEST_NAME) {
            return Err(Error::invalid("logs_invalid", format!("name at most {MOST_CONTAINERS} containers")));
        }
        if self.tail.is_some_and(|tail| tail > MOST_TAIL) {
            return Err(Error::invalid("logs_invalid", format!("tail is at most {MOST_TAIL}")));
        }
        check_place(&self.place())
    }

    pub(super) fn place(&self) -> ObjectRef {
        let (namespace, name) = (Some(self.namespace.clone()), self.name.clone());
        ObjectRef { cluster: self.cluster.clone(), kind: self.kind.clone(), namespace, name }
    }

    pub(super) fn is_pod(&self) -> bool {
        self.kind.to_string() == "pods"
    }

    pub(super) fn wants(&self, container: &str) -> bool {
        self.containers.is_empty() || self.containers.iter().any(|name| name == container)
    }
}

/// How it stands with one container's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LogPhase {
    /// Not open: it is being asked for, or the container is not running at the moment.
    Connecting,
    Live,
    /// Nothing more will come.
    Ended,
    Refused,
    /// It does not work; with `follow` it is tried again.
    Failed,
}

/// One container whose log is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogSource {
    pub pod: String,
    pub container: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    pub state: LogPhase,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub needs: Vec<Permission>,
}

/// Why there are no pods to read the logs of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogTrouble {
    /// As in problem documents: `refused`, `not_found`, `cluster_unreachable`, …
    pub code: String,
    pub detail: String,
    pub needs: Vec<Permission>,
}

impl LogTrouble {
    pub(super) fn of(error: &Error) -> Self {
        let needs = match error {
            Error::Refused { needs, .. } => needs.clone(),
            _ => Vec::new(),
        };
        Self { code: error.code().to_owned(), detail: error.to_string(), needs }
    }
}

/// What becomes known of a source while it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) phase: LogPhase,
    pub(super) reason: Option<String>,
    pub(super) needs: Vec<Permission>,
}

impl Told {
    pub(super) fn in_phase(phase: LogPhase) -> Self {
        Self { phase, reason: None, needs: Vec::new() }
    }

    pub(super) fn connecting(reason: Option<String>) -> Self {
        Self { reason, ..Self::in_phase(LogPhase::Connecting) }
    }

    pub(super) fn ended(reason: Option<String>) -> Self {
        Self { reason, ..Self::in_phase(LogPhase::Ended) }
    }

    pub(super) fn failed(reason: String) -> Self {
        Self { reason: Some(reason), ..Self::in_phase(LogPhase::Failed) }
    }

    pub(super) fn of(error: &Upstream) -> Self {
        match error {
            Upstream::Refused { permission, message } => Self {
                phase: LogPhase::Refused,
                reason: Some(message.clone()),
                needs: vec![permission.as_ref().clone()],
            },
            // The kubelet's own words: "container is waiting to start", "previous terminated container not found".
            Upstream::Server { message, .. } => Self::failed(message.clone()),
            other => Self::failed(other.to_string()),
        }
    }
}
