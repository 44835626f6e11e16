use std::pin::Pin;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use periscope_cluster::{Connection, ConnectionSource, ConnectionSpec, Error as Refusal, Kubeconfig};
use periscope_model::{Permission, Person};
use periscope_store::{Options, Source, Store, Upstream};
use serde_json::json;
use tokio::time::Instant;

use super::*;
use crate::access::Access;
use crate::testing::{Objects, Rights, RuntimeClock, actor, cluster};

/// Given objects, of which the inventory may be refused some.
struct Guarded {
    objects: Objects,
    refused: AtomicBool,
}

impl Upstream for Guarded {
    fn source(&self, key: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Refusal>> {
        let pods = key.kind.resource() == "pods" && key.identity == FeedIdentity::Shared;
        if pods && self.refused.load(Ordering::SeqCst) {
            let permission = Box::new(Permission::on("list", &key.kind, None));
            let refusal = Refusal::Refused { permission, message: "not the inventory".to_owned() };
            return Box::pin(std::future::ready(Err(refusal)));
        }
        self.objects.source(key)
    }

    fn namespaces(&self, key: &FeedKey) -> BoxFuture<'static, Vec<String>> {
        self.objects.namespaces(key)
    }
}

struct Scene {
    inventory: Inventory,
    rights: Arc<Rights>,
    cluster: Arc<Cluster>,
    guarded: Arc<Guarded>,
}

fn pod(namespace: &str, name: &str) -> serde_json::Value {
    json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("{namespace}-{name}"), "resourceVersion": "1"}})
}

fn resource(id: &str, namespaced: bool) -> ApiResource {
    ApiResource {
        kind_id: id.parse().expect("a kind"),
        version: "v1".into(),
        kind: "Kind".into(),
        singular: String::new(),
        short_names: Vec::new(),
        categories: Vec::new(),
        namespaced,
        verbs: ["get", "list", "watch"].map(str::to_owned).to_vec(),
    }
}

fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| rustls::crypto::ring::default_provider().install_default().expect("the first provider"));
}

impl Scene {
    async fn start() -> Self {
        let clock = RuntimeClock::start();
        let rights = Rights::new(&["shop", "bank"]);
        let objects = Objects::default().with("pods", [pod("shop", "a"), pod("shop", "b"), pod("bank", "c")]);
        let guarded = Arc::new(Guarded { objects, refused: AtomicBool::new(false) });
        let store = Store::new(clock.clone(), guarded.clone(), Options::default());
        let access = Access::new(rights.clone(), clock.clone());
        let inventory = Inventory { store, access, clock: clock.clone() };
        install_tls();
        // Nobody listens there: what the cluster serves is told to the tests' clusters, not discovered.
        let kubeconfig = json!({"apiVersion": "v1", "kind": "Config", "current-context": "prod",
            "clusters": [{"name": "prod", "cluster": {"server": "http://127.0.0.1:9"}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "u"}}]});
        let source =
            ConnectionSource::Kubeconfig { kubeconfig: Kubeconfig::Inline(kubeconfig.to_string()), context: None };
        let connection =
            Connection::open(ConnectionSpec::new(cluster(), source)).await.map_err(|error| error.to_string());
        connection.as_ref().expect("a connection");
        let serves = [resource("pods", true), resource("nodes", false), resource("secrets", true)];
        let cluster = Cluster::serving(cluster(), connection, clock, serves.to_vec());
        Self { inventory, rights, cluster, guarded }
    }

    fn follow(&self, kind: &str, namespaces: &[&str]) -> Followed {
        let (cluster, kind) = (self.cluster.clone(), kind.parse().expect("a kind"));
        let person = Arc::new(Person::new("test", "alice", []));
        let namespaces = namespaces.iter().map(|&name| name.to_owned()).collect();
        let mut circle = Circle::new(true);
        circle.add(&self.inventory, Want { cluster, kind, person, namespaces });
        Followed(circle)
    }
}

struct Followed(Circle);

impl Followed {
    fn member(&self) -> Member {
        self.0.members().remove(0)
    }

    /// Waits until the member is as wanted; returns it and how long that took.
    async fn until(&mut self, wanted: impl Fn(&Member) -> bool) -> (Member, Duration) {
        let before = Instant::now();
        let reached = async {
            while !wanted(&self.0.members()[0]) {
                std::future::poll_fn(|context| Pin::new(&mut self.0).poll_changed(context)).await;
            }
        };
        let reached = tokio::time::timeout(Duration::from_mins(3), reached).await;
        assert!(reached.is_ok(), "it stays {:?}", self.member());
        (self.member(), before.elapsed())
    }

    async fn phase(&mut self, phase: Phase) -> (Member, Duration) {
        self.until(|member| member.state().phase == phase).await
    }

    async fn names(&mut self) -> Vec<String> {
        let (member, _) = self.until(|member| member.known().is_some()).await;
        seen(&member)
    }
}

/// What the member shows.
fn seen(member: &Member) -> Vec<String> {
    let part = member.known().expect("rows");
    let mut names: Vec<String> =
        part.lease.read().rows_in(&part.visible).map(|row| row.meta.name.to_string()).collect();
    names.sort();
    names
}

#[tokio::test(start_paused = true)]
async fn who_may_list_everywhere_sees_every_row() {
    let scene = Scene::start().await;
    scene.rights.allow("alice pods *");
    let mut followed = scene.follow("pods", &[]);
    assert_eq!(followed.names().await, ["a", "b", "c"]);
    let member = followed.member();
    assert!(member.scope().cluster_wide && member.gaps().is_empty() && member.is_settled());
}

#[tokio::test(start_paused = true)]
async fn who_may_list_in_one_namespace_sees_that_one_and_what_is_missing() {
    let scene = Scene::start().await;
    scene.rights.allow("alice pods shop");
    let mut followed = scene.follow("pods", &[]);
    assert_eq!(followed.names().await, ["a", "b"]);
    let member = followed.member();
    assert_eq!(member.scope().namespaces, ["shop"]);
    assert_eq!(member.gaps()[0].needs[0].to_string(), "list pods cluster-wide");
    let told = format!("{:?} {:?}", member.gaps(), member.state());
    assert!(!told.contains("bank"), "namespaces that are not seen are not named: {told}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_permission_and_holds_no_rows() {
    let scene = Scene::start().await;
    let (member, _) = scene.follow("pods", &[]).phase(Phase::Refused).await;
    assert_eq!(member.state().reason.as_deref(), Some("you may not list pods cluster-wide"));
    assert!(member.part().is_none() && member.is_settled());
    let (member, _) = scene.follow("pods", &["bank"]).phase(Phase::Refused).await;
    assert_eq!(member.state().needs[0].to_string(), "list pods in namespace bank");
    let pods = FeedKey::shared(cluster(), "pods".parse().expect("a kind"));
    assert!(scene.inventory.store.running(&pods).is_none(), "what nobody may see is not watched");
}

#[tokio::test(start_paused = true)]
async fn rows_stop_when_a_permission_is_revoked_and_when_nobody_decides() {
    let scene = Scene::start().await;
    scene.rights.allow("alice pods *");
    let mut followed = scene.follow("pods", &[]);
    followed.names().await;
    scene.rights.refuse("alice pods *");
    scene.rights.allow("alice pods bank");
    let (member, took) = followed.until(|member| member.known().is_some_and(|part| !part.visible.allows("shop"))).await;
    assert!(took <= Duration::from_secs(30), "{took:?}");
    assert_eq!(seen(&member), ["c"]);

    scene.rights.failing.store(true, Ordering::SeqCst);
    let (member, took) = followed.until(|member| member.part().is_none()).await;
    assert!(took <= Duration::from_secs(31), "an old decision is not used for ever: {took:?}");
    assert!(matches!(member.state().phase, Phase::Connecting | Phase::Unreachable), "{:?}", member.state());
    let (member, _) = followed.phase(Phase::Unreachable).await;
    assert_eq!(member.state().reason.as_deref(), Some("no access decision for pods: the review timed out"));
    scene.rights.failing.store(false, Ordering::SeqCst);
    assert_eq!(followed.names().await, ["c"]);
}

#[tokio::test(start_paused = true)]
async fn what_the_cluster_does_not_serve_is_a_gap_until_it_does() {
    let scene = Scene::start().await;
    scene.rights.allow("alice widgets *");
    let mut followed = scene.follow("widgets.example.com", &[]);
    let (member, _) = followed.until(|member| !member.is_served()).await;
    assert_eq!(member.gaps()[0].code, "NOT_SERVED");
    assert!(member.is_settled() && member.part().is_none());
    scene.cluster.serve(vec![resource("widgets.example.com", true)]);
    let (member, _) = followed.until(|member| member.known().is_some()).await;
    assert!(member.is_served() && member.gaps().is_empty());
    scene.cluster.serve(vec![resource("pods", true)]);
    let (member, _) = followed.until(|member| !member.is_served()).await;
    assert!(member.part().is_none(), "a kind that is gone has no rows");
}

#[tokio::test(start_paused = true)]
async fn what_the_inventory_may_not_read_is_read_as_the_human() {
    let scene = Scene::start().await;
    scene.guarded.refused.store(true, Ordering::SeqCst);
    scene.rights.allow("alice pods *");
    let mut followed = scene.follow("pods", &[]);
    let (member, _) = followed.until(|member| member.known().is_some()).await;
    let lease = member.lease().expect("a lease");
    assert_eq!(lease.key().identity, FeedIdentity::Human(actor("alice")));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_never_read_as_the_inventory() {
    let scene = Scene::start().await;
    scene.rights.allow("alice secrets *");
    let mut followed = scene.follow("secrets", &[]);
    followed.until(|member| member.known().is_some()).await;
    assert_eq!(followed.member().lease().expect("a lease").key().identity, FeedIdentity::Human(actor("alice")));
    assert!(scene.inventory.store.running(&FeedKey::shared(cluster(), "secrets".parse().expect("a kind"))).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_cluster_that_cannot_be_reached_says_why() {
    let scene = Scene::start().await;
    let unreachable = Err("no such context".to_owned());
    let broken = Cluster::serving(cluster(), unreachable, scene.inventory.clock.clone(), Vec::new());
    let scene = Scene { cluster: broken, ..scene };
    let (member, _) = scene.follow("pods", &[]).phase(Phase::Unreachable).await;
    let reason = member.state().reason.expect("a reason");
    assert!(reason.contains("no such context"), "{reason}");
    assert!(member.is_settled());
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_slow_cluster_beyond_the_deadline() {
    let scene = Scene::start().await;
    let undiscovered = Cluster::serving(
        cluster(),
        scene.cluster.connection().cloned().map_err(|error| error.to_string()),
        scene.inventory.clock.clone(),
        Vec::new(),
    );
    undiscovered.forget_what_is_served();
    let scene = Scene { cluster: undiscovered, ..scene };
    let mut followed = scene.follow("pods", &[]);
    let before = Instant::now();
    followed.0.settle(Duration::from_secs(4)).await;
    assert!(before.elapsed() <= Duration::from_secs(5));
    assert!(followed.member().part().is_none());
}
