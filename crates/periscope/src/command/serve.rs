//! `periscope serve`.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use periscope_answers::{ClusterSpec, Environment, Policy, Via};
use periscope_auth::{Authorization, Mode};
use periscope_cluster::{ConnectionSource, ConnectionSpec, Kubeconfig};
use periscope_model::Person;
use periscope_server::{Front, Persona, SignIn};
use serde::Deserialize;

use crate::args::Serve;
use crate::compose::{self, Composition, People, RecordSettings};
use crate::config;

pub(crate) async fn run(args: Serve) -> anyhow::Result<()> {
    match (&args.config, &args.kubeconfig) {
        (Some(file), _) => with_config(&args, file).await,
        (None, Some(file)) => with_kubeconfig(&args, file).await,
        (None, None) => anyhow::bail!("give --config FILE or --kubeconfig FILE"),
    }
}

async fn with_config(args: &Serve, file: &Path) -> anyhow::Result<()> {
    let config = config::read(file)?;
    let aws = compose::aws::start(config.aws()?)?;
    let clusters = config.specs(&|cluster| compose::aws::connection(aws.as_ref()?, cluster))?;
    for cluster in clusters.iter().filter(|cluster| cluster.authorization.mode == Mode::Shared) {
        tracing::warn!(cluster = %cluster.id, "shared mode: everybody who signs in acts with the connection's own rights");
    }
    let (people, policy, front) = (people(args, &config)?, config.auth.policy()?, config.front()?);
    let catalogue = config.identity.catalogue()?;
    let composition = Composition {
        listen: args.listen.unwrap_or(config.listen),
        metrics_listen: args.metrics_listen.or(config.metrics_listen),
        data_dir: args.data_dir.clone().or(config.data_dir),
        clusters,
        people,
        policy,
        front,
        record: RecordSettings {
            postgres: config.database.as_ref().map(config::DatabaseSettings::url).transpose()?,
            retention_days: config.audit.retention_days()?,
            sensitive_reads: config.audit.sensitive_reads()?,
            checkpoints: config.audit.checkpoint_file,
            key: config.audit.signing_key_file,
            stdout: config.audit.stdout,
        },
        aws,
        catalogue,
    };
    compose::serve(composition).await
}

/// Through identity providers, or as a development identity that is chosen on the command line.
fn people(args: &Serve, config: &config::Config) -> anyhow::Result<People> {
    let development = args.dev_personas.is_some() || args.dev_user.is_some();
    match config.auth.sign_in()? {
        Some(_) if development => {
            anyhow::bail!("auth.providers and development identities exclude each other: leave one of them out")
        }
        Some(parts) => Ok(People::Of(Box::new(parts))),
        None => development_sign_in(args).map(People::Given),
    }
}

fn development_sign_in(args: &Serve) -> anyhow::Result<SignIn> {
    if let Some(file) = &args.dev_personas {
        return Ok(SignIn::Personas(read_personas(file)?));
    }
    let Some(user) = &args.dev_user else {
        anyhow::bail!("nobody could sign in: configure auth.providers, or give --dev-user USER (loopback only)");
    };
    refuse_system_names(user, &args.dev_groups)?;
    Ok(SignIn::Dev(Arc::new(Person::new("dev", user.clone(), args.dev_groups.clone()))))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonaEntry {
    id: String,
    user: String,
    #[serde(default)]
    groups: Vec<String>,
}

fn read_personas(file: &Path) -> anyhow::Result<Vec<Persona>> {
    let text = config::read_text(file)?;
    let entries: Vec<PersonaEntry> = config::parse(file, &text)?;
    let mut seen = BTreeSet::new();
    let persona = |(at, entry): (usize, PersonaEntry)| {
        let place = || format!("{}: [{at}]", file.display());
        anyhow::ensure!(seen.insert(entry.id.clone()), "{}: id {:?} is taken already", place(), entry.id);
        refuse_system_names(&entry.user, &entry.groups).with_context(place)?;
        let person = Arc::new(Person::new("dev", entry.user, entry.groups));
        Ok(Persona { id: entry.id, about: person.groups.join(", "), person })
    };
    entries.into_iter().enumerate().map(persona).collect()
}

/// Names that Kubernetes keeps for itself are never impersonated.
fn refuse_system_names(user: &str, groups: &[String]) -> anyhow::Result<()> {
    for name in std::iter::once(user).chain(groups.iter().map(String::as_str)) {
        anyhow::ensure!(
            !name.is_empty() && !name.starts_with("system:"),
            "{name:?} cannot be impersonated: names that start with system: belong to Kubernetes"
        );
    }
    Ok(())
}

async fn with_kubeconfig(args: &Serve, file: &Path) -> anyhow::Result<()> {
    compose::aws::refuse_static_credentials()?;
    let kubeconfig = Kubeconfig::Path(file.to_owned());
    let contexts = kubeconfig.contexts().with_context(|| format!("cannot use kubeconfig {}", file.display()))?;
    anyhow::ensure!(!contexts.is_empty(), "{} has no context", file.display());
    let clusters = contexts.into_iter().map(|context| {
        let source =
            ConnectionSource::Kubeconfig { kubeconfig: kubeconfig.clone(), context: Some(context.name.clone()) };
        let spec = ConnectionSpec { impersonation: false, ..ConnectionSpec::new(context.id.clone(), source) };
        ClusterSpec {
            id: context.id,
            name: context.name,
            environment: Environment::Other,
            eks: None,
            via: Via::Kubeconfig,
            // The kubeconfig's own identity is the human.
            authorization: Authorization::of(Mode::Shared),
            keep_events: false,
            connection: context.problem.map_or(Ok(spec), Err),
        }
    });
    let local = Person { display: "you, by this kubeconfig".into(), ..Person::new("kubeconfig", "kubeconfig", []) };
    let composition = Composition {
        listen: args.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
        metrics_listen: args.metrics_listen,
        data_dir: args.data_dir.clone(),
        clusters: clusters.collect(),
        people: People::Given(SignIn::Local(Arc::new(local))),
        policy: Policy::default(),
        front: Front::default(),
        record: RecordSettings::default(),
        aws: None,
        catalogue: None,
    };
    compose::serve(composition).await
}
