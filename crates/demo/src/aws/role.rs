//! Roles: where they come from, and as AWS tells them.

use std::sync::Arc;

use super::documents::apps;
use super::estate::{self, Account, EksCluster};
use crate::content::builder::DAY;
use crate::content::image::hash;

/// Who may become a role.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trust {
    /// One service account of the cluster, by its token.
    Irsa(&'static str, &'static str),
    /// Every pod of the account's clusters that an association names.
    PodIdentity,
    Document(&'static str),
}

/// A role of the content. Texts may have placeholders.
#[derive(Debug)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) description: &'static str,
    pub(super) trust: Trust,
    pub(super) inline: &'static [(&'static str, &'static str)],
    /// Names of managed policies; those of AWS begin with `aws:`.
    pub(super) attached: &'static [&'static str],
    pub(super) boundary: Option<&'static str>,
    pub(super) instance_profile: bool,
    pub(super) tags: &'static [(&'static str, &'static str)],
}

impl Spec {
    pub(super) const fn new(name: &'static str, trust: Trust, inline: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            name,
            path: "/",
            description: "",
            trust,
            inline,
            attached: &[],
            boundary: None,
            instance_profile: false,
            tags: &[],
        }
    }

    pub(super) const fn attached(mut self, policies: &'static [&'static str]) -> Self {
        self.attached = policies;
        self
    }

    pub(super) const fn about(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    pub(super) const fn boundary(mut self, policy: &'static str) -> Self {
        self.boundary = Some(policy);
        self
    }

    pub(super) const fn tags(mut self, tags: &'static [(&'static str, &'static str)]) -> Self {
        self.tags = tags;
        self
    }

    pub(super) const fn of_instances(mut self) -> Self {
        self.instance_profile = true;
        self
    }

    pub(super) const fn at(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }
}

/// Where a role comes from. Documents are only written out when somebody asks: there may be thousands.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The account's own.
    Account(&'static Spec),
    /// One for each cluster.
    Cluster(&'static Spec, &'static EksCluster),
    /// Of an ordinary workload: cluster, namespace, name.
    App(&'static EksCluster, Arc<str>, Arc<str>),
}

/// A role with all its texts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Role {
    pub(crate) account: &'static str,
    pub(crate) name: String,
    pub(crate) path: &'static str,
    pub(crate) description: &'static str,
    pub(crate) trust: String,
    pub(crate) inline: Vec<(String, String)>,
    /// ARNs.
    pub(crate) attached: Vec<String>,
    pub(crate) boundary: Option<String>,
    pub(crate) instance_profile: bool,
    pub(crate) tags: Vec<(String, String)>,
}

impl Role {
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role{}{}", self.account, self.path, self.name)
    }

    /// `AROA…`
    pub(crate) fn id(&self) -> String {
        estate::unique_id("AROA", &self.arn())
    }

    /// Seconds before the world's start.
    pub(crate) fn age(&self) -> i64 {
        (90 + number(&self.name, 400)) * DAY
    }

    /// Seconds before the world's start; some were never used.
    pub(crate) fn unused_for(&self) -> Option<i64> {
        (number(&self.name, 13) != 5).then(|| number(&self.name, 40) * 3600 + 600)
    }
}

fn number(text: &str, below: u64) -> i64 {
    i64::try_from(hash(text) % below).unwrap_or(0)
}

impl Source {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Account(spec) => spec.name.to_owned(),
            Self::Cluster(spec, cluster) => cluster.fill(spec.name),
            Self::App(cluster, namespace, name) => apps::role_name(cluster.name, namespace, name),
        }
    }

    pub(super) fn role(&self, account: &'static Account) -> Role {
        match self {
            Self::Account(spec) => of_spec(spec, account, None),
            Self::Cluster(spec, cluster) => of_spec(spec, account, Some(cluster)),
            Self::App(cluster, namespace, name) => apps::role(cluster, namespace, name),
        }
    }
}

fn of_spec(spec: &'static Spec, account: &'static Account, cluster: Option<&EksCluster>) -> Role {
    let fill = |text: &str| cluster.map_or_else(|| estate::fill(account, text), |cluster| cluster.fill(text));
    let trust = match (spec.trust, cluster) {
        (Trust::Document(text), _) => fill(text),
        (Trust::Irsa(namespace, name), Some(cluster)) => irsa_trust(cluster, namespace, name),
        (Trust::Irsa(..), None) | (Trust::PodIdentity, _) => POD_IDENTITY_TRUST.to_owned(),
    };
    let tags = spec.tags.iter().map(|(key, value)| ((*key).to_owned(), fill(value))).collect();
    Role {
        account: account.id,
        name: fill(spec.name),
        path: spec.path,
        description: spec.description,
        trust,
        inline: spec.inline.iter().map(|(name, text)| ((*name).to_owned(), fill(text))).collect(),
        attached: spec.attached.iter().map(|name| policy_arn(account, &fill(name))).collect(),
        boundary: spec.boundary.map(|name| policy_arn(account, &fill(name))),
        instance_profile: spec.instance_profile,
        tags,
    }
}

fn policy_arn(account: &Account, name: &str) -> String {
    match name.strip_prefix("aws:") {
        Some(name) => format!("arn:aws:iam::aws:policy/{name}"),
        None => format!("arn:aws:iam::{}:policy/{name}", account.id),
    }
}

const POD_IDENTITY_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"AllowEksAuthToAssumeRoleForPodIdentity","Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

/// As `eksctl create iamserviceaccount` writes it.
pub(super) fn irsa_trust(cluster: &EksCluster, namespace: &str, name: &str) -> String {
    let (issuer, account) = (cluster.issuer(), cluster.account.id);
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::{account}:oidc-provider/{issuer}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{issuer}:aud":"sts.amazonaws.com","{issuer}:sub":"system:serviceaccount:{namespace}:{name}"}}}}}}]}}"#
    )
}
