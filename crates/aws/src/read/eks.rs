//! EKS: clusters, access entries, Pod Identity associations.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use periscope_model::aws::{AccessEntry, AccessScope, AssociatedAccessPolicy, EksCluster, PodIdentityAssociation};
use serde::Deserialize;

use super::{Read, at_once, seconds, sized};
use crate::client::{Call, Client};
use crate::error::Error;
use crate::operations::Operation;
use crate::{EksTarget, arn};

#[derive(Deserialize)]
struct DescribeCluster {
    cluster: Cluster,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cluster {
    arn: String,
    name: String,
    version: Option<String>,
    platform_version: Option<String>,
    status: Option<String>,
    endpoint: Option<String>,
    certificate_authority: Option<CertificateAuthority>,
    access_config: Option<AccessConfig>,
    identity: Option<Identity>,
    #[serde(default)]
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct CertificateAuthority {
    data: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessConfig {
    authentication_mode: Option<String>,
}

#[derive(Deserialize)]
struct Identity {
    oidc: Option<Oidc>,
}

#[derive(Deserialize)]
struct Oidc {
    issuer: Option<String>,
}

/// The inputs that every call about a cluster has.
struct Named<'a> {
    name: &'a str,
    arn: &'a str,
}

impl<'a> Named<'a> {
    fn of(target: &'a EksTarget) -> Self {
        Self { name: arn::eks_cluster_name(&target.arn).unwrap_or_default(), arn: &target.arn }
    }

    fn call(&self, operation: Operation) -> Call {
        Call::new(operation, self.arn).with("clusterName", self.name)
    }

    /// `arn:aws:eks:R:A:KIND/NAME/*`: what AWS calls something below this cluster.
    fn below(&self, kind: &str) -> String {
        format!("{}/*", self.arn.replacen(":cluster/", &format!(":{kind}/"), 1))
    }
}

pub(crate) async fn cluster(client: &Client, target: &EksTarget) -> Result<EksCluster, Error> {
    let named = Named::of(target);
    let call = Call::new(Operation::DescribeCluster, named.arn).with("name", named.name);
    let told = client.json::<DescribeCluster>(&call).await?.cluster;
    if told.arn != target.arn {
        let message = format!("there is {} instead; check the account and region of eks.arn", told.arn);
        return Err(Error::NotFound { what: call.what(), message });
    }
    let authority = told.certificate_authority.and_then(|authority| authority.data);
    let authority = authority.map(|data| {
        let pem = STANDARD.decode(data).ok().and_then(|pem| String::from_utf8(pem).ok());
        let reason = "its certificate authority is not base64 of text".to_owned();
        pem.ok_or_else(|| Error::Unreadable { what: call.what(), reason })
    });
    let issuer = told.identity.and_then(|identity| identity.oidc?.issuer);
    Ok(EksCluster {
        arn: told.arn,
        name: told.name,
        version: told.version.unwrap_or_default(),
        platform_version: told.platform_version,
        status: told.status.unwrap_or_default(),
        endpoint: told.endpoint,
        certificate_authority: authority.transpose()?,
        authentication_mode: told.access_config.and_then(|access| access.authentication_mode),
        issuer: issuer.map(|issuer| issuer.strip_prefix("https://").unwrap_or(&issuer).to_owned()),
        tags: told.tags.unwrap_or_default(),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListAccessEntries {
    #[serde(default)]
    access_entries: Vec<String>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeAccessEntry {
    access_entry: Entry,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    principal_arn: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    username: Option<String>,
    kubernetes_groups: Option<Vec<String>>,
    created_at: Option<f64>,
    modified_at: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListAssociatedAccessPolicies {
    #[serde(default)]
    associated_access_policies: Vec<Associated>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Associated {
    policy_arn: String,
    access_scope: Option<Scope>,
}

#[derive(Deserialize)]
struct Scope {
    #[serde(rename = "type")]
    kind: Option<String>,
    namespaces: Option<Vec<String>>,
}

/// What cannot be read again stays as it was `before`.
pub(crate) async fn access_entries(
    client: &Client,
    target: &EksTarget,
    before: &[AccessEntry],
) -> Result<Read<Vec<AccessEntry>>, Error> {
    let named = Named::of(target);
    let mut principals = Vec::new();
    let call = named.call(Operation::ListAccessEntries);
    let listing = client.json_pages(&call, "nextToken", |page: ListAccessEntries| {
        principals.extend(page.access_entries);
        page.next_token
    });
    listing.await?;
    let read = principals.iter().map(|principal| access_entry(client, &named, principal).boxed()).collect();
    let older = |at: usize| before.iter().find(|entry| entry.principal_arn == principals[at]).cloned();
    partly(at_once(read).await, older, |at| format!("the access entry of {}", principals[at]))
}

/// `None`: gone since it was listed.
async fn access_entry(client: &Client, named: &Named<'_>, principal: &str) -> Result<Option<AccessEntry>, Error> {
    let on = named.below("access-entry");
    let call =
        |operation| Call::new(operation, on.as_str()).with("clusterName", named.name).with("principalArn", principal);
    let Some(told) = found(client.json::<DescribeAccessEntry>(&call(Operation::DescribeAccessEntry)).await)? else {
        return Ok(None);
    };
    let mut policies = Vec::new();
    let call = call(Operation::ListAssociatedAccessPolicies);
    let listed = client.json_pages(&call, "nextToken", |page: ListAssociatedAccessPolicies| {
        policies.extend(page.associated_access_policies.into_iter().map(associated));
        page.next_token
    });
    if found(listed.await)?.is_none() {
        return Ok(None);
    }
    policies.sort_by(|one, other| one.policy_arn.cmp(&other.policy_arn));
    let Entry { principal_arn, kind, username, kubernetes_groups, created_at, modified_at } = told.access_entry;
    Ok(Some(AccessEntry {
        principal_arn,
        kind: kind.unwrap_or_else(|| "STANDARD".to_owned()),
        username: username.unwrap_or_default(),
        groups: kubernetes_groups.unwrap_or_default(),
        policies,
        created: seconds(created_at),
        modified: seconds(modified_at),
    }))
}

fn associated(told: Associated) -> AssociatedAccessPolicy {
    let scope = match told.access_scope {
        Some(Scope { kind, namespaces }) if kind.as_deref() == Some("namespace") => {
            AccessScope::Namespaces(namespaces.unwrap_or_default())
        }
        _ => AccessScope::Cluster,
    };
    AssociatedAccessPolicy { policy_arn: told.policy_arn, scope }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListPodIdentityAssociations {
    #[serde(default)]
    associations: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    association_id: String,
}

#[derive(Deserialize)]
struct DescribePodIdentityAssociation {
    association: Association,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Association {
    #[serde(rename = "associationId")]
    id: String,
    #[serde(rename = "associationArn")]
    arn: Option<String>,
    namespace: String,
    service_account: String,
    role_arn: Option<String>,
    target_role_arn: Option<String>,
    external_id: Option<String>,
    policy: Option<String>,
    disable_session_tags: Option<bool>,
    created_at: Option<f64>,
    modified_at: Option<f64>,
}

/// What cannot be read again stays as it was `before`.
pub(crate) async fn associations(
    client: &Client,
    target: &EksTarget,
    before: &[PodIdentityAssociation],
) -> Result<Read<Vec<PodIdentityAssociation>>, Error> {
    let named = Named::of(target);
    let mut ids = Vec::new();
    let call = named.call(Operation::ListPodIdentityAssociations);
    let listing = client.json_pages(&call, "nextToken", |page: ListPodIdentityAssociations| {
        ids.extend(page.associations.into_iter().map(|one| one.association_id));
        page.next_token
    });
    listing.await?;
    let read = ids.iter().map(|id| association(client, &named, id).boxed()).collect();
    let older = |at: usize| before.iter().find(|association| association.id == ids[at]).cloned();
    partly(at_once(read).await, older, |at| format!("the Pod Identity association {}", ids[at]))
}

async fn association(client: &Client, named: &Named<'_>, id: &str) -> Result<Option<PodIdentityAssociation>, Error> {
    let call = Call::new(Operation::DescribePodIdentityAssociation, named.below("podidentityassociation"))
        .with("clusterName", named.name)
        .with("associationId", id);
    let told = found(client.json::<DescribePodIdentityAssociation>(&call).await)?;
    let Some(told) = told.map(|told| told.association) else { return Ok(None) };
    let policy = told.policy.filter(|policy| !policy.is_empty());
    let policy = policy.map(|policy| sized(&policy, "its session policy"));
    let policy = policy.transpose().map_err(|gap| Error::Unreadable { what: call.what(), reason: gap.what })?;
    Ok(Some(PodIdentityAssociation {
        id: told.id,
        arn: told.arn.unwrap_or_default(),
        namespace: told.namespace,
        service_account: told.service_account,
        role_arn: told.role_arn.unwrap_or_default(),
        target_role_arn: told.target_role_arn.filter(|arn| !arn.is_empty()),
        external_id: told.external_id.filter(|id| !id.is_empty()),
        policy,
        disable_session_tags: told.disable_session_tags.unwrap_or_default(),
        created: seconds(told.created_at),
        modified: seconds(told.modified_at),
    }))
}

/// What is gone since it was listed is not missing.
fn found<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What could be read, and of the rest what is known from before; nothing at all is an error, and so is one that all have.
fn partly<T>(
    read: Vec<Result<Option<T>, Error>>,
    before: impl Fn(usize) -> Option<T>,
    name: impl Fn(usize) -> String,
) -> Result<Read<Vec<T>>, Error> {
    let total = read.len();
    let mut partly = Read::whole(Vec::new());
    let mut last = None;
    for (at, one) in read.into_iter().enumerate() {
        match one {
            Ok(value) => partly.value.extend(value),
            Err(error) => {
                let older = before(at);
                let again = if older.is_some() { " again" } else { "" };
                partly.passes |= error.passes();
                partly.gaps.push(error.gap(&format!("{} is not read{again}", name(at))));
                partly.value.extend(older);
                last = Some(error);
            }
        }
    }
    match last {
        Some(error) if partly.gaps.len() == total => Err(error),
        _ => Ok(partly),
    }
}
