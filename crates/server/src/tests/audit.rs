//! The record over HTTP: acts with their outcomes, and nobody else's.

use axum::http::Method;
use serde_json::{Value, json};

use super::client::{Answered, Client};
use super::stream::Stream;
use super::world::{Server, objects, run};

const ACTION: &str = "/api/clusters/prod-eu/actions";

pub(super) async fn rows(client: &Client, query: &str) -> Vec<Value> {
    let answered = client.get(&format!("/api/audit?limit=500&{query}")).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    answered.json()["rows"].as_array().expect("rows").clone()
}

/// Restarts some deployment of the namespace payments, and tells which.
async fn restart(client: &Client) -> (String, Answered) {
    let found = objects(client, "deployments.apps").await.into_iter();
    let one = found.into_iter().find(|one| one.cluster == "prod-eu" && one.namespace == "payments").expect("one");
    let target = json!({"kind": "deployments.apps", "namespace": "payments", "name": one.name});
    let body = json!({"action": {"type": "restart"}, "targets": [target], "confirm": one.name});
    let answered = client.send(client.request(&Method::POST, ACTION, Some(&body.to_string()))).await;
    (one.name, answered)
}

/// Who a row is of.
fn users(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["actor"]["user"].as_str().unwrap_or_default()).collect()
}

#[test]
fn an_act_is_one_line_with_its_outcome_and_a_pair_of_rows() {
    run(async {
        let server = Server::start().await;
        let bob = server.sign_in("bob").await;
        let (name, answered) = restart(&bob).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        let found = rows(&bob, &format!("verb=restart&resource=deployments.apps&namespace=payments&name={name}")).await;
        let line = &found[0];
        assert_eq!((&line["phase"], &line["result"]["outcome"]), (&json!("intent"), &json!("success")), "{line}");
        assert_eq!((&line["target"]["cluster"], &line["target"]["name"]), (&json!("prod-eu"), &json!(name)));
        assert_eq!(line["requestId"], answered.headers["x-request-id"].to_str().expect("text"));

        let (chain, number) = (line["chain"].as_str().expect("a chain"), &line["sequence"]);
        let pair = bob.get(&format!("/api/audit/rows/{chain}/{number}")).await.json();
        assert_eq!((&pair["row"]["phase"], &pair["pair"]["phase"]), (&json!("intent"), &json!("outcome")));
        assert_eq!(pair["pair"]["intentSequence"], *number);
        let outcome = bob.get(&format!("/api/audit/rows/{chain}/{}", line["result"]["sequence"])).await.json();
        assert_eq!((&outcome["row"], &outcome["pair"]), (&pair["pair"], &pair["row"]), "from either side");
        assert_eq!(pair["hash"].as_str().map(str::len), Some(64));
        assert_ne!(pair["hash"], pair["previousHash"]);
        assert!(pair["kubernetesAuditIds"].as_array().is_some_and(|ids| !ids.is_empty()), "{pair}");

        let raw = rows(&bob, &format!("verb=restart&name={name}&phase=intent&phase=outcome")).await;
        assert!(raw.len() >= 2 && raw.iter().all(|row| row.get("result").is_none()), "rows as they were written");
    });
}

#[test]
fn nobody_but_audit_admins_learns_of_acts_of_others() {
    run(async {
        let server = Server::start().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        let (_, answered) = restart(&alice).await;
        assert_eq!(answered.status, 200, "{}", answered.text);
        let theirs = rows(&alice, "user=alice%40corp&verb=restart").await;
        let (chain, number) = (theirs[0]["chain"].as_str().expect("a chain"), &theirs[0]["sequence"]);

        let own = rows(&carol, "").await;
        assert!(!own.is_empty() && users(&own).iter().all(|user| *user == "carol@corp"), "{own:?}");
        let everybody = rows(&alice, "").await;
        assert!(users(&everybody).contains(&"carol@corp") && users(&everybody).contains(&"alice@corp"));

        for filter in [
            "user=alice%40corp",
            "verb=restart",
            "user=alice%40corp&text=restart",
            "verb=restart&phase=intent",
            "class=change",
        ] {
            assert_eq!(rows(&carol, filter).await, Vec::<Value>::new(), "{filter}");
            let figures = carol.get(&format!("/api/audit/histogram?{filter}")).await.json();
            let buckets = figures["buckets"].as_array().expect("buckets");
            let counted = |bucket: &Value| {
                ["success", "failure", "denied", "unknown", "open"].iter().all(|outcome| bucket[outcome] == 0)
            };
            assert!(buckets.iter().all(counted), "{filter}: {figures}");
            let export = carol.get(&format!("/api/audit/export?{filter}")).await;
            assert_eq!((export.status.as_u16(), export.text.as_str()), (200, ""), "{filter}");
        }
        let hidden = carol.get(&format!("/api/audit/rows/{chain}/{number}")).await;
        let absent = carol.get(&format!("/api/audit/rows/{chain}/999999999")).await;
        assert_eq!((hidden.status.as_u16(), hidden.problem().as_str()), (404, "not_found"));
        let told = |answered: &Answered, number: &str| {
            let detail = answered.json()["detail"].as_str().expect("text").to_owned();
            detail.replace(&format!("row {number} "), "row ")
        };
        assert_eq!(told(&hidden, &number.to_string()), told(&absent, "999999999"), "hidden and absent look alike");
        for odd in ["%2e%2e/0", "a%2fb/0", "a%00/0", "x/-1", "x/1.5", "x/99999999999999999999"] {
            let answered = alice.get(&format!("/api/audit/rows/{odd}")).await;
            assert!([400, 404].contains(&answered.status.as_u16()), "{odd}: {}", answered.text);
            answered.problem();
        }

        let status = carol.get("/api/audit/status").await.json();
        assert_eq!((&status["scope"], &status["writing"]), (&json!("own"), &json!(true)));
        assert!(status.get("lastAt").is_none() && status.get("lastCheckpoint").is_none(), "{status}");
        let all = alice.get("/api/audit/status").await.json();
        assert!(all["size"].as_u64() > status["size"].as_u64() && all["scope"] == "all");
    });
}

#[test]
fn what_counts_is_what_is_listed() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        restart(&alice).await;
        for filter in ["", "outcome=success", "verb=sign-in", "class=session&user=alice%40corp"] {
            // Until one instant, so that what is recorded meanwhile is in neither.
            let to = rows(&alice, "verb=sign-in").await[0]["at"].as_str().expect("a time").to_owned();
            let listed = rows(&alice, &format!("{filter}&to={to}&from=2020-01-01T00:00:00Z")).await.len();
            let figures = alice.get(&format!("/api/audit/histogram?{filter}&to={to}&from=2020-01-01T00:00:00Z")).await;
            let figures = figures.json();
            let sum = |bucket: &Value| {
                let of = |outcome: &str| bucket[outcome].as_u64().expect("a count");
                of("success") + of("failure") + of("denied") + of("unknown") + of("open")
            };
            let counted: u64 = figures["buckets"].as_array().expect("buckets").iter().map(sum).sum();
            assert_eq!(usize::try_from(counted), Ok(listed), "{filter}: {figures}");
        }
    });
}

#[test]
fn reading_is_recorded_once_a_minute_and_an_export_always() {
    run(async {
        let server = Server::start().await;
        let dave = server.sign_in("dave").await;
        let session = dave.get("/api/session").await.json()["session"]["id"].as_str().expect("an id").to_owned();
        let mine = async |verb: &str| rows(&dave, &format!("session={session}&verb={verb}")).await.len();
        for _ in 0..3 {
            rows(&dave, "text=some-thing-nobody-else-asks").await;
        }
        let asked = rows(&dave, &format!("session={session}&verb=audit-query")).await;
        let told = |row: &&Value| row["extra"]["filter"] == "text:some-thing-nobody-else-asks";
        assert_eq!(asked.iter().filter(told).count(), 1, "{asked:?}");
        for format in ["csv", "jsonl", "csv"] {
            let export = dave.get(&format!("/api/audit/export?session={session}&format={format}")).await;
            let disposition = export.headers["content-disposition"].to_str().expect("text");
            assert!(disposition.starts_with("attachment; filename=\"periscope-audit-"), "{disposition}");
            assert!(export.text.contains("audit-export"), "the export says of itself: {}", export.text);
        }
        assert_eq!(mine("audit-export").await, 3);
    });
}

#[test]
fn pages_join_without_a_hole_and_without_a_row_twice() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        for _ in 0..3 {
            server.sign_in("carol").await;
        }
        let to = "to=2100-01-01T00:00:00Z&verb=sign-in";
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = alice.get(&format!("/api/audit?limit=2&{to}{cursor}")).await.json();
            let rows = page["rows"].as_array().expect("rows");
            found.extend(rows.iter().map(|row| row["sequence"].as_u64().expect("a number")));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={}", next.replace(':', "%3A").replace(',', "%2C"));
        }
        let mut sorted = found.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.reverse();
        assert_eq!(found, sorted);
        assert!(found.len() >= 4);
        assert_eq!(alice.get("/api/audit?cursor=nonsense").await.problem(), "cursor_invalid");
    });
}

#[test]
fn a_nudge_comes_for_rows_that_one_may_see() {
    run(async {
        // A record of its own: other tests act as the same people.
        let (server, _folder) = Server::start_cold().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        let follow = async |client: &Client, subscription: Value| {
            let mut stream = Stream::open(client, "").await;
            let path = format!("/api/stream/{}/subscriptions/a", stream.id);
            assert_eq!(client.put(&path, &subscription).await.status, 204);
            let first = stream.next().await.expect("a first event");
            assert_eq!((first.name.as_str(), &first.data["writing"]), ("audit", &json!(true)));
            (stream, first)
        };
        let (_quiet, banner) = follow(&carol, json!({"type": "audit"})).await;
        assert!(banner.data.get("size").is_none(), "{banner:?}");
        let (mut hers, first) = follow(&carol, json!({"type": "audit", "rows": true})).await;
        let (mut all, _) = follow(&alice, json!({"type": "audit", "rows": true})).await;
        let before = first.data["size"].as_u64().expect("a number");

        // What others do reaches who may see it, and is no news to who may not.
        server.sign_in("dave").await;
        all.until(|event| event.name == "audit").await;
        server.sign_in("carol").await;
        let news = hers.until(|event| event.name == "audit").await;
        assert_eq!(news.data["size"], before + 1, "only her own: {news:?}");
    });
}
