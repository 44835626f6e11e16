//! What AWS does not tell is said, with the permission that would help, and everything else goes on.

use periscope_answers::Environment;
use periscope_demo::{AwsFaults, World, WorldOptions};
use periscope_model::SystemClock;
use serde_json::{Value, json};

use super::super::world::{Server, app_in, provider, run};
use super::{CLUSTER, EXAMPLES, list, read, until};

#[test]
fn a_refusal_of_aws_names_the_permission_and_is_over_when_it_is_granted() {
    run(async {
        provider();
        let options = WorldOptions { pods: Some(20), seed: 3, quiet: true, changes_per_second: None };
        let world = World::start(options).await.expect("a world");
        let deny = ["iam:*", "eks:ListAccessEntries", "organizations:*"].map(str::to_owned).into();
        world.set_aws_faults(AwsFaults { deny, ..AwsFaults::default() });
        let (app, _folder, _record) = app_in(&world, Environment::Other).await;
        let server = Server::over(app, std::sync::Arc::new(SystemClock));
        let alice = server.sign_in("alice").await;
        let state = |status: &Value, part: &str| {
            let found = list(&status["data"], "parts").iter().find(|one| one["part"] == part).cloned();
            found.unwrap_or_default()
        };
        let refused =
            |status: &Value| ["iam", "accessEntries"].iter().all(|part| state(status, part)["state"] == "refused");
        let status = until(&alice, &format!("{CLUSTER}/status"), refused).await;
        let entries = state(&status, "accessEntries");
        let needed = &entries["gaps"][0]["needsAws"][0];
        assert_eq!(needed["action"], "eks:ListAccessEntries", "{entries}");
        assert_eq!(needed["resource"], "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu");

        let is_refused =
            |answer: &Value| list(answer, "gaps").iter().any(|gap| gap["code"] == "MISSING_IAM_PERMISSION");
        let access = until(&alice, &format!("{EXAMPLES}/well-made"), is_refused).await;
        assert_eq!(access["data"]["summary"]["certainty"], "unknown", "{access}");
        assert_eq!(access["data"]["identities"][0]["source"], "irsa", "who it is was seen");
        let findings = until(&alice, &format!("{CLUSTER}/findings"), is_refused).await;
        let check =
            |id: &str| list(&findings["data"], "checked").iter().find(|one| one["id"] == id).cloned().expect(id);
        assert_eq!(check("full-admin-small-job")["state"], "unknown", "nothing is clear that was not looked at");
        assert_eq!(check("irsa-shadowed")["state"], "found", "what needs no IAM is found");

        world.set_aws_faults(AwsFaults::default());
        let refreshed = alice.post(&format!("{CLUSTER}/refresh"), "{}").await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text);
        until(&alice, &format!("{CLUSTER}/status"), |status| state(status, "iam")["state"] == "live").await;
        let judged = |answer: &Value| answer["data"]["summary"]["certainty"] == "exact";
        until(&alice, &format!("{EXAMPLES}/well-made"), judged).await;
    });
}

#[test]
fn a_cluster_that_is_not_eks_says_so_everywhere_and_is_no_error() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let pods = super::super::world::objects(&alice, "pods").await;
        let pod = pods.iter().find(|pod| pod.cluster == "edge").expect("edge has pods");
        let workload = format!("workloads/pods/{}/{}", pod.namespace, pod.name);
        let why = format!("why?kind=pods&namespace={}&name={}&action=s3:GetObject", pod.namespace, pod.name);
        for part in
            ["status", "access", "service-accounts", "roles", "findings", &workload, &format!("{workload}/pods"), &why]
        {
            let answered = alice.get(&format!("/api/clusters/edge/aws/{part}")).await;
            assert_eq!(answered.status, 200, "{part}: {}", answered.text);
            let gaps = answered.json()["gaps"].clone();
            assert_eq!(gaps[0]["code"], "NOT_EKS", "{part}: {gaps}");
            assert!(gaps[0]["fix"].as_str().expect("a fix").contains("eks.arn"), "{gaps}");
        }
        let list = read(&alice, "/api/clusters/edge/aws/service-accounts").await;
        assert_eq!(list["data"]["accounts"], json!([]));
    });
}
