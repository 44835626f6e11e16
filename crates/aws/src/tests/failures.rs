use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use periscope_model::Gap;
use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::{CLUSTER_ARN, cluster, options, start};
use crate::{Aws, Scope};

fn described() -> Value {
    json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod", "version": "1.33", "status": "ACTIVE"}})
}

/// What is said when the cluster cannot be described.
async fn told(fake: &Fake) -> Gap {
    told_by(&start(fake)).await
}

async fn told_by(aws: &Aws) -> Gap {
    aws.refresh(Scope::Cluster(cluster())).await;
    aws.cluster(&cluster()).expect("an EKS cluster").eks.gaps.into_iter().next().expect("a gap")
}

fn error(status: u16, code: &'static str, message: &str) -> Reply {
    Reply::Error { status, code, message: message.into() }
}

/// Fails this often, then answers.
async fn fails(times: usize, reply: Reply) -> (Fake, Aws) {
    let fake = Fake::start().await;
    let left = AtomicUsize::new(times);
    fake.on("DescribeCluster", move |_| {
        let one_less = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if one_less.is_ok() { reply.clone() } else { Reply::Answer(described()) }
    });
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    (fake, aws)
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for reply in [
        error(400, "ThrottlingException", "Rate exceeded"),
        error(429, "TooManyRequestsException", "slow down"),
        error(500, "ServerException", "sorry"),
        error(503, "ServiceUnavailableException", "sorry"),
        Reply::Raw { status: 502, kind: "text/html", body: "<html>bad gateway</html>".into() },
        Reply::Cut,
    ] {
        let (fake, aws) = fails(2, reply.clone()).await;
        let eks = aws.cluster(&cluster()).expect("a cluster").eks;
        assert_eq!((eks.gaps, eks.value.is_some()), (Vec::new(), true), "{reply:?}");
        assert_eq!(fake.counts()["DescribeCluster"], 3, "{reply:?}");
    }
}

#[tokio::test]
async fn but_not_for_ever() {
    let fake = Fake::start().await;
    fake.always("DescribeCluster", error(400, "ThrottlingException", "Rate exceeded"));
    let gap = told(&fake).await;
    assert_eq!((gap.code.as_str(), fake.counts()["DescribeCluster"]), ("AWS_THROTTLED", 4));
    assert!(gap.what.ends_with("AWS asks to slow down, also after 4 tries"), "{gap:?}");
}

#[tokio::test]
async fn roles_of_one_account_share_how_fast_it_is_asked() {
    let fake = Fake::start().await;
    fake.answers("AssumeRole", serde_json::json!({"Credentials": {"AccessKeyId": "ASIAREADER", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T13:00:00Z"}}));
    fake.answers("DescribeCluster", described());
    let mut options = options(&fake);
    // Three at once, as many as STS needs here, and the next not before this test is over. Both clusters want three of EKS.
    (options.limits.rate, options.limits.burst) = (0.01, 3);
    options.limits.refresh = std::time::Duration::from_secs(1);
    let mut other = options.clusters[0].clone();
    other.cluster = periscope_model::ClusterId::new("other").expect("an id");
    for (at, target) in [&mut options.clusters[0], &mut other].into_iter().enumerate() {
        let role_arn = format!("arn:aws:iam::111122223333:role/reader-{at}");
        target.assume_role = Some(crate::RoleToAssume { role_arn, external_id: None });
    }
    options.clusters.push(other);
    let aws = Aws::start(options);
    aws.refresh(Scope::Everything).await;
    let operations: Vec<String> = fake.asked().into_iter().map(|asked| asked.operation).collect();
    let eks = ["DescribeCluster", "ListAccessEntries", "ListPodIdentityAssociations"];
    let of_eks = operations.iter().filter(|operation| eks.contains(&operation.as_str())).count();
    assert!((1..=3).contains(&of_eks), "{operations:?}");
}

#[tokio::test]
async fn whoever_is_not_aws_is_told_apart_from_what_is_not_there() {
    let fake = Fake::start().await;
    for reply in [
        Reply::html(404),
        Reply::html(500),
        Reply::html(200),
        Reply::Raw { status: 404, kind: "application/json", body: "{}".into() },
    ] {
        fake.always("DescribeCluster", reply.clone());
        let gap = told(&fake).await;
        assert_eq!(gap.code, "AWS_UNSUPPORTED", "{reply:?}: {gap:?}");
    }
    fake.always("DescribeCluster", error(404, "ResourceNotFoundException", "No cluster found for name: prod."));
    let gap = told(&fake).await;
    assert_eq!(gap.code, "AWS_NOT_FOUND");
    fake.always("GetAccountAuthorizationDetails", Reply::html(501));
    let aws = start(&fake);
    aws.refresh(Scope::Everything).await;
    let iam = aws.account(super::ACCOUNT).expect("an account");
    assert_eq!(iam.gaps[0].code, "AWS_UNSUPPORTED", "{:?}", iam.gaps);
    assert!(!iam.value.expect("what was wanted: nothing").whole);
}

#[tokio::test]
async fn nobody_is_followed_elsewhere_with_a_signature() {
    let (fake, elsewhere) = (Fake::start().await, Fake::start().await);
    fake.always("DescribeCluster", Reply::Moved(format!("{}/clusters/prod", elsewhere.url())));
    assert_eq!(told(&fake).await.code, "AWS_UNSUPPORTED");
    assert_eq!(elsewhere.asked().len(), 0);
}

#[tokio::test]
async fn answers_that_break_off_are_unreadable() {
    let fake = Fake::start().await;
    fake.always(
        "DescribeCluster",
        Reply::Raw { status: 200, kind: "application/json", body: "{\"cluster\": {".into() },
    );
    assert_eq!(told(&fake).await.code, "AWS_UNREADABLE");
    let truncated = "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><RoleDetailList><member><Arn>x</A";
    fake.always("GetAccountAuthorizationDetails", Reply::Raw { status: 200, kind: "text/xml", body: truncated.into() });
    let aws = start(&fake);
    aws.refresh(Scope::Everything).await;
    let gaps = aws.account(super::ACCOUNT).expect("an account").gaps;
    assert_eq!(gaps[0].code, "AWS_UNREADABLE", "{gaps:?}");
}

#[tokio::test]
async fn answers_without_an_end_are_cut() {
    let fake = Fake::start().await;
    fake.always(
        "DescribeCluster",
        Reply::Raw { status: 200, kind: "application/json", body: " ".repeat((32 << 20) + 1) },
    );
    assert_eq!(told(&fake).await.code, "AWS_TOO_LARGE");
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let fake = Fake::start().await;
    let mut options = options(&fake);
    drop(fake);
    options.limits.attempts = 2;
    let gap = told_by(&Aws::start(options)).await;
    assert_eq!(gap.code, "AWS_UNREACHABLE");
    assert!(gap.what.contains("refused"), "{gap:?}");
}

#[tokio::test]
async fn silence_ends() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let fake = Fake::start().await;
    let mut options = options(&fake);
    options.endpoints.all = Some(format!("http://{}", listener.local_addr().expect("an address")));
    options.limits.attempts = 2;
    options.limits.attempt = std::time::Duration::from_millis(50);
    let gap = told_by(&Aws::start(options)).await;
    assert_eq!(gap.code, "AWS_UNREACHABLE");
    assert!(gap.what.contains("was not answered within"), "{gap:?}");
}

#[tokio::test]
async fn what_was_read_stays_with_its_age_when_it_cannot_be_read_again() {
    let (fake, aws) = fails(0, Reply::Cut).await;
    let before = aws.cluster(&cluster()).expect("a cluster").eks;
    fake.always("DescribeCluster", Reply::denied("no"));
    aws.refresh(Scope::Cluster(cluster())).await;
    let after = aws.cluster(&cluster()).expect("a cluster").eks;
    assert_eq!((after.value.clone(), after.at), (before.value, before.at));
    assert_eq!(after.gaps[0].needs_aws[0].to_string(), format!("eks:DescribeCluster on {CLUSTER_ARN}"));
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_by_theirs() {
    let fake = Fake::start().await;
    fake.on("DescribeCluster", |asked| {
        let signed = asked.headers.get("x-amz-date").and_then(|date| date.to_str().ok()).unwrap_or_default();
        if signed.starts_with("20261126T13") {
            Reply::Answer(described())
        } else {
            Reply::Skewed("Thu, 26 Nov 2026 13:00:00 GMT")
        }
    });
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, []);
    assert_eq!(fake.counts()["DescribeCluster"], 2);
    fake.always("DescribeCluster", Reply::Skewed("Thu, 26 Nov 2026 13:00:00 GMT"));
    let gap = told_by(&aws).await;
    assert_eq!((gap.code.as_str(), fake.counts()["DescribeCluster"]), ("AWS_CLOCK_SKEW", 4));
}

#[tokio::test]
async fn nothing_is_asked_before_somebody_looks() {
    let fake = Arc::new(Fake::start().await);
    fake.answers("DescribeCluster", described());
    let aws = start(&fake);
    tokio::task::yield_now().await;
    assert_eq!(fake.asked().len(), 0);
    let mut changed = aws.changed();
    aws.cluster(&cluster());
    let read = async {
        while aws.cluster(&cluster()).expect("a cluster").eks.value.is_none() {
            changed.changed().await.expect("it goes on");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), read).await.expect("looking is enough");
}

#[tokio::test]
async fn an_answer_that_is_called_a_page_is_still_one() {
    let fake = Fake::start().await;
    let body = described().to_string();
    fake.always("DescribeCluster", Reply::Raw { status: 200, kind: "text/html; charset=utf-8", body });
    let list =
        "<ListOpenIDConnectProvidersResponse><ListOpenIDConnectProvidersResult/></ListOpenIDConnectProvidersResponse>";
    fake.always("ListOpenIDConnectProviders", Reply::Raw { status: 200, kind: "text/html", body: list.into() });
    let aws = start(&fake);
    aws.refresh(Scope::Everything).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").eks.gaps, []);
    let iam = aws.account(super::ACCOUNT).expect("an account").value.expect("read");
    assert_eq!(iam.oidc_providers, Some(Vec::new()));
    let page = "<!DOCTYPE html><title>sign in</title>";
    fake.always("ListOpenIDConnectProviders", Reply::Raw { status: 200, kind: "text/xml", body: page.into() });
    aws.refresh(Scope::Everything).await;
    let gaps = aws.account(super::ACCOUNT).expect("an account").gaps;
    assert!(gaps.iter().any(|gap| gap.code == "AWS_UNSUPPORTED" && gap.what.contains("providers")), "{gaps:?}");
}

#[tokio::test]
async fn a_refusal_says_why_once() {
    let fake = Fake::start().await;
    let who =
        "User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform: eks:DescribeCluster";
    for (message, why) in [
        (
            format!("{who} on resource: {CLUSTER_ARN} with an explicit deny in a service control policy"),
            " (explicit deny in a service control policy)",
        ),
        (
            format!("{who} on resource: {CLUSTER_ARN} because no identity-based policy allows it"),
            " (no identity-based policy allows it)",
        ),
        ("computer says no".to_owned(), " (computer says no)"),
    ] {
        fake.always("DescribeCluster", Reply::denied(&message));
        let gap = told(&fake).await;
        assert!(gap.what.ends_with(&format!(" is missing{why}")), "{gap:?}");
    }
}
