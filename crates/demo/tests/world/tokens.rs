//! Tokens of service accounts: at the API server, at STS and at EKS Auth.

use http::StatusCode;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::client::Client;
use crate::shared;
use crate::writes::Place;

async fn token(client: &Client, namespace: &str, account: &str, audiences: &Value) -> String {
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token");
    let (status, body) = client.create(&path, &json!({"spec": {"audiences": audiences}})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["status"]["token"].as_str().expect("a token").to_owned()
}

async fn example(cluster: &str, account: &str, audience: &str) -> String {
    let client = Client::new(&shared().await.kubeconfig(), cluster);
    token(&client, "aws-examples", account, &json!([audience])).await
}

#[tokio::test]
async fn a_token_is_its_accounts_until_that_goes() {
    let place = Place::new("tokens").await;
    let accounts = place.core("serviceaccounts");
    place.client.create(&accounts, &json!({"metadata": {"name": "robot"}})).await;
    let robot = place.client.clone().token(&token(&place.client, "tokens", "robot", &json!([])).await);
    let review = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let user = robot.create(path, &review).await.1["status"]["userInfo"].clone();
    assert_eq!(user["username"], "system:serviceaccount:tokens:robot");
    let groups = json!(["system:serviceaccounts", "system:serviceaccounts:tokens", "system:authenticated"]);
    assert_eq!(user["groups"], groups);
    assert_eq!(robot.get("/openid/v1/jwks").await.1["keys"][0]["alg"], "ES256");
    let elsewhere = token(&place.client, "tokens", "robot", &json!(["sts.amazonaws.com"])).await;
    let (status, _) = place.client.clone().token(&elsewhere).get("/version").await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "it is for somebody else");
    let short = json!({"spec": {"expirationSeconds": 60}});
    let (status, body) = place.client.create(&format!("{accounts}/robot/token"), &short).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    let path = format!("{accounts}/robot");
    place.client.send("DELETE", &path, "application/json", &Value::Null).await;
    place.client.create(&accounts, &json!({"metadata": {"name": "robot"}})).await;
    assert_eq!(robot.get("/version").await.0, StatusCode::UNAUTHORIZED, "the next of its name is another");
}

#[tokio::test]
async fn a_role_lets_in_whom_its_trust_names() {
    let aws = Aws(shared().await.aws(), 0);
    let become_role = async |token: &str, role: &str| {
        let form = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=pod&RoleArn=arn:aws:iam::111122223333:role/prod-eu-{role}&WebIdentityToken={token}"
        );
        aws.raw(("POST", "/"), "", &form).await
    };
    let audience = "sts.amazonaws.com";
    let own = example("prod-eu", "well-made", audience).await;
    let (status, body) = become_role(&own, "well-made").await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("system:serviceaccount:aws-examples:well-made"), "{body}");
    assert_eq!(become_role(&own, "bounded").await.0, 403, "another's role");
    assert_eq!(become_role(&own, "open-trust").await.0, 200, "that is what is wrong with it");
    let staging = example("staging", "foreign-issuer", audience).await;
    assert_eq!(become_role(&staging, "foreign-issuer").await.0, 200, "it trusts the other cluster's tokens");
    let same_name = example("prod-eu", "foreign-issuer", audience).await;
    assert_eq!(become_role(&same_name, "foreign-issuer").await.0, 403);
    let (status, body) = become_role(&example("prod-eu", "well-made", "elsewhere").await, "well-made").await;
    assert!(status == 400 && body.contains("Incorrect token audience"), "{status} {body}");
}

#[tokio::test]
async fn a_pod_becomes_what_its_association_says() {
    let aws = Aws(shared().await.aws(), 0);
    let ask = async |account: &str, audience: &str| {
        let body = json!({"token": example("prod-eu", account, audience).await}).to_string();
        let path = ("POST", "/clusters/prod-eu/assume-role-for-pod-identity");
        let (status, body) = aws.send("eks-auth", path, &body).await;
        (status, serde_json::from_str::<Value>(&body).expect("JSON"))
    };
    let audience = "pods.eks.amazonaws.com";
    let (status, told) = ask("role-chain", audience).await;
    assert_eq!(status, 200, "{told}");
    let arn = told["assumedRoleUser"]["arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:sts::111122223333:assumed-role/prod-eu-role-chain/eks-prod-eu-"), "{arn}");
    let (_, told) = ask("target-role", audience).await;
    let arn = told["assumedRoleUser"]["arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:sts::999988887777:assumed-role/lake-target/"), "it goes on: {arn}");
    let (status, told) = ask("well-made", audience).await;
    assert_eq!(status, 404, "it has an annotation: {told}");
    let (status, told) = ask("role-chain", "sts.amazonaws.com").await;
    assert_eq!(status, 400, "its token is for another: {told}");
}
