//! What can be done, to which kinds, within which bounds.

use std::collections::BTreeMap;

use periscope_audit::Verb;
use periscope_model::KindId;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Labels or annotations set or removed at once.
const MAX_KEYS: usize = 64;
/// Kubernetes' own bound for all annotations of an object together.
const MAX_ANNOTATIONS: usize = 256 << 10;
/// A drain goes on no longer than this.
pub(crate) const MAX_DRAIN_SECONDS: u32 = 6 * 3600;
/// How long one goes on that is not told. kubectl's goes on for ever.
pub(super) const DRAIN_SECONDS: u32 = 600;
const MAX_GRACE_SECONDS: u32 = 7 * 24 * 3600;
/// The longest name of a Job: it becomes a label of its pods.
pub(super) const MAX_JOB_NAME: usize = 63;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum Action {
    /// Through the `scale` subresource.
    Scale {
        replicas: u32,
    },
    /// New pods from the same template, as `kubectl rollout restart` makes them.
    Restart {},
    Pause {},
    Resume {},
    /// The pod template of an earlier revision.
    Rollback {
        revision: u64,
    },
    Cordon {},
    Uncordon {},
    /// Cordons, then evicts every pod that can move.
    #[serde(rename_all = "camelCase")]
    Drain {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_period_seconds: Option<u32>,
        /// How long to go on; 600 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_seconds: Option<u32>,
        /// Also pods whose emptyDir volumes are lost.
        #[serde(default)]
        delete_empty_dir_data: bool,
        /// Also pods that nobody makes again.
        #[serde(default)]
        force: bool,
    },
    #[serde(rename_all = "camelCase")]
    Evict {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_period_seconds: Option<u32>,
    },
    #[serde(rename_all = "camelCase")]
    Delete {
        propagation: Cascade,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_period_seconds: Option<u32>,
    },
    Suspend {},
    Unsuspend {},
    /// A Job now, from the CronJob's template.
    Trigger {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    Label {
        #[serde(default)]
        set: BTreeMap<String, String>,
        #[serde(default)]
        remove: Vec<String>,
    },
    Annotate {
        #[serde(default)]
        set: BTreeMap<String, String>,
        #[serde(default)]
        remove: Vec<String>,
    },
}

/// What becomes of what a deleted object owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Cascade {
    /// Deleted afterwards.
    Background,
    /// Deleted first.
    Foreground,
    /// Left alone.
    Orphan,
}

const ROLLED: &[&str] = &["deployments.apps", "statefulsets.apps", "daemonsets.apps"];

impl Action {
    pub(crate) fn verb(&self) -> Verb {
        match self {
            Self::Scale { .. } => Verb::Scale,
            Self::Restart {} => Verb::Restart,
            Self::Pause {} => Verb::Pause,
            Self::Resume {} => Verb::Resume,
            Self::Rollback { .. } => Verb::Rollback,
            Self::Cordon {} => Verb::Cordon,
            Self::Uncordon {} => Verb::Uncordon,
            Self::Drain { .. } => Verb::Drain,
            Self::Evict { .. } => Verb::Evict,
            Self::Delete { .. } => Verb::Delete,
            Self::Suspend {} => Verb::Suspend,
            Self::Unsuspend {} => Verb::Unsuspend,
            Self::Trigger { .. } => Verb::Trigger,
            Self::Label { .. } => Verb::Label,
            Self::Annotate { .. } => Verb::Annotate,
        }
    }

    /// In production somebody has to type the name first.
    pub(crate) fn is_grave(&self) -> bool {
        matches!(self, Self::Delete { .. } | Self::Drain { .. })
    }

    /// Whether what the person saw before must still be so: the change was shown as a difference to it.
    pub(crate) fn is_relative(&self) -> bool {
        matches!(self, Self::Scale { .. } | Self::Rollback { .. } | Self::Label { .. } | Self::Annotate { .. })
    }

    /// Whether objects of `kind` can be acted on so. Scaling is up to the API server: anything may have a `scale`.
    pub(crate) fn takes(&self, kind: &KindId) -> bool {
        let kind = kind.to_string();
        match self {
            Self::Scale { .. } | Self::Delete { .. } | Self::Label { .. } | Self::Annotate { .. } => true,
            Self::Restart {} | Self::Rollback { .. } => ROLLED.contains(&kind.as_str()),
            Self::Pause {} | Self::Resume {} => kind == "deployments.apps",
            Self::Cordon {} | Self::Uncordon {} | Self::Drain { .. } => kind == "nodes",
            Self::Evict { .. } => kind == "pods",
            Self::Suspend {} | Self::Unsuspend {} => matches!(kind.as_str(), "cronjobs.batch" | "jobs.batch"),
            Self::Trigger { .. } => kind == "cronjobs.batch",
        }
    }

    /// Refuses what no object could take.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let fits = |what: &str, given: Option<u32>, most: u32| match given {
            Some(given) if given > most => Err(wrong(format!("{what} is at most {most}, not {given}"))),
            _ => Ok(()),
        };
        match self {
            Self::Scale { replicas } => fits("replicas", Some(*replicas), i32::MAX.unsigned_abs()),
            Self::Rollback { revision: 0 } => Err(wrong("a revision counts from 1".to_owned())),
            // For kubectl, and so for whoever reads it, it would mean for ever.
            Self::Drain { timeout_seconds: Some(0), .. } => Err(wrong("timeoutSeconds is at least 1".to_owned())),
            Self::Drain { grace_period_seconds, timeout_seconds, .. } => {
                fits("gracePeriodSeconds", *grace_period_seconds, MAX_GRACE_SECONDS)?;
                fits("timeoutSeconds", *timeout_seconds, MAX_DRAIN_SECONDS)
            }
            Self::Evict { grace_period_seconds } | Self::Delete { grace_period_seconds, .. } => {
                fits("gracePeriodSeconds", *grace_period_seconds, MAX_GRACE_SECONDS)
            }
            Self::Trigger { name: Some(name) } => check_job_name(name),
            Self::Label { set, remove } => {
                check_keys(set, remove)?;
                match set.iter().find(|(_, value)| !is_label_value(value)) {
                    Some((key, value)) => Err(wrong(format!(
                        "{value:?} cannot be the value of the label {key}: use at most 63 letters, digits, '-', '_' \
                         or '.', with a letter or digit at both ends"
                    ))),
                    None => Ok(()),
                }
            }
            Self::Annotate { set, remove } => {
                check_keys(set, remove)?;
                let size: usize = set.iter().map(|(key, value)| key.len() + value.len()).sum();
                let most = MAX_ANNOTATIONS;
                if size > most {
                    Err(wrong(format!("annotations have at most {most} bytes, not {size}")))
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        }
    }

    /// The whole in a few words: `restart 3 deployments`.
    pub(crate) fn summary(&self, kinds: &[&KindId]) -> String {
        let verb = self.verb().name();
        let Some(first) = kinds.first() else { return verb.to_owned() };
        let same = kinds.iter().all(|kind| kind == first);
        let plural = if same { first.resource() } else { "objects" };
        let what = match kinds.len() {
            1 => format!("1 {}", singular(plural)),
            count => format!("{count} {plural}"),
        };
        match self {
            Self::Scale { replicas } => format!("scale {what} to {replicas} {}", plural_of(*replicas, "replica")),
            Self::Rollback { revision } => format!("roll back {what} to revision {revision}"),
            Self::Unsuspend {} => format!("let {what} run again"),
            _ => format!("{verb} {what}"),
        }
    }
}

pub(super) fn plural_of(count: impl Into<u64>, one: &str) -> String {
    if count.into() == 1 { one.to_owned() } else { format!("{one}s") }
}

/// Of a resource's plural, where English is regular enough.
pub(super) fn singular(plural: &str) -> String {
    for (ending, instead) in [("sses", "ss"), ("ies", "y"), ("s", "")] {
        if let Some(stem) = plural.strip_suffix(ending) {
            return format!("{stem}{instead}");
        }
    }
    plural.to_owned()
}

fn wrong(message: String) -> Error {
    Error::invalid("action_invalid", message)
}

fn check_job_name(name: &str) -> Result<(), Error> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    let ok = (1..=MAX_JOB_NAME).contains(&name.len())
        && bytes.iter().all(|byte| plain(*byte) || *byte == b'-')
        && [bytes.first(), bytes.last()].into_iter().flatten().all(|byte| plain(*byte));
    if ok {
        return Ok(());
    }
    let shown: String = name.chars().take(80).collect();
    Err(wrong(format!(
        "{shown:?} cannot be the name of a job: use 1 to {MAX_JOB_NAME} lower-case letters, digits or '-', with a \
         letter or digit at both ends"
    )))
}

fn check_keys(set: &BTreeMap<String, String>, remove: &[String]) -> Result<(), Error> {
    let count = set.len() + remove.len();
    if count == 0 || count > MAX_KEYS {
        return Err(wrong(format!("name 1 to {MAX_KEYS} keys to set or to remove, not {count}")));
    }
    if let Some(both) = remove.iter().find(|key| set.contains_key(*key)) {
        return Err(wrong(format!("{both} cannot be both set and removed")));
    }
    match set.keys().chain(remove).find(|key| !is_qualified(key)) {
        Some(key) => {
            let shown: String = key.chars().take(80).collect();
            Err(wrong(format!(
                "{shown:?} cannot be a key: use an optional domain and '/', then at most 63 letters, digits, '-', '_' or '.'"
            )))
        }
        None => Ok(()),
    }
}

/// k8s.io/apimachinery's `IsQualifiedName`.
fn is_qualified(key: &str) -> bool {
    let (domain, name) = key.split_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let label = |text: &str| {
        !text.is_empty()
            && !text.starts_with('-')
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let domain_ok = domain.is_none_or(|domain| domain.len() <= 253 && domain.split('.').all(label));
    domain_ok && !name.is_empty() && is_label_value(name)
}

/// k8s.io/apimachinery's `IsValidLabelValue`.
fn is_label_value(text: &str) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let ends = [text.as_bytes().first(), text.as_bytes().last()];
    text.len() <= 63 && text.as_bytes().iter().all(inside) && ends.into_iter().flatten().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn action(json: serde_json::Value) -> Result<Action, String> {
        let action: Action = serde_json::from_value(json).map_err(|error| error.to_string())?;
        action.check().map_err(|error| error.to_string())?;
        Ok(action)
    }

    #[test]
    fn actions_are_read_as_the_api_writes_them() {
        let drain = json!({"type": "drain", "gracePeriodSeconds": 5, "deleteEmptyDirData": true});
        let expected = Action::Drain {
            grace_period_seconds: Some(5),
            timeout_seconds: None,
            delete_empty_dir_data: true,
            force: false,
        };
        assert_eq!(action(drain), Ok(expected));
        assert_eq!(action(json!({"type": "restart"})), Ok(Action::Restart {}));
        assert!(action(json!({"type": "restart", "replicas": 1})).is_err());
        assert!(action(json!({"type": "explode"})).is_err());
        assert!(action(json!({"type": "scale", "replicas": -1})).is_err());
    }

    #[test]
    fn what_no_object_could_take_is_refused() {
        for wrong in [
            json!({"type": "scale", "replicas": 3_000_000_000u32}),
            json!({"type": "rollback", "revision": 0}),
            json!({"type": "drain", "timeoutSeconds": 86_400}),
            json!({"type": "drain", "timeoutSeconds": 0}),
            json!({"type": "trigger", "name": "Now"}),
            json!({"type": "trigger", "name": "a".repeat(64)}),
            json!({"type": "trigger", "name": "-a"}),
            json!({"type": "label"}),
            json!({"type": "label", "set": {"a": "b c"}}),
            json!({"type": "label", "set": {"a": "b"}, "remove": ["a"]}),
            json!({"type": "label", "set": {"a/b/c": "d"}}),
            json!({"type": "label", "set": {"/b": "d"}}),
            json!({"type": "label", "remove": ["a".repeat(64)]}),
            json!({"type": "annotate", "set": {"a b": "c"}}),
            json!({"type": "annotate", "set": {"a": "x".repeat(300 << 10)}}),
        ] {
            let text: String = wrong.to_string().chars().take(100).collect();
            assert!(action(wrong).is_err(), "{text}");
        }
        for right in [
            json!({"type": "trigger", "name": "a".repeat(63)}),
            json!({"type": "label", "set": {"app.kubernetes.io/Name_x": "", "b": "A.b-c"}, "remove": ["c"]}),
            json!({"type": "annotate", "set": {"a": "anything\n at all"}}),
        ] {
            assert!(action(right.clone()).is_ok(), "{right}");
        }
    }

    #[test]
    fn kinds_take_what_kubectl_lets_them_take() {
        let takes = |action: Action, kind: &str| action.takes(&kind.parse().expect("a kind"));
        assert!(takes(Action::Restart {}, "daemonsets.apps") && !takes(Action::Restart {}, "replicasets.apps"));
        assert!(takes(Action::Pause {}, "deployments.apps") && !takes(Action::Pause {}, "statefulsets.apps"));
        assert!(takes(Action::Cordon {}, "nodes") && !takes(Action::Cordon {}, "nodes.metrics.k8s.io"));
        assert!(takes(Action::Suspend {}, "jobs.batch") && !takes(Action::Trigger { name: None }, "jobs.batch"));
        assert!(takes(Action::Scale { replicas: 1 }, "widgets.example.com"));
    }

    #[test]
    fn a_summary_counts_what_it_is_about() {
        let kinds =
            |names: &[&str]| -> Vec<KindId> { names.iter().map(|name| name.parse().expect("a kind")).collect() };
        let summary = |action: Action, names: &[&str]| action.summary(&kinds(names).iter().collect::<Vec<_>>());
        assert_eq!(summary(Action::Restart {}, &["deployments.apps"; 3]), "restart 3 deployments");
        assert_eq!(summary(Action::Scale { replicas: 1 }, &["deployments.apps"]), "scale 1 deployment to 1 replica");
        assert_eq!(summary(Action::Cordon {}, &["nodes"]), "cordon 1 node");
        let delete = Action::Delete { propagation: Cascade::Background, grace_period_seconds: None };
        assert_eq!(summary(delete.clone(), &["pods", "jobs.batch"]), "delete 2 objects");
        assert_eq!(summary(delete, &["networkpolicies.networking.k8s.io"]), "delete 1 networkpolicy");
    }
}
