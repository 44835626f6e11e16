//! Which service account has which role.

use periscope_audit::Verb;
use periscope_identity::ServiceAccountBinding;
use periscope_model::{Answer, ClusterId};

use super::gaps::BINDINGS;
use super::{Look, Question, ServiceAccountList};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::objects::check_namespace;

/// As long as IAM takes an ARN.
const MAX_ROLE: usize = 2048;

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
        if role.is_some_and(|role| role.chars().count() > MAX_ROLE) {
            return Err(Error::invalid("role_invalid", format!("the ARN of a role has at most {MAX_ROLE} characters")));
        }
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster)
            .with("question", "serviceAccounts")
            .in_namespace(namespace)
            .with_some("role", role);
        let answered = async {
            let look = Look::at(self, context, &cluster).await?;
            if cluster.spec.eks.is_none() {
                return Ok(look.answer_elsewhere(self, ServiceAccountList::default()));
            }
            namespace.map_or(Ok(()), |namespace| look.sees(namespace))?;
            let made = look.known(self).await;
            let mut data = ServiceAccountList::default();
            if let Some(made) = made.clone() {
                let (namespace, role) = (namespace.map(str::to_owned), role.map(str::to_owned));
                let is_asked = move |one: &&ServiceAccountBinding| {
                    namespace.as_ref().is_none_or(|asked| *asked == one.namespace)
                        && role.as_ref().is_none_or(|asked| names(one, asked))
                };
                data.accounts =
                    made.ask(|made| made.told().accounts.iter().filter(is_asked).cloned().collect()).await?;
            }
            Ok(look.answer(self, data, (made.as_deref(), BINDINGS)))
        };
        let answered = answered.await;
        self.told_as_far(context, question, answered).await
    }
}

fn names(one: &ServiceAccountBinding, role: &str) -> bool {
    let target = one.association.as_ref().and_then(|association| association.target_role_arn.as_deref());
    [one.role_arn.as_deref(), one.annotation_role_arn.as_deref(), target].contains(&Some(role))
}
