//! Roles, and what runs as them.

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId};

use super::gaps::BINDINGS;
use super::{AwsRoleList, Look, Question};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

impl App {
    /// Roles of the workloads that the caller sees.
    pub async fn aws_roles(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<AwsRoleList>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("question", "roles");
        let answered = async {
            let look = Look::at(self, context, &cluster).await?;
            if cluster.spec.eks.is_none() {
                return Ok(look.answer_elsewhere(self, AwsRoleList::default()));
            }
            let made = look.known(self).await;
            let mut data = AwsRoleList::default();
            if let Some(made) = made.clone() {
                data.roles = made.ask(|made| made.told().roles.clone()).await?;
            }
            Ok(look.answer(self, data, (made.as_deref(), BINDINGS)))
        };
        let answered = answered.await;
        self.told_as_far(context, question, answered).await
    }
}
