//! The configuration file: typed, checked with the place of each error, unknown keys refused.

mod audit;
mod auth;
mod authorization;
mod aws;
mod database;
mod front;
mod identity;
pub(crate) mod secret;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use periscope_answers::{ClusterSpec, Environment, Via};
use periscope_auth::{Authorization, Mode};
use periscope_cluster::{ConnectionSource, ConnectionSpec, Kubeconfig};
use periscope_model::ClusterId;
use periscope_server::Front;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub(crate) use audit::AuditSettings;
pub(crate) use auth::{AuthSettings, SignInParts};
use authorization::AuthorizationSettings;
pub(crate) use aws::AwsParts;
use aws::{AwsSettings, EksSettings};
pub(crate) use database::DatabaseSettings;
use front::TlsSettings;
use identity::IdentitySettings;

/// A configuration file larger than this is a mistake.
const MAX_SIZE: u64 = 1024 * 1024;

/// The configuration of `periscope serve`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Config {
    /// Where the console and its API listen, such as `127.0.0.1:8080`.
    #[serde(default = "default_listen")]
    #[schemars(with = "String")]
    pub(crate) listen: SocketAddr,
    /// What people type to get here, such as `https://periscope.corp`: requests must name it, and identity providers send
    /// people back to it. Needed with `auth.providers`; `http://` only on this machine.
    public_url: Option<String>,
    /// Serve HTTPS here. Without it a proxy in front of Periscope does.
    tls: Option<TlsSettings>,
    /// Proxies whose `X-Forwarded-For` is believed, as ranges such as `10.0.0.0/8`.
    #[serde(default)]
    trusted_proxies: Vec<String>,
    /// Where Prometheus metrics are served; nowhere when absent.
    #[schemars(with = "Option<String>")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// The folder of the embedded database. When absent it is kept in a temporary folder and lost at the end.
    pub(crate) data_dir: Option<PathBuf>,
    /// Another database than the embedded one.
    pub(crate) database: Option<DatabaseSettings>,
    /// Who may sign in, and how.
    #[serde(default)]
    pub(crate) auth: AuthSettings,
    /// The record of every act.
    #[serde(default)]
    pub(crate) audit: AuditSettings,
    /// What clusters hear of people.
    authorization: Option<AuthorizationSettings>,
    /// As whom AWS is asked, and for what beside the clusters.
    #[serde(default)]
    aws: AwsSettings,
    /// Which permissions in AWS deserve a second look.
    #[serde(default)]
    pub(crate) identity: IdentitySettings,
    /// The clusters, in the order in which they are shown.
    clusters: Vec<Cluster>,
}

/// One cluster. One of `kubeconfig` and `inCluster` says how to reach it; with neither, `eks` does.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are the file's keys")]
pub(crate) struct Cluster {
    /// Its id, part of every address in the console: lower-case letters, digits, `-`, `_` and `.`.
    id: String,
    /// The name people read; the id when absent.
    name: Option<String>,
    /// `production`, `staging`, `development` or `other`: decides the colour and how much is asked before an act.
    #[serde(default)]
    #[schemars(with = "String")]
    environment: Environment,
    /// Reach it with a context of a kubeconfig file.
    kubeconfig: Option<KubeconfigRef>,
    /// Reach the cluster this process runs in, as its service account.
    #[serde(default)]
    in_cluster: bool,
    /// Watch its events always and keep them for two weeks; else only while somebody looks at the cluster.
    #[serde(default = "default_keep_events")]
    keep_events: bool,
    /// What this cluster hears of people, where it differs from the general `authorization`.
    authorization: Option<AuthorizationSettings>,
    /// Makes it an EKS cluster, on any connection; without another one it is reached by what AWS says of it.
    eks: Option<EksSettings>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct KubeconfigRef {
    /// The file.
    path: PathBuf,
    /// The context; the file's current one when absent.
    context: Option<String>,
}

fn default_keep_events() -> bool {
    true
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

/// Reads and checks a file.
pub(crate) fn read(path: &Path) -> anyhow::Result<Config> {
    let text = read_text(path)?;
    let config: Config = parse(path, &text)?;
    anyhow::ensure!(!config.clusters.is_empty(), "{}: clusters: name at least one cluster", path.display());
    config.specs(&|_| None).with_context(|| path.display().to_string())?;
    config.aws().and_then(|_| config.identity.check()).with_context(|| path.display().to_string())?;
    let settings = config.audit.retention_days().and_then(|_| config.audit.sensitive_reads());
    settings.with_context(|| format!("{}: audit", path.display()))?;
    if let Some(database) = &config.database {
        database.url().with_context(|| format!("{}: database.postgres", path.display()))?;
    }
    config.check_people().with_context(|| path.display().to_string())?;
    let mut seen = BTreeSet::new();
    for (at, cluster) in config.clusters.iter().enumerate() {
        anyhow::ensure!(
            seen.insert(&cluster.id),
            "{}: clusters[{at}].id: {:?} is taken already",
            path.display(),
            cluster.id
        );
    }
    Ok(config)
}

impl Config {
    pub(crate) fn front(&self) -> anyhow::Result<Front> {
        front::front(self.public_url.as_deref(), self.tls.as_ref(), &self.trusted_proxies)
    }

    fn check_people(&self) -> anyhow::Result<()> {
        let front = self.front()?;
        self.auth.policy().context("auth")?;
        let Some(sign_in) = self.auth.sign_in().context("auth")? else { return Ok(()) };
        ensure!(front.public_url.is_some(), "publicUrl: say what people type, as auth.providers send them back to it");
        ensure!(
            self.database.is_none() || sign_in.key.is_some(),
            "auth: session: keyFile: with PostgreSQL a key is needed, the same for every replica (openssl rand -base64 32)"
        );
        Ok(())
    }
}

/// YAML; a mistake is one line with its place.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> anyhow::Result<T> {
    serde_saphyr::from_str(text).map_err(|error| {
        // The parser shows the lines around it and how its own options could be set: neither helps here.
        let shown = error.to_string();
        let line = shown.lines().next().unwrap_or_default();
        let line = line.strip_prefix("error: ").unwrap_or(line);
        let line = line.split(", set DuplicateKeyPolicy").next().unwrap_or(line);
        anyhow::anyhow!("{}: {line}", path.display())
    })
}

/// Reads a small file whole.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len();
    anyhow::ensure!(size <= MAX_SIZE, "{} has {size} bytes; at most {MAX_SIZE} are read", path.display());
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

impl Config {
    /// What the answers need of every cluster. `by_aws` connects to those that only AWS tells of.
    pub(crate) fn specs(
        &self,
        by_aws: &dyn Fn(&ClusterId) -> Option<ConnectionSource>,
    ) -> anyhow::Result<Vec<ClusterSpec>> {
        let spec = |(at, cluster): (usize, &Cluster)| {
            let authorization = self.authorization_of(cluster);
            let spec = authorization.and_then(|authorization| cluster.spec(authorization, by_aws));
            spec.with_context(|| format!("clusters[{at}]"))
        };
        self.clusters.iter().enumerate().map(spec).collect()
    }

    /// What is to be asked of AWS.
    pub(crate) fn aws(&self) -> anyhow::Result<AwsParts> {
        let target = |(at, cluster): (usize, &Cluster)| {
            let eks = cluster.eks.as_ref()?;
            let id = ClusterId::new(&cluster.id).context("id");
            Some(id.and_then(|id| eks.target(id)).with_context(|| format!("clusters[{at}]: eks")))
        };
        let clusters = self.clusters.iter().enumerate().filter_map(target).collect::<anyhow::Result<_>>()?;
        self.aws.parts(clusters).context("aws")
    }

    pub(crate) fn cluster_count(&self) -> usize {
        self.clusters.len()
    }

    /// Without any setting people are taken as they are: only a development identity can be signed in then.
    fn authorization_of(&self, cluster: &Cluster) -> anyhow::Result<Authorization> {
        let settings = match (&cluster.authorization, &self.authorization) {
            (None, None) => return Ok(Authorization::verbatim()),
            (Some(own), None) => own.clone(),
            (None, Some(general)) => general.clone(),
            (Some(own), Some(general)) => own.over(general),
        };
        settings.rule().context("authorization")
    }
}

impl Cluster {
    /// What the answers need of it. A kubeconfig that does not work is that cluster's state, not a reason to stop.
    fn spec(
        &self,
        authorization: Authorization,
        by_aws: &dyn Fn(&ClusterId) -> Option<ConnectionSource>,
    ) -> anyhow::Result<ClusterSpec> {
        let id = ClusterId::new(&self.id).context("id")?;
        let (source, via) = match (&self.kubeconfig, self.in_cluster) {
            (Some(file), false) => {
                let kubeconfig = Kubeconfig::Path(file.path.clone());
                (Some(ConnectionSource::Kubeconfig { kubeconfig, context: file.context.clone() }), Via::Kubeconfig)
            }
            (None, true) => (Some(ConnectionSource::InCluster), Via::InCluster),
            (None, false) if self.eks.is_some() => (by_aws(&id), Via::Eks),
            (None, false) => anyhow::bail!("say how to reach it: kubeconfig, inCluster: true or eks"),
            (Some(_), true) => anyhow::bail!("kubeconfig and inCluster exclude each other"),
        };
        // Shared means that the connection's own identity acts: nobody is impersonated.
        let impersonation = authorization.mode != Mode::Shared;
        let eks = self.eks.as_ref().map(EksSettings::eks).transpose().context("eks")?;
        let connection =
            source.map(|source| ConnectionSpec { impersonation, ..ConnectionSpec::new(id.clone(), source) });
        Ok(ClusterSpec {
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            environment: self.environment,
            eks,
            via,
            authorization,
            keep_events: self.keep_events,
            connection: connection.ok_or_else(|| "AWS is not asked how to reach it".to_owned()),
            id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Config, String> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("written");
        read(file.path()).map_err(|error| format!("{error:#}").replace(&file.path().display().to_string(), "FILE"))
    }

    #[test]
    fn a_small_configuration_is_enough() {
        let config =
            check("clusters:\n  - id: prod-eu\n    environment: production\n    inCluster: true\n").expect("valid");
        let spec = config.specs(&|_| None).expect("valid").remove(0);
        assert_eq!((spec.name.as_str(), spec.environment), ("prod-eu", Environment::Production));
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    }

    #[test]
    fn a_cluster_overrides_the_general_authorization_key_by_key() {
        let text = "authorization: {tiers: {read: [staff], admin: [platform]}, allowedGroups: [staff]}\nclusters:\n  \
            - {id: a, inCluster: true}\n  - {id: b, inCluster: true, authorization: {defaultTier: triage}}\n  \
            - {id: c, inCluster: true, authorization: {mode: shared}}\n";
        let specs = check(text).expect("valid").specs(&|_| None).expect("valid");
        let rules: Vec<_> = specs.iter().map(|spec| &spec.authorization).collect();
        assert!(rules.iter().all(|rule| rule.allowed_groups == ["staff"]));
        let default = |rule: &Authorization| match &rule.mode {
            Mode::Tier { default, tiers } => (*default, tiers.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(default(rules[0]), (None, 2));
        assert_eq!(default(rules[1]), (Some(periscope_auth::Tier::Triage), 2));
        assert_eq!(rules[2].mode, Mode::Shared);
        let impersonates = |at: usize| specs[at].connection.as_ref().expect("a connection").impersonation;
        assert!(impersonates(0) && !impersonates(2));
    }

    #[test]
    fn every_mistake_names_its_place() {
        for (text, place) in [
            ("clusters:\n  - id: a\n    inCluster: true\n    colour: red\n", "colour"),
            ("clusters:\n  - id: a\n    inCluster: true\n    colour: red\n", "line 4"),
            ("clusters: []\n", "FILE: clusters: name at least one"),
            ("clusters:\n  - id: A B\n    inCluster: true\n", "clusters[0]: id"),
            ("clusters:\n  - id: a\n", "clusters[0]: say how to reach it"),
            (
                "clusters:\n  - id: a\n    inCluster: true\n  - id: a\n    inCluster: true\n",
                "clusters[1].id: \"a\" is taken",
            ),
            (
                "clusters:\n  - id: a\n    inCluster: true\n    eks: {arn: nonsense}\n",
                "clusters[0]: eks: arn: \"nonsense\"",
            ),
            (
                "authorization: {mode: tier}\nclusters:\n  - id: a\n    inCluster: true\n",
                "FILE: clusters[0]: authorization: tiers: in tier mode nobody is admitted",
            ),
            (
                "authorization: {mode: raw, groupPrefix: \"System:\"}\nclusters:\n  - id: a\n    inCluster: true\n",
                "groupPrefix: \"System:\" begins like names",
            ),
            ("authorization: {mode: some}\nclusters: []\n", "line 1"),
            (
                "clusters:\n  - id: a\n    inCluster: true\n    authorization: {defaultTier: read, allowedGroups: []}\n",
                "clusters[0]: authorization: allowedGroups: an empty list",
            ),
            ("audit: {retention: 400}\nclusters:\n  - {id: a, inCluster: true}\n", "FILE: audit: retention: \"400\""),
            ("audit: {sensitiveReads: [Pods]}\nclusters:\n  - {id: a, inCluster: true}\n", "audit: sensitiveReads"),
            (
                "database: {postgres: {}}\nclusters:\n  - {id: a, inCluster: true}\n",
                "database.postgres: say where its address is",
            ),
            (
                "database: {postgres: {urlFile: /nowhere}}\nclusters:\n  - {id: a, inCluster: true}\n",
                "database.postgres: urlFile: cannot read /nowhere",
            ),
            (
                "auth: {providers: [{id: corp, clientId: p}]}\nclusters:\n  - {id: a, inCluster: true}\n",
                "missing field `issuer`",
            ),
            (
                "auth: {providers: [{id: corp, clientId: p, issuer: 'http://idp.corp'}]}\nclusters:\n  - {id: a, inCluster: true}\n",
                "FILE: auth: providers[0]: issuer: \"http://idp.corp\" must begin with https://",
            ),
            (
                "auth: {providers: [{id: corp, clientId: p, issuer: 'https://idp.corp'}]}\nclusters:\n  - {id: a, inCluster: true}\n",
                "FILE: publicUrl: say what people type",
            ),
            (
                "auth: {providers: [{id: corp, clientId: p, issuer: 'https://idp.corp', clientSecretFile: /nowhere}]}\nclusters:\n  - {id: a, inCluster: true}\n",
                "providers[0]: clientSecretFile: cannot read /nowhere",
            ),
            (
                "auth: {session: {idle: soon}}\nclusters:\n  - {id: a, inCluster: true}\n",
                "auth: session: idle: \"soon\"",
            ),
            (
                "auth: {allowedGroups: []}\nclusters:\n  - {id: a, inCluster: true}\n",
                "auth: allowedGroups: an empty list",
            ),
            ("publicUrl: http://periscope.corp\nclusters:\n  - {id: a, inCluster: true}\n", "FILE: publicUrl: "),
            ("trustedProxies: [corp]\nclusters:\n  - {id: a, inCluster: true}\n", "FILE: trustedProxies[0]: \"corp\""),
            ("listen: here\nclusters: []\n", "FILE: line 1 column 9: "),
            ("clusters: [\n", "line"),
        ] {
            let error = check(text).expect_err(text);
            assert!(error.contains(place), "{place:?} is not in: {error}");
        }
    }

    #[test]
    fn every_mistake_about_aws_names_its_place() {
        for (text, place) in [
            (
                "clusters: [{id: a, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/x', externalId: y}}]\n",
                "clusters[0]: eks: externalId: there is no assumeRole",
            ),
            (
                "clusters: [{id: a, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/x', assumeRole: 'arn:aws:iam::444455556666:role/p'}}]\n",
                "clusters[0]: eks: assumeRole: \"arn:aws:iam::444455556666:role/p\" is not a role of account 111122223333",
            ),
            (
                "clusters: [{id: a, eks: {arn: 'arn:aws:eks:cn-north-1:111122223333:cluster/x'}}]\n",
                "is not of the partition aws",
            ),
            (
                "aws: {accounts: [{id: '1'}]}\nclusters: [{id: a, inCluster: true}]\n",
                "FILE: aws: accounts[0]: id: \"1\" is not an account",
            ),
            (
                "aws: {accounts: [{id: '111122223333'}, {id: '111122223333'}]}\nclusters: [{id: a, inCluster: true}]\n",
                "aws: accounts[1].id: \"111122223333\" is taken",
            ),
            (
                "aws: {accounts: [{id: '111122223333', assumeRole: admin}]}\nclusters: [{id: a, inCluster: true}]\n",
                "accounts[0]: assumeRole: \"admin\" is not the ARN of a role",
            ),
            ("aws: {refresh: 10}\nclusters: [{id: a, inCluster: true}]\n", "aws: refresh: \"10\" is no duration"),
            (
                "aws: {endpoint: 'http://aws.corp'}\nclusters: [{id: a, inCluster: true}]\n",
                "FILE: aws: endpoint: the endpoint \"http://aws.corp\" of eks is not https://HOST",
            ),
            (
                "aws: {endpoints: {eks: 'http://127.0.0.1:1'}}\nclusters: [{id: a, inCluster: true}]\n",
                "but that of iam is not",
            ),
            (
                "identity: {sensitive: {silence: [{id: nothing, reason: x}]}}\nclusters: [{id: a, inCluster: true}]\n",
                "FILE: identity: sensitive.silence[0].id: there is no entry `nothing`",
            ),
            (
                "identity: {sensitive: {extend: [{id: x, title: x, why: x, actions: [nonsense]}]}}\nclusters: [{id: a, inCluster: true}]\n",
                "identity: sensitive.extend[0].actions[0]: ",
            ),
        ] {
            let error = check(text).expect_err(text);
            assert!(error.contains(place), "{place:?} is not in: {error}");
        }
    }
}
