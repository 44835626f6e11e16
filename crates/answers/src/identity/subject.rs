//! One object with its pods and its template: whatever of it can have an identity.

use std::sync::Arc;

use periscope_iam::Verdict;
use periscope_identity::{
    Admits, ChainSubject, ContainerFacts, IdentityGroup, NextIdentity, PodFacts, PodIdentity, Session, TrustAnswer,
    WorkloadFacts,
};
use periscope_model::ObjectRef;
use periscope_store::{FeedKey, Row, Store};

use super::asked::Subject;
use super::facts::{pod_facts, template_facts, template_of};
use super::known::Made;
use crate::kinds::known;

/// The object of a question as the inventory has it now.
pub(super) struct Found {
    pub(super) object: ObjectRef,
    namespace: String,
    service_account: Arc<str>,
    host_network: bool,
    containers: Vec<ContainerFacts>,
    /// Those that run or will; in order of their names.
    pub(super) pods: Vec<PodFacts>,
    /// Whether it is a service account: any pod of it counts.
    is_account: bool,
}

/// Who it is in AWS.
pub(super) struct Who {
    pub(super) groups: Vec<IdentityGroup>,
    pub(super) after_restart: Option<NextIdentity>,
    /// The identity that most pods have, or, without pods, that the next one would get.
    pub(super) identity: PodIdentity,
    pub(super) session: Option<Session>,
    pub(super) trust: Option<TrustAnswer>,
}

/// Rows of the object itself and of what it owns, read without waiting.
pub(super) struct Around {
    row: Option<Arc<Row>>,
    /// Pods that name it as their owner.
    owned: Vec<Arc<Row>>,
}

impl Around {
    pub(super) fn read(store: &Store, subject: &Subject) -> Self {
        let lease = |kind: &str| {
            store.running(&FeedKey::shared(subject.cluster.clone(), known(kind))).filter(periscope_store::Lease::synced)
        };
        let kind = subject.kind.to_string();
        let row = lease(&kind).and_then(|lease| lease.read().get(&subject.namespace, &subject.name).cloned());
        // What stands above a Job is what its pods are found by; so its own are looked for here.
        let uid = row.as_ref().filter(|row| row.job().is_some()).map(|row| row.meta.uid);
        let owned = uid.and_then(|uid| {
            let pods = lease("pods")?;
            let reader = pods.read();
            Some(reader.owned_by(&subject.namespace, uid).cloned().collect())
        });
        Self { row, owned: owned.unwrap_or_default() }
    }
}

impl Found {
    /// `None` when nothing is known of it: the inventory may not read its kind.
    pub(super) fn of(made: &Made, subject: &Subject, around: &Around) -> Option<Self> {
        let object = subject.object();
        let identities = &made.identities;
        let kind = subject.kind.to_string();
        if kind == "serviceaccounts" {
            let mut pods: Vec<PodFacts> = identities.pods_using(&subject.namespace, &subject.name).cloned().collect();
            pods.sort_by(|a, b| a.name.cmp(&b.name));
            let template = identities.workloads_using(&subject.namespace, &subject.name).next();
            return Some(Self {
                object,
                namespace: subject.namespace.clone(),
                service_account: Arc::from(subject.name.as_str()),
                host_network: template.is_some_and(|template| template.host_network),
                containers: template.map(|template| template.containers.clone()).unwrap_or_default(),
                pods,
                is_account: true,
            });
        }
        let row = around.row.as_ref();
        let template = row.and_then(|row| template_of(row)).map(|template| template_facts(object.clone(), template));
        let template: WorkloadFacts = template.or_else(|| identities.workload(&object).cloned())?;
        let mut pods: Vec<PodFacts> = match kind.as_str() {
            "pods" => row.filter(|row| runs(row)).and_then(|row| pod_facts(row, object.clone())).into_iter().collect(),
            "jobs.batch" => {
                let running = around.owned.iter().filter(|row| runs(row));
                running.filter_map(|row| pod_facts(row, object.clone())).collect()
            }
            _ => identities.pods_of(&object).cloned().collect(),
        };
        pods.sort_by(|a, b| a.name.cmp(&b.name));
        Some(Self {
            object,
            namespace: subject.namespace.clone(),
            service_account: template.service_account,
            host_network: template.host_network,
            containers: template.containers,
            pods,
            is_account: false,
        })
    }

    /// Whether it is this workload, or runs as part of it.
    pub(super) fn is(&self, workload: &ObjectRef) -> bool {
        self.object == *workload || self.pods.iter().any(|pod| pod.workload == *workload)
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(super) fn service_account(&self) -> &str {
        &self.service_account
    }

    /// The identity that a new pod would get. A pod that runs shows what was injected into it; its successor is made from
    /// what stands above it.
    pub(super) fn next(&self, made: &Made, pod: Option<&PodFacts>) -> PodIdentity {
        let owner = pod.and_then(|pod| made.identities.workload(&pod.workload));
        let injected = self.object.kind.resource() == "pods";
        let (containers, host_network) = match owner {
            Some(owner) => (owner.containers.as_slice(), owner.host_network),
            None if injected => (&[][..], self.host_network),
            None => (self.containers.as_slice(), self.host_network),
        };
        made.identities.next(&self.namespace, &self.service_account, containers, host_network)
    }

    pub(super) fn who(&self, made: &Made) -> Who {
        let identities = &made.identities;
        let next = self.next(made, None);
        let (groups, after_restart) = identities.groups(&self.pods, &next);
        let most = groups.first().and_then(|group| group.pod_names.first());
        let pod = most.and_then(|name| self.pods.iter().find(|pod| *pod.name == **name));
        let identity = pod.map_or(next, |pod| identities.in_force(pod));
        let session = identities.session_of(&self.namespace, &self.service_account, &identity);
        let trust = identities.trust_of(&self.namespace, &self.service_account, &identity);
        Who { groups, after_restart, identity, session, trust }
    }

    /// Whose way is drawn: a service account has none without a pod.
    pub(super) fn chain(&self, made: &Made, who: &Who) -> Vec<periscope_identity::ChainStep> {
        let workload = if self.is_account { self.pods.first().map(|pod| &pod.workload) } else { Some(&self.object) };
        let subject = ChainSubject {
            workload: workload.unwrap_or(&self.object),
            namespace: &self.namespace,
            service_account: &self.service_account,
        };
        let mut steps = made.identities.chain(&subject, &who.identity);
        if workload.is_none() && !steps.is_empty() {
            steps.remove(0);
        }
        steps
    }
}

fn runs(row: &Row) -> bool {
    row.pod().is_some_and(|pod| !pod.is_terminal())
}

impl Who {
    /// Whether it becomes its role at all.
    pub(super) fn enters(&self) -> Verdict {
        match self.trust.as_ref().map(|trust| trust.admits) {
            Some(Admits::No) => Verdict::Denied { explicit: false },
            _ => Verdict::Allowed,
        }
    }

    /// Under which condition it acts as its role at all.
    pub(super) fn caveat(&self) -> Option<String> {
        self.identity.caveat(self.trust.as_ref())
    }

    pub(super) fn is_refused(&self) -> bool {
        self.enters().is_denied()
    }
}
