//! What is wrong with identities, per cluster and over all of them.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use periscope_audit::Verb;
use periscope_model::{Answer, ClusterId, Scope};

use super::gaps::RIGHTS;
use super::{FindingList, Look, Question};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;

impl App {
    pub async fn aws_findings(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<FindingList>, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let question = Question::of(Verb::AwsIdentityRead, &cluster).with("question", "findings");
        let answered = self.findings_of(context, &cluster).await;
        self.told_as_far(context, question, answered).await
    }

    /// Of every cluster; one that does not answer is a gap.
    pub async fn identity_findings(&self, context: &Context) -> Result<Answer<FindingList>, Error> {
        let question = Question::everywhere(Verb::AwsIdentityRead).with("question", "findings");
        let asking: FuturesUnordered<_> =
            self.clusters.all().map(|cluster| async move { self.findings_of(context, cluster).await }).collect();
        let answers: Vec<_> = asking.collect().await;
        let mut all = Answer {
            data: FindingList::default(),
            as_of: self.clock.now(),
            scope: Scope::everywhere(),
            sources: Vec::new(),
            gaps: Vec::new(),
        };
        for answer in answers.into_iter().flatten() {
            all.data.findings.extend(answer.data.findings);
            all.sources.extend(answer.sources);
            all.gaps.extend(answer.gaps);
        }
        self.told_as_far(context, question, Ok(all)).await
    }

    async fn findings_of(&self, context: &Context, cluster: &Arc<Cluster>) -> Result<Answer<FindingList>, Error> {
        let look = Look::at(self, context, cluster).await?;
        let made = look.known(self).await;
        let mut data = FindingList::default();
        if let Some(made) = made.clone() {
            data = made
                .ask(|_, told| FindingList { findings: told.findings.clone(), checked: told.checked.clone() })
                .await?;
        }
        Ok(look.answer(self, data, (made.as_deref(), RIGHTS)))
    }
}
