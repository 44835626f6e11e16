//! Which workloads can do something in AWS, per cluster and over all of them.
//!
//! Each cluster is asked by itself, and none waits for another longer than the deadline: what a slow one knows comes with
//! the next question, and its state says so.

mod cursor;
mod rows;
mod wanted;

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use periscope_audit::Verb;
use periscope_model::{Answer, Certainty, Gap, Permission, Scope};

use self::cursor::Place;
use self::rows::{Holding, Unjudged, row};
use self::wanted::Wanted;
use super::gaps::RIGHTS;
use super::known::Made;
use super::{Look, Question, WhoCan, WhoCanCluster, WhoCanQuestion, WhoCanRow, WhoCanTotal};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;
use crate::objects::check_namespace;

/// Rows of one page.
const MAX_ROWS: usize = 500;
/// How long one cluster is waited for.
const CLUSTER_DEADLINE: Duration = Duration::from_secs(5);
/// Workloads named of those whose rights cannot be told.
const MAX_NAMED: usize = 3;

/// What one cluster answers.
struct Part {
    told: WhoCanCluster,
    scope: Scope,
    made: Option<Arc<Made>>,
    holdings: Vec<(Place, Holding)>,
    whole: bool,
    refusal: Option<String>,
}

impl App {
    pub async fn who_can(&self, context: &Context, asked: WhoCanQuestion) -> Result<Answer<WhoCan>, Error> {
        let wanted = Arc::new(Wanted::parse(&asked.action, asked.resource.as_deref())?);
        asked.namespace.as_deref().map_or(Ok(()), check_namespace)?;
        let after = asked.cursor.as_deref().map(Place::parse).transpose()?;
        let clusters = self.clusters.named(&asked.clusters)?;
        let question = Question::everywhere(Verb::AwsIamRead)
            .with("question", "whoCan")
            .with("action", asked.action.as_str())
            .with_some("resource", asked.resource.as_deref())
            .with_some("namespace", asked.namespace.as_deref())
            .with("clusters", asked.clusters.clone());
        let namespace = asked.namespace.as_deref();
        let ask = clusters.iter().map(|cluster| self.part_of(context, cluster, (&wanted, namespace)));
        let parts = join_all(ask).await;
        let answered = self.page(parts, asked, (&wanted, after)).await;
        self.told_as_far(context, question, answered).await
    }

    /// One cluster in time, or why not.
    async fn part_of(
        &self,
        context: &Context,
        cluster: &Arc<Cluster>,
        (wanted, namespace): (&Arc<Wanted>, Option<&str>),
    ) -> Part {
        let asked = self.asked_of(context, cluster, (wanted, namespace));
        match tokio::time::timeout(CLUSTER_DEADLINE, asked).await {
            Ok(Ok(part)) => part,
            Ok(Err(error)) => Part::without(cluster, Gap::new("REFUSED", error.to_string()), &error),
            Err(_) => {
                let error = cluster.unreachable("it takes too long; ask again");
                Part::without(cluster, Gap::new("NOT_READ", error.to_string()), &error)
            }
        }
    }

    async fn asked_of(
        &self,
        context: &Context,
        cluster: &Arc<Cluster>,
        (wanted, namespace): (&Arc<Wanted>, Option<&str>),
    ) -> Result<Part, Error> {
        let look = Look::at(self, context, cluster).await?;
        let is_eks = cluster.spec.eks.is_some();
        let sees = look.sees_something().is_ok();
        let made = if is_eks && sees { look.known(self).await } else { None };
        let mut gaps = if is_eks {
            look.answer(self, (), (made.as_deref(), RIGHTS)).gaps
        } else {
            look.answer_elsewhere(self, ()).gaps
        };
        if let Some(namespace) = namespace.filter(|namespace| is_eks && look.sees(namespace).is_err()) {
            let needed = Permission::on("list", &known("pods"), Some(namespace));
            let refusal = Some(format!("you may not {needed}"));
            let gaps = vec![Gap::missing_permission(format!("namespace {namespace} of {}", cluster.spec.id), needed)];
            let told = WhoCanCluster { cluster: cluster.spec.id.clone(), count: 0, state: look.state(), gaps };
            let (scope, holdings) = (Scope::default(), Vec::new());
            return Ok(Part { told, scope, whole: false, made, holdings, refusal });
        }
        let mut holdings = Vec::new();
        if let Some(made) = made.clone() {
            let (wanted, namespace) = (wanted.clone(), namespace.map(str::to_owned));
            let asked = made.ask(move |made| rows::holdings(made, &wanted, namespace.as_deref())).await?;
            holdings = asked.0;
            gaps.extend(unjudged(&cluster.spec.id.to_string(), &asked.1));
        }
        let refusal = look.sees_something().err().map(|error| error.to_string());
        let told = WhoCanCluster { cluster: cluster.spec.id.clone(), count: holdings.len(), state: look.state(), gaps };
        Ok(Part { told, scope: look.scope(), whole: !is_eks || made.is_some(), made, holdings, refusal })
    }

    /// What all clusters say, in one order, from a place on.
    async fn page(
        &self,
        parts: Vec<Part>,
        asked: WhoCanQuestion,
        (wanted, after): (&Arc<Wanted>, Option<Place>),
    ) -> Result<Answer<WhoCan>, Error> {
        let limit = asked.limit.clamp(1, MAX_ROWS);
        let mut gaps: Vec<Gap> = wanted.unknown().collect();
        let exact = parts.iter().all(|part| part.whole && part.told.gaps.iter().all(|gap| gap.code == "NOT_EKS"));
        let mut scope = Scope::everywhere();
        let (mut per_cluster, mut all) = (Vec::new(), Vec::new());
        let refused = parts.iter().all(|part| part.refusal.is_some());
        for part in parts {
            scope.cluster_wide &= part.scope.cluster_wide;
            scope.namespaces.extend(part.scope.namespaces);
            if refused {
                gaps.extend(part.told.gaps.iter().cloned());
            }
            per_cluster.push(part.told);
            let made = part.made;
            all.extend(part.holdings.into_iter().map(|(place, holding)| (place, holding, made.clone())));
        }
        scope.namespaces.sort();
        scope.namespaces.dedup();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        let count = all.len();
        let mut page: Vec<_> =
            all.into_iter().filter(|(place, ..)| after.as_ref().is_none_or(|after| place > after)).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        let next = page.last().filter(|_| more).map(|(place, ..)| place.text());
        let mut rows: Vec<WhoCanRow> = Vec::with_capacity(page.len());
        for (_, holding, made) in page {
            let Some(made) = made else { continue };
            let wanted = wanted.clone();
            rows.push(made.ask(move |made| row(made, &wanted, holding)).await?);
        }
        let certainty = if exact { Certainty::Exact } else { Certainty::AtLeast };
        let data = WhoCan {
            action: asked.action,
            actions_matched: wanted.known(),
            resource: asked.resource,
            rows,
            total: WhoCanTotal { count, certainty },
            per_cluster,
            next,
        };
        Ok(Answer { data, as_of: self.clock.now(), scope, sources: Vec::new(), gaps })
    }
}

impl Part {
    fn without(cluster: &Cluster, gap: Gap, error: &Error) -> Self {
        let told =
            WhoCanCluster { cluster: cluster.spec.id.clone(), count: 0, state: cluster.state(), gaps: vec![gap] };
        let refused = matches!(error, Error::Refused { .. } | Error::NotAdmitted { .. });
        let refusal = refused.then(|| error.to_string());
        Self { told, scope: Scope::default(), made: None, holdings: Vec::new(), whole: false, refusal }
    }
}

/// Workloads that may be able to, for all that is known.
fn unjudged(cluster: &str, unjudged: &[Unjudged]) -> Option<Gap> {
    let (_, why) = unjudged.first()?;
    let named: Vec<&str> = unjudged.iter().take(MAX_NAMED).map(|(name, _)| name.as_str()).collect();
    let more =
        if unjudged.len() > MAX_NAMED { format!(" and {} more", unjudged.len() - MAX_NAMED) } else { String::new() };
    let what = format!("what {}{more} may do in {cluster} cannot be told: {why}", named.join(", "));
    Some(Gap::new("RIGHTS_UNKNOWN", what))
}
