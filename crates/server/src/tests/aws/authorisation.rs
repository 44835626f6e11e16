//! Who sees what of it: Kubernetes' word on listing pods is the measure.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::audit::rows;
use super::super::client::Client;
use super::super::world::{Server, run};
use super::{CLUSTER, list, read, texts, until};

#[test]
fn everybody_learns_of_identities_in_the_namespaces_whose_pods_they_may_list() {
    run(async {
        // That no other answer speaks of anybody else is for `aws_canary`; here is what she does see.
        let server = Server::start().await;
        let (alice, carol, dave) =
            (server.sign_in("alice").await, server.sign_in("carol").await, server.sign_in("dave").await);
        read(&alice, "/api/identity/findings").await;
        let accounts = read(&carol, &format!("{CLUSTER}/service-accounts")).await;
        let hers: BTreeSet<String> = ["payments", "search"].map(str::to_owned).into();
        assert_eq!(texts(list(&accounts["data"], "accounts"), "namespace"), hers);
        assert_eq!(accounts["scope"], json!({"clusterWide": false, "namespaces": ["payments", "search"]}));
        let roles = read(&carol, &format!("{CLUSTER}/roles")).await;
        for role in list(&roles["data"], "roles") {
            assert!(list(role, "workloads").iter().all(|one| hers.contains(one["namespace"].as_str().expect("text"))));
        }
        let who = carol.get("/api/identity/who-can?action=%2A&limit=500").await.json();
        let rows = list(&who["data"], "rows");
        assert_eq!(who["data"]["total"]["count"], rows.len());
        let place = |row: &Value| row["workload"]["namespace"].as_str().expect("text").to_owned();
        assert!(
            !rows.is_empty()
                && rows.iter().all(|row| hers.contains(&place(row)) && row["workload"]["cluster"] == "prod-eu")
        );

        // A cursor of somebody who sees more is a place in an order, not a door.
        let wide = alice.get("/api/identity/who-can?action=%2A&limit=2").await.json();
        let cursor = wide["data"]["next"].as_str().expect("more");
        let page = carol.get(&format!("/api/identity/who-can?action=%2A&limit=500&cursor={cursor}")).await.json();
        assert!(list(&page["data"], "rows").iter().all(|row| hers.contains(&place(row))));

        let none = dave.get("/api/identity/who-can?action=%2A").await.json();
        assert_eq!((&none["data"]["rows"], &none["data"]["total"]["count"]), (&json!([]), &json!(0)));
        assert_eq!(none["scope"], json!({"clusterWide": false, "namespaces": []}));
    });
}

#[test]
fn a_refusal_says_which_permission_is_missing() {
    run(async {
        let server = Server::start().await;
        let (carol, dave) = (server.sign_in("carol").await, server.sign_in("dave").await);
        for part in ["", "/services/s3", "/policy", "/pods"] {
            let path = format!("{CLUSTER}/workloads/deployments.apps/aws-examples/role-chain{part}");
            let refused = carol.get(&path).await;
            assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "refused"), "{path}");
            let needs = refused.json()["needs"][0].clone();
            assert_eq!(
                (&needs["verb"], &needs["resource"], &needs["namespace"]),
                (&json!("list"), &json!("pods"), &json!("aws-examples"))
            );
        }
        // What is not there and what may not be seen look alike.
        let absent = carol.get(&format!("{CLUSTER}/workloads/deployments.apps/aws-examples/no-such")).await;
        assert_eq!(absent.status, 403);
        let access = carol.get(&format!("{CLUSTER}/access")).await.json();
        assert_eq!(access["data"]["principals"], json!([]));
        assert!(access["data"].get("chip").is_none(), "unknown is not zero: {access}");
        let needed: Vec<(&Value, &Value)> = list(&access, "gaps")
            .iter()
            .flat_map(|gap| list(gap, "needs"))
            .map(|need| (&need["verb"], &need["resource"]))
            .collect();
        assert!(needed.contains(&(&json!("list"), &json!("clusterrolebindings"))), "{needed:?}");
        assert!(needed.contains(&(&json!("get"), &json!("configmaps"))), "{needed:?}");
        let refresh = dave.post(&format!("{CLUSTER}/refresh"), "{}").await;
        assert_eq!((refresh.status.as_u16(), refresh.problem().as_str()), (403, "refused"));
        let findings = dave.get(&format!("{CLUSTER}/findings")).await.json();
        assert!(list(&findings["data"], "checked").iter().all(|check| check["state"] == "unknown"));
        assert!(list(&findings["data"], "checked").len() >= 13);
    });
}

#[test]
fn whether_another_role_is_there_is_not_told() {
    run(async {
        let server = Server::start().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        read(&alice, &format!("{CLUSTER}/roles")).await;
        read(&carol, &format!("{CLUSTER}/roles")).await;
        let asked = async |client: &Client, role: &str| {
            let resource = format!("arn:aws:iam::111122223333:role/{role}");
            let question = "kind=deployments.apps&namespace=payments&name=api&action=sts:AssumeRole";
            let path = format!("{CLUSTER}/why?{question}&resource={resource}");
            let answered = client.get(&path).await;
            assert_eq!(answered.status, 200, "{}", answered.text);
            answered.json()["data"].to_string().replace(role, "ROLE")
        };
        let (there, absent) = ("prod-eu-full-admin-job", "prod-eu-no-such-job");
        assert_eq!(asked(&carol, there).await, asked(&carol, absent).await);
        assert_ne!(asked(&alice, there).await, asked(&alice, absent).await, "who sees all sees whether it is there");
        let own = asked(&carol, "prod-eu-payments-worker").await;
        assert_ne!(own, asked(&carol, absent).await, "of a role of what she sees she is told");
    });
}

#[test]
fn every_read_is_one_row_of_the_record_and_refusals_are_too() {
    run(async {
        let (server, _folder) = Server::start_cold().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        until(&alice, &format!("{CLUSTER}/status"), |_| true).await;
        let all = async |verb: &str| rows(&alice, &format!("verb={verb}")).await;
        assert_eq!(
            (all("aws_identity_read").await.len(), all("aws_iam_read").await.len()),
            (0, 0),
            "a status is no read"
        );
        let workload = format!("{CLUSTER}/workloads/deployments.apps/aws-examples/role-chain");
        for _ in 0..2 {
            alice.get(&workload).await;
        }
        carol.get(&workload).await;
        carol.get(&format!("{CLUSTER}/access")).await;
        alice.get(&format!("{CLUSTER}/service-accounts?namespace=payments")).await;
        alice.get("/api/identity/who-can?action=s3:Get%2A&cluster=prod-eu").await;
        alice.get("/api/identity/sensitive-catalog").await;
        alice.get("/api/identity/actions?prefix=s3").await;

        let iam = all("aws_iam_read").await;
        assert_eq!(iam.len(), 4, "{iam:?}");
        let who = |row: &Value| (row["actor"]["user"].clone(), row["outcome"].clone());
        assert_eq!(iam[0]["extra"]["action"], "s3:Get*", "{}", iam[0]);
        assert_eq!(who(&iam[1]), (json!("carol@corp"), json!("denied")), "{}", iam[1]);
        let target = &iam[2]["target"];
        assert_eq!((&target["cluster"], &target["resource"]), (&json!("prod-eu"), &json!("deployments")));
        assert_eq!((&target["namespace"], &target["name"]), (&json!("aws-examples"), &json!("role-chain")));
        let identity = all("aws_identity_read").await;
        assert_eq!(identity.len(), 2, "{identity:?}");
        assert_eq!(
            (&identity[0]["extra"]["question"], &identity[0]["target"]["namespace"]),
            (&json!("serviceAccounts"), &json!("payments"))
        );
        assert_eq!(who(&identity[1]), (json!("carol@corp"), json!("denied")), "{}", identity[1]);
    });
}
