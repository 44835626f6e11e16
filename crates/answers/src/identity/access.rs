//! Who may enter a cluster.

use std::sync::Arc;

use periscope_audit::Verb;
use periscope_identity::{AwsAuth, ClusterAccess, ClusterFacts, cluster_access};
use periscope_model::aws::Observed;
use periscope_model::{Answer, ClusterId, Gap, Scope};

use super::gaps::{self, Part, not_eks};
use super::known::Made;
use super::rbac::Rbac;
use super::{Look, Question};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;

/// Access entries and the accounts that their principals are of.
const PARTS: &[Part] = &[Part::AccessEntries, Part::Iam];

impl App {
    /// Access entries beside `aws-auth`, which is read live as the human.
    pub async fn cluster_access(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<ClusterAccess>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("question", "clusterAccess");
        let answered = self.access_to(context, &cluster).await;
        self.told_as_far(context, question, answered).await
    }

    async fn access_to(&self, context: &Context, cluster: &Arc<Cluster>) -> Result<Answer<ClusterAccess>, Error> {
        let look = Look::at(self, context, cluster).await?;
        let (made, aws_auth, rbac) =
            tokio::join!(look.known(self), self.aws_auth_of(context, cluster), self.rbac(context, cluster));
        let whole = look.whole();
        let nothing = whole.is_err() && aws_auth.value.is_none();
        let mut gaps: Vec<Gap> = not_eks(cluster).into_iter().collect();
        gaps.extend(whole.err().cloned());
        gaps.extend(aws_auth.gaps.iter().cloned());
        if let Some(made) = made.as_deref().filter(|_| cluster.spec.eks.is_some()) {
            let new = |gap: &Gap| !gaps.contains(gap) && gap.needs.is_empty();
            let of_aws = gaps::of_aws(&made.identities, PARTS, whole.is_ok());
            gaps.extend(of_aws.into_iter().filter(new).collect::<Vec<_>>());
        }
        let data = judge(cluster, made, (aws_auth, rbac?)).await?;
        let scope = if nothing { Scope::default() } else { Scope::everywhere() };
        Ok(Answer { data, as_of: self.clock.now(), scope, sources: Vec::new(), gaps })
    }

    async fn aws_auth_of(&self, context: &Context, cluster: &Arc<Cluster>) -> Observed<AwsAuth> {
        // Elsewhere nobody reads a ConfigMap of this name.
        if cluster.spec.eks.is_none() { Observed::default() } else { self.aws_auth(context, cluster).await }
    }
}

async fn judge(
    cluster: &Cluster,
    made: Option<Arc<Made>>,
    (aws_auth, rbac): (Observed<AwsAuth>, Option<Rbac>),
) -> Result<ClusterAccess, Error> {
    let Some(made) = made else {
        let facts = ClusterFacts { aws_auth, ..ClusterFacts::new(cluster.spec.id.clone(), Scope::default()) };
        return Ok(cluster_access(&facts, &periscope_identity::Accounts::default(), None));
    };
    made.ask(move |made| {
        let facts = ClusterFacts { aws_auth, ..made.identities.facts().clone() };
        let rbac = rbac.map(|rbac| rbac.policies());
        cluster_access(&facts, made.identities.accounts(), rbac.as_ref())
    })
    .await
}
