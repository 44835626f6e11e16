//! What one workload is in AWS and what it may do there.

use periscope_audit::Verb;
use periscope_model::{Answer, Certainty, ObjectRef};

use super::asked::Subject;
use super::gaps::{BINDINGS, RIGHTS};
use super::{AccessSummary, AwsAccess, AwsLinks, AwsPods, AwsServiceActions, Look, PolicyFile, Question};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Longer than the prefix of any service of AWS.
const MAX_SERVICE: usize = 64;

impl App {
    pub async fn aws_access(&self, context: &Context, place: &ObjectRef) -> Result<Answer<AwsAccess>, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIamRead)?.with("question", "access");
        let answered = self.access_of(context, &subject).await;
        self.told(context, question, answered).await
    }

    /// Every action of one service.
    pub async fn aws_service(
        &self,
        context: &Context,
        place: &ObjectRef,
        service: &str,
    ) -> Result<Answer<AwsServiceActions>, Error> {
        let subject = Subject::of(place)?;
        check_service(service)?;
        let question =
            self.question_about(&subject, Verb::AwsIamRead)?.with("question", "service").with("service", service);
        let answered = async {
            let access = self.access_of(context, &subject).await?;
            let (service, name) = (service.to_owned(), service.to_owned());
            let data = AwsServiceActions { service, name, actions: Vec::new(), total: 0, cut: false };
            let Answer { as_of, scope, sources, gaps, .. } = access;
            Ok(Answer { data, as_of, scope, sources, gaps })
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    /// What it is effectively allowed, as a policy document.
    pub async fn aws_policy(&self, context: &Context, place: &ObjectRef) -> Result<PolicyFile, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIamRead)?.with("question", "policy");
        let answered = async {
            let access = self.access_of(context, &subject).await?;
            let _ = access;
            Err(Error::NotFound { what: format!("a policy of {subject}") })
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    /// The pods of a workload, each with what it is.
    pub async fn aws_pods(&self, context: &Context, place: &ObjectRef) -> Result<Answer<AwsPods>, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIdentityRead)?.with("question", "pods");
        let answered = async {
            let look = self.look_at(context, &subject).await?;
            Ok(look.answer(self, AwsPods { pods: Vec::new(), total: 0 }, (None, BINDINGS)))
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    pub(super) fn question_about(&self, subject: &Subject, verb: Verb) -> Result<Question, Error> {
        let cluster = self.clusters.get(&subject.cluster)?;
        Ok(Question::of(verb, cluster).on(&subject.kind, &subject.namespace, &subject.name))
    }

    /// Whether the caller may ask about the subject: who may not list the pods of its namespace learns nothing of it.
    pub(super) async fn look_at(&self, context: &Context, subject: &Subject) -> Result<Look, Error> {
        let cluster = self.clusters.get(&subject.cluster)?.clone();
        let look = Look::at(self, context, &cluster).await?;
        look.sees(&subject.namespace)?;
        look.finds(self, context, subject).await?;
        Ok(look)
    }

    async fn access_of(&self, context: &Context, subject: &Subject) -> Result<Answer<AwsAccess>, Error> {
        let look = self.look_at(context, subject).await?;
        let summary = AccessSummary {
            sensitive: 0,
            services: 0,
            admin: false,
            certainty: Certainty::Unknown,
            sentence: "not known".to_owned(),
        };
        let data = AwsAccess {
            subject: subject.object(),
            service_account: String::new(),
            identities: Vec::new(),
            after_restart: None,
            chain: Vec::new(),
            summary,
            services: Vec::new(),
            chains: Vec::new(),
            trust: None,
            unseen: Vec::new(),
            links: AwsLinks::default(),
            findings: Vec::new(),
        };
        Ok(look.answer(self, data, (None, RIGHTS)))
    }
}

impl Subject {
    pub(super) fn object(&self) -> ObjectRef {
        ObjectRef {
            cluster: self.cluster.clone(),
            kind: self.kind.clone(),
            namespace: Some(self.namespace.clone()),
            name: self.name.clone(),
        }
    }
}

fn check_service(service: &str) -> Result<(), Error> {
    let plain = (1..=MAX_SERVICE).contains(&service.len())
        && service.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if plain {
        return Ok(());
    }
    let shown: String = service.chars().take(80).collect();
    Err(Error::invalid("service_invalid", format!("{shown:?} is no service of AWS; write it as its actions begin: s3")))
}
