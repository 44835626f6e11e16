//! The questions about one workload and about all of them have the same answer, over other roles, too.

use serde_json::{Value, json};

use super::super::world::{Server, run};
use super::{CLUSTER, list, read};

fn sureness(row: &Value) -> usize {
    let decision = row["verdict"]["decision"].as_str().expect("a decision");
    ["denied", "unknown", "conditional", "allowed"].iter().position(|one| *one == decision).expect("a known decision")
}

#[test]
fn why_says_what_who_can_says() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        read(&alice, "/api/identity/findings").await;
        let mut over_others = 0;
        for action in ["s3:GetObject", "s3:PutBucketPolicy", "sqs:SendMessage"] {
            let who_can =
                format!("/api/identity/who-can?action={action}&cluster=prod-eu&namespace=aws-examples&limit=500");
            let answer = read(&alice, &who_can).await;
            let rows = list(&answer["data"], "rows");
            assert!(!rows.is_empty(), "{action}");
            for row in rows {
                let workload = &row["workload"];
                let (kind, name) =
                    (workload["kind"].as_str().expect("a kind"), workload["name"].as_str().expect("a name"));
                let same = rows.iter().filter(|other| other["workload"] == *workload);
                let surest = same.max_by_key(|row| sureness(row)).expect("itself");
                let asked = format!("{CLUSTER}/why?kind={kind}&namespace=aws-examples&name={name}&action={action}");
                let why = read(&alice, &asked).await["data"].clone();
                assert_eq!(why["verdict"]["decision"], surest["verdict"]["decision"], "{name} {action}: {why}\n{row}");
                over_others += usize::from(list(row, "path").len() > 1);
            }
        }
        assert!(over_others > 2, "{over_others}");
    });
}

#[test]
fn why_tells_the_way_over_other_roles() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let why = async |action: &str| {
            let asked =
                format!("{CLUSTER}/why?kind=deployments.apps&namespace=aws-examples&name=role-chain&action={action}");
            read(&alice, &asked).await["data"].clone()
        };
        let reader = "arn:aws:iam::999988887777:role/lake/lake-reader";
        let own = "arn:aws:iam::111122223333:role/prod-eu-role-chain";
        let read_one = why("s3:GetObject").await;
        assert_eq!((&read_one["verdict"]["decision"], &read_one["roleArn"]), (&json!("allowed"), &json!(reader)));
        let steps = list(&read_one, "steps");
        for step in [format!("as {own} it may not"), format!("from there it becomes {reader}")] {
            assert!(steps.contains(&json!(step)), "{step}: {steps:?}");
        }
        let policy = why("s3:PutBucketPolicy").await;
        assert_eq!(policy["verdict"]["decision"], "conditional", "{policy}");
        assert!(policy["verdict"]["condition"].to_string().contains("RoleSessionName"), "{policy}");
        let nobody = why("ec2:RunInstances").await;
        assert_eq!((&nobody["verdict"]["decision"], &nobody["roleArn"]), (&json!("denied"), &json!(own)));
    });
}
