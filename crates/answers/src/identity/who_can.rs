//! Which workloads can do something in AWS, per cluster and over all of them.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use periscope_audit::Verb;
use periscope_model::{Answer, Certainty, Scope};

use super::asked::{check_action, check_resource};
use super::gaps::RIGHTS;
use super::{Look, Question, WhoCan, WhoCanCluster, WhoCanQuestion, WhoCanTotal};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::objects::check_namespace;

impl App {
    pub async fn who_can(&self, context: &Context, asked: WhoCanQuestion) -> Result<Answer<WhoCan>, Error> {
        check_action(&asked.action, true)?;
        asked.resource.as_deref().map_or(Ok(()), check_resource)?;
        asked.namespace.as_deref().map_or(Ok(()), check_namespace)?;
        let clusters = self.clusters.named(&asked.clusters)?;
        let question = Question::everywhere(Verb::AwsIamRead)
            .with("question", "whoCan")
            .with("action", asked.action.as_str())
            .with_some("resource", asked.resource.as_deref())
            .with_some("namespace", asked.namespace.as_deref())
            .with("clusters", asked.clusters.clone());
        let asking: FuturesUnordered<_> =
            clusters.iter().map(|cluster| async move { Look::at(self, context, cluster).await }).collect();
        let looks: Vec<_> = asking.collect().await;
        let per_cluster = looks
            .into_iter()
            .flatten()
            .map(|look| WhoCanCluster {
                cluster: look.cluster.spec.id.clone(),
                count: 0,
                state: look.cluster.state(),
                gaps: look.answer(self, (), (None, RIGHTS)).gaps,
            })
            .collect();
        let data = WhoCan {
            action: asked.action,
            actions_matched: 0,
            resource: asked.resource,
            rows: Vec::new(),
            total: WhoCanTotal { count: 0, certainty: Certainty::Unknown },
            per_cluster,
            next: None,
        };
        let (as_of, scope) = (self.clock.now(), Scope::everywhere());
        let answer = Answer { data, as_of, scope, sources: Vec::new(), gaps: Vec::new() };
        self.told_as_far(context, question, Ok(answer)).await
    }
}
