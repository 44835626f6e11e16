//! Opening a list of Secrets or of RBAC objects, or one of them, is on the record: kind and scope, not each row, and at
//! most once a minute for the same person, kind and scope.
//!
//! A read that cannot be recorded goes on (the record says that it was down); what shows a value is a reveal, and that
//! does not.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_audit::{Event, Outcome, Verb};
use periscope_model::{KindId, ObjectRef};

use crate::act::{Act, audit_actor};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;

/// The same opening is recorded again after this long.
const ONCE_PER: SignedDuration = SignedDuration::from_mins(1);
/// Openings remembered; beyond it they are recorded more often than they need be.
const MAX_REMEMBERED: usize = 10_000;

/// Issuer, subject, session; verb; place.
type Opening = (String, String, Option<Arc<str>>, &'static str, String);

#[derive(Default)]
pub(crate) struct Openings(Mutex<HashMap<Opening, Timestamp>>);

impl Openings {
    /// Whether it is to be recorded now.
    fn is_due(&self, opening: Opening, now: Timestamp) -> bool {
        let mut seen = self.0.lock();
        if seen.get(&opening).is_some_and(|at| now.duration_since(*at) < ONCE_PER) {
            return false;
        }
        if seen.len() >= MAX_REMEMBERED {
            seen.retain(|_, at| now.duration_since(*at) < ONCE_PER);
            if seen.len() >= MAX_REMEMBERED {
                seen.clear();
            }
        }
        seen.insert(opening, now);
        true
    }
}

impl App {
    /// Somebody opens a list; `namespaces` is what they narrowed it to, empty for all.
    pub(crate) async fn opened_list(
        &self,
        context: &Context,
        cluster: &Cluster,
        (kind, namespaces): (&KindId, &[String]),
        outcome: Outcome,
    ) {
        let scope = namespaces.join(",");
        let target = periscope_audit::Target {
            namespace: match namespaces {
                [one] => Some(one.clone()),
                _ => None,
            },
            ..Act::target(cluster, kind, "")
        };
        let event = opening(context, cluster, Verb::ListSensitive, target);
        let event = if namespaces.len() > 1 { event.with("namespaces", namespaces.to_vec()) } else { event };
        let scope = format!("{}/{kind}?{scope} {}", cluster.spec.id, outcome.name());
        self.note_opening(context, event, scope, outcome).await;
    }

    /// Somebody opened one object, or was refused it.
    pub(crate) async fn opened_object(
        &self,
        context: &Context,
        cluster: &Cluster,
        place: &ObjectRef,
        outcome: Outcome,
    ) {
        if !self.sensitive.contains(&place.kind) {
            return;
        }
        let target = periscope_audit::Target {
            namespace: place.namespace.clone(),
            name: Some(place.name.clone()),
            ..Act::target(cluster, &place.kind, "")
        };
        let scope = format!(
            "{}/{}/{}/{} {}",
            place.cluster,
            place.kind,
            place.namespace.as_deref().unwrap_or("_"),
            place.name,
            outcome.name()
        );
        let event = opening(context, cluster, Verb::ObjectSensitive, target);
        self.note_opening(context, event, scope, outcome).await;
    }

    async fn note_opening(&self, context: &Context, event: Event, scope: String, outcome: Outcome) {
        let person = &context.person;
        let (issuer, subject) = (person.issuer.clone(), person.subject.clone());
        let opening = (issuer, subject, context.session.clone(), event.verb.name(), scope);
        if !self.openings.is_due(opening, self.clock.now()) {
            return;
        }
        if let Err(error) = self.note(event, outcome).await {
            tracing::error!(%error, request = %context.request_id, "a sensitive read is not recorded");
        }
    }
}

/// The row of an opening, with the kind at the version that it is served in.
fn opening(context: &Context, cluster: &Cluster, verb: Verb, mut target: periscope_audit::Target) -> Event {
    let served = cluster.discovered_now();
    let kind = KindId::new(&target.group, &target.resource).ok();
    if let Some(resource) = kind.and_then(|kind| served.as_ref()?.get(&kind).cloned()) {
        target.version = resource.version.to_string();
    }
    let admission = cluster.admit(&context.person).ok();
    Event::new(audit_actor(context, admission.as_ref()), &*context.request_id, verb).on(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_opening_is_recorded_once_a_minute() {
        let openings = Openings::default();
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        let opening = |subject: &str, scope: &str| -> Opening {
            ("idp".to_owned(), subject.to_owned(), None, "list-sensitive", scope.to_owned())
        };
        assert!(openings.is_due(opening("a", "x"), at(0)));
        assert!(!openings.is_due(opening("a", "x"), at(59)));
        assert!(openings.is_due(opening("b", "x"), at(1)) && openings.is_due(opening("a", "y"), at(1)));
        assert!(openings.is_due(opening("a", "x"), at(60)));
    }
}
