//! The one path that every act takes: authorise → intent → act as the human → outcome.
//!
//! An act is whatever the record has a verb for and an API server is asked for: a change, a secret shown, a log opened.
//! [`App::act`] takes what is to be done and a closure that does it:
//!
//! 1. **Authorise.** The caller's actor in that cluster is made, and the API server is asked whether it may, so that a
//!    refusal is clear and names the permission. A refusal is recorded (`denied`), and the closure does not run. No answer
//!    is no refusal: the API server decides again when the act reaches it.
//! 2. **Intent.** Recorded and durable before anything leaves; if it cannot be, nothing is done ([`Error::NotRecorded`]).
//! 3. **Act.** The closure gets a [`Hand`]: the cluster's connection with the request's id on it, and the human's identity.
//! 4. **Outcome.** Recorded before the caller is answered. A lost answer is `unknown`. If the outcome cannot be recorded,
//!    the caller is told how it went and that this is not in the record ([`Acted::unrecorded`]).
//!
//! Steps 2 to 4 run in a task of their own: a client that hangs up changes nothing. What is complete when told (a sign-in,
//! a stream that was opened) is one row: [`App::note`].

use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;
use periscope_audit::{AuditActor, Event, Outcome, Sequence, Target, Verb};
use periscope_auth::Admission;
use periscope_cluster::{Connection, Identity, Trace};
use periscope_model::{KindId, Permission};
use serde_json::{Map, Value};

use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;

/// What somebody is about to do.
#[derive(Clone)]
pub(crate) struct Act {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) verb: Verb,
    pub(crate) target: Target,
    /// Asked for before anything is done. Empty: only the API server itself decides, when the act reaches it.
    pub(crate) needs: Vec<Permission>,
    /// Numbers that upstream requests are known by; one for all acts of a request to us.
    pub(crate) trace: Trace,
    /// What is recorded with the intent. Never a secret.
    pub(crate) extra: Map<String, Value>,
}

impl Act {
    pub(crate) fn new(cluster: &Arc<Cluster>, verb: Verb, target: Target, trace: &Trace) -> Self {
        let (cluster, trace) = (cluster.clone(), trace.branch());
        Self { cluster, verb, target, needs: Vec::new(), trace, extra: Map::new() }
    }

    #[must_use]
    pub(crate) fn needing(mut self, needs: impl IntoIterator<Item = Permission>) -> Self {
        self.needs.extend(needs);
        self
    }

    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }

    /// The kind at the version it is served in, as the record names a target.
    pub(crate) fn target(cluster: &Cluster, kind: &KindId, version: &str) -> Target {
        Target {
            cluster: cluster.spec.id.to_string(),
            group: kind.group().to_owned(),
            version: version.to_owned(),
            resource: kind.resource().to_owned(),
            ..Target::default()
        }
    }
}

/// What an act is done with.
pub(crate) struct Hand {
    /// Every request over it carries the request's id.
    pub(crate) connection: Connection,
    pub(crate) identity: Identity,
    findings: Arc<Mutex<Map<String, Value>>>,
}

impl Hand {
    /// Something that is to be recorded with the outcome. Never a secret.
    pub(crate) fn found(&self, key: &str, value: impl Into<Value>) {
        self.findings.lock().insert(key.to_owned(), value.into());
    }
}

/// What came of an act.
#[derive(Debug)]
pub(crate) struct Acted<T> {
    pub(crate) result: Result<T, Error>,
    /// The intent's row, or the refusal's.
    pub(crate) row: Option<Sequence>,
    /// Why the record does not know how it went.
    pub(crate) unrecorded: Option<String>,
}

impl App {
    /// Does what `perform` does, on the record. An error of this function itself means that nothing was done.
    pub(crate) async fn act<T, F, Done>(
        self: &Arc<Self>,
        context: &Context,
        act: Act,
        perform: F,
    ) -> Result<Acted<T>, Error>
    where
        F: FnOnce(Hand) -> Done + Send + 'static,
        Done: Future<Output = Result<T, Error>> + Send + 'static,
        T: Send + 'static,
    {
        let (app, context) = (self.clone(), context.clone());
        let cluster = act.cluster.spec.id.clone();
        let acting = tokio::spawn(async move { app.act_now(&context, act, perform).await });
        acting.await.unwrap_or_else(|_| {
            let message = "it broke off here, and whether it happened is not known; look at the object".to_owned();
            Err(Error::Lost { cluster, message })
        })
    }

    async fn act_now<T, F, Done>(&self, context: &Context, act: Act, perform: F) -> Result<Acted<T>, Error>
    where
        F: FnOnce(Hand) -> Done,
        Done: Future<Output = Result<T, Error>>,
    {
        let admission = act.cluster.admit(&context.person);
        let mut event = Event::new(audit_actor(context, admission.as_ref().ok()), &*context.request_id, act.verb);
        event.target = Some(act.target.clone());
        event.extra = act.extra.clone();
        let hand = match self.authorise(&act, admission).await {
            Ok(hand) => hand,
            Err(refusal) => return Ok(self.turned_away(event, refusal).await),
        };
        let intent =
            self.record.intent(event).await.map_err(|error| Error::NotRecorded { reason: error.to_string() })?;
        let row = intent.sequence();
        let (trace, findings) = (act.trace.clone(), hand.findings.clone());
        let result = perform(hand).await;
        let mut found = std::mem::take(&mut *findings.lock());
        found.insert("kubernetesAuditIds".to_owned(), trace.audit_ids().into());
        let (outcome, reason) = match &result {
            Ok(_) => (Outcome::Success, None),
            Err(error) => (outcome_of(error), Some(error.to_string())),
        };
        let unrecorded = intent.close(outcome, reason, found).await.err().map(|error| error.to_string());
        if let Some(why) = &unrecorded {
            tracing::error!(request = %context.request_id, why, "the outcome of an act is not recorded");
        }
        Ok(Acted { result, row: Some(row), unrecorded })
    }

    async fn authorise(&self, act: &Act, admission: Result<Admission, Error>) -> Result<Hand, Error> {
        let actor = Arc::new(admission?.actor);
        let connection = act.cluster.connection()?.traced(act.trace.clone());
        let identity = Identity::Human(actor.clone());
        for needed in &act.needs {
            let verdict = self.verdicts.ask_again(&act.cluster, &actor, needed).await;
            if let Some(refusal) = verdict.refusal_of(needed) {
                return Err(Error::Refused { message: refusal, needs: vec![needed.clone()] });
            }
        }
        Ok(Hand { connection, identity, findings: Arc::default() })
    }

    /// Refused before it was tried: one row, and whether it could be written changes nothing.
    async fn turned_away<T>(&self, mut event: Event, refusal: Error) -> Acted<T> {
        event.reason = Some(refusal.to_string());
        let noted = self.record.note(event, outcome_of(&refusal)).await;
        let unrecorded = noted.as_ref().err().map(ToString::to_string);
        Acted { result: Err(refusal), row: noted.ok(), unrecorded }
    }

    /// Puts on the record that somebody was turned away at the door: nothing could be asked of the cluster as them.
    pub(crate) async fn note_refusal(&self, context: &Context, verb: Verb, target: Target, refusal: &Error) {
        let event = Event::new(audit_actor(context, None), &*context.request_id, verb).on(target);
        if let Err(error) = self.note(event.because(refusal.to_string()), outcome_of(refusal)).await {
            tracing::error!(%error, request = %context.request_id, "a refusal is not recorded");
        }
    }

    /// Records something that is complete when told. When it must not happen unrecorded, tell it first.
    pub(crate) async fn note(&self, event: Event, outcome: Outcome) -> Result<Sequence, Error> {
        self.record.note(event, outcome).await.map_err(|error| Error::NotRecorded { reason: error.to_string() })
    }
}

/// How the record calls an act that ended so.
pub(crate) fn outcome_of(error: &Error) -> Outcome {
    match error {
        Error::Refused { .. } | Error::NotAdmitted { .. } => Outcome::Denied,
        Error::Lost { .. } => Outcome::Unknown,
        _ => Outcome::Failure,
    }
}

/// Who acts: as the identity provider knows them, and as the cluster hears them where one is asked.
pub(crate) fn audit_actor(context: &Context, admission: Option<&Admission>) -> AuditActor {
    let person = &context.person;
    let (user, groups) = match admission {
        Some(admission) => (&admission.actor.user, &admission.actor.groups),
        None => (&person.user, &person.groups),
    };
    AuditActor {
        email: person.email.clone(),
        user: Some(user.clone()),
        tier: admission.and_then(|admission| admission.tier).map(|tier| tier.to_string()),
        session: context.session.as_deref().map(str::to_owned),
        address: context.address.map(|address| address.to_string()),
        ..AuditActor::new(person.issuer.clone(), person.subject.clone()).with_groups(groups.iter().cloned())
    }
}
