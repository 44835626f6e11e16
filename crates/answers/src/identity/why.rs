//! Why a workload may do something in AWS, or may not: every layer, and every statement that decides.

mod decide;

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId, KindId, ObjectRef};

use super::asked::{Subject, check_action, check_resource};
use super::{AwsVerdict, AwsWhy, WhyQuestion};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

impl App {
    pub async fn aws_why(
        &self,
        context: &Context,
        cluster: &ClusterId,
        asked: WhyQuestion,
    ) -> Result<Answer<AwsWhy>, Error> {
        check_action(&asked.action, false)?;
        let resource = asked.resource.unwrap_or_else(|| "*".to_owned());
        check_resource(&resource)?;
        let kind: KindId = asked
            .kind
            .parse()
            .map_err(|error: periscope_model::IdError| Error::invalid("kind_invalid", error.to_string()))?;
        let place = ObjectRef { cluster: cluster.clone(), kind, namespace: Some(asked.namespace), name: asked.name };
        let subject = Subject::of(&place)?;
        let question = self
            .question_about(&subject, Verb::AwsIamRead)?
            .with("question", "why")
            .with("action", asked.action.as_str())
            .with("resource", resource.as_str());
        let action = asked.action;
        let answered = async {
            let asked = self.asked_about(context, &subject).await?;
            let mut why = AwsWhy::open(&subject, &action, &resource);
            let open = why.clone();
            if let Some(decided) =
                asked.find(self, &subject, move |made, found| decide::why(made, &found, open)).await?
            {
                why = decided;
            }
            Ok(asked.answer(self, why, true))
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }
}

impl AwsWhy {
    /// The question without its answer.
    fn open(subject: &Subject, action: &str, resource: &str) -> Self {
        let what = if resource == "*" { "any resource" } else { resource };
        Self {
            question: format!("Can {}/{} do {action} on {what}?", subject.namespace, subject.name),
            verdict: AwsVerdict::unknown("what it is in AWS is not known"),
            reasons: Vec::new(),
            layers: Vec::new(),
            identity: None,
            role_arn: None,
            steps: Vec::new(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            assumptions: Vec::new(),
            who_can_grant: None,
        }
    }
}
