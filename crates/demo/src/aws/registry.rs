//! What EKS keeps of a cluster besides the cluster: access entries and Pod Identity associations. These can change.

use std::collections::BTreeMap;

use parking_lot::RwLock;
use periscope_model::aws::AccessScope;

use super::documents::access;
use super::estate::EksCluster;
use crate::content::image::hex;

/// Times are epoch seconds.
#[derive(Debug, Clone)]
pub(crate) struct AccessEntry {
    pub(crate) principal_arn: String,
    pub(crate) arn: String,
    pub(crate) kind: String,
    pub(crate) username: String,
    pub(crate) groups: Vec<String>,
    /// By ARN, with the time of the association.
    pub(crate) policies: BTreeMap<String, (AccessScope, i64)>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

impl AccessEntry {
    pub(crate) fn new(cluster: &EksCluster, principal: &str, now: i64) -> Self {
        let (account, region) = (cluster.account.id, cluster.account.region);
        let resource = principal.rsplit_once(':').map_or(principal, |(_, resource)| resource);
        let (kind, path) = resource.split_once('/').unwrap_or(("role", resource));
        let name = path.rsplit('/').next().unwrap_or(path);
        let owner = principal.split(':').nth(4).unwrap_or(account);
        let username = match kind {
            "role" => format!("arn:aws:sts::{owner}:assumed-role/{name}/{{{{SessionName}}}}"),
            _ => principal.to_owned(),
        };
        Self {
            principal_arn: principal.to_owned(),
            arn: format!(
                "arn:aws:eks:{region}:{account}:access-entry/{}/{kind}/{owner}/{name}/{}",
                cluster.name,
                uuid(&format!("{}{principal}{now}", cluster.name))
            ),
            kind: "STANDARD".to_owned(),
            username,
            groups: Vec::new(),
            policies: BTreeMap::new(),
            tags: BTreeMap::new(),
            created: now,
            modified: now,
        }
    }
}

fn uuid(text: &str) -> String {
    let hex = hex(text, 32);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[derive(Debug, Clone)]
pub(crate) struct Association {
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) role_arn: String,
    pub(crate) target_role_arn: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) policy: Option<String>,
    pub(crate) disable_session_tags: bool,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created: i64,
    pub(crate) modified: i64,
}

impl Association {
    pub(crate) fn new(cluster: &EksCluster, (namespace, name): (&str, &str), role_arn: String, now: i64) -> Self {
        let id = format!("a-{}", hex(&format!("{}/{namespace}/{name}/{now}", cluster.name), 17));
        let (account, region) = (cluster.account.id, cluster.account.region);
        Self {
            arn: format!("arn:aws:eks:{region}:{account}:podidentityassociation/{}/{id}", cluster.name),
            id,
            namespace: namespace.to_owned(),
            service_account: name.to_owned(),
            role_arn,
            target_role_arn: None,
            external_id: None,
            policy: None,
            disable_session_tags: false,
            tags: BTreeMap::new(),
            created: now,
            modified: now,
        }
    }
}

/// By what names them: the principal's ARN, the association's id.
pub(crate) struct Registry {
    pub(crate) cluster: &'static EksCluster,
    pub(crate) entries: RwLock<BTreeMap<String, AccessEntry>>,
    pub(crate) associations: RwLock<BTreeMap<String, Association>>,
}

impl Registry {
    pub(crate) fn new(cluster: &'static EksCluster, now: i64) -> Self {
        let entries = access::entries(cluster, now);
        let associations = access::associations(cluster, now);
        Self {
            cluster,
            entries: RwLock::new(entries.into_iter().map(|entry| (entry.principal_arn.clone(), entry)).collect()),
            associations: RwLock::new(associations.into_iter().map(|one| (one.id.clone(), one)).collect()),
        }
    }

    /// Whether pods of this service account get credentials by association.
    pub(crate) fn is_associated(&self, namespace: &str, account: &str) -> bool {
        self.associations.read().values().any(|one| one.namespace == namespace && one.service_account == account)
    }
}
