//! Who may enter a cluster.

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId};

use super::{ClusterAccess, Look, Question};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

impl App {
    /// Access entries beside `aws-auth`, which is read live as the human.
    pub async fn cluster_access(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<ClusterAccess>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("question", "clusterAccess");
        let answered = async {
            let look = Look::at(self, context, &cluster).await?;
            Ok(look.answer(self, ClusterAccess::default()))
        };
        let answered = answered.await;
        self.told_as_far(context, question, answered).await
    }
}
