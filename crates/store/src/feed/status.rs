//! What a feed tells about itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use periscope_cluster::Error;
use periscope_model::{Gap, Permission, Phase, Scope, State};

use crate::key::FeedKey;
use crate::visible::Visible;

#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) state: State,
    /// Whether a complete list has been read.
    pub(crate) synced: bool,
    /// When the rows were last known to be true.
    pub(crate) as_of: Timestamp,
    /// The namespaces watched, where cluster-wide was refused.
    pub(crate) namespaces: Option<Vec<String>>,
    /// Namespaces beyond the cap.
    pub(crate) left_out: usize,
    /// Why single namespaces are not read.
    pub(crate) failing: BTreeMap<String, String>,
    /// Objects that could not be read.
    pub(crate) unreadable: usize,
}

impl Status {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            state: State::new(Phase::Connecting, now),
            synced: false,
            as_of: now,
            namespaces: None,
            left_out: 0,
            failing: BTreeMap::new(),
            unreadable: 0,
        }
    }

    pub(super) fn live(&mut self, now: Timestamp) {
        self.as_of = now;
        self.move_to(State::new(Phase::Live, now));
    }

    /// Rows that were read once are stale; without any, the reason is the state.
    pub(super) fn failed(&mut self, error: &Error, now: Timestamp) {
        let mut state = error.state(now);
        if self.synced && state.phase == Phase::Unreachable {
            state.phase = Phase::Stale;
            state.since = self.as_of;
        }
        self.move_to(state);
    }

    /// `since` stays while the phase stays.
    fn move_to(&mut self, next: State) {
        let since = if self.state.phase == next.phase { self.state.since } else { next.since };
        self.state = State { since, ..next };
    }

    /// The time of the last confirmation alone is no news.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.state == other.state
            && self.synced == other.synced
            && self.namespaces == other.namespaces
            && self.left_out == other.left_out
            && self.failing == other.failing
            && self.unreadable == other.unreadable
    }

    pub(super) fn scope(&self) -> Scope {
        match &self.namespaces {
            None => Scope::everywhere(),
            Some(namespaces) => Scope { cluster_wide: false, namespaces: namespaces.clone() },
        }
    }

    /// Names and numbers of what is not visible are not told.
    pub(super) fn gaps(&self, key: &FeedKey, visible: &Visible) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let kind = &key.kind;
        if let Some(namespaces) = &self.namespaces {
            let read = namespaces.iter().filter(|namespace| visible.allows(namespace)).count();
            let what = format!("{kind} are read in {read} namespaces only");
            gaps.push(Gap::missing_permission(what, Permission::on("list", kind, None)));
        }
        let everything = *visible == Visible::All;
        if self.left_out > 0 && everything {
            let what =
                format!("{kind} of {} more namespaces are not read: too many to watch one by one", self.left_out);
            gaps.push(Gap {
                fix: Some("allow the kind cluster-wide".to_owned()),
                ..Gap::new("TOO_MANY_NAMESPACES", what)
            });
        }
        for (namespace, reason) in self.failing.iter().filter(|(namespace, _)| visible.allows(namespace)) {
            gaps.push(Gap::new("NAMESPACE_NOT_READ", format!("{kind} in namespace {namespace}: {reason}")));
        }
        if self.unreadable > 0 && everything {
            let what = format!("{} of {kind} could not be read", self.unreadable);
            gaps.push(Gap::new("UNREADABLE_OBJECTS", what));
        }
        gaps
    }
}
