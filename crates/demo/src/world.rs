//! Starting and stopping the whole world.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use periscope_model::SystemClock;
use rand::TryRngCore as _;
use rand::rand_core::OsError;
use rand::rngs::OsRng;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::aws::{Aws, AwsFaults, WorldAws};
use crate::cluster::Cluster;
use crate::identity::{PERSONAS, Persona, SERVER, User};
use crate::kubeconfig::kubeconfig;
use crate::profile::{Eks, Profile};
use crate::serve::serve;
use crate::tls::Tls;
use crate::tokens::Issuer;
use crate::{Error, api, aws, content, life};

#[derive(Debug, Clone, Copy, Default)]
pub struct WorldOptions {
    /// Pods of `prod-eu`; about 1,500 when absent.
    pub pods: Option<usize>,
    /// The same seed makes the same world.
    pub seed: u64,
    /// Nothing changes by itself; controllers still react to what is asked for.
    pub quiet: bool,
    /// Pod status changes per second in `prod-eu`, for measurements; on top of what `quiet` leaves.
    pub changes_per_second: Option<u32>,
}

/// A cluster as a registry entry needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldCluster {
    pub id: String,
    pub name: String,
    /// `production`, `staging`, `development` or `other`.
    pub environment: String,
    pub eks: Option<Eks>,
    /// `https://127.0.0.1:PORT`
    pub server: String,
}

/// Three living clusters on loopback. Dropping it stops them.
pub struct World {
    clusters: Vec<WorldCluster>,
    ca_pem: String,
    tokens: Tokens,
    aws: Arc<Aws>,
    _tasks: JoinSet<()>,
}

struct Tokens {
    admin: String,
    server: String,
    personas: Vec<String>,
}

const ADMIN: &str = "world-admin";

impl World {
    pub async fn start(options: WorldOptions) -> Result<Self, Error> {
        let tls = Tls::generate()?;
        let tokens = Tokens::generate()?;
        let aws = Arc::new(Aws::new(Arc::new(SystemClock))?);
        let building: Vec<_> = Profile::all()
            .into_iter()
            .map(|profile| {
                let (known, aws, issuer) = (tokens.users(), Arc::clone(&aws), Issuer::generate(profile.id)?);
                Ok(tokio::task::spawn_blocking(move || build((profile, known), aws, issuer, options)))
            })
            .collect::<Result<_, Error>>()?;
        let mut tasks = JoinSet::new();
        let mut clusters = Vec::new();
        let mut living = Vec::new();
        for built in building {
            let cluster = built.await?;
            let id = cluster.profile.id;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
            let listener = listener.map_err(|source| Error::Listen { cluster: id, source })?;
            let port = listener.local_addr().map_err(|source| Error::Listen { cluster: id, source })?.port();
            clusters.push(WorldCluster {
                id: id.to_owned(),
                name: id.to_owned(),
                environment: cluster.profile.environment.to_owned(),
                eks: cluster.profile.eks.clone(),
                server: format!("https://127.0.0.1:{port}"),
            });
            life::start(&cluster, options, &mut tasks);
            tasks.spawn(serve(listener, Arc::clone(&tls.server), api::router(Arc::clone(&cluster))));
            living.push(cluster);
        }
        let servers = clusters.iter().map(|cluster| cluster.server.clone()).collect();
        if let Some(first) = living.first() {
            aws.has_web_identity(&first.issuer);
        }
        let service = aws::Service { aws: Arc::clone(&aws), clusters: living, servers, ca_pem: tls.ca_pem.clone() };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|source| Error::Listen { cluster: "AWS", source })?;
        let address = listener.local_addr().map_err(|source| Error::Listen { cluster: "AWS", source })?;
        aws.listens_at(address.to_string());
        tasks.spawn(aws::serve(listener, Arc::new(service)));
        Ok(Self { clusters, ca_pem: tls.ca_pem, tokens, aws, _tasks: tasks })
    }

    pub fn clusters(&self) -> Vec<WorldCluster> {
        self.clusters.clone()
    }

    /// Where and as whom the world's AWS is reached.
    pub fn aws(&self) -> WorldAws {
        self.aws.describe()
    }

    /// What goes wrong in AWS from now on, in place of what went wrong before.
    pub fn set_aws_faults(&self, faults: AwsFaults) {
        *self.aws.faults.write() = faults;
    }

    /// An administrator, for kubectl.
    pub fn kubeconfig(&self) -> String {
        kubeconfig(&self.clusters, &self.ca_pem, ADMIN, &self.tokens.admin)
    }

    /// The identity a console server has: it may impersonate, and nothing else.
    pub fn server_kubeconfig(&self) -> String {
        kubeconfig(&self.clusters, &self.ca_pem, SERVER, &self.tokens.server)
    }

    /// One of the people, authenticated as themselves; `None` for an unknown id.
    pub fn persona_kubeconfig(&self, persona: &str) -> Option<String> {
        let at = PERSONAS.iter().position(|known| known.id == persona)?;
        Some(kubeconfig(&self.clusters, &self.ca_pem, PERSONAS[at].user, &self.tokens.personas[at]))
    }

    pub fn personas(&self) -> &'static [Persona] {
        PERSONAS
    }
}

fn build(
    (profile, tokens): (Profile, HashMap<String, User>),
    aws: Arc<Aws>,
    issuer: Arc<Issuer>,
    options: WorldOptions,
) -> Arc<Cluster> {
    let cluster = Arc::new(Cluster::new(profile, tokens, aws, issuer, options.seed));
    content::fill(&cluster, options.pods);
    cluster.storage.write().start_recording();
    cluster
}

impl Tokens {
    fn generate() -> Result<Self, OsError> {
        let token = || {
            let mut bytes = [0; 32];
            OsRng.try_fill_bytes(&mut bytes).map(|()| URL_SAFE_NO_PAD.encode(bytes))
        };
        Ok(Self {
            admin: token()?,
            server: token()?,
            personas: PERSONAS.iter().map(|_| token()).collect::<Result<_, _>>()?,
        })
    }

    fn users(&self) -> HashMap<String, User> {
        let mut users = HashMap::from([
            (self.admin.clone(), User::new(ADMIN, &["system:masters"])),
            (self.server.clone(), User::new(SERVER, &[])),
        ]);
        for (persona, token) in PERSONAS.iter().zip(&self.personas) {
            users.insert(token.clone(), User::new(persona.user, persona.groups));
        }
        users
    }
}
