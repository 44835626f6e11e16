//! Which service account has which role.

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId};

use super::{Look, Question, ServiceAccountList};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::objects::check_namespace;

impl App {
    /// Service accounts of the namespaces that the caller sees; of one namespace or one role where asked so.
    pub async fn aws_service_accounts(
        &self,
        context: &Context,
        cluster: &ClusterId,
        (namespace, role): (Option<&str>, Option<&str>),
    ) -> Result<Answer<ServiceAccountList>, Error> {
        if let Some(namespace) = namespace {
            check_namespace(namespace)?;
        }
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster)
            .with("question", "serviceAccounts")
            .in_namespace(namespace)
            .with_some("role", role);
        let answered = async {
            let look = Look::at(self, context, &cluster).await?;
            Ok(look.answer(self, ServiceAccountList::default()))
        };
        let answered = answered.await;
        self.told_as_far(context, question, answered).await
    }
}
