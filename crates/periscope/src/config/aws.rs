//! AWS: as whom accounts are read, and what stands in for AWS in tests.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, ensure};
use periscope_answers::Eks;
use periscope_aws::{AccountEntry, EksTarget, Endpoints, OrganizationEntry, Partition, RoleToAssume};
use periscope_model::ClusterId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::auth::duration;

/// AWS is asked as the role of Periscope's own service account (EKS Pod Identity or IRSA), and as roles that it assumes
/// from there. Static keys, shared profiles and instance profiles are refused.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct AwsSettings {
    /// An address that stands in for AWS, such as `http://127.0.0.1:5000`. On loopback placeholder keys will do.
    endpoint: Option<String>,
    /// The same for one service each.
    endpoints: EndpointSettings,
    /// Accounts that are read beside those of the clusters, and as whom: roles that workloads assume are often there.
    accounts: Vec<AccountSettings>,
    /// As whom the organisation's policies are read: the management account, or one that it delegated this to.
    organization: Option<OrganizationSettings>,
    /// How old what is known gets while somebody looks: a number and a unit, such as `10m`.
    refresh: String,
}

impl Default for AwsSettings {
    fn default() -> Self {
        Self {
            endpoint: None,
            endpoints: EndpointSettings::default(),
            accounts: Vec::new(),
            organization: None,
            refresh: "10m".to_owned(),
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct EndpointSettings {
    eks: Option<String>,
    iam: Option<String>,
    sts: Option<String>,
    organizations: Option<String>,
    ec2: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct AccountSettings {
    /// Its twelve digits, in quotes.
    id: String,
    /// The ARN of a role there that Periscope may assume; its own role when absent.
    assume_role: Option<String>,
    /// What the role's trust policy asks for in `sts:ExternalId`.
    external_id: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct OrganizationSettings {
    /// The account that is asked, where it is not that of the role.
    account: Option<String>,
    /// The ARN of a role there that Periscope may assume.
    assume_role: Option<String>,
    /// What the role's trust policy asks for in `sts:ExternalId`.
    external_id: Option<String>,
}

/// Makes a cluster an EKS cluster, on any connection; without one of the others it is the connection.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct EksSettings {
    /// The cluster's ARN: `arn:aws:eks:eu-west-1:111122223333:cluster/prod`.
    arn: String,
    /// The cluster's region; the ARN's when absent.
    region: Option<String>,
    /// The ARN of a role of its account that Periscope may assume to read the cluster and to reach it; its own role when
    /// absent.
    assume_role: Option<String>,
    /// What the role's trust policy asks for in `sts:ExternalId`.
    external_id: Option<String>,
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub(crate) struct AwsParts {
    pub(crate) clusters: Vec<EksTarget>,
    pub(crate) accounts: Vec<AccountEntry>,
    pub(crate) organization: Option<OrganizationEntry>,
    pub(crate) endpoints: Endpoints,
    pub(crate) refresh: Duration,
}

impl AwsParts {
    /// Whether there is anything to ask AWS.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.clusters.is_empty() || !self.accounts.is_empty()
    }
}

impl AwsSettings {
    pub(super) fn parts(&self, clusters: Vec<EksTarget>) -> anyhow::Result<AwsParts> {
        let EndpointSettings { eks, iam, sts, organizations, ec2 } = self.endpoints.clone();
        let endpoints = Endpoints { all: self.endpoint.clone(), eks, iam, sts, organizations, ec2 };
        endpoints.check().context("endpoint")?;
        let mut seen = BTreeSet::new();
        let mut accounts = Vec::new();
        for (at, account) in self.accounts.iter().enumerate() {
            accounts.push(account.entry().with_context(|| format!("accounts[{at}]"))?);
            ensure!(seen.insert(&account.id), "accounts[{at}].id: {:?} is taken already", account.id);
        }
        let organization = self.organization.as_ref().map(OrganizationSettings::entry);
        let refresh = duration(&self.refresh).filter(|refresh| (60..=24 * 3600).contains(&refresh.as_secs()));
        let refresh = refresh.and_then(|refresh| Duration::try_from(refresh).ok());
        let refresh = refresh
            .with_context(|| format!("refresh: {:?} is no duration from 60s to 24h, such as 10m", self.refresh))?;
        let organization = organization.transpose().context("organization")?;
        Ok(AwsParts { clusters, accounts, organization, endpoints, refresh })
    }
}

impl AccountSettings {
    fn entry(&self) -> anyhow::Result<AccountEntry> {
        account(&self.id).context("id")?;
        let assume_role = role(self.assume_role.as_deref(), self.external_id.as_deref(), Some(&self.id))?;
        Ok(AccountEntry { id: self.id.clone(), assume_role })
    }
}

impl OrganizationSettings {
    fn entry(&self) -> anyhow::Result<OrganizationEntry> {
        if let Some(id) = &self.account {
            account(id).context("account")?;
        }
        let assume_role = role(self.assume_role.as_deref(), self.external_id.as_deref(), self.account.as_deref())?;
        Ok(OrganizationEntry { assume_role, account: self.account.clone() })
    }
}

impl EksSettings {
    /// What the answers know of it.
    pub(super) fn eks(&self) -> anyhow::Result<Eks> {
        let parts: Vec<&str> = self.arn.splitn(6, ':').collect();
        let wrong = || {
            let arn = &self.arn;
            format!("arn: {arn:?} is not the ARN of an EKS cluster: arn:aws:eks:REGION:ACCOUNT:cluster/NAME")
        };
        let ["arn", partition, "eks", region, account, cluster] = parts[..] else { anyhow::bail!(wrong()) };
        ensure!(Partition::named(partition).is_some(), wrong());
        let name = cluster.strip_prefix("cluster/").unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        ensure!((1..=100).contains(&name.len()) && name.chars().all(plain), "arn: {:?} names no cluster", self.arn);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(!region.is_empty() && region.chars().all(plain), "arn: {region:?} is no region");
        self::account(account).context("arn")?;
        if let Some(named) = &self.region {
            ensure!(named == region, "region: {named:?} is not the ARN's {region:?}");
        }
        ensure!(
            Partition::of_region(region).name() == partition,
            "arn: the region {region} is not of the partition {partition}"
        );
        Ok(Eks { arn: self.arn.clone(), account_id: account.to_owned(), region: region.to_owned() })
    }

    pub(super) fn target(&self, cluster: ClusterId) -> anyhow::Result<EksTarget> {
        let eks = self.eks()?;
        let assume_role = role(self.assume_role.as_deref(), self.external_id.as_deref(), Some(&eks.account_id))?;
        Ok(EksTarget { cluster, arn: eks.arn, region: eks.region, assume_role })
    }
}

fn account(id: &str) -> anyhow::Result<()> {
    ensure!(id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()), "{id:?} is not an account of 12 digits");
    Ok(())
}

/// A role to assume; of this account, where one is named.
fn role(arn: Option<&str>, external_id: Option<&str>, of: Option<&str>) -> anyhow::Result<Option<RoleToAssume>> {
    let Some(arn) = arn else {
        ensure!(external_id.is_none(), "externalId: there is no assumeRole that it could be for");
        return Ok(None);
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, name] = parts[..] else {
        anyhow::bail!("assumeRole: {arn:?} is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME");
    };
    let named = name.strip_prefix("role/").is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace));
    ensure!(
        named && Partition::named(partition).is_some(),
        "assumeRole: {arn:?} is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME"
    );
    self::account(account).context("assumeRole")?;
    if let Some(of) = of {
        ensure!(of == account, "assumeRole: {arn:?} is not a role of account {of}");
    }
    Ok(Some(RoleToAssume { role_arn: arn.to_owned(), external_id: external_id.map(str::to_owned) }))
}
