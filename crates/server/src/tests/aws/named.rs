//! Whoever may write a role's name somewhere does not learn by that whose it is.

use std::collections::BTreeSet;

use periscope_answers::Environment;
use periscope_demo::{World, WorldOptions};
use periscope_model::SystemClock;
use serde_json::{Value, json};

use super::super::client::Client;
use super::super::world::{Server, app_in, provider, run};
use super::{CLUSTER, list, read, until};

/// Does it to one object of payments, as somebody who may.
async fn act(client: &Client, action: &Value, kind: &str) {
    let targets = json!([{"kind": kind, "namespace": "payments", "name": "ledger"}]);
    let body = json!({"action": action, "targets": targets}).to_string();
    let answered = client.post("/api/clusters/prod-eu/actions", &body).await;
    assert!(answered.status.is_success(), "{} {}", answered.status, answered.text);
}

#[test]
fn a_role_that_somebody_names_tells_them_of_nobody_whom_it_lets_in() {
    run(async {
        provider();
        let options = WorldOptions { pods: Some(20), seed: 3, quiet: true, changes_per_second: None };
        let world = World::start(options).await.expect("a world");
        let (app, _folder, _record) = app_in(&world, Environment::Other).await;
        let server = Server::over(app, std::sync::Arc::new(SystemClock));
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        let accounts = read(&alice, &format!("{CLUSTER}/service-accounts")).await;
        let other = list(&accounts["data"], "accounts")
            .iter()
            .find(|one| one["source"] == "irsa" && one["trust"]["admits"] == "yes" && one["namespace"] == "team-data")
            .expect("a role of another namespace");
        let (role, theirs) = (other["roleArn"].as_str().expect("an ARN"), other["name"].as_str().expect("a name"));
        act(
            &alice,
            &json!({"type": "annotate", "set": {"eks.amazonaws.com/role-arn": role}, "remove": []}),
            "serviceaccounts",
        )
        .await;
        act(&alice, &json!({"type": "restart"}), "deployments.apps").await;

        let workload = format!("{CLUSTER}/workloads/deployments.apps/payments/ledger");
        let named = |answer: &Value| {
            answer["data"]["trust"]["admits"] == "no" && answer["data"]["identities"][0]["roleArn"] == role
        };
        let told = until(&carol, &workload, named).await;
        assert_eq!(told["data"]["trust"]["reasons"], json!([]), "why, and no statement");
        let whole = until(&alice, &workload, named).await;
        let subject = format!("system:serviceaccount:team-data:{theirs}");
        assert!(whole["data"]["trust"]["reasons"].to_string().contains(&subject), "{}", whole["data"]["trust"]);
        for path in [
            workload.clone(),
            format!("{CLUSTER}/findings"),
            format!("{CLUSTER}/roles"),
            format!("{CLUSTER}/service-accounts"),
            format!("{CLUSTER}/why?kind=deployments.apps&namespace=payments&name=ledger&action=s3:GetObject"),
            format!(
                "{CLUSTER}/why?kind=deployments.apps&namespace=payments&name=api&action=sts:AssumeRole&resource={role}"
            ),
        ] {
            let answered = carol.get(&path).await;
            assert_eq!(answered.status, 200, "{path}: {}", answered.text);
            // The name of the role is what was written; nothing else of theirs is told.
            let rest = answered.text.replace(role.rsplit('/').next().unwrap_or(role), "");
            assert!(!rest.contains("team-data"), "{path}: {}", answered.text);
        }
        let found = read(&carol, &format!("{CLUSTER}/findings")).await;
        let ids: BTreeSet<&str> =
            list(&found["data"], "findings").iter().filter_map(|finding| finding["id"].as_str()).collect();
        assert_eq!(ids, ["trust-refuses"].into());
    });
}
