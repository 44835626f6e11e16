//! Why a workload may do something in AWS, or may not.

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId, KindId, ObjectRef};

use super::asked::{Subject, check_action, check_resource};
use super::gaps::RIGHTS;
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
        let answered = async {
            let look = self.look_at(context, &subject).await?;
            let data = AwsWhy {
                question: format!("may {subject} do {} on {resource}?", asked.action),
                verdict: AwsVerdict::unknown(),
                reasons: Vec::new(),
                layers: Vec::new(),
                identity: None,
                steps: Vec::new(),
                action: asked.action.clone(),
                resource: resource.clone(),
                assumptions: Vec::new(),
                who_can_grant: None,
            };
            Ok(look.answer(self, data, (None, RIGHTS)))
        };
        let answered = answered.await;
        self.told(context, question, answered).await
    }
}
