//! One EKS cluster: what it is, who may enter, which pods have which roles, how its nodes hand out theirs.

use std::sync::Arc;

use periscope_model::Gap;
use periscope_model::aws::{AccessEntry, EksCluster, InstanceMetadata, PodIdentityAssociation};
use tokio::sync::Notify;

use super::attention::{Outcome, Reason};
use super::keeper::keep;
use super::{Attention, Keeper, Kept};
use crate::aws::ClusterAws;
use crate::client::Client;
use crate::error::Error;
use crate::operations::Service;
use crate::reach::Reach;
use crate::read::{Read, eks, instances, simulate};
use crate::{EksTarget, arn};

pub(crate) struct ClusterKeeper {
    attention: Attention,
    reach: Arc<Reach>,
    target: EksTarget,
    eks: Kept<EksCluster>,
    access_entries: Kept<Vec<AccessEntry>>,
    associations: Kept<Vec<PodIdentityAssociation>>,
    instances: Kept<Vec<InstanceMetadata>>,
    /// Whoever reads the account's roles: nodes have some.
    nodes_read: Arc<Notify>,
}

impl ClusterKeeper {
    pub(crate) fn new(reach: Arc<Reach>, target: EksTarget, nodes_read: Arc<Notify>) -> Self {
        Self {
            attention: Attention::new(&reach.limits),
            reach,
            target,
            eks: Kept::new("what EKS knows of the cluster"),
            access_entries: Kept::new("the list of access entries"),
            associations: Kept::new("the list of Pod Identity associations"),
            instances: Kept::new("the metadata service of the nodes"),
            nodes_read,
        }
    }

    pub(crate) fn account(&self) -> &str {
        arn::account(&self.target.arn).unwrap_or_default()
    }

    pub(crate) fn seen(&self) -> ClusterAws {
        ClusterAws {
            eks: self.eks.seen(),
            access_entries: self.access_entries.seen(),
            associations: self.associations.seen(),
            instances: self.instances.seen(),
        }
    }

    /// The profiles that its nodes have.
    pub(crate) fn instance_profiles(&self) -> Vec<String> {
        let instances = self.instances.value();
        let all = instances.iter().flat_map(|instances| instances.iter());
        all.filter_map(|instance| instance.instance_profile_arn.clone()).collect()
    }

    fn unreachable(&self, gap: &Gap) -> Outcome {
        self.eks.failed(gap.clone(), &self.reach);
        self.access_entries.failed(gap.clone(), &self.reach);
        self.associations.failed(gap.clone(), &self.reach);
        self.instances.failed(gap.clone(), &self.reach);
        Outcome::TryAgain
    }

    async fn read_eks(&self, client: &Client) -> Outcome {
        let read = eks::cluster(client, &self.target).await.map(Read::whole);
        keep(&self.eks, read, "what EKS knows of the cluster is not read", &self.reach)
    }

    async fn read_entries(&self, client: &Client) -> Outcome {
        let before = self.access_entries.value().unwrap_or_default();
        let read = eks::access_entries(client, &self.target, &before).await;
        if let Err(Error::Service { code, message, .. }) = &read
            && code == "InvalidRequestException"
            && message.contains("authentication mode")
        {
            // Such a cluster has no access entries; that is knowledge.
            self.access_entries.read(Vec::new(), Vec::new(), &self.reach);
            return Outcome::Read;
        }
        keep(&self.access_entries, read, "the access entries are not read", &self.reach)
    }

    async fn read_associations(&self, client: &Client) -> Outcome {
        let before = self.associations.value().unwrap_or_default();
        let read = eks::associations(client, &self.target, &before).await;
        keep(&self.associations, read, "the Pod Identity associations are not read", &self.reach)
    }

    async fn read_instances(&self, client: &Client) -> Outcome {
        let name = arn::eks_cluster_name(&self.target.arn).unwrap_or_default();
        let read = instances::instances(client, name).await.map(Read::whole);
        let outcome = keep(&self.instances, read, "the metadata service of the nodes is not read", &self.reach);
        self.nodes_read.notify_one();
        outcome
    }
}

impl Keeper for ClusterKeeper {
    fn attention(&self) -> &Attention {
        &self.attention
    }

    fn reach(&self) -> &Reach {
        &self.reach
    }

    async fn read(&self, _: Reason) -> Outcome {
        let client = match self.reach.of_cluster(&self.target).await {
            Ok(client) => client,
            Err(gap) => return self.unreachable(&gap),
        };
        let (eks, entries, associations, instances, ()) = futures::join!(
            self.read_eks(&client),
            self.read_entries(&client),
            self.read_associations(&client),
            self.read_instances(&client),
            simulate::own_permissions(&client, &[Service::Eks, Service::Ec2], Some(&self.target))
        );
        eks.and(entries).and(associations).and(instances)
    }
}

impl std::fmt::Debug for ClusterKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ClusterKeeper").field(&self.target.cluster).finish()
    }
}
