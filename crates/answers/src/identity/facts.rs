//! What identities are told from, out of the inventory's rows: of the namespaces of one kind of caller, and no other.

use std::sync::Arc;

use jiff::Timestamp;
use periscope_identity::{
    AwsEnvironment, ContainerFacts, NodeFacts, PodFacts, ServiceAccountFacts, WorkloadFacts, service_account_name,
};
use periscope_model::aws::Observed;
use periscope_model::{ClusterId, KindId, ObjectRef, Scope};
use periscope_store::rows::{Container, ContainerRole, Meta, Owner, PodTemplate, Row};
use periscope_store::{Reader, Visible};

use super::rows::{Of, Rows};
use crate::clusters::Discovered;

/// Kubernetes' side of one cluster.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ClusterRows {
    pub(super) scope: Scope,
    pub(super) service_accounts: Observed<Vec<ServiceAccountFacts>>,
    pub(super) pods: Observed<Vec<PodFacts>>,
    pub(super) workloads: Observed<Vec<WorkloadFacts>>,
    pub(super) nodes: Observed<Vec<NodeFacts>>,
}

/// What stands at the top of owners, looked for upwards.
struct Tops<'a> {
    cluster: &'a ClusterId,
    discovered: Option<&'a Discovered>,
    replica_sets: Option<Reader<'a>>,
    jobs: Option<Reader<'a>>,
}

/// Kinds of templates, with whether one that something else owns counts: the owner is what people know then.
const TEMPLATES: [(Of, bool); 6] = [
    (Of::Deployments, true),
    (Of::StatefulSets, true),
    (Of::DaemonSets, true),
    (Of::CronJobs, true),
    (Of::Jobs, false),
    (Of::ReplicaSets, false),
];

impl ClusterRows {
    pub(super) fn read(
        cluster: &ClusterId,
        (rows, discovered): (&Rows, Option<&Discovered>),
        visible: &Visible,
    ) -> Self {
        let tops = Tops { cluster, discovered, replica_sets: rows.read(Of::ReplicaSets), jobs: rows.read(Of::Jobs) };
        let pods = observed(rows, Of::Pods, visible, |row| tops.pod(row));
        drop(tops);
        let mut workloads = Observed { value: Some(Arc::default()), at: None, gaps: Vec::new() };
        let mut found = Vec::new();
        for (of, owned) in TEMPLATES {
            let some = observed(rows, of, visible, |row| template(cluster, of, row, owned));
            found.extend(some.value.into_iter().flat_map(|some| some.to_vec()));
            workloads.at = [workloads.at, some.at].into_iter().flatten().min();
            workloads.gaps.extend(some.gaps);
        }
        workloads.value = Some(Arc::new(found));
        Self {
            scope: scope_of(visible),
            service_accounts: observed(rows, Of::ServiceAccounts, visible, service_account),
            // Of nodes only what decides whether a pod reaches their role, and pods say themselves where they run.
            nodes: observed(rows, Of::Nodes, &Visible::All, node),
            pods,
            workloads,
        }
    }

    /// Whether nothing differs but when it was read.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        fn same<T: PartialEq>(a: &Observed<T>, b: &Observed<T>) -> bool {
            a.value == b.value && a.gaps == b.gaps
        }
        self.scope == other.scope
            && same(&self.service_accounts, &other.service_accounts)
            && same(&self.pods, &other.pods)
            && same(&self.workloads, &other.workloads)
            && same(&self.nodes, &other.nodes)
    }
}

fn scope_of(visible: &Visible) -> Scope {
    match visible {
        Visible::All => Scope::everywhere(),
        Visible::Namespaces(names) => {
            Scope { cluster_wide: false, namespaces: names.iter().map(ToString::to_string).collect() }
        }
        Visible::Nothing => Scope::default(),
    }
}

fn observed<T>(rows: &Rows, of: Of, visible: &Visible, fact: impl Fn(&Row) -> Option<T>) -> Observed<Vec<T>> {
    let Some(reader) = rows.read(of) else {
        return rows.gap(of).map_or_else(Observed::default, Observed::missing);
    };
    let found = reader.rows_in(visible).filter_map(|row| fact(row)).collect();
    Observed::new(found, rows.lease(of).as_of())
}

impl Tops<'_> {
    /// A pod that may still act; one that ended has no identity any more.
    fn pod(&self, row: &Row) -> Option<PodFacts> {
        row.pod().filter(|pod| !pod.is_terminal())?;
        pod_facts(row, self.top(&row.meta))
    }

    fn top(&self, meta: &Meta) -> ObjectRef {
        let itself = object(self.cluster, "pods", meta);
        let Some(owner) = meta.controller() else { return itself };
        let above = match &*owner.kind {
            "ReplicaSet" => self.replica_sets.as_ref().and_then(|sets| sets.owner(&meta.namespace, owner)),
            "Job" => self.jobs.as_ref().and_then(|jobs| jobs.owner(&meta.namespace, owner)),
            _ => None,
        };
        let highest = above.and_then(|row| row.meta.controller()).and_then(|owner| self.named(meta, owner));
        highest.or_else(|| self.named(meta, owner)).unwrap_or(itself)
    }

    fn named(&self, meta: &Meta, owner: &Owner) -> Option<ObjectRef> {
        let kind = match (&*owner.group, &*owner.kind) {
            ("apps", "Deployment") => known("deployments.apps"),
            ("apps", "ReplicaSet") => known("replicasets.apps"),
            ("apps", "StatefulSet") => known("statefulsets.apps"),
            ("apps", "DaemonSet") => known("daemonsets.apps"),
            ("batch", "Job") => known("jobs.batch"),
            ("batch", "CronJob") => known("cronjobs.batch"),
            // A node's own pods are nobody's workload.
            ("", "Node") => return None,
            (group, kind) => self.discovered?.by_name(group, kind)?.kind_id.clone(),
        };
        let namespace = Some(meta.namespace.to_string());
        Some(ObjectRef { cluster: self.cluster.clone(), kind, namespace, name: owner.name.to_string() })
    }
}

fn known(kind: &str) -> KindId {
    crate::kinds::known(kind)
}

fn object(cluster: &ClusterId, kind: &str, meta: &Meta) -> ObjectRef {
    let namespace = (!meta.namespace.is_empty()).then(|| meta.namespace.to_string());
    ObjectRef { cluster: cluster.clone(), kind: known(kind), namespace, name: meta.name.to_string() }
}

/// The pod of `row`, running or not, as part of `workload`.
pub(super) fn pod_facts(row: &Row, workload: ObjectRef) -> Option<PodFacts> {
    let pod = row.pod()?;
    Some(PodFacts {
        namespace: row.meta.namespace.clone(),
        name: Arc::from(&*row.meta.name),
        service_account: service_account_of(&pod.template),
        workload,
        created: time(row.meta.created),
        host_network: pod.template.host_network,
        node: pod.node.clone(),
        containers: containers(&pod.template),
    })
}

/// A workload's template.
fn template(cluster: &ClusterId, of: Of, row: &Row, owned: bool) -> Option<WorkloadFacts> {
    if !owned && row.meta.controller().is_some() {
        return None;
    }
    let template = template_of(row)?;
    Some(template_facts(object(cluster, of.kind(), &row.meta), template))
}

pub(super) fn template_facts(workload: ObjectRef, template: &PodTemplate) -> WorkloadFacts {
    WorkloadFacts {
        workload,
        service_account: service_account_of(template),
        host_network: template.host_network,
        containers: containers(template),
    }
}

/// What the pods of this row are made from.
pub(super) fn template_of(row: &Row) -> Option<&PodTemplate> {
    let template = row.pod().map(|pod| &pod.template);
    let template = template.or_else(|| row.deployment().map(|one| &one.replicas.template));
    let template = template.or_else(|| row.stateful_set().map(|one| &one.replicas.template));
    let template = template.or_else(|| row.daemon_set().map(|one| &one.replicas.template));
    let template = template.or_else(|| row.replica_set().map(|one| &one.replicas.template));
    let template = template.or_else(|| row.job().map(|one| &one.template));
    let template = template.or_else(|| row.cron_job().map(|one| &one.template));
    template.map(|template| &**template)
}

fn service_account_of(template: &PodTemplate) -> Arc<str> {
    match &template.service_account {
        Some(named) if !named.is_empty() => named.clone(),
        _ => Arc::from(service_account_name(None)),
    }
}

fn containers(template: &PodTemplate) -> Vec<ContainerFacts> {
    let lasting = template.containers.iter().filter(|one| one.role != ContainerRole::Init);
    lasting.map(|one| ContainerFacts { name: one.name.clone(), environment: environment(one) }).collect()
}

fn environment(container: &Container) -> AwsEnvironment {
    let Some(aws) = &container.aws else { return AwsEnvironment::default() };
    AwsEnvironment {
        role_arn: aws.role_arn.clone(),
        token_file: aws.token_file.clone(),
        credentials_uri: aws.credentials_uri.clone(),
        static_keys: aws.static_keys.iter().map(|name| Arc::from(*name)).collect(),
    }
}

fn service_account(row: &Row) -> Option<ServiceAccountFacts> {
    let account = row.service_account()?;
    Some(ServiceAccountFacts {
        namespace: row.meta.namespace.clone(),
        name: Arc::from(&*row.meta.name),
        role_arn: account.role_arn.clone(),
        audience: account.audience.clone(),
        created: time(row.meta.created),
    })
}

fn node(row: &Row) -> Option<NodeFacts> {
    let node = row.node()?;
    Some(NodeFacts { name: Arc::from(&*row.meta.name), provider_id: node.provider_id.clone() })
}

fn time(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}
