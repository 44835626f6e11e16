//! What is known of AWS for one cluster, and asking again.

use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId, Gap, Scope};

use super::AwsStatus;
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::identity::{Look, Question};

impl App {
    /// What was read of AWS for the cluster, and what this Periscope's own role may.
    pub async fn aws_status(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<AwsStatus>, Error> {
        let cluster = self.clusters.get(cluster)?;
        cluster.actor(&context.person)?;
        Ok(self.status_of(cluster))
    }

    /// The same after AWS was asked again. Who sees no pod of the cluster makes nobody ask.
    pub async fn aws_refresh(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<AwsStatus>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("refresh", true);
        let refreshed = async {
            let look = Look::at(self, context, &cluster).await?;
            look.sees_something()?;
            Ok(self.status_of(&cluster))
        };
        let answered = refreshed.await;
        self.told(context, question, answered).await
    }

    fn status_of(&self, cluster: &Cluster) -> Answer<AwsStatus> {
        let gaps = not_eks(cluster).into_iter().collect();
        let eks = cluster.spec.eks.as_ref();
        let data = AwsStatus {
            account: eks.map(|eks| eks.account_id.clone()),
            region: eks.map(|eks| eks.region.clone()),
            partition: eks.and_then(|eks| eks.arn.split(':').nth(1).map(str::to_owned)),
            ..AwsStatus::default()
        };
        Answer { data, as_of: self.clock.now(), scope: Scope::everywhere(), sources: Vec::new(), gaps }
    }
}

/// A cluster of which no ARN is known has nothing to do with AWS, as far as can be told.
pub(crate) fn not_eks(cluster: &Cluster) -> Option<Gap> {
    if cluster.spec.eks.is_some() {
        return None;
    }
    let what = format!("cluster {} is not known to be an EKS cluster", cluster.spec.id);
    let fix = "add eks.arn to the cluster in the configuration".to_owned();
    Some(Gap { fix: Some(fix), ..Gap::new("NOT_EKS", what) })
}
