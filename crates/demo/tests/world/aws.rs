//! The AWS half: over HTTP as its clients speak it, and what it means for pods.

use std::collections::BTreeMap;

use http::StatusCode;
use periscope_demo::{AwsFaults, World, WorldAws, WorldOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::Client;
use crate::{shared, signer};

const EXAMPLES: &str = "/api/v1/namespaces/aws-examples/pods";

/// Requests as the console's role of an account.
pub(crate) struct Aws(pub(crate) WorldAws, pub(crate) usize);

impl Aws {
    pub(crate) async fn send(&self, service: &str, (method, path): (&str, &str), body: &str) -> (u16, String) {
        let host = self.0.endpoint.trim_start_matches("http://");
        let headers = signer::headers(&self.0.accounts[self.1], service, (method, path), (host, body));
        self.raw((method, path), &headers, body).await
    }

    pub(crate) async fn raw(&self, (method, path): (&str, &str), headers: &str, body: &str) -> (u16, String) {
        let host = self.0.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).await.expect("the world listens");
        let kind = if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("the request goes out");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("a whole answer");
        let answer = String::from_utf8(answer).expect("text");
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    async fn iam(&self, form: &str) -> (u16, String) {
        self.send("iam", ("POST", "/"), &format!("{form}&Version=2010-05-08")).await
    }
}

/// A world of the test's own, to change.
async fn small() -> World {
    let options = WorldOptions { quiet: true, pods: Some(120), seed: 7, ..WorldOptions::default() };
    World::start(options).await.expect("a loopback port is all it needs")
}

async fn example_pods(client: &Client) -> BTreeMap<String, Value> {
    let list = client.ok(EXAMPLES).await;
    let pods = list["items"].as_array().expect("pods").iter();
    pods.map(|pod| {
        (pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or_default().to_owned(), pod.clone())
    })
    .collect()
}

fn variable<'a>(pod: &'a Value, name: &str) -> Option<&'a str> {
    let list = pod["spec"]["containers"][0]["env"].as_array()?;
    list.iter().find(|one| one["name"] == name)?["value"].as_str()
}

fn role(pod: &Value) -> Option<&str> {
    variable(pod, "AWS_ROLE_ARN").and_then(|arn| arn.rsplit('/').next())
}

fn is_associated(pod: &Value) -> bool {
    variable(pod, "AWS_CONTAINER_CREDENTIALS_FULL_URI").is_some()
}

#[tokio::test]
async fn pods_have_the_credentials_their_example_is_about() {
    for cluster in ["prod-eu", "staging"] {
        let pods = example_pods(&Client::new(&shared().await.kubeconfig(), cluster)).await;
        let of = |name: &str| pods.get(name).unwrap_or_else(|| panic!("{cluster} has no pod of {name}"));
        for name in
            ["open-trust", "foreign-issuer", "pass-role-any", "bounded", "conditions", "deleted-role", "scp-denied"]
        {
            assert_eq!(role(of(name)), Some(format!("{cluster}-{name}").as_str()));
            assert!(!is_associated(of(name)), "{name}");
        }
        for name in [
            "service-wildcard",
            "shadowed-irsa",
            "default-association",
            "shared-role-a",
            "role-chain",
            "session-policy",
        ] {
            assert!(is_associated(of(name)) && role(of(name)).is_none(), "{name}: the association alone counts");
        }
        for name in ["no-access", "node-fallback", "host-network", "static-keys"] {
            assert!(!is_associated(of(name)) && role(of(name)).is_none(), "{name}");
        }
        assert_eq!(role(of("full-admin-once")), Some(format!("{cluster}-full-admin-job").as_str()));
        assert_eq!(role(of("stale-role")), Some(format!("{cluster}-stale-role-before").as_str()));
        assert!(!pods.contains_key("unbound-association"), "without its service account no pod can be");
        let region = if cluster == "staging" { "eu-central-1" } else { "eu-west-1" };
        assert_eq!(variable(of("open-trust"), "AWS_REGION"), Some(region));
        let mounted = of("open-trust")["spec"]["containers"][0]["volumeMounts"].to_string();
        assert!(mounted.contains("/var/run/secrets/eks.amazonaws.com/serviceaccount"), "{mounted}");
    }
}

#[tokio::test]
async fn every_role_that_is_named_exists_but_the_deleted_one() {
    let world = shared().await;
    for (at, cluster) in ["prod-eu", "staging"].into_iter().enumerate() {
        let aws = Aws(world.aws(), at);
        let accounts = Client::new(&world.kubeconfig(), cluster).ok("/api/v1/serviceaccounts").await;
        let mut named = 0;
        for account in accounts["items"].as_array().expect("service accounts") {
            let Some(arn) = account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].as_str() else { continue };
            let name = arn.rsplit('/').next().unwrap_or_default();
            let (status, body) = aws.iam(&format!("Action=GetRole&RoleName={name}")).await;
            let expected = if name.ends_with("-deleted-role") { 404 } else { 200 };
            assert_eq!(status, expected, "{name}: {body}");
            named += 1;
        }
        assert!(named > 20, "{cluster} has only {named} accounts with a role");
    }
}

#[tokio::test]
async fn a_restart_applies_what_was_changed_since() {
    let world = small().await;
    let client = Client::new(&world.kubeconfig(), "staging");
    let old = example_pods(&client).await.remove("stale-role").expect("a pod");
    let name = old["metadata"]["name"].as_str().expect("a name");
    let (status, _) = client.send("DELETE", &format!("{EXAMPLES}/{name}"), "application/json", &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let mut events =
        client.watch(&format!("{EXAMPLES}?watch=true&labelSelector=app.kubernetes.io%2Fname%3Dstale-role")).await;
    loop {
        let pod = events.next().await.expect("a watch without end")["object"].clone();
        if role(&pod) == Some("staging-stale-role-after") {
            return;
        }
    }
}

#[tokio::test]
async fn an_association_counts_for_pods_made_after_it() {
    let world = small().await;
    let (aws, client) = (Aws(world.aws(), 1), Client::new(&world.kubeconfig(), "staging"));
    let pod = |name: &str| json!({"metadata": {"name": name}, "spec": {"serviceAccountName": "no-access", "containers": [{"name": "app", "image": "app:1"}]}});
    let (_, before) = client.create(EXAMPLES, &pod("before")).await;
    assert!(!is_associated(&before));
    let path = "/clusters/staging/pod-identity-associations";
    let body = json!({"namespace": "aws-examples", "serviceAccount": "no-access", "clientRequestToken": "x",
        "roleArn": "arn:aws:iam::444455556666:role/staging-well-made"});
    let (status, answer) = aws.send("eks", ("POST", path), &body.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    let (_, after) = client.create(EXAMPLES, &pod("after")).await;
    assert!(is_associated(&after), "{after}");
    assert!(!is_associated(&client.ok(&format!("{EXAMPLES}/before")).await), "a pod keeps what it was made with");
    let (status, answer) = aws.send("eks", ("POST", path), &body.to_string()).await;
    assert_eq!((status, answer.contains("already exists")), (409, true), "{answer}");
}

#[tokio::test]
async fn refusals_are_told_as_each_service_tells_them() {
    let aws = Aws(shared().await.aws(), 0);
    let (status, body) = aws.raw(("POST", "/"), "", "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert_eq!(status, 403);
    assert!(body.contains("<Code>MissingAuthenticationToken</Code>"), "{body}");
    let (status, body) = aws.iam("Action=GetRole&RoleName=nobody").await;
    assert!(status == 404 && body.contains("<Code>NoSuchEntity</Code>"), "{status} {body}");
    let (status, body) = aws.send("eks", ("GET", "/clusters/staging"), "").await;
    assert!(status == 404 && body.contains("No cluster found for name: staging."), "{status} {body}");
    let (status, body) = aws.send("eks", ("GET", "/clusters/prod-eu/access-entries?nextToken=x"), "").await;
    assert!(status == 400 && body.contains("token"), "{status} {body}");
}

#[tokio::test]
async fn another_secret_opens_nothing() {
    let mut aws = Aws(shared().await.aws(), 0);
    aws.0.accounts[0].secret_access_key.push('x');
    let (status, body) = aws.iam("Action=ListRoles").await;
    assert!(status == 403 && body.contains("<Code>SignatureDoesNotMatch</Code>"), "{status} {body}");
    let (status, body) = aws.send("eks", ("GET", "/clusters"), "").await;
    assert!(status == 403 && body.contains("The request signature we calculated does not match"), "{status} {body}");
    // of keys that another STS gave out the secret is not known here
    aws.0.accounts[0].access_key_id = "OTHER111122223333".to_owned();
    let (status, body) = aws.send("eks", ("GET", "/clusters"), "").await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test]
async fn the_simulator_names_the_statements_that_decide() {
    let aws = Aws(shared().await.aws(), 0);
    let role = |name: &str| format!("PolicySourceArn=arn:aws:iam::111122223333:role/{name}");
    let backup = format!(
        "Action=SimulatePrincipalPolicy&{}&ActionNames.member.1=s3:DeleteObject&ResourceArns.member.1=arn:aws:s3:::corp-prod-eu-backups/x",
        role("prod-eu-platform-backup")
    );
    let (_, body) = aws.iam(&backup).await;
    for part in [
        "<EvalDecision>explicitDeny</EvalDecision>",
        "<SourcePolicyId>role_prod-eu-platform-backup_access</SourcePolicyId>",
        "<EvalResourceDecision>explicitDeny</EvalResourceDecision>",
        "<Line>2</Line>",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    let given = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sqs:*","Resource":"*"}]}"#;
    let given = percent_encoding::utf8_percent_encode(given, percent_encoding::NON_ALPHANUMERIC);
    let form = format!(
        "Action=SimulatePrincipalPolicy&{}&ActionNames.member.1=sqs:SendMessage&PolicyInputList.member.1={given}",
        role("prod-eu-well-made")
    );
    let (_, body) = aws.iam(&form).await;
    assert!(body.contains("<SourcePolicyId>PolicyInputList.1</SourcePolicyId>"), "{body}");
}

#[tokio::test]
async fn what_is_made_to_fail_fails_and_can_be_mended() {
    let world =
        World::start(WorldOptions { quiet: true, pods: Some(120), ..WorldOptions::default() }).await.expect("a world");
    let aws = Aws(world.aws(), 0);
    let get = "Action=GetRole&RoleName=prod-eu-bounded";
    assert_eq!(aws.iam(get).await.0, 200);
    world.set_aws_faults(AwsFaults { deny: vec!["iam:GetRole".to_owned()], ..AwsFaults::default() });
    let (status, body) = aws.iam(get).await;
    let who = "arn:aws:sts::111122223333:assumed-role/periscope-server/demo is not authorized to perform: iam:GetRole";
    assert!(status == 403 && body.contains("<Code>AccessDenied</Code>") && body.contains(who), "{status} {body}");
    assert_eq!(aws.iam("Action=ListRoles").await.0, 200, "nothing else is denied");
    world.set_aws_faults(AwsFaults { throttle_every: Some(1), ..AwsFaults::default() });
    assert!(aws.iam(get).await.1.contains("<Code>Throttling</Code>"));
    world.set_aws_faults(AwsFaults { unreachable: true, ..AwsFaults::default() });
    assert_eq!(aws.iam(get).await, (0, String::new()));
    world.set_aws_faults(AwsFaults::default());
    assert_eq!(aws.iam(get).await.0, 200);
}

#[tokio::test]
async fn a_migration_stands_in_its_middle() {
    let world = shared().await;
    let map =
        Client::new(&world.kubeconfig(), "prod-eu").ok("/api/v1/namespaces/kube-system/configmaps/aws-auth").await;
    let mapped: Vec<String> = ["mapRoles", "mapUsers"]
        .iter()
        .flat_map(|field| map["data"][field].as_str().unwrap_or_default().lines())
        .filter_map(|line| line.split_once("arn: ").map(|(_, arn)| arn.trim().to_owned()))
        .collect();
    let aws = Aws(world.aws(), 0);
    let (mut entries, mut token) = (Vec::new(), String::new());
    loop {
        let (_, body) = aws.send("eks", ("GET", &format!("/clusters/prod-eu/access-entries{token}")), "").await;
        let page: Value = serde_json::from_str(&body).expect("JSON");
        entries.extend(
            page["accessEntries"]
                .as_array()
                .expect("entries")
                .iter()
                .map(|arn| arn.as_str().unwrap_or_default().to_owned()),
        );
        let Some(next) = page["nextToken"].as_str() else { break };
        token = format!("?nextToken={next}");
    }
    let both = mapped.iter().filter(|arn| entries.contains(arn)).count();
    assert_eq!((mapped.len() - both, both, entries.len() - both), (2, 2, 4));
}
