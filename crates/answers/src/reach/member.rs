//! What is known of one kind in one cluster for one caller.

use jiff::Timestamp;
use periscope_model::{ClusterId, Gap, KindId, Permission, Phase, Scope, Source, State};
use periscope_store::{Lease, Part, Visible};

use crate::error::Error;

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) cluster: ClusterId,
    pub(crate) kind: KindId,
    /// Of the reading before there are rows; once there are, the rows have their own.
    state: State,
    scope: Scope,
    gaps: Vec<Gap>,
    part: Option<Part>,
    served: bool,
}

impl Member {
    pub(super) fn new(cluster: ClusterId, kind: KindId, now: Timestamp) -> Self {
        let state = State::new(Phase::Connecting, now);
        Self { cluster, kind, state, scope: Scope::default(), gaps: Vec::new(), part: None, served: true }
    }

    /// The rows and what of them may be seen; `None` while nothing may.
    pub(crate) fn part(&self) -> Option<&Part> {
        self.part.as_ref()
    }

    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.part.as_ref().map(|part| &part.lease)
    }

    /// The same once a complete list was read: what can be counted.
    pub(crate) fn known(&self) -> Option<&Part> {
        self.part.as_ref().filter(|part| part.lease.synced())
    }

    pub(crate) fn is_served(&self) -> bool {
        self.served
    }

    pub(crate) fn state(&self) -> State {
        self.lease().map_or_else(|| self.state.clone(), Lease::state)
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    pub(crate) fn gaps(&self) -> Vec<Gap> {
        let of_rows = self.part.iter().flat_map(|part| part.lease.gaps(&part.visible));
        // What the caller may not list and what is not read is the same gap, told once.
        let new =
            of_rows.filter(|gap| !self.gaps.iter().any(|known| known.code == gap.code && known.needs == gap.needs));
        self.gaps.iter().cloned().chain(new).collect()
    }

    /// Where the rows are from, for the envelope of an answer.
    pub(crate) fn source(&self, now: Timestamp) -> Source {
        let at = self.lease().map_or(now, Lease::as_of);
        Source { what: format!("{} of {}", self.kind, self.cluster), at, state: self.state() }
    }

    /// Whether waiting longer may bring rows or a reason why there are none.
    pub(crate) fn is_settled(&self) -> bool {
        let told = matches!(self.state().phase, Phase::Refused | Phase::Unreachable | Phase::Stale);
        self.known().is_some() || told || !self.served
    }

    /// `since` stays while the phase stays.
    fn enter(&mut self, next: State) {
        let since = if self.state.phase == next.phase { self.state.since } else { next.since };
        self.state = State { since, ..next };
        self.served = true;
        self.gaps.clear();
    }

    pub(super) fn without_rows(&mut self, state: State) {
        // A cluster that answers still has to be asked about this kind.
        let phase = if matches!(state.phase, Phase::Live | Phase::Idle) { Phase::Connecting } else { state.phase };
        self.enter(State { phase, ..state });
        self.part = None;
        self.scope = Scope::default();
    }

    pub(super) fn not_served(&mut self, gap: Gap, now: Timestamp) {
        self.enter(State::new(Phase::Refused, now).because(gap.what.clone()));
        self.part = None;
        self.scope = Scope::default();
        self.served = false;
        self.gaps.push(gap);
    }

    /// The person is nobody to this cluster.
    pub(super) fn not_admitted(&mut self, refused: &Error, now: Timestamp) {
        self.enter(State::new(Phase::Refused, now).because(refused.to_string()));
        self.part = None;
        self.scope = Scope::default();
        self.gaps.push(Gap::new("NOT_ADMITTED", refused.to_string()));
    }

    pub(super) fn refused(&mut self, kind: &KindId, namespaces: &[String], needs: &[Permission], now: Timestamp) {
        let needs = match namespaces {
            [] => needs.to_vec(),
            some => some.iter().take(20).map(|namespace| Permission::on("list", kind, Some(namespace))).collect(),
        };
        let what = needs.first().map_or_else(|| format!("list {kind}"), ToString::to_string);
        let state = State::new(Phase::Refused, now).because(format!("you may not {what}"));
        self.enter(State { needs, ..state });
        self.part = None;
        self.scope = Scope::default();
    }

    pub(super) fn rows(&mut self, part: Part, asked: &Visible, needs: &[Permission]) {
        self.served = true;
        self.gaps.clear();
        self.scope = match asked {
            Visible::All => Scope::everywhere(),
            Visible::Namespaces(names) => {
                Scope { cluster_wide: false, namespaces: names.iter().map(ToString::to_string).collect() }
            }
            Visible::Nothing => Scope::default(),
        };
        if !matches!(part.visible, Visible::All) {
            let what = format!("{} of {} outside the namespaces in which you may list them", self.kind, self.cluster);
            self.gaps.extend(needs.iter().map(|needed| Gap::missing_permission(what.clone(), needed.clone())));
        }
        self.part = Some(part);
    }
}
