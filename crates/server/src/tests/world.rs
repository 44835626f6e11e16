//! One demo world and one app for all tests of this binary: starting them costs more than the tests do.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::http::header;
use periscope_answers::{
    AccountEntry, App, AppOptions, Aws, AwsOptions, ClusterSpec, ConnectionSource, ConnectionSpec, CredentialSource,
    Eks, EksTarget, Endpoints, Environment, Keys, Kubeconfig, Limits, OrganizationEntry, Policy, Record, RecordOptions,
    RecordStore, RoleToAssume, Via,
};
use periscope_auth::Authorization;
use periscope_demo::{PERSONAS, World, WorldAccount, WorldOptions};
use periscope_model::{Clock, ClusterId, Person, SystemClock};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

use super::client::Client;
use crate::metrics::Metrics;
use crate::request::Origin;
use crate::router;
use crate::session::{Cookies, OpenedFrom, Persona, SignIn};
use crate::state::{AppState, Parts};

/// Longer than anything takes, even on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
static SHARED: OnceCell<Shared> = OnceCell::const_new();

struct Shared {
    world: World,
    app: Arc<App>,
    _folder: tempfile::TempDir,
}

/// Runs a test on the runtime on which the world lives.
pub(super) fn run(test: impl Future<Output = ()>) {
    RUNTIME.block_on(test);
}

/// A server with its own sessions and streams, over the shared app.
pub(super) struct Server {
    pub(super) state: AppState,
    pub(super) nobody: Client,
}

impl Server {
    pub(super) async fn start() -> Self {
        Self::over(shared().await.app.clone(), Arc::new(SystemClock))
    }

    /// The same over an app that nobody has asked anything yet.
    pub(super) async fn start_cold() -> (Self, tempfile::TempDir) {
        let (app, folder) = app(&shared().await.world).await;
        (Self::over(app, Arc::new(SystemClock)), folder)
    }

    pub(super) fn over(app: Arc<App>, clock: Arc<dyn Clock>) -> Self {
        Self::of(app, SignIn::Personas(personas()), clock)
    }

    pub(super) fn of(app: Arc<App>, sign_in: SignIn, clock: Arc<dyn Clock>) -> Self {
        let state = AppState::new(Parts {
            app,
            sign_in,
            clock,
            metrics: Metrics::new(),
            origin: Origin::new(None, true),
            cookies: Cookies::of_port(8080),
            trusted_proxies: Vec::new(),
            boot: "test".to_owned(),
        });
        let nobody = Client { router: router::build(state.clone()), cookie: None };
        Self { state, nobody }
    }

    /// Signed in without asking the record: where time is paused, whoever waits for a disk is late at once.
    pub(super) fn enter(&self, persona: &str) -> Client {
        let known = self.state.sign_in.personas().iter().find(|known| known.id == persona).expect("a persona");
        let secret =
            self.state.personas.open(known, OpenedFrom::default(), self.state.clock.now()).expect("randomness");
        let cookie = self.state.cookies.session(&secret);
        Client { cookie: cookie.split(';').next().map(str::to_owned), ..self.nobody.clone() }
    }

    pub(super) async fn sign_in(&self, persona: &str) -> Client {
        let answered = self.nobody.post("/api/auth/demo", &format!(r#"{{"persona":"{persona}"}}"#)).await;
        assert_eq!(answered.status, 204, "{}", answered.text);
        let cookie = answered.headers[header::SET_COOKIE].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        Client { cookie: Some(cookie), ..self.nobody.clone() }
    }
}

/// What every process that opens connections does first.
pub(super) fn provider() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    });
}

/// A token with which the world lets in an administrator, as no client of the console may.
pub(super) async fn admin_token() -> String {
    let kubeconfig: Value = serde_json::from_str(&shared().await.world.kubeconfig()).expect("JSON");
    kubeconfig["users"][0]["user"]["token"].as_str().expect("a token").to_owned()
}

async fn shared() -> &'static Shared {
    let start = async {
        provider();
        // Statuses of pods change; nothing comes and nothing goes.
        let options = WorldOptions { pods: Some(150), seed: 7, quiet: true, changes_per_second: Some(5) };
        let world = World::start(options).await.expect("a world");
        let (app, folder) = app(&world).await;
        Shared { world, app, _folder: folder }
    };
    SHARED.get_or_init(|| start).await
}

/// An app over the world; `production` is told of all its clusters.
pub(super) async fn app_in(world: &World, environment: Environment) -> (Arc<App>, tempfile::TempDir, Record) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kubeconfig = Kubeconfig::Inline(world.server_kubeconfig());
    let clusters = world.clusters().into_iter().map(|cluster| {
        let id = ClusterId::new(&cluster.id).expect("an id");
        let source = ConnectionSource::Kubeconfig { kubeconfig: kubeconfig.clone(), context: Some(cluster.id) };
        ClusterSpec {
            name: cluster.name,
            environment,
            eks: cluster.eks.map(|eks| Eks { arn: eks.arn, account_id: eks.account_id, region: eks.region }),
            via: Via::Kubeconfig,
            authorization: Authorization::verbatim(),
            keep_events: false,
            connection: Ok(ConnectionSpec::new(id.clone(), source)),
            id,
        }
    });
    let (clusters, data_dir) = (clusters.collect(), folder.path().to_owned());
    let clock = Arc::new(SystemClock);
    let record = record(&data_dir, clock.clone()).await;
    let policy = policy();
    let options = AppOptions {
        clusters,
        clock,
        data_dir,
        record: record.clone(),
        sensitive: None,
        policy,
        aws: Some(aws(world)),
        catalogue: None,
    };
    let app = App::start(options).await.expect("an app");
    (app, folder, record)
}

/// As the console would be in the world's first account: from there it becomes a reader in the others.
fn aws(world: &World) -> Aws {
    let told = world.aws();
    let role = |account: &WorldAccount| RoleToAssume { role_arn: account.role.clone(), external_id: None };
    let target = |cluster: periscope_demo::WorldCluster| {
        let (eks, cluster) = (cluster.eks?, ClusterId::new(&cluster.id).expect("an id"));
        Some(EksTarget { cluster, arn: eks.arn, region: eks.region, assume_role: None })
    };
    let (first, others) = told.accounts.split_first().expect("accounts");
    let entry = |account: &WorldAccount| AccountEntry { id: account.id.clone(), assume_role: Some(role(account)) };
    let management = others.iter().find(|account| account.name == "management");
    let keys = Keys {
        access_key_id: first.access_key_id.clone(),
        secret_access_key: first.secret_access_key.clone(),
        session_token: None,
    };
    Aws::start(AwsOptions {
        clusters: world.clusters().into_iter().filter_map(target).collect(),
        accounts: others.iter().filter(|account| account.name != "management").map(entry).collect(),
        organization: management.map(|account| OrganizationEntry { assume_role: Some(role(account)), account: None }),
        endpoints: Endpoints { all: Some(told.endpoint.clone()), ..Endpoints::default() },
        credentials: CredentialSource::Placeholder(keys),
        region: None,
        clock: Arc::new(SystemClock),
        refresh: Duration::from_mins(10),
        limits: Limits { rate: 1000.0, burst: 1000, ..Limits::default() },
        seed: 1,
    })
}

async fn app(world: &World) -> (Arc<App>, tempfile::TempDir) {
    let (app, folder, _) = app_in(world, Environment::Other).await;
    (app, folder)
}

/// Alice looks after the others, as in the demo.
fn policy() -> Policy {
    let admins = vec!["periscope-tier:admin".to_owned()];
    Policy { allowed_groups: Vec::new(), audit_admins: admins.clone(), session_admins: admins }
}

/// A record of its own in a folder.
pub(super) async fn record(folder: &Path, clock: Arc<dyn Clock>) -> Record {
    let store = RecordStore::Sqlite(folder.join("audit.db"));
    let options = RecordOptions::new(store, folder.join("audit.key"), clock);
    // On the heap: it would make every test's future a large one.
    Box::pin(Record::open(options)).await.expect("a record")
}

pub(super) fn personas() -> Vec<Persona> {
    let persona = |known: &periscope_demo::Persona| {
        let groups = known.groups.iter().map(|&group| group.to_owned());
        let person = Arc::new(Person::new("demo", known.user, groups));
        Persona { id: known.id.to_owned(), about: known.about.to_owned(), person }
    };
    PERSONAS.iter().map(persona).collect()
}

/// One object of the world.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known {
    pub(super) cluster: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: String,
}

/// Every object of `kind` in every cluster that the client sees.
pub(super) async fn objects(client: &Client, kind: &str) -> BTreeSet<Known> {
    let mut found = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let answered = client.get(&format!("/api/lists/{kind}?limit=500{cursor}")).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        let window = answered.json();
        let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        found.extend(window["rows"].as_array().expect("rows").iter().map(|row| Known {
            cluster: text(row, "cluster"),
            namespace: text(row, "namespace"),
            name: text(row, "name"),
            uid: text(row, "uid"),
        }));
        match window["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}
