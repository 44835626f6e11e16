//! From "this role can" to the workloads that act as it, directly or over other roles.

use std::collections::{BTreeMap, BTreeSet};

use periscope_iam::{Context, RolePolicies, Verdict};
use periscope_model::{ClusterId, ObjectRef};

use crate::role_chains::{RoleChain, RoleChains};
use crate::session::Session;
use crate::{Admits, Identities, IdentitySource, PodIdentity, RoleState, TrustAnswer};

/// Who is asked about: pods of one service account under one role, or a role that others can become.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HolderKey {
    Actor(ActorKey),
    Role(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActorKey {
    pub cluster: ClusterId,
    pub namespace: String,
    pub service_account: String,
    pub source: IdentitySource,
    /// The first role of the chain.
    pub role_arn: String,
}

/// Pods that act alike, and what they act as.
#[derive(Debug, Clone)]
pub struct Actor {
    pub key: ActorKey,
    pub session: Session,
    pub workloads: BTreeMap<ObjectRef, Acting>,
    /// Whether the binding works at all. Absent for a node's role, which needs no admission.
    pub trust: Option<TrustAnswer>,
    chains: Vec<RoleChain>,
}

/// How one workload acts.
#[derive(Debug, Clone)]
pub struct Acting {
    /// How many of its pods do now; none of those that would when they run.
    pub pods: usize,
    /// The surest of theirs.
    pub identity: PodIdentity,
}

/// Everybody who can do anything, of one cluster. Built once per change of its facts.
#[derive(Debug, Clone, Default)]
pub struct Holders {
    pub actors: Vec<Actor>,
    /// Workloads whose rights cannot be told, or not all of them, with the reason.
    pub unjudged: Vec<(ObjectRef, String)>,
    roles: BTreeMap<String, (RolePolicies, Context)>,
}

/// A workload that can.
#[derive(Debug, Clone)]
pub struct HolderRow {
    pub workload: ObjectRef,
    pub pods: usize,
    pub service_account: String,
    /// The role that is first in the chain.
    pub role_arn: String,
    pub source: IdentitySource,
    /// Whose rights they are: ask about this one for the details.
    pub holder: HolderKey,
    /// From the pod's own role on. Of length one: directly.
    pub path: Vec<HolderStep>,
    /// Whether all of the path can be gone; the rights at its end are another question.
    pub way: Verdict,
    /// Under which condition it acts as the first role at all; see [`PodIdentity::caveat`].
    pub caveat: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderStep {
    pub arn: String,
    pub words: String,
}

impl Identities {
    pub fn holders(&self) -> Holders {
        let mut holders = Holders::default();
        let mut actors: BTreeMap<ActorKey, BTreeMap<ObjectRef, Acting>> = BTreeMap::new();
        let mut unjudged: BTreeMap<ObjectRef, String> = BTreeMap::new();
        let key = |namespace: &str, name: &str, source, role: &str| ActorKey {
            cluster: self.facts().cluster.clone(),
            namespace: namespace.to_owned(),
            service_account: name.to_owned(),
            source,
            role_arn: role.to_owned(),
        };
        for pod in self.all_pods() {
            for identity in self.all_in_force(pod) {
                match identity.role_arn.clone() {
                    Some(role) => {
                        let key = key(&pod.namespace, &pod.service_account, identity.source, &role);
                        let workloads = actors.entry(key).or_default();
                        let acting = Acting { pods: 0, identity: identity.clone() };
                        let acting = workloads.entry(pod.workload.clone()).or_insert(acting);
                        acting.pods += 1;
                        if identity.exact && !acting.identity.exact {
                            acting.identity = identity;
                        }
                    }
                    None if identity.source != IdentitySource::None => {
                        unjudged.insert(pod.workload.clone(), identity.words);
                    }
                    None => {}
                }
            }
        }
        for (namespace, name) in self.service_account_names() {
            let identity = self.next(namespace, name, &[], false);
            let Some(role) = identity.role_arn.clone().filter(|_| self.bound(namespace, name).is_some()) else {
                continue;
            };
            // What runs has its identity already; what does not run would get this one.
            let idle: Vec<ObjectRef> = self
                .workload_pods(namespace, name)
                .into_iter()
                .filter(|one| one.pods == 0)
                .map(|one| one.workload)
                .collect();
            if !idle.is_empty() {
                let key = key(namespace, name, identity.source, &role);
                let workloads = actors.entry(key).or_default();
                for workload in idle {
                    workloads.entry(workload).or_insert_with(|| Acting { pods: 0, identity: identity.clone() });
                }
            }
        }
        for (key, workloads) in actors {
            self.add_actor(key, workloads, &mut holders, &mut unjudged);
        }
        holders.unjudged = unjudged.into_iter().collect();
        holders
    }

    fn add_actor(
        &self,
        key: ActorKey,
        workloads: BTreeMap<ObjectRef, Acting>,
        holders: &mut Holders,
        unjudged: &mut BTreeMap<ObjectRef, String>,
    ) {
        // They differ in how sure they are alone.
        let Some(identity) = workloads.values().next().map(|acting| acting.identity.clone()) else { return };
        let trust = self.trust_of(&key.namespace, &key.service_account, &identity);
        if trust.as_ref().is_some_and(|trust| trust.admits == Admits::No) {
            return;
        }
        let Some(session) = self.session_of(&key.namespace, &key.service_account, &identity) else {
            let why = format!("what {} may do could not be read", key.role_arn);
            unjudged.extend(workloads.into_keys().map(|workload| (workload, why.clone())));
            return;
        };
        let RoleChains { chains, cut } = self.role_chains(&session);
        let unread = |chain: &&RoleChain| self.accounts().state(&chain.role_arn) != RoleState::Found;
        let beyond = match chains.iter().find(unread) {
            Some(chain) => Some(format!("what {} may do, which it may become, could not be read", chain.role_arn)),
            None => cut.then(|| "it can become more roles than are followed".to_owned()),
        };
        for workload in workloads.keys().filter(|_| beyond.is_some()) {
            unjudged.entry(workload.clone()).or_insert_with(|| beyond.clone().unwrap_or_default());
        }
        for chain in &chains {
            if !holders.roles.contains_key(&chain.role_arn)
                && let Some(limits) = self.accounts().limits(&chain.role_arn)
            {
                let context = self.chained_context(&limits);
                holders.roles.insert(chain.role_arn.clone(), (limits.policies, context));
            }
        }
        holders.actors.push(Actor { key, session, workloads, trust, chains });
    }
}

impl Holders {
    /// What an index of who can is built from.
    pub fn principals(&self) -> impl Iterator<Item = (HolderKey, RolePolicies, Context)> + '_ {
        let actors = self.actors.iter().map(|actor| {
            let session = &actor.session;
            (HolderKey::Actor(actor.key.clone()), session.limits.policies.clone(), session.context.clone())
        });
        let roles = self.roles.iter();
        let roles =
            roles.map(|(arn, (policies, context))| (HolderKey::Role(arn.clone()), policies.clone(), context.clone()));
        actors.chain(roles)
    }

    /// One row for each workload and each role that makes it so; the direct way before longer ones. `can` says whose
    /// rights are enough.
    pub fn rows(&self, can: impl Fn(&HolderKey) -> bool) -> Vec<HolderRow> {
        let able: BTreeSet<&str> =
            self.roles.keys().map(String::as_str).filter(|role| can(&HolderKey::Role((*role).to_owned()))).collect();
        let mut rows = Vec::new();
        for actor in &self.actors {
            let direct = HolderKey::Actor(actor.key.clone());
            if can(&direct) {
                rows.extend(actor.rows(&direct, &actor.own_steps(), &Verdict::Allowed));
            }
            for chain in actor.chains.iter().filter(|chain| able.contains(chain.role_arn.as_str())) {
                let mut steps = actor.own_steps();
                let further =
                    chain.path.iter().skip(1).map(|arn| HolderStep { arn: arn.clone(), words: chain.words.clone() });
                steps.extend(further);
                rows.extend(actor.rows(&HolderKey::Role(chain.role_arn.clone()), &steps, &chain.verdict));
            }
        }
        rows.sort_by(|a, b| (&a.workload, a.path.len(), &a.holder).cmp(&(&b.workload, b.path.len(), &b.holder)));
        rows
    }
}

impl Actor {
    /// The roles of the association's own chain, the last one being what the pod acts as.
    fn own_steps(&self) -> Vec<HolderStep> {
        let words = self.trust.as_ref().map_or_else(|| "the role of its node".to_owned(), |trust| trust.words.clone());
        let first = HolderStep { arn: self.key.role_arn.clone(), words };
        let last = &self.session.role_arn;
        let target = (*last != self.key.role_arn)
            .then(|| HolderStep { arn: last.clone(), words: "the target role of its association".to_owned() });
        std::iter::once(first).chain(target).collect()
    }

    fn rows<'a>(
        &'a self,
        holder: &'a HolderKey,
        path: &'a [HolderStep],
        way: &'a Verdict,
    ) -> impl Iterator<Item = HolderRow> + 'a {
        self.workloads.iter().map(|(workload, acting)| HolderRow {
            workload: workload.clone(),
            pods: acting.pods,
            service_account: self.key.service_account.clone(),
            role_arn: self.key.role_arn.clone(),
            source: self.key.source,
            holder: holder.clone(),
            path: path.to_vec(),
            way: way.clone(),
            caveat: acting.identity.caveat(self.trust.as_ref()),
        })
    }
}
