//! `periscope demo`: the same console, against a world that runs in this process and speaks the real protocols.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use periscope_answers::{ClusterSpec, Eks, Environment, Policy, Via};
use periscope_auth::Authorization;
use periscope_aws::{AccountEntry, Aws, CredentialSource, EksTarget, Endpoints, Keys, OrganizationEntry, RoleToAssume};
use periscope_cluster::{ConnectionSource, ConnectionSpec, Kubeconfig};
use periscope_demo::{AwsFaults, World, WorldAccount, WorldOptions};
use periscope_model::{ClusterId, Person};
use periscope_server::{Front, Persona, SignIn};
use serde_json::json;

use crate::args::Demo;
use crate::command;
use crate::compose::{self, Composition, People, RecordSettings};
use crate::config::AwsParts;

pub(crate) async fn run(args: Demo) -> anyhow::Result<()> {
    anyhow::ensure!(args.listen.ip().is_loopback(), "the demo listens on loopback only, and {} is not", args.listen);
    let options = WorldOptions {
        pods: args.pods,
        seed: args.seed,
        quiet: args.quiet_world,
        changes_per_second: args.changes_per_second,
    };
    let world = World::start(options).await.context("the demo world cannot start")?;
    world.set_aws_faults(AwsFaults { deny: args.aws_deny, ..AwsFaults::default() });
    if let Some(file) = &args.write_aws_env {
        write_private(file, &world.aws().shell_exports())?;
    }
    if let Some(file) = &args.write_kubeconfig {
        write_private(file, &world.kubeconfig())?;
    }
    if let Some(file) = &args.write_config {
        write_config(file, &world)?;
    }
    if args.world_only {
        return hold(&world).await;
    }
    let composition = Composition {
        listen: args.listen,
        metrics_listen: args.metrics_listen,
        data_dir: args.data_dir,
        clusters: clusters(&world)?,
        people: People::Given(SignIn::Personas(personas())),
        policy: policy(),
        front: Front::default(),
        record: RecordSettings::default(),
        aws: Some(aws(&world)?),
        catalogue: None,
    };
    compose::serve(composition).await
}

/// The world alone, until a signal.
async fn hold(world: &World) -> anyhow::Result<()> {
    let stop = compose::stop_on_signal()?;
    for cluster in world.clusters() {
        command::print(&format!("{} {}\n", cluster.id, cluster.server))?;
    }
    command::print(&format!("aws {}\n", world.aws().endpoint))?;
    stop.cancelled().await;
    Ok(())
}

fn clusters(world: &World) -> anyhow::Result<Vec<ClusterSpec>> {
    let kubeconfig = Kubeconfig::Inline(world.server_kubeconfig());
    let spec = |cluster: periscope_demo::WorldCluster| {
        let id = ClusterId::new(&cluster.id)?;
        let source = ConnectionSource::Kubeconfig { kubeconfig: kubeconfig.clone(), context: Some(cluster.id.clone()) };
        let environment = match cluster.environment.as_str() {
            "production" => Environment::Production,
            "staging" => Environment::Staging,
            "development" => Environment::Development,
            _ => Environment::Other,
        };
        Ok(ClusterSpec {
            name: cluster.name,
            environment,
            eks: cluster.eks.map(|eks| Eks { arn: eks.arn, account_id: eks.account_id, region: eks.region }),
            via: Via::Kubeconfig,
            // The world binds its personas and their tiers by name.
            authorization: Authorization::verbatim(),
            keep_events: true,
            connection: Ok(ConnectionSpec::new(id.clone(), source)),
            id,
        })
    };
    world.clusters().into_iter().map(spec).collect()
}

/// As the console would be in the world's first account: from there it becomes a reader in the others.
fn aws(world: &World) -> anyhow::Result<Aws> {
    let told = world.aws();
    let (first, others) = told.accounts.split_first().context("the world has no account")?;
    let role = |account: &WorldAccount| RoleToAssume { role_arn: account.role.clone(), external_id: None };
    let entry = |account: &WorldAccount| AccountEntry { id: account.id.clone(), assume_role: Some(role(account)) };
    let (management, others): (Vec<_>, Vec<_>) = others.iter().partition(|account| account.name == "management");
    let management =
        management.first().map(|account| OrganizationEntry { assume_role: Some(role(account)), account: None });
    let target = |cluster: periscope_demo::WorldCluster| {
        let eks = cluster.eks?;
        let target = ClusterId::new(&cluster.id);
        Some(target.map(|cluster| EksTarget { cluster, arn: eks.arn, region: eks.region, assume_role: None }))
    };
    let parts = AwsParts {
        clusters: world.clusters().into_iter().filter_map(target).collect::<Result<_, _>>()?,
        accounts: others.into_iter().map(entry).collect(),
        organization: management,
        endpoints: Endpoints { all: Some(told.endpoint.clone()), ..Endpoints::default() },
        refresh: Duration::from_mins(10),
    };
    let keys = Keys {
        access_key_id: first.access_key_id.clone(),
        secret_access_key: first.secret_access_key.clone(),
        session_token: None,
    };
    Ok(compose::aws::started(parts, CredentialSource::Placeholder(keys), None))
}

/// Alice looks after the others.
fn policy() -> Policy {
    let admins = vec!["periscope-tier:admin".to_owned()];
    Policy { allowed_groups: Vec::new(), audit_admins: admins.clone(), session_admins: admins }
}

/// Who one can be in the demo; the world's RBAC decides what each may do.
fn personas() -> Vec<Persona> {
    let persona = |id: &str, name: &str, groups: &[&str], about: &str| {
        let groups = groups.iter().map(|group| (*group).to_owned());
        let person = Person { display: name.to_owned(), ..Person::new("demo", format!("{id}@corp"), groups) };
        Persona { id: id.to_owned(), about: about.to_owned(), person: Arc::new(person) }
    };
    vec![
        persona("alice", "Alice", &["periscope-tier:admin"], "platform engineer · sees and may do everything"),
        persona(
            "bob",
            "Bob",
            &["periscope-tier:triage"],
            "on call · sees everything but Secrets, may restart and scale",
        ),
        persona("carol", "Carol", &[], "developer · reads the namespaces payments and search of prod-eu"),
        persona("dave", "Dave", &[], "signed in, but nobody gave him anything yet"),
    ]
}

/// A configuration for `periscope serve`, with its kubeconfig beside it.
fn write_config(file: &Path, world: &World) -> anyhow::Result<()> {
    let kubeconfig = file.with_extension("kubeconfig");
    write_private(&kubeconfig, &world.server_kubeconfig())?;
    let clusters: Vec<serde_json::Value> = world
        .clusters()
        .into_iter()
        .map(|cluster| {
            let mut entry = json!({
                "id": cluster.id,
                "name": cluster.name,
                "environment": cluster.environment,
                "kubeconfig": {"path": kubeconfig, "context": cluster.id},
            });
            if let Some(eks) = cluster.eks {
                entry["eks"] = json!({"arn": eks.arn, "region": eks.region});
            }
            entry
        })
        .collect();
    let told = world.aws();
    let (management, others): (Vec<_>, Vec<_>) = told.accounts.iter().partition(|account| account.name == "management");
    let ids = |accounts: &[&WorldAccount]| accounts.iter().map(|account| json!({"id": account.id})).collect::<Vec<_>>();
    let mut aws = json!({"endpoint": told.endpoint, "accounts": ids(&others)});
    if let Some(account) = management.first() {
        aws["organization"] = json!({"account": account.id});
    }
    // JSON is YAML.
    let text = serde_json::to_string_pretty(&json!({ "aws": aws, "clusters": clusters }))?;
    write_private(file, &text)
}

/// Kubeconfigs hold tokens: nobody else may read them.
fn write_private(file: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let place = || format!("cannot write {}", file.display());
    let mut options = std::fs::OpenOptions::new();
    let mut opened = options.write(true).create(true).truncate(true).mode(0o600).open(file).with_context(place)?;
    opened.write_all(text.as_bytes()).with_context(place)
}
