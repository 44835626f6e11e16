//! What is wrong with identities, per cluster and over all of them.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use periscope_audit::Verb;
use periscope_identity::{AwsAuth, CheckId, CheckOptions, CheckState, Checked, ClusterFacts, Identities};
use periscope_model::aws::Observed;
use periscope_model::{Answer, ClusterId, Gap, Scope};

use super::gaps::RIGHTS;
use super::known::Made;
use super::rbac::Rbac;
use super::{FindingList, Look, Question};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;

/// Checks of who may enter a cluster: made for each caller, who reads `aws-auth` as themselves.
const OF_ACCESS: [CheckId; 3] = [CheckId::AwsAuthMasters, CheckId::MappedDifferently, CheckId::AwsAuthMalformed];
/// How long the fleet waits for one cluster; its findings come with the next question.
const CLUSTER_DEADLINE: Duration = Duration::from_secs(5);

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
        let ask = async |cluster: &Arc<Cluster>| {
            let asked = tokio::time::timeout(CLUSTER_DEADLINE, self.findings_of(context, cluster)).await;
            asked.unwrap_or_else(|_| Err(cluster.unreachable("it takes too long; ask again")))
        };
        let clusters: Vec<&Arc<Cluster>> = self.clusters.all().filter(|cluster| cluster.spec.eks.is_some()).collect();
        let asking: FuturesOrdered<_> = clusters.iter().map(|cluster| ask(cluster)).collect();
        let answers: Vec<_> = asking.collect().await;
        let mut all = Fleet::default();
        for (cluster, answer) in clusters.iter().zip(answers) {
            match answer {
                Ok(answer) => all.add(&cluster.spec.id, answer),
                Err(error) => all.gaps.push(Gap::new("UNREACHABLE", format!("cluster {}: {error}", cluster.spec.id))),
            }
        }
        let answer = all.answer(self.clock.now());
        self.told_as_far(context, question, Ok(answer)).await
    }

    async fn findings_of(&self, context: &Context, cluster: &Arc<Cluster>) -> Result<Answer<FindingList>, Error> {
        let look = Look::at(self, context, cluster).await?;
        if cluster.spec.eks.is_none() {
            return Ok(look.answer_elsewhere(self, nothing_checked("it is not known to be an EKS cluster")));
        }
        if look.sees_something().is_err() {
            return Ok(look.answer(self, nothing_checked("you may see none of its namespaces"), (None, RIGHTS)));
        }
        let (made, aws_auth, rbac) =
            tokio::join!(look.known(self), self.aws_auth(context, cluster), self.rbac(context, cluster));
        let rbac = rbac?;
        let data = match made.clone() {
            Some(made) => made.ask(move |made| check(made, aws_auth, rbac.as_ref())).await?,
            None => nothing_checked("its identities are not read yet"),
        };
        Ok(look.answer(self, data, (made.as_deref(), RIGHTS)))
    }
}

/// Every check of what the caller sees.
fn check(made: &Made, aws_auth: Observed<AwsAuth>, rbac: Option<&Rbac>) -> FindingList {
    let report = &made.told().report;
    let facts = made.identities.facts();
    // Of the cluster itself alone: what runs in it has been checked.
    let door = ClusterFacts {
        arn: facts.arn.clone(),
        eks: facts.eks.clone(),
        access_entries: facts.access_entries.clone(),
        aws_auth,
        ..ClusterFacts::new(facts.cluster.clone(), Scope::default())
    };
    let rbac = rbac.map(Rbac::policies);
    let options = CheckOptions { catalogue: &made.catalogue, rbac: rbac.as_ref(), access_withheld: None };
    let access = Identities::new(Arc::new(door), made.accounts.clone()).report(&options);
    let of_access = |id: CheckId| OF_ACCESS.contains(&id);
    let mut findings: Vec<_> = report.findings.iter().filter(|finding| !of_access(finding.id)).cloned().collect();
    findings.extend(access.findings.into_iter().filter(|finding| of_access(finding.id)));
    findings.sort_by_key(|finding| finding.severity);
    let checked = report.checked.iter().filter(|check| !of_access(check.id)).cloned();
    let checked = checked.chain(access.checked.into_iter().filter(|check| of_access(check.id)));
    let mut checked: Vec<Checked> = checked.collect();
    checked.sort_by_key(|check| check.id);
    FindingList { findings, checked }
}

/// Each check is told, also those that could not be made.
fn nothing_checked(why: &str) -> FindingList {
    let unknown = |id: &CheckId| Checked {
        id: *id,
        title: id.title(),
        state: CheckState::Unknown,
        count: 0,
        why: Some(why.to_owned()),
    };
    FindingList { findings: Vec::new(), checked: CheckId::ALL.iter().map(unknown).collect() }
}

/// Several clusters together.
struct Fleet {
    data: FindingList,
    scope: Scope,
    sources: Vec<periscope_model::Source>,
    gaps: Vec<Gap>,
    any: bool,
}

impl Default for Fleet {
    fn default() -> Self {
        let scope = Scope::everywhere();
        Self { data: FindingList::default(), scope, sources: Vec::new(), gaps: Vec::new(), any: false }
    }
}

impl Fleet {
    fn add(&mut self, cluster: &ClusterId, answer: Answer<FindingList>) {
        self.data.findings.extend(answer.data.findings);
        self.scope.cluster_wide &= answer.scope.cluster_wide;
        self.scope.namespaces.extend(answer.scope.namespaces);
        self.sources.extend(answer.sources);
        self.gaps.extend(answer.gaps);
        self.any = true;
        for mut check in answer.data.checked {
            check.why = check.why.map(|why| format!("{cluster}: {why}"));
            match self.data.checked.iter_mut().find(|known| known.id == check.id) {
                Some(known) => together(known, check),
                None => self.data.checked.push(check),
            }
        }
    }

    fn answer(mut self, now: jiff::Timestamp) -> Answer<FindingList> {
        if self.data.checked.is_empty() {
            self.data = nothing_checked("no EKS cluster is known here");
        }
        self.data.findings.sort_by_key(|finding| finding.severity);
        self.scope.cluster_wide &= self.any;
        self.scope.namespaces.sort();
        self.scope.namespaces.dedup();
        Answer { data: self.data, as_of: now, scope: self.scope, sources: self.sources, gaps: self.gaps }
    }
}

fn together(known: &mut Checked, other: Checked) {
    known.count += other.count;
    known.state = match (known.state, other.state) {
        (CheckState::Found, _) | (_, CheckState::Found) => CheckState::Found,
        (CheckState::Unknown, _) | (_, CheckState::Unknown) => CheckState::Unknown,
        _ => CheckState::Clear,
    };
    known.why = match (known.why.take(), other.why) {
        (Some(one), Some(other)) => Some(format!("{one}; {other}")),
        (one, other) => one.or(other),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_clear_only_where_every_cluster_is() {
        let told = |state, count, why: Option<&str>| Checked {
            id: CheckId::FullAdmin,
            title: "",
            state,
            count,
            why: why.map(str::to_owned),
        };
        let both = |mut one: Checked, other| {
            together(&mut one, other);
            (one.state, one.count, one.why)
        };
        let clear = || told(CheckState::Clear, 0, None);
        let unknown = |why| told(CheckState::Unknown, 0, Some(why));
        assert_eq!(both(clear(), clear()), (CheckState::Clear, 0, None));
        assert_eq!(both(clear(), unknown("a")), (CheckState::Unknown, 0, Some("a".to_owned())));
        assert_eq!(both(unknown("a"), unknown("b")).2, Some("a; b".to_owned()));
        assert_eq!(both(told(CheckState::Found, 2, None), unknown("a")).0, CheckState::Found);
        assert_eq!(both(told(CheckState::Found, 2, None), told(CheckState::Found, 1, None)).1, 3);
    }
}
