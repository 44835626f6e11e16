//! The identity that is really in force for a pod, and the one that its next pod would get.
//!
//! Credentials are injected when a pod is created, so its environment is the truth; the annotation and the association
//! say what comes next.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::facts::NodeKind;
use crate::{AwsEnvironment, ContainerFacts, Identities, PodFacts, access, arn};

/// Where a pod's credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IdentitySource {
    Irsa,
    PodIdentity,
    /// The role of the instance that it runs on.
    Node,
    StaticKeys,
    None,
}

/// One identity, of a pod that runs or of the next one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PodIdentity {
    pub source: IdentitySource,
    /// The first role of the chain; `None` when there is none, or it is not known which.
    pub role_arn: Option<String>,
    /// Whether everything that decides was seen.
    pub exact: bool,
    pub words: String,
}

/// Pods of one workload that share an identity.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityGroup {
    pub pods: usize,
    /// The first few.
    pub pod_names: Vec<String>,
    pub source: IdentitySource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    pub state: IdentityState,
    /// When the oldest of the pods was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    pub exact: bool,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum IdentityState {
    /// What a new pod would get, too.
    InForce,
    /// In force until the pod is replaced: a new one gets something else.
    Stale,
}

/// What a restart would give instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextIdentity {
    pub source: IdentitySource,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    pub words: String,
}

/// Whether a pod reaches the credentials of its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NodeReach {
    Yes(String),
    No(String),
    Unknown(String),
}

/// At most as many names are shown of a group of pods.
const NAMES: usize = 5;

impl PodIdentity {
    fn new(source: IdentitySource, role_arn: Option<&str>, words: impl Into<String>) -> Self {
        Self { source, role_arn: role_arn.map(str::to_owned), exact: true, words: words.into() }
    }

    fn inexact(self) -> Self {
        Self { exact: false, ..self }
    }

    fn is_the_same_as(&self, other: &Self) -> bool {
        self.source == other.source && self.role_arn == other.role_arn
    }
}

impl Identities {
    /// The identity that this pod has now.
    pub fn in_force(&self, pod: &PodFacts) -> PodIdentity {
        if let Some(keys) = static_keys(&pod.containers) {
            return keys;
        }
        if let Some(environment) = with(&pod.containers, |one| one.credentials_uri.is_some()) {
            return self.pod_identity_in_force(pod, environment);
        }
        if let Some(identity) = web_identity(&pod.containers) {
            return identity;
        }
        self.node_identity(pod)
    }

    /// The identity that a new pod of this service account and template would get.
    pub fn next(
        &self,
        namespace: &str,
        service_account: &str,
        containers: &[ContainerFacts],
        host_network: bool,
    ) -> PodIdentity {
        if let Some(keys) = static_keys(containers) {
            return keys;
        }
        if let Some(association) = self.association(namespace, service_account) {
            let words = format!("the Pod Identity association {} gives it {}", association.id, association.role_arn);
            return PodIdentity::new(IdentitySource::PodIdentity, Some(&association.role_arn), words);
        }
        let unread = self.facts().associations.value.is_none();
        let but = |identity: PodIdentity| {
            if !unread {
                return identity;
            }
            let words = format!(
                "{}, unless a Pod Identity association, which could not be read, says otherwise",
                identity.words
            );
            PodIdentity { words, ..identity }.inexact()
        };
        if let Some(identity) = web_identity(containers) {
            return but(identity);
        }
        let annotated = self.service_account(namespace, service_account).and_then(|one| one.role_arn.as_deref());
        if let Some(role) = annotated {
            let words = format!("the annotation of ServiceAccount {service_account} gives it {role}");
            return but(PodIdentity::new(IdentitySource::Irsa, Some(role), words));
        }
        let node = if host_network {
            let words = "no role of its own; in the host's network it reaches the role of the node it lands on";
            PodIdentity::new(IdentitySource::Node, self.only_node_role(), words)
        } else {
            self.next_without_role()
        };
        let unseen = self.facts().service_accounts.value.is_none();
        if unseen { but(node).inexact() } else { but(node) }
    }

    fn pod_identity_in_force(&self, pod: &PodFacts, environment: &AwsEnvironment) -> PodIdentity {
        let source = IdentitySource::PodIdentity;
        let uri = environment.credentials_uri.as_deref().unwrap_or_default();
        if !is_pod_identity_agent(uri) {
            let words = format!("its credentials come from {uri}, which is not the Pod Identity agent");
            return PodIdentity::new(source, None, words).inexact();
        }
        let both = environment.role_arn.is_some() && environment.token_file.is_some();
        let note = if both { "; AWS_ROLE_ARN is set as well, and some SDKs look there first" } else { "" };
        let identity = match self.association(&pod.namespace, &pod.service_account) {
            Some(association) => {
                let words = format!("the Pod Identity agent gives it {}{note}", association.role_arn);
                PodIdentity::new(source, Some(&association.role_arn), words)
            }
            None if self.facts().associations.value.is_none() => {
                let words = format!("the Pod Identity agent gives it a role; which one could not be read{note}");
                PodIdentity::new(source, None, words).inexact()
            }
            None => {
                let words = format!(
                    "it asks the Pod Identity agent, but its association is gone: it gets no credentials{note}"
                );
                PodIdentity::new(source, None, words)
            }
        };
        if both { identity.inexact() } else { identity }
    }

    fn node_identity(&self, pod: &PodFacts) -> PodIdentity {
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
    fn only_node_role(&self) -> Option<&str> {
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
    fn next_without_role(&self) -> PodIdentity {
        let instances = self.facts().instances.value.as_ref().filter(|all| !all.is_empty());
        let Some(instances) = instances else {
            let words = "no role of its own; whether it reaches the node's role is not known";
            return PodIdentity::new(IdentitySource::Node, self.only_node_role(), words).inexact();
        };
        let open = instances.iter().filter(|one| one.endpoint_enabled && one.hop_limit >= 2).count();
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

    /// The identities of these pods, most pods first, and what a restart would give when that is something else.
    pub fn groups<'a>(
        &self,
        pods: impl IntoIterator<Item = &'a PodFacts>,
        next: &PodIdentity,
    ) -> (Vec<IdentityGroup>, Option<NextIdentity>) {
        let mut groups: Vec<(IdentityGroup, PodIdentity)> = Vec::new();
        for pod in pods {
            let identity = self.in_force(pod);
            let at = groups.iter().position(|(_, one)| one.is_the_same_as(&identity));
            let at = at.unwrap_or_else(|| {
                groups.push((IdentityGroup::new(&identity, next), identity.clone()));
                groups.len() - 1
            });
            let group = &mut groups[at].0;
            group.pods += 1;
            group.exact &= identity.exact;
            group.since = match (group.since, pod.created) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (one, other) => one.or(other),
            };
            if group.pod_names.len() < NAMES {
                group.pod_names.push(pod.name.to_string());
            }
        }
        let mut groups: Vec<IdentityGroup> = groups.into_iter().map(|(group, _)| group).collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.pods), group.source));
        let changes = groups.iter().any(|group| group.state == IdentityState::Stale);
        let after = changes.then(|| NextIdentity {
            source: next.source,
            role_arn: next.role_arn.clone(),
            words: format!("restart to apply: {}", next.words),
        });
        (groups, after)
    }
}

impl IdentityGroup {
    fn new(identity: &PodIdentity, next: &PodIdentity) -> Self {
        // What a node gives is found out anew with each pod, and does not become stale.
        let node = |one: &PodIdentity| matches!(one.source, IdentitySource::Node | IdentitySource::None);
        let fresh = identity.is_the_same_as(next) || node(identity) && node(next);
        let unknown = identity.source == next.source && identity.role_arn.is_none() && !identity.exact;
        let state = if fresh || unknown { IdentityState::InForce } else { IdentityState::Stale };
        Self {
            pods: 0,
            pod_names: Vec::new(),
            source: identity.source,
            role_arn: identity.role_arn.clone(),
            state,
            since: None,
            exact: true,
            words: identity.words.clone(),
        }
    }
}

/// The agent's link-local addresses; another credentials endpoint is not EKS's.
fn is_pod_identity_agent(uri: &str) -> bool {
    uri.contains("//169.254.170.23/") || uri.to_ascii_lowercase().contains("//[fd00:ec2::23]/")
}

fn with(containers: &[ContainerFacts], which: impl Fn(&AwsEnvironment) -> bool) -> Option<&AwsEnvironment> {
    containers.iter().map(|container| &container.environment).find(|environment| which(environment))
}

/// SDKs look for keys in the environment before anything else.
fn static_keys(containers: &[ContainerFacts]) -> Option<PodIdentity> {
    let has = |one: &ContainerFacts, name: &str| one.environment.static_keys.iter().any(|key| &**key == name);
    let container = containers.iter().find(|one| has(one, "AWS_ACCESS_KEY_ID") && has(one, "AWS_SECRET_ACCESS_KEY"))?;
    let mut words = format!("static keys in the environment of container {} are used before any role", container.name);
    let others = containers.iter().filter(|one| one.name != container.name && one.environment.static_keys.is_empty());
    if others.count() > 0 {
        words.push_str("; its other containers have none");
    }
    Some(PodIdentity::new(IdentitySource::StaticKeys, None, words))
}

fn web_identity(containers: &[ContainerFacts]) -> Option<PodIdentity> {
    let environment = with(containers, |one| one.role_arn.is_some() && one.token_file.is_some())?;
    let role = environment.role_arn.as_deref()?;
    Some(PodIdentity::new(IdentitySource::Irsa, Some(role), format!("AWS_ROLE_ARN in its environment names {role}")))
}
