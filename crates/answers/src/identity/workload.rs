//! What one workload is in AWS and what it may do there.

mod access;

use std::sync::Arc;

use periscope_audit::Verb;
use periscope_iam::effective_policy;
use periscope_identity::PodFacts;
use periscope_model::{Answer, ObjectRef};

use super::asked::Subject;
use super::gaps::{BINDINGS, RIGHTS, not_eks};
use super::known::Made;
use super::services::Rights;
use super::subject::{Around, Found};
use super::{AwsAccess, AwsPod, AwsPods, AwsServiceActions, Look, PolicyFile, Question};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Longer than the prefix of any service of AWS.
const MAX_SERVICE: usize = 64;
/// Rows of one service.
const MAX_ACTIONS: usize = 2000;
/// Pods of one answer.
const MAX_PODS: usize = 500;

/// A question about one object, with what is known to answer it.
pub(super) struct Asked {
    look: Look,
    made: Option<Arc<Made>>,
}

impl App {
    pub async fn aws_access(&self, context: &Context, place: &ObjectRef) -> Result<Answer<AwsAccess>, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIamRead)?.with("question", "access");
        let answered = async {
            let asked = self.asked_about(context, &subject).await?;
            let object = subject.object();
            let access = asked.find(self, &subject, |made, found| access::of(made, &found)).await?;
            Ok(asked.answer(self, access.unwrap_or_else(|| access::unread(object)), true))
        };
        let answered = answered.await;
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
            let asked = self.asked_about(context, &subject).await?;
            let wanted = service.to_owned();
            let found =
                asked.find(self, &subject, move |made, found| service_of(made, &found, &wanted)).await?.flatten();
            let nothing = AwsServiceActions {
                service: service.to_owned(),
                name: service.to_owned(),
                actions: Vec::new(),
                total: 0,
                cut: false,
            };
            Ok(asked.answer(self, found.unwrap_or(nothing), true))
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    /// What it is effectively allowed, as a policy document.
    pub async fn aws_policy(&self, context: &Context, place: &ObjectRef) -> Result<PolicyFile, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIamRead)?.with("question", "policy");
        let answered = async {
            let asked = self.asked_about(context, &subject).await?;
            let found = asked.find(self, &subject, |made, found| policy_of(made, &found)).await?;
            let not_known = || {
                let not_eks = not_eks(&asked.look.cluster);
                Err(not_eks.map_or_else(|| "what it is in AWS is not known".to_owned(), |gap| gap.what))
            };
            let no_policy = |why| Error::NoPolicy { of: subject.to_string(), why };
            let document = found.unwrap_or_else(not_known).map_err(no_policy)?;
            Ok(PolicyFile { file_name: file_name(&subject), document })
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    /// The pods of a workload, each with what it is.
    pub async fn aws_pods(&self, context: &Context, place: &ObjectRef) -> Result<Answer<AwsPods>, Error> {
        let subject = Subject::of(place)?;
        let question = self.question_about(&subject, Verb::AwsIdentityRead)?.with("question", "pods");
        let answered = async {
            let asked = self.asked_about(context, &subject).await?;
            let pods = asked.find(self, &subject, |made, found| pods_of(made, &found)).await?;
            Ok(asked.answer(self, pods.unwrap_or(AwsPods { pods: Vec::new(), total: 0 }), false))
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }

    pub(super) fn question_about(&self, subject: &Subject, verb: Verb) -> Result<Question, Error> {
        let cluster = self.clusters.get(&subject.cluster)?;
        Ok(Question::of(verb, cluster).on(&subject.kind, &subject.namespace, &subject.name))
    }

    /// Whether the caller may ask about the subject: who may not list the pods of its namespace learns nothing of it.
    pub(super) async fn asked_about(&self, context: &Context, subject: &Subject) -> Result<Asked, Error> {
        let cluster = self.clusters.get(&subject.cluster)?.clone();
        let look = Look::at(self, context, &cluster).await?;
        look.sees(&subject.namespace)?;
        look.finds(self, context, subject).await?;
        // What is no EKS cluster has no identities in AWS to tell of.
        let made = if cluster.spec.eks.is_some() { look.known(self).await } else { None };
        Ok(Asked { look, made })
    }
}

impl Asked {
    /// Asks about the object with its pods and template; `None` when not enough of it was read.
    pub(super) async fn find<T, F>(&self, app: &App, subject: &Subject, ask: F) -> Result<Option<T>, Error>
    where
        F: FnOnce(&Made, Found) -> T + Send + 'static,
        T: Send + 'static,
    {
        let Some(made) = self.made.clone() else { return Ok(None) };
        let (around, subject) = (Around::read(&app.inventory.store, subject), subject.clone());
        made.ask(move |made| Found::of(made, &subject, &around).map(|found| ask(made, found))).await
    }

    pub(super) fn answer<T>(&self, app: &App, data: T, rights: bool) -> Answer<T> {
        let parts = if rights { RIGHTS } else { BINDINGS };
        if self.look.cluster.spec.eks.is_some() {
            return self.look.answer(app, data, (self.made.as_deref(), parts));
        }
        self.look.answer_elsewhere(app, data)
    }
}

fn service_of(made: &Made, found: &Found, service: &str) -> Option<AwsServiceActions> {
    let who = found.who(made);
    let session = who.session.as_ref().filter(|_| !who.is_refused())?;
    let forward = periscope_iam::forward(&session.limits.policies, &session.context, &made.catalogue);
    let rights = Rights { forward: &forward, session, catalogue: &made.catalogue, accounts: &made.accounts };
    let found = rights.of(service, MAX_ACTIONS)?;
    let super::AwsService { service, name, actions, total, cut } = found;
    Some(AwsServiceActions { service, name, actions, total, cut })
}

/// Its policy, or why there is none.
fn policy_of(made: &Made, found: &Found) -> Result<String, String> {
    let who = found.who(made);
    match who.session.as_ref().filter(|_| !who.is_refused()) {
        Some(session) => Ok(effective_policy(&session.limits.policies).document),
        None => Err(access::without_rights(&who).sentence),
    }
}

fn pods_of(made: &Made, found: &Found) -> AwsPods {
    let pod = |pod: &PodFacts| {
        let next = found.next(made, Some(pod));
        let (groups, _) = made.identities.groups([pod], &next);
        groups.into_iter().next().map(|group| AwsPod {
            name: pod.name.to_string(),
            service_account: pod.service_account.to_string(),
            source: group.source,
            role_arn: group.role_arn,
            state: group.state,
            words: group.words,
        })
    };
    AwsPods { pods: found.pods.iter().take(MAX_PODS).filter_map(pod).collect(), total: found.pods.len() }
}

fn file_name(subject: &Subject) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name = format!("{}-{}-{}", subject.cluster, subject.namespace, subject.name);
    format!("{}-policy.json", name.chars().map(plain).collect::<String>())
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
