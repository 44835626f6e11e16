//! Who comes to an EKS cluster with keys of AWS: whom access entries and `aws-auth` let in, and as whom.

use http::StatusCode;
use periscope_demo::World;
use serde_json::{Value, json};

use crate::client::Client;
use crate::signer::eks_token;
use crate::{quiet, shared};

/// Somebody of an account (`production/sre-oncall`) at the door of a cluster.
fn comes(world: &World, who: &str, cluster: &str) -> Client {
    let keys = world.aws().people.into_iter().find(|person| person.name == who).expect("a person");
    Client::new(&world.kubeconfig(), cluster).token(&eks_token(&keys, cluster))
}

async fn status(client: &Client, path: &str) -> u16 {
    client.get(path).await.0.as_u16()
}

async fn user(client: &Client) -> Value {
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    client.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", &review).await.1["status"]["userInfo"].clone()
}

async fn review(client: &Client, attributes: Value) -> Value {
    let review = json!({"spec": {"resourceAttributes": attributes}});
    client.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review).await.1["status"].clone()
}

#[tokio::test]
async fn access_policies_allow_what_they_say_where_they_say_it() {
    let world = shared().await;
    let oncall = comes(world, "production/sre-oncall", "prod-eu");
    for path in ["/api/v1/pods?limit=1", "/api/v1/secrets?limit=1", "/apis/karpenter.sh/v1/nodepools?limit=1"] {
        assert_eq!(status(&oncall, path).await, 200, "{path}");
    }
    let (code, body) = oncall.create("/api/v1/namespaces/shop/configmaps", &json!({"metadata": {"name": "c"}})).await;
    assert_eq!(code, StatusCode::FORBIDDEN, "{body}");

    let developers = comes(world, "production/payments-developers", "prod-eu");
    assert_eq!(status(&developers, "/api/v1/namespaces/payments/secrets?limit=1").await, 200);
    assert_eq!(status(&developers, "/api/v1/namespaces/search/pods?limit=1").await, 403);
    assert_eq!(status(&developers, "/api/v1/pods?limit=1").await, 403, "a scope of namespaces is not the cluster");

    let viewer = comes(world, "production/data-engineering", "prod-eu");
    assert_eq!(status(&viewer, "/api/v1/pods?limit=1").await, 200);
    assert_eq!(status(&viewer, "/api/v1/secrets?limit=1").await, 403);
}

#[tokio::test]
async fn a_review_names_the_policy_that_allows() {
    let world = shared().await;
    let oncall = comes(world, "production/sre-oncall", "prod-eu");
    let told = review(&oncall, json!({"verb": "list", "resource": "pods"})).await;
    let id = user(&oncall).await["extra"]["principalId"][0].clone();
    let policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy";
    let reason = format!(
        "EKS Access Policy: allowed by ClusterRoleBinding \"arn:aws:iam::111122223333:role/sre-oncall+{policy}\" of ClusterRole \"{policy}\" to User {id}"
    );
    assert_eq!(told, json!({"allowed": true, "reason": reason}));
    let rules = json!({"spec": {"namespace": "shop"}});
    let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
    let rules = oncall.create(path, &rules).await.1["status"]["resourceRules"].clone();
    let all = json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"]});
    assert!(rules.as_array().expect("rules").contains(&all), "{rules}");
}

#[tokio::test]
async fn an_entry_counts_alone_and_the_config_map_where_there_is_none() {
    let world = shared().await;
    let both = user(&comes(world, "production/data-engineering", "prod-eu")).await;
    assert_eq!(both["groups"], json!(["system:authenticated"]), "aws-auth says more, and is not asked");
    assert_eq!(both["username"], "arn:aws:sts::111122223333:assumed-role/data-engineering/demo");
    let mapped = user(&comes(world, "production/platform-admin", "prod-eu")).await;
    assert_eq!(mapped["username"], "platform-admin:demo");
    assert_eq!(mapped["groups"], json!(["system:masters", "system:authenticated"]));
    assert_eq!(mapped["extra"]["canonicalArn"], json!(["arn:aws:iam::111122223333:role/platform-admin"]));
    let jenkins = user(&comes(world, "production/jenkins", "prod-eu")).await;
    assert_eq!((jenkins["username"].clone(), jenkins["groups"][0].clone()), (json!("jenkins"), json!("deployers")));
    // its role has a path, and aws-auth names it without, as it must
    let deployer = comes(world, "staging/ci-deployer", "staging");
    assert_eq!(status(&deployer, "/api/v1/secrets?limit=1").await, 200);
    assert_eq!(status(&comes(world, "production/ci-deployer", "prod-eu"), "/version").await, 401, "nobody mapped it");
    assert_eq!(status(&comes(world, "staging/platform-admin", "prod-eu"), "/version").await, 401);
}

#[tokio::test]
async fn what_is_taken_away_is_gone_at_once() {
    let world = quiet().await;
    let admin = comes(&world, "production/platform-admin", "prod-eu");
    assert_eq!(status(&admin, "/api/v1/secrets?limit=1").await, 200);
    let owner = Client::new(&world.kubeconfig(), "prod-eu");
    let path = "/api/v1/namespaces/kube-system/configmaps/aws-auth";
    let empty = json!({"data": {"mapRoles": "[]\n"}});
    owner.send("PATCH", path, "application/merge-patch+json", &empty).await;
    assert_eq!(status(&admin, "/version").await, 401);
}

#[tokio::test]
async fn nobody_gets_access_policies_by_impersonation() {
    let world = shared().await;
    let oncall = user(&comes(world, "production/sre-oncall", "prod-eu")).await;
    let name = oncall["username"].as_str().expect("a name");
    let as_oncall = Client::new(&world.kubeconfig(), "prod-eu").with("impersonate-user", name);
    assert_eq!(status(&as_oncall, "/api/v1/pods?limit=1").await, 403);
}
