//! Each read on somebody's behalf is one row of the record, refusals too.
//!
//! A read that cannot be recorded goes on, as everywhere: the record itself says that it was down.

use periscope_audit::{Event, Outcome, Target, Verb};
use serde_json::{Map, Value};

use crate::act::{audit_actor, outcome_of};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;

/// What somebody asks, as the record tells it.
pub(crate) struct Question {
    verb: Verb,
    target: Target,
    extra: Map<String, Value>,
}

/// An answer that may be a refusal in its own words.
pub(crate) trait Covers {
    /// Why nothing at all may be seen.
    fn refusal(&self) -> Option<String>;
}

impl Question {
    /// About one cluster.
    pub(crate) fn of(verb: Verb, cluster: &Cluster) -> Self {
        let target = Target { cluster: cluster.spec.id.to_string(), ..Target::default() };
        Self { verb, target, extra: Map::new() }
    }

    /// About all of them.
    pub(crate) fn everywhere(verb: Verb) -> Self {
        Self { verb, target: Target::default(), extra: Map::new() }
    }

    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn with_some(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(crate) fn on(mut self, kind: &periscope_model::KindId, namespace: &str, name: &str) -> Self {
        kind.group().clone_into(&mut self.target.group);
        kind.resource().clone_into(&mut self.target.resource);
        self.target.namespace = Some(namespace.to_owned());
        self.target.name = Some(name.to_owned());
        self
    }

    pub(crate) fn in_namespace(mut self, namespace: Option<&str>) -> Self {
        self.target.namespace = namespace.map(str::to_owned);
        self
    }
}

impl App {
    /// Records how the question was answered, and hands the answer on.
    pub(crate) async fn told<T>(
        &self,
        context: &Context,
        question: Question,
        answered: Result<T, Error>,
    ) -> Result<T, Error> {
        let (outcome, reason) = match &answered {
            Ok(_) => (Outcome::Success, None),
            Err(error) => (outcome_of(error), Some(error.to_string())),
        };
        self.note_read(context, question, outcome, reason).await;
        answered
    }

    /// The same for answers that say in a gap that nothing may be seen.
    pub(crate) async fn told_as_far<T: Covers>(
        &self,
        context: &Context,
        question: Question,
        answered: Result<T, Error>,
    ) -> Result<T, Error> {
        match answered.as_ref().map(Covers::refusal) {
            Ok(Some(refusal)) => self.note_read(context, question, Outcome::Denied, Some(refusal)).await,
            _ => return self.told(context, question, answered).await,
        }
        answered
    }

    async fn note_read(&self, context: &Context, question: Question, outcome: Outcome, reason: Option<String>) {
        let Question { verb, target, extra } = question;
        let cluster = self.clusters.all().find(|cluster| *cluster.spec.id.as_str() == *target.cluster);
        let admission = cluster.and_then(|cluster| cluster.admit(&context.person).ok());
        let mut event = Event::new(audit_actor(context, admission.as_ref()), &*context.request_id, verb).on(target);
        event.extra = extra;
        event.reason = reason;
        if let Err(error) = self.note(event, outcome).await {
            tracing::error!(%error, request = %context.request_id, "a read of AWS identities is not recorded");
        }
    }
}
