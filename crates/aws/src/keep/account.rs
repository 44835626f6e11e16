//! One account's IAM: roles, their policies, whose tokens it believes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use parking_lot::Mutex;
use periscope_model::Gap;
use periscope_model::aws::{AccountIam, ManagedPolicy, Observed, Role, RoleRead};
use tokio::sync::Notify;

use super::attention::{Outcome, Reason};
use super::{Attention, ClusterKeeper, Keeper, Kept};
use crate::client::Client;
use crate::error::Error;
use crate::operations::Service;
use crate::reach::Reach;
use crate::read::{Read, at_once, authorization_details, providers, roles, simulate};

/// More roles than any account has.
const MOST_WANTED: usize = 20_000;

pub(crate) struct AccountKeeper {
    attention: Attention,
    reach: Arc<Reach>,
    account: String,
    /// Its clusters: their nodes have instance profiles.
    clusters: Vec<Arc<ClusterKeeper>>,
    iam: Kept<AccountIam>,
    wanted: Mutex<BTreeSet<String>>,
    /// Instance profiles whose role was looked for since everything was read.
    looked_for: Mutex<BTreeSet<String>>,
}

impl AccountKeeper {
    /// `nodes_read` tells that a cluster's nodes may have other profiles now.
    pub(crate) fn new(
        reach: Arc<Reach>,
        account: String,
        clusters: Vec<Arc<ClusterKeeper>>,
        nodes_read: Arc<Notify>,
    ) -> Self {
        let iam = Kept::new(&format!("the IAM of account {account}"));
        let attention = Attention::woken_by(nodes_read, &reach.limits);
        let (wanted, looked_for) = (Mutex::default(), Mutex::default());
        Self { attention, reach, account, clusters, iam, wanted, looked_for }
    }

    pub(crate) fn seen(&self) -> Observed<AccountIam> {
        self.iam.seen()
    }

    /// Where roles are read one by one, this one is.
    pub(crate) fn want(&self, role: &str) {
        let mut wanted = self.wanted.lock();
        if !wanted.contains(role) && wanted.len() < MOST_WANTED {
            wanted.insert(role.to_owned());
            drop(wanted);
            self.attention.wake();
        }
    }

    /// What is wanted and was not read with the rest.
    fn lacking(&self) -> BTreeSet<String> {
        let Some(iam) = self.iam.value().filter(|iam| !iam.whole) else { return BTreeSet::new() };
        self.wanted.lock().iter().filter(|role| !iam.roles.contains_key(*role)).cloned().collect()
    }

    /// Profiles of nodes whose role is not known.
    fn profiles_lacking(&self) -> BTreeSet<String> {
        let Some(iam) = self.iam.value().filter(|iam| !iam.whole) else { return BTreeSet::new() };
        let looked_for = self.looked_for.lock();
        let all = self.clusters.iter().flat_map(|cluster| cluster.instance_profiles());
        all.filter(|profile| !iam.instance_profiles.contains_key(profile) && !looked_for.contains(profile)).collect()
    }

    async fn read_added(&self, client: &Client) -> Outcome {
        let before = self.iam.seen();
        let mut iam = before.value.as_deref().cloned().unwrap_or_default();
        let mut gaps = before.gaps;
        let outcome = self.read_roles(client, &self.lacking(), &mut iam, &mut gaps).await;
        self.iam.grown(iam, gaps, &self.reach);
        outcome
    }

    async fn read_at_once(&self, client: &Client) -> Result<Read<AccountIam>, Error> {
        let _seat = self.reach.large.acquire().await;
        authorization_details::account(client).await
    }

    async fn read_whole(&self, client: &Client) -> Outcome {
        let (details, providers, ()) = futures::join!(
            self.read_at_once(client),
            providers::oidc_providers(client),
            simulate::own_permissions(client, &[Service::Iam], self.reach.target_in(&self.account))
        );
        let not_listed = |error: &Error| {
            error.gap(&format!("the OpenID Connect providers of account {} are not read", self.account))
        };
        let mut outcome = Outcome::Read;
        let (mut iam, mut gaps) = match details {
            Ok(Read { value, gaps, .. }) => (value, gaps),
            // What is there already says more than roles that are read one by one from whoever failed to tell them all.
            Err(error) if error.passes() || (self.has_whole() && !error.is_refusal()) => {
                let mut gaps = vec![error.gap(&self.missing("the IAM of"))];
                gaps.extend(providers.as_ref().err().map(not_listed));
                self.iam.failed_by(gaps, &self.reach);
                return Outcome::TryAgain;
            }
            Err(error) => {
                let mut iam = AccountIam::default();
                let mut gaps = vec![self.narrow(&error)];
                let wanted = self.wanted.lock().clone();
                outcome = self.read_roles(client, &wanted, &mut iam, &mut gaps).await;
                (iam, gaps)
            }
        };
        match providers {
            Ok(providers) => iam.oidc_providers = Some(providers),
            Err(error) => {
                outcome = outcome.and(Outcome::passes(error.passes()));
                gaps.push(not_listed(&error));
                iam.oidc_providers = self.iam.value().and_then(|before| before.oidc_providers.clone());
            }
        }
        share_unchanged(&mut iam, self.iam.value().as_deref());
        self.iam.read(iam, gaps, &self.reach);
        outcome
    }

    /// Reads these roles with their policies, and what instance profiles carry.
    async fn read_roles(
        &self,
        client: &Client,
        wanted: &BTreeSet<String>,
        iam: &mut AccountIam,
        gaps: &mut Vec<Gap>,
    ) -> Outcome {
        let mut wanted = wanted.clone();
        let mut outcome = self.read_profiles(client, &mut wanted, iam, gaps).await;
        let before = self.iam.value().unwrap_or_default();
        let read = wanted.iter().map(|arn| roles::read(client, arn).boxed()).collect();
        for (arn, (mut role, error)) in wanted.iter().zip(at_once(read).await) {
            if let Some(error) = error {
                outcome = outcome.and(Outcome::passes(error.passes()));
                note(gaps, error.gap(&self.missing("not all roles are read of")));
                if let RoleRead::Found(old) = before.role(arn) {
                    role = older(&old, error.gap(&format!("the role {arn} is not read again")));
                }
            }
            iam.roles.insert(arn.clone(), role);
        }
        for (arn, read) in self.read_policies(client, iam, &before.policies).await {
            let policy = read.unwrap_or_else(|gap| {
                note(gaps, gap);
                before.policies.get(&arn).cloned()
            });
            iam.policies.extend(policy.map(|policy| (arn, policy)));
        }
        outcome
    }

    fn has_whole(&self) -> bool {
        self.iam.value().is_some_and(|iam| iam.whole)
    }

    async fn read_policies(
        &self,
        client: &Client,
        iam: &AccountIam,
        known: &BTreeMap<String, Arc<ManagedPolicy>>,
    ) -> Vec<(String, Result<Option<Arc<ManagedPolicy>>, Gap>)> {
        let found = iam.roles.values().filter_map(|read| match read {
            RoleRead::Found(role) => Some(role),
            RoleRead::Missing | RoleRead::Unread(_) => None,
        });
        let used: BTreeSet<&String> = found.flat_map(|role| role.attached.iter().chain(&role.boundary)).collect();
        let unread = used.into_iter().filter(|arn| !iam.policies.contains_key(*arn)).cloned();
        let read = |arn: String| async move {
            let read = roles::managed_policy(client, &arn, known).await;
            (arn, read)
        };
        at_once(unread.map(|arn| read(arn).boxed()).collect()).await
    }

    /// The roles of the nodes' instance profiles are wanted, too.
    async fn read_profiles(
        &self,
        client: &Client,
        wanted: &mut BTreeSet<String>,
        iam: &mut AccountIam,
        gaps: &mut Vec<Gap>,
    ) -> Outcome {
        let mut outcome = Outcome::Read;
        let profiles: BTreeSet<String> = self.clusters.iter().flat_map(|cluster| cluster.instance_profiles()).collect();
        for profile in
            profiles.into_iter().filter(|profile| !iam.instance_profiles.contains_key(profile)).collect::<Vec<_>>()
        {
            self.looked_for.lock().insert(profile.clone());
            match roles::of_instance_profile(client, &profile).await {
                Ok(Some(role)) => {
                    if !iam.roles.contains_key(&role) {
                        wanted.insert(role.clone());
                    }
                    iam.instance_profiles.insert(profile, role);
                }
                Ok(None) => {}
                Err(error) => {
                    outcome = outcome.and(Outcome::passes(error.passes()));
                    note(gaps, error.gap(&format!("the role of {profile} is not read")));
                }
            }
        }
        outcome
    }

    fn missing(&self, what: &str) -> String {
        format!("{what} account {} is not read", self.account)
    }

    /// Why only some roles are here.
    fn narrow(&self, error: &Error) -> Gap {
        error.gap(&format!("only roles that workloads here use are read of account {}", self.account))
    }
}

impl Keeper for AccountKeeper {
    fn attention(&self) -> &Attention {
        &self.attention
    }

    fn reach(&self) -> &Reach {
        &self.reach
    }

    fn lacks(&self) -> bool {
        !self.lacking().is_empty() || !self.profiles_lacking().is_empty()
    }

    async fn read(&self, reason: Reason) -> Outcome {
        let client = match self.reach.of_account(&self.account).await {
            Ok(client) => client,
            Err(gap) => {
                self.iam.failed(gap, &self.reach);
                return Outcome::TryAgain;
            }
        };
        match reason {
            Reason::Whole => {
                self.looked_for.lock().clear();
                self.read_whole(&client).await
            }
            Reason::Addition => self.read_added(&client).await,
        }
    }
}

/// A role as it was, and why it is not known as it is.
fn older(role: &Role, gap: Gap) -> RoleRead {
    let mut role = role.clone();
    if !role.gaps.contains(&gap) {
        role.gaps.push(gap);
    }
    RoleRead::Found(Arc::new(role))
}

/// One of a kind is enough.
fn note(gaps: &mut Vec<Gap>, gap: Gap) {
    if !gaps.iter().any(|one| {
        one.needs_aws == gap.needs_aws && one.code == gap.code && (!gap.needs_aws.is_empty() || one.what == gap.what)
    }) {
        gaps.push(gap);
    }
}

/// What did not change stays the same data in memory: whoever compiled it need not do that again.
fn share_unchanged(iam: &mut AccountIam, before: Option<&AccountIam>) {
    let Some(before) = before else { return };
    for (arn, read) in &mut iam.roles {
        if let Some(old) = before.roles.get(arn).filter(|old| *old == read) {
            *read = old.clone();
        }
    }
    for (arn, policy) in &mut iam.policies {
        if let Some(old) = before.policies.get(arn).filter(|old| *old == policy) {
            *policy = Arc::clone(old);
        }
    }
}
