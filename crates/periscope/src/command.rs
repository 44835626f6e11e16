//! The commands.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod iam;
pub(crate) mod serve;

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::args::{KubernetesPermissions, PermissionsPart};
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
    for named in args.groups.iter().chain(&args.users) {
        anyhow::ensure!(!periscope_auth::is_reserved(named), "{named:?} belongs to Kubernetes: nobody may come as it");
    }
    let settings = Impersonator {
        service_account: (namespace.to_owned(), name.to_owned()),
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

pub(crate) fn openapi() -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&periscope_server::openapi())?;
    text.push('\n');
    Ok(text)
}

pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}
