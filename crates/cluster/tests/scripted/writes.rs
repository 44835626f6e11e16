//! Changes as they leave, and what is known when no answer comes.

use bytes::Bytes;
use periscope_cluster::{DeleteOptions, Effect, Error, Identity, Patch, Place, Propagation, Trace};
use periscope_model::ResourceType;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::server::{Part, Reply, Seen, Server, kubeconfig, open, part, pods};

const WHO: Identity = Identity::Inventory;

fn place(resource: &ResourceType) -> Place<'_> {
    Place { resource, namespace: Some("shop"), name: Some("web-0"), subresource: None }
}

async fn patched(reply: Reply) -> Result<Option<Bytes>, Error> {
    let server = Server::always(reply).await;
    server.connection().await.patch(&WHO, &place(&pods()), &Patch::Merge(json!({})), Effect::Real).await
}

fn status(code: u16, message: &str) -> Reply {
    Reply::json(code, &json!({"kind": "Status", "status": "Failure", "code": code, "message": message}))
}

fn sent(seen: &Seen) -> (String, String, Value) {
    let body = serde_json::from_slice(&seen.body).expect("a JSON body");
    (format!("{} {}", seen.method, seen.path), seen.headers("content-type").join(", "), body)
}

#[tokio::test]
async fn each_change_is_sent_as_the_protocol_says() {
    let server = Server::always(Reply::json(202, &json!({}))).await;
    let connection = server.connection().await;
    let pods = pods();
    let pod = place(&pods);
    let (merge, json_patch) = (Patch::Merge(json!({"a": null})), Patch::Json(vec![json!({"op": "test"})]));
    connection.patch(&WHO, &pod, &merge, Effect::Real).await.expect("patched");
    connection.patch(&WHO, &pod, &Patch::Strategic(json!({"b": 1})), Effect::DryRun).await.expect("patched");
    let scale = Place { subresource: Some("scale"), ..pod };
    connection.patch(&WHO, &scale, &json_patch, Effect::Real).await.expect("patched");
    let eviction = Place { subresource: Some("eviction"), ..pod };
    connection.create(&WHO, &eviction, &json!({"kind": "Eviction"}), Effect::Real).await.expect("created");
    let collection = Place { name: None, ..pod };
    connection.create(&WHO, &collection, &json!({"kind": "Pod"}), Effect::DryRun).await.expect("created");
    let options = DeleteOptions {
        propagation: Some(Propagation::Foreground),
        grace_period_seconds: Some(0),
        uid: Some("u".to_owned()),
        resource_version: Some("7".to_owned()),
    };
    connection.delete(&WHO, &pod, &options, Effect::DryRun).await.expect("deleted");
    connection.delete(&WHO, &pod, &DeleteOptions::default(), Effect::Real).await.expect("deleted");
    let at = "/api/v1/namespaces/shop/pods";
    let json_type = "content-type: application/json".to_owned();
    let expected = [
        (
            format!("PATCH {at}/web-0?fieldManager=periscope"),
            "content-type: application/merge-patch+json".to_owned(),
            json!({"a": null}),
        ),
        (
            format!("PATCH {at}/web-0?fieldManager=periscope&dryRun=All"),
            "content-type: application/strategic-merge-patch+json".to_owned(),
            json!({"b": 1}),
        ),
        (
            format!("PATCH {at}/web-0/scale?fieldManager=periscope"),
            "content-type: application/json-patch+json".to_owned(),
            json!([{"op": "test"}]),
        ),
        (format!("POST {at}/web-0/eviction?fieldManager=periscope"), json_type.clone(), json!({"kind": "Eviction"})),
        (format!("POST {at}?fieldManager=periscope&dryRun=All"), json_type.clone(), json!({"kind": "Pod"})),
        (
            format!("DELETE {at}/web-0"),
            json_type.clone(),
            json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground",
                "gracePeriodSeconds": 0, "preconditions": {"uid": "u", "resourceVersion": "7"}, "dryRun": ["All"]}),
        ),
        (format!("DELETE {at}/web-0"), json_type, json!({"apiVersion": "v1", "kind": "DeleteOptions"})),
    ];
    assert_eq!(server.seen().iter().map(sent).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn what_one_request_asks_for_carries_its_id() {
    let server = Server::always(Reply::json(200, &json!({"gitVersion": "v1"}))).await;
    let connection = server.connection().await;
    let trace = Trace::new("a1-000001");
    let traced = connection.traced(trace.branch());
    traced.version(&WHO).await.expect("a version");
    traced.patch(&WHO, &place(&pods()), &Patch::Merge(json!({})), Effect::Real).await.expect("patched");
    connection.version(&WHO).await.expect("a version");
    let ids: Vec<String> = server.seen().iter().map(|seen| seen.headers("audit-id").join(", ")).collect();
    assert_eq!(ids, ["audit-id: a1-000001", "audit-id: a1-000001.2", ""]);
}

#[tokio::test]
async fn a_collection_is_not_deleted() {
    let server = Server::always(Reply::json(200, &json!({}))).await;
    let pods = pods();
    let all = Place { name: None, ..place(&pods) };
    let refused = server.connection().await.delete(&WHO, &all, &DeleteOptions::default(), Effect::Real).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let up = Place { subresource: Some(".."), ..place(&pods) };
    let refused = server.connection().await.patch(&WHO, &up, &Patch::Merge(json!({})), Effect::Real).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_lost_answer_is_neither_done_nor_failed_and_nothing_is_sent_again() {
    let lost = |error: Result<Option<Bytes>, Error>| matches!(error, Err(Error::Lost { .. }));
    assert!(lost(patched(status(504, "etcdserver: request timed out")).await));
    assert!(lost(patched(Reply::text(502, "text/html", "<html>bad gateway</html>")).await));
    assert!(lost(patched(Reply::text(200, "text/html", "<html>sign in</html>")).await));
    // The connection ends after the request arrived.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let arrived = tokio::spawn(async move {
        let mut arrived = 0;
        while let Ok(Ok((mut stream, _))) =
            tokio::time::timeout(std::time::Duration::from_secs(1), listener.accept()).await
        {
            let mut buffer = [0; 4096];
            arrived += usize::from(stream.read(&mut buffer).await.expect("the request") > 0);
        }
        arrived
    });
    let connection = open(kubeconfig(&format!("http://{address}"), "", "token: t")).await;
    let answer = connection.patch(&WHO, &place(&pods()), &Patch::Merge(json!({})), Effect::Real).await;
    let error = answer.expect_err("no answer");
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert!(!error.is_transient());
    assert_eq!(arrived.await.expect("the listener"), 1);
}

#[tokio::test]
async fn a_dry_run_or_an_unsent_change_fails_like_a_read() {
    let server = Server::always(status(504, "too slow")).await;
    let connection = server.connection().await;
    let dry = connection.patch(&WHO, &place(&pods()), &Patch::Merge(json!({})), Effect::DryRun).await;
    assert!(matches!(dry, Err(Error::Server { status: 504, .. })), "{dry:?}");
    let nobody = open(kubeconfig("http://127.0.0.1:1", "", "token: t")).await;
    let unsent = nobody.patch(&WHO, &place(&pods()), &Patch::Merge(json!({})), Effect::Real).await;
    assert!(matches!(unsent, Err(Error::Unreachable { .. })), "{unsent:?}");
}

#[tokio::test]
async fn what_broke_off_after_a_success_has_happened() {
    let reply = Reply::parts([part("{\"metadata\":"), Part::Break]);
    assert_eq!(patched(reply).await.expect("a success"), None);
}

#[tokio::test]
async fn refusals_of_changes_are_told_apart() {
    let hook = "Internal error occurred: failed calling webhook \"policy.corp\": connection refused";
    assert!(matches!(patched(status(500, hook)).await, Err(Error::Server { status: 500, .. })));
    let conflict =
        json!({"kind": "Status", "message": "changed", "details": {"causes": [{"reason": "FieldManagerConflict"}]}});
    let error = patched(Reply::json(409, &conflict)).await.expect_err("a conflict");
    assert_eq!(error.kubernetes(), Some(&conflict));
    let budget = json!({"kind": "Status", "message": "Cannot evict pod", "details": {"causes": [{"reason": "DisruptionBudget"}]}});
    let error = patched(Reply::json(429, &budget)).await.expect_err("not now");
    assert!(matches!(error, Error::Busy { .. }));
    assert_eq!(error.kubernetes(), Some(&budget));
    let quota = "pods \"web-0\" is forbidden: exceeded quota: small";
    assert!(matches!(patched(status(403, quota)).await, Err(Error::Server { status: 403, .. })), "no permission helps");
    let rights = "pods \"web-0\" is forbidden: User \"anna\" cannot patch resource \"pods\" in API group \"\" in the namespace \"shop\"";
    let error = patched(status(403, rights)).await.expect_err("a refusal");
    assert_eq!(error.needs().map(ToString::to_string).as_deref(), Some("patch pods \"web-0\" in namespace shop"));
    let elsewhere = Reply::json(307, &json!({})).with("location", "https://evil.example/");
    assert!(matches!(patched(elsewhere).await, Err(Error::Garbage { .. })));
}
