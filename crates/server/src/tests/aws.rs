//! What pods are in AWS, over the demo world's own AWS.

mod authorisation;
mod chained;
mod locked;
mod named;
mod together;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::client::Client;
use super::world::{PATIENCE, Server, run};

const CLUSTER: &str = "/api/clusters/prod-eu/aws";
const EXAMPLES: &str = "/api/clusters/prod-eu/aws/workloads/deployments.apps/aws-examples";

/// Asks until the answer is as wanted: what is read of AWS comes when it comes.
pub(super) async fn until(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    let asking = async {
        loop {
            let answered = client.get(path).await;
            assert_eq!(answered.status, 200, "{path}: {}", answered.text);
            last = answered.json();
            if wanted(&last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, asking).await;
    assert!(came.is_ok(), "{path} is still {last}");
    last
}

/// The answer once everything that it is made of was read.
async fn read(client: &Client, path: &str) -> Value {
    let is_read = |answer: &Value| answer["gaps"].as_array().expect("gaps").iter().all(|gap| gap["code"] != "NOT_READ");
    until(client, path, is_read).await
}

pub(super) fn list<'a>(value: &'a Value, field: &str) -> &'a Vec<Value> {
    value[field].as_array().unwrap_or_else(|| panic!("{field} of {value}"))
}

pub(super) fn texts(values: &[Value], field: &str) -> BTreeSet<String> {
    values.iter().filter_map(|value| value[field].as_str()).map(str::to_owned).collect()
}

#[test]
fn the_connection_to_aws_says_what_was_read() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let path = format!("{CLUSTER}/status");
        let all_live = |status: &Value| {
            let parts = list(&status["data"], "parts");
            parts.len() == 7 && parts.iter().all(|part| part["state"] == "live")
        };
        let status = until(&alice, &path, all_live).await;
        assert_eq!(status["data"]["account"], "111122223333");
        assert_eq!((&status["data"]["region"], &status["data"]["partition"]), (&json!("eu-west-1"), &json!("aws")));
        let refreshed = alice.post(&format!("{CLUSTER}/refresh"), "{}").await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text);
        let at = |status: &Value| status["data"]["parts"][0]["at"].as_str().expect("a time").to_owned();
        assert!(at(&refreshed.json()) > at(&status), "read again");
    });
}

#[test]
fn every_antipattern_of_the_world_is_found_and_nothing_on_what_is_fine() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        for cluster in ["prod-eu", "staging"] {
            let answer = read(&alice, &format!("/api/clusters/{cluster}/aws/findings")).await;
            let checked = list(&answer["data"], "checked");
            let found: BTreeSet<String> = checked
                .iter()
                .filter(|check| check["state"] == "found")
                .map(|check| check["id"].as_str().expect("an id").to_owned())
                .collect();
            for id in [
                "full-admin-small-job",
                "service-wildcard",
                "irsa-shadowed",
                "role-missing",
                "association-without-service-account",
                "association-on-default",
                "shared-broad-role",
                "trust-without-sub",
                "trust-other-issuer",
                "pass-role-any",
                "aws-auth-masters",
                "mapped-differently",
                "node-role-fallback",
            ] {
                assert!(found.contains(id), "{cluster}: {id} of {found:?}");
            }
            for finding in list(&answer["data"], "findings") {
                for workload in list(finding, "workloads") {
                    let place = (workload["namespace"].as_str(), workload["name"].as_str());
                    assert_eq!(place.0, Some("aws-examples"), "{finding}");
                    assert_ne!(place.1, Some("well-made"), "{finding}");
                }
            }
        }
        let fleet = read(&alice, "/api/identity/findings").await;
        let clusters = texts(list(&fleet["data"], "findings"), "cluster");
        assert_eq!(clusters, ["prod-eu".to_owned(), "staging".to_owned()].into());
    });
}

#[test]
fn who_may_enter_is_told_from_both_sides() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let path = format!("{CLUSTER}/access");
        let answer = until(&alice, &path, |answer| answer["data"]["chip"]["entriesOnly"] == 4).await;
        assert_eq!(answer["data"]["chip"], json!({"awsAuthOnly": 2, "both": 2, "entriesOnly": 4, "unknown": 0}));
        assert_eq!(answer["data"]["authenticationMode"], "API_AND_CONFIG_MAP");
        let principals = list(&answer["data"], "principals");
        let one = |name: &str| principals.iter().find(|one| one["name"] == name).expect(name);
        assert_eq!(one("data-engineering")["sameRights"], false, "{}", one("data-engineering"));
        assert_eq!(one("prod-eu-node")["node"], true);
        assert_eq!(list(one("platform-admin"), "findings"), &[json!("aws-auth-masters")]);
    });
}

#[test]
fn a_workload_is_told_with_its_identity_its_rights_and_what_limits_them() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let access = async |name: &str| read(&alice, &format!("{EXAMPLES}/{name}")).await["data"].clone();
        let denied = |data: &Value, action: &str| {
            let rows = list(data, "services").iter().flat_map(|service| list(service, "actions"));
            let row =
                rows.into_iter().find(|row| row["action"] == action).unwrap_or_else(|| panic!("{action}: {data}"));
            row["verdict"].clone()
        };
        let scp = access("scp-denied").await;
        assert_eq!(denied(&scp, "s3:DeleteBucket")["blockedBy"], json!(["serviceControl"]));
        assert_eq!(denied(&access("bounded").await, "s3:PutObject")["blockedBy"], json!(["boundary"]));
        assert_eq!(denied(&access("session-policy").await, "s3:PutObject")["blockedBy"], json!(["session"]));
        let conditions = access("conditions").await;
        assert_eq!(denied(&conditions, "iam:PassRole")["condition"], "iam:PassedToService is lambda.amazonaws.com");

        let chain = access("role-chain").await;
        let last =
            list(&chain, "chains").iter().find(|chain| chain["verdict"]["decision"] == "allowed").expect("a chain");
        assert!(last["roleArn"].as_str().expect("an ARN").starts_with("arn:aws:iam::999988887777:"), "{last}");

        let stale = access("stale-role").await;
        assert_eq!(stale["identities"][0]["state"], "stale");
        assert_ne!(stale["afterRestart"]["roleArn"], stale["identities"][0]["roleArn"]);
        let shadowed = access("shadowed-irsa").await;
        assert_eq!(shadowed["identities"][0]["source"], "podIdentity");
        assert_eq!(texts(list(&shadowed, "findings"), "id"), ["irsa-shadowed".to_owned()].into());
        let gone = access("deleted-role").await;
        assert_eq!((&gone["services"], &gone["trust"]["admits"]), (&json!([]), &json!("no")));
        assert_eq!(access("well-made").await["findings"], json!([]));

        let admin = "/api/clusters/prod-eu/aws/workloads/cronjobs.batch/aws-examples/full-admin-job";
        assert_eq!(read(&alice, admin).await["data"]["summary"]["admin"], true);
        let service = alice.get(&format!("{EXAMPLES}/bounded/services/sqs")).await.json();
        assert_eq!(texts(list(&service["data"], "actions"), "action"), ["sqs:SendMessage".to_owned()].into());
        let pods = alice.get(&format!("{EXAMPLES}/stale-role/pods")).await.json();
        assert_eq!((&pods["data"]["total"], &pods["data"]["pods"][0]["state"]), (&json!(2), &json!("stale")));
        let policy = alice.get(&format!("{EXAMPLES}/session-policy/policy")).await;
        for (name, why) in [("no-access", "can do nothing in AWS"), ("deleted-role", "does not exist")] {
            let none = alice.get(&format!("{EXAMPLES}/{name}/policy")).await;
            assert_eq!((none.status.as_u16(), none.problem().as_str()), (404, "no_policy"), "{}", none.text);
            assert!(none.json()["detail"].as_str().expect("words").contains(why), "{}", none.text);
        }
        let disposition = policy.headers["content-disposition"].to_str().expect("text");
        assert_eq!(disposition, "attachment; filename=\"prod-eu-aws-examples-session-policy-policy.json\"");
        let statements = policy.json()["Statement"].to_string();
        assert!(statements.contains("public/*") && !statements.contains("PutObject"), "{statements}");
    });
}

#[test]
fn why_names_the_statement_that_decides() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let asked = |name: &str, action: &str, more: &str| {
            format!("{CLUSTER}/why?kind=deployments.apps&namespace=aws-examples&name={name}&action={action}{more}")
        };
        let bucket = "&resource=arn%3Aaws%3As3%3A%3A%3Aa-bucket";
        let why = read(&alice, &asked("scp-denied", "s3:DeleteBucket", bucket)).await["data"].clone();
        assert_eq!(why["verdict"], json!({"decision": "denied", "blockedBy": ["serviceControl"]}));
        let reason = list(&why, "reasons").iter().find(|reason| reason["effect"] == "deny").expect("a deny");
        assert_eq!((&reason["statement"], &reason["layer"]), (&json!("NoBucketIsDeleted"), &json!("serviceControl")));
        assert!(reason["document"].as_str().expect("JSON").contains("s3:DeleteBucket"), "{reason}");
        assert!(why["whoCanGrant"].as_str().expect("who").contains("123456789012"), "{why}");
        let layer = |why: &Value, layer: &str| {
            let found = list(why, "layers").iter().find(|one| one["layer"] == layer).expect("a layer");
            found["verdict"].clone()
        };
        assert_eq!((layer(&why, "serviceControl"), layer(&why, "boundary")), (json!("denies"), json!("none")));
        assert_eq!(layer(&why, "resource"), "notSeen");
        let why = read(&alice, &asked("conditions", "iam:PassRole", "")).await["data"].clone();
        assert_eq!(why["verdict"]["decision"], "conditional");
        assert!(
            list(&why, "assumptions").iter().any(|one| one.as_str().expect("words").contains("iam:PassedToService"))
        );
        for (query, code) in [
            ("name=a&action=s3:Get%2A", "action_invalid"),
            ("name=a&action=", "action_invalid"),
            ("name=a&action=s3:GetObject&resource=bucket", "resource_invalid"),
            ("name=..&action=s3:GetObject", "name_invalid"),
        ] {
            let path = format!("{CLUSTER}/why?kind=deployments.apps&namespace=aws-examples&{query}");
            let answered = alice.get(&path).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, code), "{query}");
        }
        let wrong = alice.get(&format!("{CLUSTER}/why?kind=nodes&namespace=a&name=a&action=s3:GetObject")).await;
        assert_eq!(wrong.problem(), "kind_invalid");
    });
}

#[test]
fn who_can_is_asked_of_the_fleet_page_by_page() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        read(&alice, "/api/identity/findings").await;
        let whole = alice.get("/api/identity/who-can?action=s3:Get%2A&limit=500").await.json();
        let place = |row: &Value| {
            let workload = &row["workload"];
            let text = |field: &str| workload[field].as_str().expect(field).to_owned();
            (text("cluster"), text("namespace"), text("name"), row["path"].to_string())
        };
        let all: Vec<_> = list(&whole["data"], "rows").iter().map(place).collect();
        assert_eq!(whole["data"]["total"]["count"], all.len());
        assert!(all.len() > 20, "{all:?}");
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| (&a.0, &a.1, &a.2).cmp(&(&b.0, &b.1, &b.2)));
        assert_eq!(all, sorted);
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = alice.get(&format!("/api/identity/who-can?action=s3:Get%2A&limit=7{cursor}")).await.json();
            paged.extend(list(&page["data"], "rows").iter().map(place));
            let Some(next) = page["data"]["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, all, "pages join without a hole and without a row twice");

        let found = |answer: &Value, name: &str| {
            list(&answer["data"], "rows").iter().find(|row| row["workload"]["name"] == name).cloned()
        };
        let chained = found(&whole, "role-chain").expect("over a chain");
        assert_eq!(list(&chained, "path").len(), 2, "{chained}");
        let conditional = found(&whole, "conditions").expect("under a condition");
        assert_eq!(conditional["verdict"]["decision"], "conditional", "{conditional}");
        assert!(found(&whole, "session-policy").is_some() && found(&whole, "no-access").is_none());
        let narrow =
            alice.get("/api/identity/who-can?action=s3:Get%2A&namespace=payments&cluster=prod-eu").await.json();
        assert!(list(&narrow["data"], "rows").iter().all(|row| row["workload"]["namespace"] == "payments"));
        let edge = list(&whole["data"], "perCluster").iter().find(|one| one["cluster"] == "edge").expect("edge");
        assert_eq!(edge["gaps"][0]["code"], "NOT_EKS");

        let odd = alice.get("/api/identity/who-can?action=s3:GetObjct").await.json();
        assert_eq!((&odd["gaps"][0]["code"], &odd["data"]["actionsMatched"]), (&json!("ACTION_UNKNOWN"), &json!(0)));
        assert!(odd["gaps"][0]["fix"].as_str().expect("a hint").contains("s3:GetObj"), "{odd}");
        for (query, code, at) in [
            ("action=s3", "action_invalid", json!([0, 2])),
            ("action=s3:Get%20Object", "action_invalid", json!([6, 7])),
            ("", "action_invalid", json!([0, 0])),
            ("action=s3:%2A&resource=bucket", "resource_invalid", json!([0, 6])),
            ("action=s3:%2A&cursor=nonsense", "cursor_invalid", Value::Null),
        ] {
            let answered = alice.get(&format!("/api/identity/who-can?{query}")).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, code), "{query}");
            assert_eq!(answered.json()["at"], at, "{query}");
        }
        assert_eq!(alice.get("/api/identity/who-can?action=s3:%2A&cluster=nowhere").await.status, 404);
    });
}

#[test]
fn the_catalogue_and_the_actions_are_known() {
    run(async {
        let server = Server::start().await;
        let dave = server.sign_in("dave").await;
        let catalogue = dave.get("/api/identity/sensitive-catalog").await.json();
        let published = list(&catalogue, "entries").iter().filter(|entry| entry["published"] == true).count();
        assert!(published >= 17, "{published} published entries");
        let actions = dave.get("/api/identity/actions?prefix=s3:GetObj&limit=3").await.json();
        assert_eq!(list(&actions, "actions").len(), 3);
        assert_eq!(actions["actions"][0]["action"], "s3:GetObject");
        let long = "a".repeat(129);
        assert_eq!(dave.get(&format!("/api/identity/actions?prefix={long}")).await.problem(), "prefix_invalid");
    });
}
