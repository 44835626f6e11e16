use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use periscope_model::ManualClock;
use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::{ACCOUNT, CLUSTER_ARN, NOW, cluster, options};
use crate::{Aws, AwsOptions, CredentialSource, Endpoints, RoleToAssume, Scope, Surroundings};

const ROLE: &str = "arn:aws:iam::111122223333:role/periscope";

fn after(minutes: i64) -> String {
    let now: Timestamp = NOW.parse().expect("a time");
    (now + SignedDuration::from_mins(minutes)).to_string()
}

fn keys(id: &str, minutes: i64) -> Value {
    json!({"Credentials": {"AccessKeyId": id, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": after(minutes)}})
}

fn answering(fake: &Fake, account: &str) {
    fake.answers("DescribeCluster", json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod"}}));
    fake.answers(
        "GetCallerIdentity",
        json!({"Arn": format!("arn:aws:sts::{account}:assumed-role/periscope/pod"), "Account": account}),
    );
}

pub(super) fn web_identity(folder: &Path) -> CredentialSource {
    let token_file = folder.join("token");
    std::fs::write(&token_file, "web-token\n").expect("a file");
    CredentialSource::WebIdentity { role_arn: ROLE.into(), token_file, session: "periscope".into() }
}

async fn describe(aws: &Aws) {
    aws.refresh(Scope::Cluster(cluster())).await;
}

#[tokio::test]
async fn a_web_identity_becomes_its_role_and_is_renewed_ahead() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    fake.on("AssumeRoleWithWebIdentity", |asked| {
        assert_eq!(
            (asked.input("RoleArn"), asked.input("WebIdentityToken"), asked.key.as_str()),
            (ROLE, "web-token", "")
        );
        Reply::Answer(keys("ASIAWEB", 60))
    });
    let clock = Arc::new(ManualClock::at(NOW.parse().expect("a time")));
    let credentials = web_identity(folder.path());
    let aws = Aws::start(AwsOptions { credentials, clock: clock.clone(), ..options(&fake) });
    describe(&aws).await;
    describe(&aws).await;
    assert_eq!(fake.asked_of("AssumeRoleWithWebIdentity").len(), 1);
    assert!(fake.asked_of("DescribeCluster").iter().all(|asked| asked.key == "ASIAWEB"));
    let token = fake.asked_of("DescribeCluster")[0].headers.get("x-amz-security-token").cloned();
    assert_eq!(token.expect("a session"), "t");
    clock.advance_seconds(56 * 60);
    describe(&aws).await;
    assert_eq!(fake.asked_of("AssumeRoleWithWebIdentity").len(), 2);
}

#[tokio::test]
async fn keys_that_are_refused_are_replaced_once() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    let mut given = 0;
    fake.on("AssumeRoleWithWebIdentity", move |_| {
        given += 1;
        Reply::Answer(keys(["ASIAFIRST", "ASIASECOND"][given.min(2) - 1], 60))
    });
    fake.on("DescribeCluster", |asked| match asked.key.as_str() {
        "ASIAFIRST" => Reply::Error {
            status: 403,
            code: "ExpiredTokenException",
            message: "The security token included in the request is expired".into(),
        },
        _ => Reply::Answer(json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod"}})),
    });
    let aws = Aws::start(AwsOptions { credentials: web_identity(folder.path()), ..options(&fake) });
    describe(&aws).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, []);
    fake.always(
        "DescribeCluster",
        Reply::Error { status: 403, code: "ExpiredTokenException", message: "is expired".into() },
    );
    let before = fake.asked_of("DescribeCluster").len();
    describe(&aws).await;
    assert_eq!(fake.asked_of("DescribeCluster").len() - before, 2);
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps[0].code, "AWS_CREDENTIALS");
}

#[tokio::test]
async fn a_role_is_assumed_from_there_and_a_refusal_names_it() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    fake.answers("AssumeRoleWithWebIdentity", keys("ASIAWEB", 60));
    fake.answers("AssumeRole", keys("ASIAREADER", 60));
    let mut options = AwsOptions { credentials: web_identity(folder.path()), ..options(&fake) };
    let reader = "arn:aws:iam::111122223333:role/reader";
    options.clusters[0].assume_role = Some(RoleToAssume { role_arn: reader.into(), external_id: None });
    let aws = Aws::start(options.clone());
    describe(&aws).await;
    assert_eq!(fake.asked_of("AssumeRole")[0].key, "ASIAWEB");
    assert_eq!(fake.asked_of("DescribeCluster")[0].key, "ASIAREADER");
    fake.always("AssumeRole", Reply::denied(&format!("User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform: sts:AssumeRole on resource: {reader}")));
    let aws = Aws::start(options);
    describe(&aws).await;
    let gap = &aws.cluster(&cluster()).expect("a cluster").eks.gaps[0];
    assert_eq!(gap.needs_aws[0].to_string(), format!("sts:AssumeRole on {reader} for {ROLE}"));
}

#[tokio::test]
async fn who_gives_credentials_is_asked_again_when_it_stumbles() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    let mut asked = 0;
    fake.on("AssumeRoleWithWebIdentity", move |_| {
        asked += 1;
        match asked {
            1 => Reply::Cut,
            2 => Reply::Error { status: 400, code: "IDPCommunicationError", message: "later".into() },
            _ => Reply::Answer(keys("ASIAWEB", 60)),
        }
    });
    let aws = Aws::start(AwsOptions { credentials: web_identity(folder.path()), ..options(&fake) });
    describe(&aws).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, []);
    assert_eq!(fake.counts()["AssumeRoleWithWebIdentity"], 3);
}

#[tokio::test]
async fn roles_are_assumed_where_the_process_is() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    fake.answers("AssumeRoleWithWebIdentity", keys("ASIAWEB", 60));
    fake.answers("AssumeRole", keys("ASIAREADER", 60));
    let region = Some("eu-central-1".to_owned());
    let mut options = AwsOptions { credentials: web_identity(folder.path()), region, ..options(&fake) };
    // An opt-in region, which only the other account opted in to.
    options.clusters[0].region = "ap-east-1".into();
    options.clusters[0].arn = "arn:aws:eks:ap-east-1:999988887777:cluster/prod".into();
    let role_arn = "arn:aws:iam::999988887777:role/reader".into();
    options.clusters[0].assume_role = Some(RoleToAssume { role_arn, external_id: None });
    describe(&Aws::start(options)).await;
    assert_eq!(fake.asked_of("AssumeRole")[0].region, "eu-central-1");
    assert_eq!(fake.asked_of("DescribeCluster")[0].region, "ap-east-1");
}

#[tokio::test]
async fn ec2_says_of_ended_keys_what_others_say_of_a_wrong_clock() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    let mut given = 0;
    fake.on("AssumeRoleWithWebIdentity", move |_| {
        given += 1;
        Reply::Answer(keys(["ASIAFIRST", "ASIASECOND"][given.min(2) - 1], 60))
    });
    fake.on("DescribeInstances", |asked| match asked.key.as_str() {
        "ASIAFIRST" => Reply::Error { status: 400, code: "RequestExpired", message: "Request has expired.".into() },
        _ => Reply::Answer(json!({"Reservations": []})),
    });
    let aws = Aws::start(AwsOptions { credentials: web_identity(folder.path()), ..options(&fake) });
    describe(&aws).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").instances.gaps, []);
}

#[tokio::test]
async fn another_account_is_not_asked_about_with_the_wrong_identity() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, "444455556666");
    fake.answers("AssumeRoleWithWebIdentity", keys("ASIAWEB", 60));
    let aws = Aws::start(AwsOptions { credentials: web_identity(folder.path()), ..options(&fake) });
    describe(&aws).await;
    let gap = aws.cluster(&cluster()).expect("a cluster").eks.gaps.remove(0);
    assert_eq!(gap.code, "ACCOUNT_NOT_CONFIGURED");
    assert!(gap.what.contains("assumed-role/periscope/pod, which is of another account"), "{gap:?}");
    assert_eq!(fake.asked_of("DescribeCluster").len(), 0);
}

#[tokio::test]
async fn pod_identity_is_asked_at_its_agent() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    answering(&fake, ACCOUNT);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("http://{}/v1/credentials", listener.local_addr().expect("an address"));
    let body = json!({"AccessKeyId": "ASIAPOD", "SecretAccessKey": "s", "Token": "t", "AccountId": ACCOUNT, "Expiration": after(60)}).to_string();
    let agent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        stream.write_all(b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.expect("sent");
        let (mut stream, _) = listener.accept().await.expect("another, as it stumbled");
        let mut seen = vec![0; 4096];
        let read = stream.read(&mut seen).await.expect("a request");
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.expect("sent");
        String::from_utf8_lossy(&seen[..read]).into_owned()
    });
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "pod-token\n").expect("a file");
    let aws =
        Aws::start(AwsOptions { credentials: CredentialSource::PodIdentity { uri, token_file }, ..options(&fake) });
    describe(&aws).await;
    let request = agent.await.expect("the agent ends").to_lowercase();
    assert!(
        request.starts_with("get /v1/credentials http/1.1\r\n") && request.contains("authorization: pod-token\r\n"),
        "{request}"
    );
    assert_eq!(fake.asked_of("DescribeCluster")[0].key, "ASIAPOD");
}

#[tokio::test]
async fn without_credentials_there_is_a_gap_that_says_why() {
    let fake = Fake::start().await;
    answering(&fake, ACCOUNT);
    let token_file = PathBuf::from("/nowhere/token");
    let credentials = CredentialSource::WebIdentity { role_arn: ROLE.into(), token_file, session: "p".into() };
    let aws = Aws::start(AwsOptions { credentials, ..options(&fake) });
    describe(&aws).await;
    let gap = aws.cluster(&cluster()).expect("a cluster").eks.gaps.remove(0);
    assert_eq!(gap.code, "AWS_CREDENTIALS");
    assert!(gap.what.contains("cannot read the token file /nowhere/token: No such file"), "{gap:?}");
}

fn found(variables: &[(&str, &str)], endpoints: &Endpoints) -> Result<CredentialSource, String> {
    let variable =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let surroundings = Surroundings { variable: &variable, home: None };
    surroundings.credentials(endpoints).map_err(|refusal| refusal.to_string())
}

#[test]
fn pod_identity_goes_before_a_web_identity_and_agents_are_where_aws_puts_them() {
    let aws = Endpoints::default();
    let agent = |uri| {
        [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/t"),
            ("AWS_ROLE_ARN", ROLE),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/w"),
        ]
    };
    for uri in [
        "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1/credentials",
        "http://127.0.0.1:80/",
        "http://localhost/x",
    ] {
        let token_file = "/t".into();
        assert_eq!(found(&agent(uri), &aws), Ok(CredentialSource::PodIdentity { uri: uri.into(), token_file }));
    }
    for uri in [
        "http://169.254.169.254/",
        "http://169.254.170.2/v2/credentials",
        "http://169.254.170.23.evil.example/",
        "http://evil@127.0.0.1/",
        "https://credentials.corp/",
        "file:///x",
        "nonsense",
    ] {
        let refusal = found(&agent(uri), &aws).expect_err(uri);
        assert!(refusal.contains("is no address of a credential agent"), "{refusal}");
    }
    assert!(found(&agent("http://127.0.0.1/")[..1], &aws).expect_err("no token").contains("TOKEN_FILE is not"));
    assert!(matches!(found(&agent("x")[2..], &aws), Ok(CredentialSource::WebIdentity { .. })));
    assert!(found(&agent("x")[3..], &aws).expect_err("no role").contains("AWS_ROLE_ARN is not"));
}

#[test]
fn a_region_is_a_part_of_host_names_and_nothing_else() {
    let told = |region: &'static str| {
        let variable = |name: &str| (name == "AWS_REGION").then(|| region.to_owned());
        Surroundings { variable: &variable, home: None }.region().map_err(|refusal| refusal.to_string())
    };
    assert_eq!(told("eu-west-1"), Ok(Some("eu-west-1".to_owned())));
    assert_eq!(told(""), Ok(None));
    for region in ["x.evil.example/", "eu-west-1@evil.example", "eu west", "EU"] {
        assert!(told(region).expect_err(region).contains("is no region of AWS"));
    }
}

#[test]
fn a_kubeconfigs_plugin_takes_its_profile_from_the_kubeconfig() {
    let refusal = |name: &'static str| {
        let variable = |asked: &str| (asked == name).then(|| "ops".to_owned());
        Surroundings { variable: &variable, home: None }.check_kubeconfig().expect_err(name).to_string()
    };
    for name in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID"] {
        assert!(refusal(name).contains("users[].user.exec.env"), "{}", refusal(name));
    }
}

#[test]
fn endpoints_are_all_here_or_all_away() {
    let of = |all: Option<&str>, eks: Option<&str>| Endpoints {
        all: all.map(str::to_owned),
        eks: eks.map(str::to_owned),
        ..Endpoints::default()
    };
    for (endpoints, here) in [
        (of(None, None), false),
        (of(Some("http://127.0.0.1:1"), None), true),
        (of(Some("http://localhost:1/"), Some("http://[::1]:2")), true),
        (of(Some("https://vpce.corp"), None), false),
        (of(None, Some("https://eks.corp")), false),
    ] {
        assert_eq!((endpoints.check(), endpoints.are_on_loopback()), (Ok(()), here), "{endpoints:?}");
    }
    for endpoints in [
        of(None, Some("http://127.0.0.1:1")),
        of(Some("http://127.0.0.1:1"), Some("https://eks.corp")),
        of(Some("http://aws.corp"), None),
        of(Some("https://aws.corp/path"), None),
        of(Some("http://127.0.0.1:1@evil.example"), None),
        of(Some("nonsense"), None),
        of(Some("127.0.0.1:5000"), None),
        of(Some("localhost"), None),
        of(Some("ftp://127.0.0.1"), None),
    ] {
        endpoints.check().expect_err("not safe");
        assert!(!endpoints.are_on_loopback(), "{endpoints:?}");
    }
}

#[test]
fn whatever_an_sdk_would_take_keys_from_is_refused_beside_a_role_too() {
    let role = [("AWS_ROLE_ARN", ROLE), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/w")];
    assert!(found(&role, &Endpoints::default()).is_ok());
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_SECURITY_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE",
        "AWS_CREDENTIAL_FILE",
    ] {
        let refusal = found(&[role[0], role[1], (name, "hush-hush")], &Endpoints::default()).expect_err(name);
        assert!(refusal.contains(name), "{refusal}");
        let names_a_file = name.contains("PROFILE") || name.contains("FILE");
        assert!(names_a_file || !refusal.contains("hush-hush"), "{refusal}");
    }
}
