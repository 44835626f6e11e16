//! The identity that is really in force for a pod, and the one that its next pod would get.
//!
//! Credentials are injected when a pod is created, so its environment is the truth; the annotation and the association
//! say what comes next.

mod node;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Admits, AwsEnvironment, ContainerFacts, Identities, PodFacts, TrustAnswer};

pub(crate) use node::{NodeReach, is_open};

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

    /// Under which condition what its role may do is what the pod may do; `None` where that is certain.
    pub fn caveat(&self, trust: Option<&TrustAnswer>) -> Option<String> {
        let role = self.role_arn.as_deref()?;
        let acts = (!self.exact).then(|| format!("its pods act as {role} ({})", self.words));
        let open = trust.filter(|trust| matches!(trust.admits, Admits::Conditional | Admits::Unknown));
        let enters = open.map(|trust| format!("{role} lets it in ({})", trust.words));
        let all: Vec<String> = acts.into_iter().chain(enters).collect();
        (!all.is_empty()).then(|| all.join(", and "))
    }
}

impl Identities {
    /// The identity that this pod has now: of a container that has a role, where others have none.
    pub fn in_force(&self, pod: &PodFacts) -> PodIdentity {
        let mut all = self.all_in_force(pod);
        let mut first = all.remove(0);
        let others: Vec<String> = all.into_iter().map(|one| one.words).collect();
        if !others.is_empty() {
            first.words = format!("{}; in another container: {}", first.words, others.join("; "));
        }
        first
    }

    /// Every identity that a container of this pod has, each once, those with a role first; never none.
    pub(crate) fn all_in_force(&self, pod: &PodFacts) -> Vec<PodIdentity> {
        let mut all: Vec<PodIdentity> = Vec::new();
        let with_keys = pod.containers.iter().filter(|one| has_keys(one));
        let others = || pod.containers.iter().filter(|one| !has_keys(one)).map(|one| &one.environment);
        let agent = others().find(|environment| environment.credentials_uri.is_some());
        all.extend(agent.map(|environment| self.pod_identity_in_force(pod, environment)));
        let tokens = others().filter(|environment| environment.credentials_uri.is_none());
        for identity in tokens.filter_map(web_identity) {
            if !all.iter().any(|one| one.is_the_same_as(&identity)) {
                all.push(identity);
            }
        }
        all.extend(with_keys.take(1).map(|one| static_keys(one, &pod.containers)));
        if all.is_empty() {
            all.push(self.node_identity(pod));
        }
        all
    }

    /// The identity that a new pod of this service account and template would get.
    pub fn next(
        &self,
        namespace: &str,
        service_account: &str,
        containers: &[ContainerFacts],
        host_network: bool,
    ) -> PodIdentity {
        let keys = containers.iter().find(|one| has_keys(one)).map(|one| static_keys(one, containers));
        if let Some(keys) = keys.clone().filter(|_| containers.iter().all(has_keys)) {
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
        let bare = containers.iter().filter(|one| !has_keys(one));
        if let Some(identity) = bare.map(|one| &one.environment).find_map(web_identity) {
            return but(identity);
        }
        let annotated = self.service_account(namespace, service_account).and_then(|one| one.role_arn.as_deref());
        if let Some(role) = annotated {
            let words = format!("the annotation of ServiceAccount {service_account} gives it {role}");
            return but(PodIdentity::new(IdentitySource::Irsa, Some(role), words));
        }
        if let Some(keys) = keys {
            return but(keys);
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

/// SDKs look for keys in the environment before anything else.
fn has_keys(container: &ContainerFacts) -> bool {
    let has = |name: &str| container.environment.static_keys.iter().any(|key| &**key == name);
    has("AWS_ACCESS_KEY_ID") && has("AWS_SECRET_ACCESS_KEY")
}

fn static_keys(container: &ContainerFacts, containers: &[ContainerFacts]) -> PodIdentity {
    let mut words = format!("static keys in the environment of container {} are used before any role", container.name);
    let others = containers.iter().filter(|one| one.name != container.name && one.environment.static_keys.is_empty());
    if others.count() > 0 {
        words.push_str("; its other containers have none");
    }
    PodIdentity::new(IdentitySource::StaticKeys, None, words)
}

fn web_identity(environment: &AwsEnvironment) -> Option<PodIdentity> {
    let role = environment.role_arn.as_deref().filter(|_| environment.token_file.is_some())?;
    Some(PodIdentity::new(IdentitySource::Irsa, Some(role), format!("AWS_ROLE_ARN in its environment names {role}")))
}
