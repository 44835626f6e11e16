//! What the node gives to a pod that has no role of its own.

use periscope_model::aws::InstanceMetadata;

use super::{IdentitySource, PodIdentity};
use crate::facts::NodeKind;
use crate::{Identities, PodFacts, access, arn};

/// Whether a pod reaches the credentials of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeReach {
    Yes(String),
    No(String),
    Unknown(String),
}

impl Identities {
    pub(super) fn node_identity(&self, pod: &PodFacts) -> PodIdentity {
        let role = || self.node_role(pod);
        match self.node_reach(pod) {
            NodeReach::Yes(why) => {
                let role = role();
                let whose = role
                    .as_deref()
                    .map_or_else(|| "the node's role".to_owned(), |role| format!("the node's role {role}"));
                PodIdentity::new(
                    IdentitySource::Node,
                    role.as_deref(),
                    format!("no role of its own, so it uses {whose}: {why}"),
                )
            }
            NodeReach::No(why) => PodIdentity::new(IdentitySource::None, None, format!("no AWS identity: {why}")),
            NodeReach::Unknown(why) => {
                let words = format!("no role of its own; it may use the node's role: {why}");
                PodIdentity::new(IdentitySource::Node, role().as_deref(), words).inexact()
            }
        }
    }

    pub(crate) fn node_reach(&self, pod: &PodFacts) -> NodeReach {
        let Some(name) = pod.node.as_deref() else {
            return NodeReach::Unknown("it has no node yet".to_owned());
        };
        let kind = self.node(name).map_or(NodeKind::Unknown, crate::NodeFacts::kind);
        match kind {
            NodeKind::Fargate => return NodeReach::No("Fargate has no instance metadata".to_owned()),
            NodeKind::Hybrid => return NodeReach::No(format!("node {name} is not in AWS")),
            NodeKind::Ec2(_) | NodeKind::Unknown => {}
        }
        let instance = if let NodeKind::Ec2(id) = kind { self.instance(id) } else { None };
        match instance {
            Some(one) if !one.endpoint_enabled => {
                NodeReach::No(format!("the instance metadata of node {name} is switched off"))
            }
            _ if pod.host_network && kind != NodeKind::Unknown => {
                NodeReach::Yes(format!("it is in the network of node {name}, where instance metadata is reached"))
            }
            Some(one) if pod.host_network || one.hop_limit >= 2 => NodeReach::Yes(format!(
                "the hop limit of node {name} is {}, so pods reach its instance metadata",
                one.hop_limit
            )),
            Some(one) if !one.token_required => NodeReach::Yes(format!(
                "node {name} takes requests without a token (IMDSv1), which its hop limit does not hold back"
            )),
            Some(_) => {
                NodeReach::No(format!("the hop limit of node {name} is 1, so pods do not reach its instance metadata"))
            }
            None => NodeReach::Unknown(format!("how node {name} limits its instance metadata is not known")),
        }
    }

    pub(crate) fn node_role(&self, pod: &PodFacts) -> Option<String> {
        let kind = pod.node.as_deref().and_then(|name| self.node(name)).map(crate::NodeFacts::kind);
        let instance = if let Some(NodeKind::Ec2(id)) = kind { self.instance(id) } else { None };
        let profile = instance.and_then(|one| one.instance_profile_arn.as_deref());
        let known = profile.and_then(|profile| self.accounts().role_of_instance_profile(profile));
        known.or_else(|| self.only_node_role()).map(str::to_owned)
    }

    /// The role of all nodes, when there is but one.
    pub(super) fn only_node_role(&self) -> Option<&str> {
        let mut roles: Vec<&str> = Vec::new();
        for entry in self.facts().access_entries.value.iter().flat_map(|entries| entries.iter()) {
            if access::is_node_entry(entry) && entry.kind.starts_with("EC2") {
                roles.push(&entry.principal_arn);
            }
        }
        let counted = self.facts().aws_auth.value.iter().flat_map(|auth| auth.counting());
        for entry in counted.filter(|entry| entry.is_node()) {
            // With its path, where IAM knows it.
            roles.push(self.accounts().principal(&entry.arn).1.unwrap_or(&entry.arn));
        }
        roles.sort_by_key(|role| arn::PrincipalKey::of(role));
        roles.dedup_by_key(|role| arn::PrincipalKey::of(role));
        if let [only] = roles[..] { Some(only) } else { None }
    }

    /// What a new pod without a role reaches depends on the node it will land on.
    pub(super) fn next_without_role(&self) -> PodIdentity {
        let instances = self.facts().instances.value.as_ref().filter(|all| !all.is_empty());
        let Some(instances) = instances else {
            let words = "no role of its own; whether it reaches the node's role is not known";
            return PodIdentity::new(IdentitySource::Node, self.only_node_role(), words).inexact();
        };
        let open = instances.iter().filter(|one| is_open(one)).count();
        if open == 0 {
            return PodIdentity::new(
                IdentitySource::None,
                None,
                "no AWS identity: no node lets pods reach its instance metadata",
            );
        }
        // How many nodes there are is not for everybody who sees a pod.
        let on = if open == instances.len() { "every node" } else { "some nodes, not on others," };
        let words = format!("no role of its own; on {on} it reaches the node's role");
        let identity = PodIdentity::new(IdentitySource::Node, self.only_node_role(), words);
        if open == instances.len() { identity } else { identity.inexact() }
    }
}

/// Whether a pod that is not in the host's network reaches its credentials. The hop limit holds back the answer that
/// carries a token, so where none is required it holds back nothing.
pub(crate) fn is_open(instance: &InstanceMetadata) -> bool {
    instance.endpoint_enabled && (instance.hop_limit >= 2 || !instance.token_required)
}
