//! The commands.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod iam;
pub(crate) mod serve;

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use periscope_aws::{Feature, Partition, PolicyFor};

use crate::args::{IamFeature, IamPermissions, KubernetesPermissions, PermissionsPart};
use crate::permissions::Impersonator;
use crate::{config, permissions};

/// Runs a command that waits: the runtime is made here and nowhere else.
pub(crate) fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    let result = runtime.block_on(command);
    // Whatever still runs is given up: streams were drained before.
    runtime.shutdown_background();
    result
}

pub(crate) fn config_check(file: &Path) -> anyhow::Result<()> {
    let config = config::read(file)?;
    let count = config.cluster_count();
    print(&format!("{} is valid: {count} {}\n", file.display(), if count == 1 { "cluster" } else { "clusters" }))
}

/// The manifests for a cluster, whole or one part.
pub(crate) fn kubernetes_permissions(args: &KubernetesPermissions) -> anyhow::Result<()> {
    let (namespace, name) = args
        .service_account
        .split_once('/')
        .filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty() && !name.contains('/'))
        .with_context(|| format!("--service-account {:?} is not NAMESPACE/NAME", args.service_account))?;
    for named in args.groups.iter().chain(&args.users).chain(&args.server_group) {
        anyhow::ensure!(!periscope_auth::is_reserved(named), "{named:?} belongs to Kubernetes: nobody may come as it");
    }
    let settings = Impersonator {
        service_account: (namespace.to_owned(), name.to_owned()),
        server_group: args.server_group.clone(),
        groups: args.groups.clone(),
        users: args.users.clone(),
        with_admin: args.with_admin,
        constrained: args.constrained,
    };
    let part = |part| match part {
        PermissionsPart::Impersonator => permissions::impersonator(&settings),
        PermissionsPart::Inventory => permissions::inventory(),
        PermissionsPart::Tiers => permissions::tiers(args.with_admin),
    };
    let all = [PermissionsPart::Impersonator, PermissionsPart::Inventory, PermissionsPart::Tiers];
    let parts = args.part.map_or_else(|| all.to_vec(), |one| vec![one]);
    let texts = parts.into_iter().map(part).collect::<anyhow::Result<Vec<_>>>()?;
    print(&texts.join("---\n"))
}

/// The policy for Periscope's own role in AWS.
pub(crate) fn iam_permissions(args: IamPermissions) -> anyhow::Result<()> {
    let IamPermissions { features, clusters, roles } = args;
    for cluster in &clusters {
        anyhow::ensure!(is_arn(cluster, "eks", "cluster/"), "--cluster {cluster:?} is not the ARN of an EKS cluster");
    }
    for role in &roles {
        anyhow::ensure!(is_arn(role, "iam", "role/"), "--assume-role {role:?} is not the ARN of a role");
    }
    let feature = |feature: IamFeature| match feature {
        IamFeature::Cluster => Feature::Cluster,
        IamFeature::Access => Feature::Access,
        IamFeature::Identity => Feature::Identity,
        IamFeature::IdentityNarrow => Feature::IdentityNarrow,
        IamFeature::Organization => Feature::Organization,
        IamFeature::Instances => Feature::Instances,
        IamFeature::Capabilities => Feature::Capabilities,
    };
    let wanted = PolicyFor { features: features.into_iter().map(feature).collect(), clusters, roles };
    print(&format!("{}\n", serde_json::to_string_pretty(&periscope_aws::iam_policy(&wanted))?))
}

fn is_arn(text: &str, service: &str, resource: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, found, _, account, rest] = parts[..] else { return false };
    let named = rest.strip_prefix(resource).is_some_and(|name| !name.is_empty());
    let digits = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    found == service && named && digits && Partition::named(partition).is_some()
}

pub(crate) fn openapi() -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&periscope_server::openapi())?;
    text.push('\n');
    Ok(text)
}

pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}
