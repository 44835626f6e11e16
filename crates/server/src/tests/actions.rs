//! Actions over a demo world of their own: others look at the shared one while these change theirs.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method};
use futures::FutureExt as _;
use periscope_answers::Environment;
use periscope_demo::{World, WorldOptions};
use periscope_model::SystemClock;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::{Duration, Instant};

use super::client::Client;
use super::stream::Stream;
use super::world::{PATIENCE, Server, app_in, provider, run};

static ARENA: OnceCell<Arena> = OnceCell::const_new();

/// A world that is changed, as production.
struct Arena {
    server: Server,
    world: World,
    _folder: tempfile::TempDir,
}

async fn arena() -> &'static Arena {
    let start = async {
        provider();
        let options = WorldOptions { pods: Some(120), seed: 11, quiet: true, changes_per_second: Some(5) };
        let world = World::start(options).await.expect("a world");
        let (app, folder, _) = app_in(&world, Environment::Production).await;
        let server = Server::over(app, Arc::new(SystemClock));
        Arena { server, world, _folder: folder }
    };
    ARENA.get_or_init(|| start).await
}

fn act_body(action: &Value, targets: &[Value]) -> String {
    json!({"action": action, "targets": targets}).to_string()
}

fn target(kind: &str, namespace: &str, name: &str) -> Value {
    json!({"kind": kind, "namespace": namespace, "name": name})
}

/// What the record says, to an audit admin.
async fn rows(client: &Client, query: &str) -> Vec<Value> {
    let answered = client.get(&format!("/api/audit?limit=500&{query}")).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    answered.json()["rows"].as_array().expect("rows").clone()
}

/// The rows of one object's act.
async fn recorded(client: &Client, result: &Value) -> Value {
    let (chain, number) = (result["audit"]["chain"].as_str().expect("a chain"), &result["audit"]["sequence"]);
    client.get(&format!("/api/audit/rows/{chain}/{number}")).await.json()
}

/// The run at its end.
async fn act(client: &Client, cluster: &str, body: &str) -> Value {
    let answered = client.post(&format!("/api/clusters/{cluster}/actions"), body).await;
    assert!(answered.status == 200 || answered.status == 202, "{} {}", answered.status, answered.text);
    let mut run = answered.json();
    let deadline = Instant::now() + PATIENCE;
    while run["state"] == "running" {
        assert!(Instant::now() < deadline, "{run}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        run = client.get(&format!("/api/runs/{}", run["id"].as_str().expect("an id"))).await.json();
    }
    run
}

async fn act_on(client: &Client, action: Value, target: Value) -> Value {
    let run = act(client, "staging", &act_body(&action, &[target])).await;
    run["results"][0].clone()
}

async fn preview(client: &Client, action: Value, target: Value) -> Value {
    let body = act_body(&action, &[target]);
    let answered = client.post("/api/clusters/staging/actions/preview", &body).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    answered.json()
}

async fn object(client: &Client, kind: &str, namespace: &str, name: &str) -> Value {
    let path = format!("/api/clusters/staging/objects/{kind}/{namespace}/{name}");
    client.get(&path).await.json()["data"]["object"].clone()
}

/// Waits until the object is as it should be.
async fn eventually(client: &Client, (kind, namespace, name): (&str, &str, &str), is: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let seen = object(client, kind, namespace, name).await;
        if is(&seen) {
            return;
        }
        assert!(Instant::now() < deadline, "{kind} {name} is still {seen}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Somebody's deployment, by position: each test changes another.
async fn deployment(client: &Client, at: usize) -> (String, String) {
    let rows = client.get("/api/lists/deployments.apps?cluster=staging&limit=500&sort=name").await.json();
    let rows = rows["rows"].as_array().expect("rows").clone();
    let quiet: Vec<(String, String)> = rows
        .iter()
        .map(|row| {
            (
                row["namespace"].as_str().expect("a namespace").to_owned(),
                row["name"].as_str().expect("a name").to_owned(),
            )
        })
        .filter(|(namespace, _)| namespace != "kube-system")
        .collect();
    quiet[at].clone()
}

#[test]
fn scaling_is_shown_first_done_once_and_on_the_record() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 0).await;
        let what = target("deployments.apps", &namespace, &name);
        let shown = preview(&alice, json!({"type": "scale", "replicas": 4}), what.clone()).await;
        let one = &shown["targets"][0];
        assert_eq!((&one["found"], &one["allowed"]), (&json!(true), &json!(true)), "{shown}");
        assert!(one["change"].as_str().expect("a change").ends_with("→ 4 replicas"), "{shown}");
        assert!(one["diff"].as_str().expect("a diff").contains("+  replicas: 4"), "{shown}");
        assert_eq!(one["dryRun"]["accepted"], true, "{shown}");
        assert_eq!(
            one["kubectl"],
            format!("kubectl scale deployments.apps/{name} --replicas=4 --namespace {namespace}")
        );
        assert_ne!(
            object(&alice, "deployments.apps", &namespace, &name).await["spec"]["replicas"],
            4,
            "nothing happened yet"
        );

        let result = act_on(&alice, json!({"type": "scale", "replicas": 4}), one["target"].clone()).await;
        assert_eq!(result["state"], "success", "{result}");
        assert_eq!(object(&alice, "deployments.apps", &namespace, &name).await["spec"]["replicas"], 4);
        let again = act_on(&alice, json!({"type": "scale", "replicas": 5}), one["target"].clone()).await;
        assert_eq!((&again["state"], &again["code"]), (&json!("failure"), &json!("conflict")), "{again}");

        let pair = recorded(&alice, &result).await;
        let (intent, outcome) = (&pair["row"], &pair["pair"]);
        assert_eq!((&intent["phase"], &intent["verb"]), (&json!("intent"), &json!("scale")), "{pair}");
        assert_eq!(intent["extra"]["replicas"], 4, "{pair}");
        let on = &intent["target"];
        assert_eq!((&on["name"], &on["subresource"]), (&json!(name), &json!("scale")), "{pair}");
        assert_eq!(outcome["outcome"], "success", "{pair}");
        let ids = pair["kubernetesAuditIds"].as_array().expect("ids");
        let request = intent["requestId"].as_str().expect("an id");
        assert!(ids.len() >= 2 && ids.iter().all(|id| id.as_str().expect("an id").starts_with(request)), "{ids:?}");
        assert_eq!(recorded(&alice, &again).await["pair"]["outcome"], "failure");
    });
}

#[test]
fn rollouts_restart_pause_resume_and_go_back() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 1).await;
        let what = || target("deployments.apps", &namespace, &name);
        let place = ("deployments.apps", namespace.as_str(), name.as_str());
        let revisions = async || {
            let path = format!("/api/clusters/staging/objects/deployments.apps/{namespace}/{name}/revisions");
            alice.get(&path).await.json()["revisions"].as_array().expect("revisions").clone()
        };
        let before = revisions().await;
        let current =
            |revisions: &[Value]| revisions.iter().find(|one| one["current"] == true).cloned().expect("a current one");
        let first = current(&before)["revision"].as_u64().expect("a number");
        let annotated = first.to_string();

        assert_eq!(act_on(&alice, json!({"type": "restart"}), what()).await["state"], "success");
        eventually(&alice, place, |seen| {
            seen["metadata"]["annotations"]["deployment.kubernetes.io/revision"] != annotated.as_str()
        })
        .await;
        let after = revisions().await;
        assert!(current(&after)["revision"].as_u64() > Some(first), "{after:?}");
        let old = after.iter().find(|one| one["revision"] == first).expect("the revision before");
        assert!(old["diff"].as_str().expect("a diff").contains("kubectl.kubernetes.io/restartedAt"), "{old}");

        assert_eq!(act_on(&alice, json!({"type": "pause"}), what()).await["state"], "success");
        let refused = act_on(&alice, json!({"type": "restart"}), what()).await;
        assert_eq!((&refused["state"], &refused["code"]), (&json!("failure"), &json!("unfit")), "{refused}");
        let shown = preview(&alice, json!({"type": "restart"}), what()).await;
        assert_eq!(shown["targets"][0]["allowed"], false, "{shown}");
        assert_eq!(act_on(&alice, json!({"type": "resume"}), what()).await["state"], "success");

        let back = act_on(&alice, json!({"type": "rollback", "revision": first}), what()).await;
        assert_eq!(back["state"], "success", "{back}");
        let annotations =
            &object(&alice, place.0, place.1, place.2).await["spec"]["template"]["metadata"]["annotations"];
        assert!(annotations["kubectl.kubernetes.io/restartedAt"].is_null(), "{annotations}");
        let none = act_on(&alice, json!({"type": "rollback", "revision": 99_999}), what()).await;
        assert_eq!(none["code"], "unfit", "{none}");
    });
}

#[test]
fn refusals_name_the_permission_and_are_recorded_and_nobody_gets_further_by_asking() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 2).await;
        for (persona, action, allowed) in [
            ("bob", json!({"type": "restart"}), true),
            ("bob", json!({"type": "delete", "propagation": "background"}), false),
            ("carol", json!({"type": "scale", "replicas": 2}), false),
            ("dave", json!({"type": "restart"}), false),
        ] {
            let client = arena.server.sign_in(persona).await;
            let what = target("deployments.apps", &namespace, &name);
            let shown = preview(&client, action.clone(), what.clone()).await;
            assert_eq!(shown["targets"][0]["allowed"], allowed, "{persona} {shown}");
            let mut body = json!({"action": action, "targets": [what]});
            body["confirm"] = json!(name);
            let run = act(&client, "staging", &body.to_string()).await;
            let result = &run["results"][0];
            assert_eq!(result["state"], if allowed { "success" } else { "denied" }, "{persona} {run}");
            if !allowed {
                assert!(result["needs"][0]["verb"].is_string() && result["audit"].is_object(), "{result}");
                assert!(shown["targets"][0]["needs"][0]["verb"].is_string(), "{shown}");
            }
        }
        assert_eq!(
            object(&alice, "deployments.apps", &namespace, &name).await["kind"],
            "Deployment",
            "it is still there"
        );
    });
}

#[test]
fn production_asks_for_the_name_before_it_deletes() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 3).await;
        let delete = json!({"type": "delete", "propagation": "foreground"});
        let what = target("deployments.apps", &namespace, &name);
        let shown = preview(&alice, delete.clone(), what.clone()).await;
        assert_eq!(shown["confirmName"], name, "{shown}");
        for confirm in [Value::Null, json!("staging"), json!("")] {
            let body = json!({"action": delete, "targets": [what], "confirm": confirm}).to_string();
            let answered = alice.post("/api/clusters/staging/actions", &body).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (409, "confirm_required"));
        }
        let wrong = json!({"kind": "deployments.apps", "namespace": namespace, "name": name, "uid": "another"});
        let body = json!({"action": delete, "targets": [wrong], "confirm": name}).to_string();
        assert_eq!(act(&alice, "staging", &body).await["results"][0]["code"], "conflict");
        let body = json!({"action": delete, "targets": [what], "confirm": name}).to_string();
        assert_eq!(act(&alice, "staging", &body).await["results"][0]["state"], "success");
        let path = format!("/api/clusters/staging/objects/deployments.apps/{namespace}/{name}");
        let deadline = Instant::now() + PATIENCE;
        while alice.get(&path).await.status != 404 {
            assert!(Instant::now() < deadline, "it is deleted after what it owns");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
}

#[test]
fn a_selection_is_done_object_by_object() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 4).await;
        let targets = [
            target("deployments.apps", &namespace, &name),
            target("deployments.apps", &namespace, "no-such-deployment"),
            target("deployments.apps", "no-such-namespace", "x"),
            json!({"kind": "deployments.apps", "name": "y"}),
            target("services", &namespace, "no-such-service"),
        ];
        let label = json!({"type": "label", "set": {"team": "blue"}, "remove": []});
        let run = act(&alice, "staging", &act_body(&label, &targets)).await;
        let states: Vec<&str> = run["results"]
            .as_array()
            .expect("results")
            .iter()
            .map(|one| one["state"].as_str().expect("a state"))
            .collect();
        assert_eq!(states, ["success", "failure", "failure", "failure", "failure"], "{run}");
        assert_eq!((&run["done"], &run["total"], &run["state"]), (&json!(5), &json!(5), &json!("done")));
        assert_eq!(object(&alice, "deployments.apps", &namespace, &name).await["metadata"]["labels"]["team"], "blue");
        for (body, code) in [
            (json!({"action": label, "targets": []}), "targets_invalid"),
            (json!({"action": label, "targets": [targets[0], targets[0]]}), "targets_invalid"),
            (json!({"action": {"type": "cordon"}, "targets": [targets[0]]}), "kind_invalid"),
            (
                json!({"action": {"type": "scale", "replicas": 4_000_000_000_u32}, "targets": [targets[0]]}),
                "action_invalid",
            ),
        ] {
            let answered = alice.post("/api/clusters/staging/actions", &body.to_string()).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, code));
        }
    });
}

#[test]
fn a_run_is_its_starters_own() {
    run(async {
        let arena = arena().await;
        let (alice, bob) = (arena.server.sign_in("alice").await, arena.server.sign_in("bob").await);
        let body = act_body(&json!({"type": "cordon"}), &[json!({"kind": "nodes", "name": "no-such-node"})]);
        let run = act(&alice, "staging", &body).await;
        let id = run["id"].as_str().expect("an id");
        assert_eq!(alice.get(&format!("/api/runs/{id}")).await.json()["id"], id);
        let own = alice.get("/api/runs").await.json();
        assert!(own["runs"].as_array().expect("runs").iter().any(|run| run["id"] == id), "{own}");
        assert_eq!(bob.get(&format!("/api/runs/{id}")).await.status, 404);
        assert_eq!(bob.post(&format!("/api/runs/{id}/cancel"), "{}").await.status, 404);
        assert!(!bob.get("/api/runs").await.text.contains(id));
        assert_eq!(alice.post(&format!("/api/runs/{id}/cancel"), "{}").await.status, 202);
        let mut stream = Stream::open(&alice, "").await;
        stream.follow(&alice, "r", &json!({"type": "run", "id": id})).await;
        let frame = stream.until(|event| event.name == "run").await;
        assert_eq!(frame.data["run"]["state"], "done", "{}", frame.data);
        let stranger = Stream::open(&bob, "").await;
        let path = format!("/api/stream/{}/subscriptions/r", stranger.id);
        assert_eq!(bob.put(&path, &json!({"type": "run", "id": id})).await.status, 404);
    });
}

#[test]
fn who_hangs_up_stops_nothing() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 5).await;
        let annotate = json!({"type": "annotate", "set": {"note": "done all the same"}, "remove": []});
        let body = act_body(&annotate, &[target("deployments.apps", &namespace, &name)]);
        let request = alice.request(&Method::POST, "/api/clusters/staging/actions", Some(&body));
        // Polled once, then dropped, as a connection that closes drops it.
        let mut sending = Box::pin(alice.send(request));
        while sending.as_mut().now_or_never().is_none() {
            tokio::task::yield_now().await;
            if alice.get("/api/runs").await.text.contains("done all the same") {
                break;
            }
        }
        drop(sending);
        let noted = |seen: &Value| seen["metadata"]["annotations"]["note"] == "done all the same";
        eventually(&alice, ("deployments.apps", &namespace, &name), noted).await;
        let runs = alice.get("/api/runs").await.json();
        let told = runs["runs"].as_array().expect("runs").iter().find(|run| run.to_string().contains(&name)).cloned();
        assert!(told.is_some(), "{runs}");
    });
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    run(async {
        let arena = arena().await;
        let (app, _folder, record) = app_in(&arena.world, Environment::Other).await;
        let server = Server::over(app, Arc::new(SystemClock));
        let alice = server.sign_in("alice").await;
        let (namespace, name) = deployment(&alice, 6).await;
        record.close().await;
        let annotate = json!({"type": "annotate", "set": {"note": "never"}, "remove": []});
        let body = act_body(&annotate, &[target("deployments.apps", &namespace, &name)]);
        let answered = alice.post("/api/clusters/staging/actions", &body).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (503, "not_recorded"));
        let reveal = "/api/clusters/prod-eu/secrets/payments/api-credentials/reveal";
        let answered = alice.post(reveal, r#"{"key":"password"}"#).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (503, "not_recorded"));
        let seen = object(&alice, "deployments.apps", &namespace, &name).await;
        assert!(seen["metadata"]["annotations"]["note"].is_null(), "reads go on, and nothing was done: {seen}");
    });
}

#[test]
fn a_node_is_drained_as_far_as_budgets_let_it() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let nodes = alice.get("/api/lists/nodes?cluster=edge&limit=10").await.json();
        let node = nodes["rows"][0]["name"].as_str().expect("a node").to_owned();
        let drain = json!({"type": "drain", "deleteEmptyDirData": true, "force": true, "timeoutSeconds": 60, "gracePeriodSeconds": 1});
        let body = json!({"action": drain, "targets": [{"kind": "nodes", "name": node}], "confirm": node}).to_string();
        let answered = alice.post("/api/clusters/edge/actions/preview", &body).await;
        let shown = answered.json();
        let planned = shown["drain"]["pods"].as_array().unwrap_or_else(|| panic!("{shown}")).clone();
        assert!(!planned.is_empty() && shown["confirmName"] == node, "{shown}");
        let ended = act(&alice, "edge", &body).await;
        let path = format!("/api/clusters/edge/objects/nodes/_/{node}");
        assert_eq!(alice.get(&path).await.json()["data"]["object"]["spec"]["unschedulable"], true, "{ended}");
        let pods = ended["drain"]["pods"].as_array().expect("pods");
        for pod in pods {
            let state = pod["state"].as_str().expect("a state");
            assert!(["gone", "skipped", "blocked", "terminating"].contains(&state), "{pod}");
        }
        assert!(pods.iter().any(|pod| pod["state"] == "gone"), "{ended}");
        let evictions = rows(&alice, "verb=evict&cluster=edge").await;
        let evicted = evictions.iter().filter(|row| row["extra"]["drain"] == node.as_str()).count();
        let asked = pods.iter().filter(|pod| pod["state"] != "skipped").count();
        assert_eq!(evicted, asked, "each eviction is an act of its own");
    });
}

#[test]
fn a_cron_job_is_suspended_and_triggered() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let rows = alice.get("/api/lists/cronjobs.batch?cluster=staging&limit=10").await.json();
        let row = &rows["rows"][0];
        let (namespace, name) =
            (row["namespace"].as_str().expect("a namespace"), row["name"].as_str().expect("a name"));
        let what = || target("cronjobs.batch", namespace, name);
        assert_eq!(act_on(&alice, json!({"type": "suspend"}), what()).await["state"], "success");
        assert_eq!(object(&alice, "cronjobs.batch", namespace, name).await["spec"]["suspend"], true);
        assert_eq!(act_on(&alice, json!({"type": "unsuspend"}), what()).await["state"], "success");
        let shown = preview(&alice, json!({"type": "trigger"}), what()).await;
        assert_eq!(shown["targets"][0]["dryRun"]["accepted"], true, "{shown}");
        let result = act_on(&alice, json!({"type": "trigger", "name": "by-hand"}), what()).await;
        assert_eq!(result["created"]["name"], "by-hand", "{result}");
        let job = object(&alice, "jobs.batch", namespace, "by-hand").await;
        assert_eq!(job["metadata"]["annotations"]["cronjob.kubernetes.io/instantiate"], "manual");
        assert_eq!(job["metadata"]["ownerReferences"][0]["name"], name);
        let twice = act_on(&alice, json!({"type": "trigger", "name": "by-hand"}), what()).await;
        assert_eq!(twice["code"], "conflict", "{twice}");
    });
}

#[test]
fn one_key_is_revealed_to_whom_kubernetes_lets_and_recorded_without_its_value() {
    run(async {
        let arena = arena().await;
        let path = "/api/clusters/prod-eu/secrets/payments/api-credentials/reveal";
        let alice = arena.server.sign_in("alice").await;
        let answered = alice.post(path, r#"{"key":"password"}"#).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        assert_eq!(answered.headers["cache-control"], "no-store");
        let shown = answered.json();
        assert!(shown["value"].as_str().expect("a value").starts_with("canary-"), "{shown}");
        assert_eq!(alice.post(path, r#"{"key":"none"}"#).await.problem(), "not_found");
        let bob = arena.server.sign_in("bob").await;
        let refused = bob.post(path, r#"{"key":"password"}"#).await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "refused"));
        assert_eq!(refused.json()["needs"][0]["resource"], "secrets");
        let told = json!(rows(&alice, "verb=secret-reveal").await).to_string();
        assert!(told.contains("\"key\":\"password\"") && !told.contains("canary-"), "{told}");
    });
}

#[test]
fn labels_of_a_secret_are_shown_changing_without_its_values() {
    run(async {
        let arena = arena().await;
        let alice = arena.server.sign_in("alice").await;
        let label = json!({"type": "label", "set": {"team": "blue"}, "remove": []});
        let body = act_body(&label, &[target("secrets", "payments", "api-credentials")]);
        let shown = alice.post("/api/clusters/prod-eu/actions/preview", &body).await;
        assert!(shown.text.contains("team: blue"), "{}", shown.text);
        assert!(!shown.text.contains("canary-") && !shown.text.contains("Y2FuYXJ5L"), "{}", shown.text);
        let run = act(&alice, "prod-eu", &body).await.to_string();
        assert!(!run.contains("canary-") && !run.contains("Y2FuYXJ5L"), "{run}");
    });
}

#[test]
fn can_i_is_answered_for_the_caller_alone() {
    run(async {
        let arena = arena().await;
        let ask = json!({"questions": [
            {"verb": "patch", "group": "apps", "resource": "deployments", "subresource": "scale", "namespace": "payments"},
            {"verb": "get", "group": "", "resource": "secrets", "namespace": "payments"},
        ]});
        let path = "/api/clusters/prod-eu/can-i";
        let mut told = Vec::new();
        for persona in ["alice", "bob", "carol"] {
            let client = arena.server.sign_in(persona).await;
            let answer = client.post(path, &ask.to_string()).await.json();
            let allowed: Vec<bool> =
                answer["answers"].as_array().expect("answers").iter().map(|one| one["allowed"] == true).collect();
            told.push((persona, allowed));
            if persona == "carol" {
                assert_eq!(answer["rbacReadable"], false, "{answer}");
                assert_eq!(answer["answers"][0]["grantedBy"], json!([]), "{answer}");
                assert!(
                    answer["answers"][0]["reason"].as_str().expect("a reason").starts_with("you may not patch"),
                    "{answer}"
                );
            }
        }
        assert_eq!(told, [("alice", vec![true, true]), ("bob", vec![true, false]), ("carol", vec![false, false])]);
        let alice = arena.server.sign_in("alice").await;
        let many = json!({"questions": vec![ask["questions"][0].clone(); 65]}).to_string();
        assert_eq!(alice.post(path, &many).await.problem(), "questions_invalid");
    });
}

#[test]
fn opening_secrets_or_rbac_is_recorded_once_a_minute() {
    run(async {
        let arena = arena().await;
        let bob = arena.server.sign_in("bob").await;
        for _ in 0..3 {
            bob.get("/api/lists/secrets?cluster=edge&limit=10").await;
            bob.get("/api/clusters/edge/objects/secrets/default/none").await;
        }
        let alice = arena.server.sign_in("alice").await;
        for verb in ["list-sensitive", "object-sensitive"] {
            let told = rows(&alice, &format!("verb={verb}&cluster=edge")).await;
            assert_eq!(told.len(), 1, "{verb}: {told:?}");
            assert_eq!(told[0]["outcome"], "denied", "{verb}: {told:?}");
        }
    });
}

#[test]
fn no_header_of_the_client_reaches_the_act() {
    run(async {
        let arena = arena().await;
        let dave = arena.server.sign_in("dave").await;
        let (namespace, name) = deployment(&arena.server.sign_in("alice").await, 0).await;
        let body = act_body(&json!({"type": "restart"}), &[target("deployments.apps", &namespace, &name)]);
        let mut request = dave.request(&Method::POST, "/api/clusters/staging/actions", Some(&body));
        for (header, value) in [
            ("impersonate-user", "alice@corp"),
            ("impersonate-group", "system:masters"),
            ("authorization", "Basic YTpi"),
            ("audit-id", "forged"),
            ("x-remote-user", "alice@corp"),
        ] {
            request.headers_mut().insert(HeaderName::from_static(header), HeaderValue::from_static(value));
        }
        let answered = dave.send(request).await;
        assert!(answered.status == 401 || answered.json()["results"][0]["state"] == "denied", "{}", answered.text);
        assert!(!answered.text.contains("forged"));
    });
}
