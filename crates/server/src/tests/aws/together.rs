//! Several actions that one identity must be able to do, and which identity that is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::world::{Server, run};
use super::{CLUSTER, list, read};

#[test]
fn actions_are_asked_together_of_one_identity() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        read(&alice, "/api/identity/findings").await;
        let who = async |action: &str| {
            let path = format!("/api/identity/who-can?action={action}&limit=500&cluster=prod-eu");
            alice.get(&path).await.json()["data"].clone()
        };
        let names = |answer: &Value| -> BTreeSet<String> {
            list(answer, "rows").iter().map(|row| row["workload"]["name"].to_string()).collect()
        };
        let (pass, create) = (who("iam:PassRole").await, who("lambda:CreateFunction").await);
        let both = who("iam:PassRole%2Blambda:CreateFunction").await;
        assert_eq!(names(&both), names(&pass).intersection(&names(&create)).cloned().collect(), "{both}");
        assert!(names(&both).len() < names(&pass).len(), "who may only pass roles is not in it: {both}");
        assert_eq!((&both["actionsMatched"], &both["total"]["count"]), (&json!(2), &json!(list(&both, "rows").len())));
        let row = list(&both, "rows").iter().find(|row| row["workload"]["name"] == "pass-role-any").expect("has both");
        assert_eq!(row["matched"], json!(["iam:PassRole", "lambda:CreateFunction"]));
        assert_eq!(row["verdict"]["decision"], "conditional", "one is allowed, one only in Europe: {row}");
        let wrong = alice.get("/api/identity/who-can?action=iam:PassRole%2B").await;
        assert_eq!((wrong.status.as_u16(), wrong.problem().as_str()), (400, "action_invalid"));
    });
}

#[test]
fn why_names_the_role_whose_policies_decide() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let role = async |name: &str| {
            let path =
                format!("{CLUSTER}/why?kind=deployments.apps&namespace=aws-examples&name={name}&action=s3:GetObject");
            read(&alice, &path).await["data"]["roleArn"].clone()
        };
        assert_eq!(role("scp-denied").await, "arn:aws:iam::111122223333:role/prod-eu-scp-denied");
        assert_eq!(role("target-role").await, "arn:aws:iam::999988887777:role/lake/lake-target");
        assert_eq!(role("no-access").await, Value::Null);
    });
}
