//! Findings about pods that have no role of their own.

use std::collections::{BTreeMap, BTreeSet};

use periscope_model::ObjectRef;

use super::Gathered;
use crate::in_force::{NodeReach, is_open};
use crate::{
    CheckId, ContainerFacts, Finding, Identities, IdentitySource, NodeKind, PodFacts, Severity, Subject, SubjectKind,
};

impl Identities {
    pub(super) fn check_pods(&self, gathered: &mut Gathered) {
        let facts = self.facts();
        gathered.needs(&[CheckId::NodeRoleFallback, CheckId::StaticKeys], &facts.pods, "pods");
        gathered.needs(&[CheckId::NodeRoleFallback], &facts.nodes, "nodes");
        gathered.needs(&[CheckId::NodeRoleFallback], &facts.instances, "the metadata options of instances");
        self.check_node_role(gathered);
        self.check_static_keys(gathered);
    }

    fn check_node_role(&self, gathered: &mut Gathered) {
        let mut reached: BTreeMap<Option<String>, (BTreeSet<String>, Vec<ObjectRef>)> = BTreeMap::new();
        let mut open: BTreeMap<Option<String>, String> = BTreeMap::new();
        for pod in self.all_pods().iter().filter(|pod| !is_part_of_the_node(pod)) {
            let identity = self.in_force(pod);
            if identity.source != IdentitySource::Node {
                continue;
            }
            match self.node_reach(pod) {
                NodeReach::Yes(why) => {
                    if let Some(id) = self.open_instance(pod) {
                        open.entry(identity.role_arn.clone()).or_insert(id);
                    }
                    let (reasons, workloads) = reached.entry(identity.role_arn).or_default();
                    reasons.insert(why);
                    workloads.push(pod.workload.clone());
                }
                // A pod that waits for a node says nothing about nodes.
                NodeReach::Unknown(why) if pod.node.is_some() => gathered.unknown(CheckId::NodeRoleFallback, why),
                NodeReach::Unknown(_) | NodeReach::No(_) => {}
            }
        }
        for (role, (reasons, workloads)) in reached {
            let subject = match &role {
                Some(role) => Subject::role(role),
                None => {
                    Subject { kind: SubjectKind::Role, namespace: None, name: "the nodes' role".to_owned(), arn: None }
                }
            };
            let command = open.get(&role).and_then(|id| self.close_command(id));
            let severity = if role.is_some() { Severity::High } else { Severity::Medium };
            let mut finding = Finding::new(CheckId::NodeRoleFallback, severity, &self.facts().cluster, subject);
            finding.evidence = reasons.iter().take(5).cloned().collect();
            if reasons.len() > 5 {
                finding.evidence.push(format!("and {} more nodes", reasons.len() - 5));
            }
            gathered.findings.push(
                finding
                    .fixed_by(
                        "give workloads that need AWS a role of their own, and let the instances require tokens and set their hop \
                         limit to 1 (in the launch template, so that new ones have it, too)",
                    )
                    .with_command(command)
                    .on(workloads),
            );
        }
    }

    /// The instance of this pod, where it lets pods in.
    fn open_instance(&self, pod: &PodFacts) -> Option<String> {
        let NodeKind::Ec2(id) = self.node(pod.node.as_deref()?)?.kind() else { return None };
        self.instance(id).filter(|one| is_open(one)).map(|one| one.instance_id.clone())
    }

    fn close_command(&self, id: &str) -> Option<String> {
        let region = self.facts().region()?;
        Some(format!(
            "aws ec2 modify-instance-metadata-options --region {region} --instance-id {id} --http-put-response-hop-limit 1 \
             --http-tokens required"
        ))
    }

    fn check_static_keys(&self, gathered: &mut Gathered) {
        let mut found: BTreeMap<&ObjectRef, BTreeSet<String>> = BTreeMap::new();
        let pods = self.all_pods().iter().map(|pod| (&pod.workload, &pod.containers));
        let templates = self.all_workloads().iter().map(|one| (&one.workload, &one.containers));
        for (workload, containers) in pods.chain(templates) {
            for container in containers {
                if let Some(words) = keys_of(container) {
                    found.entry(workload).or_default().insert(words);
                }
            }
        }
        for (workload, evidence) in found {
            let namespace = workload.namespace.as_deref().unwrap_or_default();
            let subject = Subject::named(SubjectKind::Workload, namespace, &workload.name);
            let mut finding = Finding::new(CheckId::StaticKeys, Severity::High, &self.facts().cluster, subject)
                .on(vec![workload.clone()]);
            finding.evidence = evidence.into_iter().collect();
            finding.evidence.push("SDKs use keys of the environment before any role; they do not expire".to_owned());
            gathered.findings.push(
                finding.fixed_by("give its ServiceAccount a role, remove the variables, and deactivate the keys"),
            );
        }
    }
}

/// What runs on every node for the node's sake is a part of it and meant to act as it: kube-proxy, the agents of network
/// and volumes, the exporter of the node's metrics. Two of three signs are enough.
fn is_part_of_the_node(pod: &PodFacts) -> bool {
    let on_every_node = pod.workload.kind.resource() == "daemonsets";
    let signs = [pod.host_network, &*pod.namespace == "kube-system", on_every_node];
    signs.into_iter().filter(|sign| *sign).count() >= 2
}

fn keys_of(container: &ContainerFacts) -> Option<String> {
    let keys = &container.environment.static_keys;
    let names: Vec<&str> = keys.iter().map(|key| &**key).collect();
    (!names.is_empty()).then(|| format!("container {} has {}", container.name, names.join(", ")))
}
