//! EKS clusters: found and entered through AWS, over real TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use periscope_cluster::{
    Connection, ConnectionSource, ConnectionSpec, Eks, EksEndpoint, EksToken, Error, Identity, ServerVersion,
};
use periscope_model::ClusterId;
use serde_json::json;

use crate::server::{Reply, Server, provider};
use crate::tls::{Authority, LOOPBACK, acceptor, authority, signed};

const ARN: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";

/// What AWS says, as a test wants it.
#[derive(Debug, Default)]
struct Aws {
    endpoint: Mutex<Option<EksEndpoint>>,
    good_for: Mutex<Duration>,
    no_tokens: Mutex<bool>,
    described: AtomicUsize,
    tokens: AtomicUsize,
}

#[derive(Debug)]
struct Cluster(Arc<Aws>);

impl Eks for Cluster {
    fn arn(&self) -> &str {
        ARN
    }

    fn endpoint(&self) -> BoxFuture<'static, Result<EksEndpoint, String>> {
        let aws = self.0.clone();
        async move {
            aws.described.fetch_add(1, Ordering::SeqCst);
            aws.endpoint.lock().clone().ok_or_else(|| "refused: eks:DescribeCluster is missing".to_owned())
        }
        .boxed()
    }

    fn token(&self) -> BoxFuture<'static, Result<EksToken, String>> {
        let aws = self.0.clone();
        async move {
            if *aws.no_tokens.lock() {
                return Err("no credentials".to_owned());
            }
            let number = aws.tokens.fetch_add(1, Ordering::SeqCst) + 1;
            Ok(EksToken { value: format!("k8s-aws-v1.{number}"), good_for: *aws.good_for.lock() })
        }
        .boxed()
    }
}

impl Aws {
    fn says(server: &Server, authority: &Authority) -> Arc<Self> {
        let aws = Self::default();
        *aws.good_for.lock() = Duration::from_mins(14);
        aws.moves_to(server, authority);
        Arc::new(aws)
    }

    fn moves_to(&self, server: &Server, authority: &Authority) {
        let endpoint = EksEndpoint { server: server.url(), certificate_authority: authority.pem.clone() };
        *self.endpoint.lock() = Some(endpoint);
    }

    fn asked(&self) -> (usize, usize) {
        (self.described.load(Ordering::SeqCst), self.tokens.load(Ordering::SeqCst))
    }
}

async fn serve(
    authority: &Authority,
    script: impl Fn(&crate::server::Seen) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::start_with(Some(acceptor(&signed(authority, LOOPBACK, |_| {}), None, &["h2"])), script).await
}

fn fine() -> Reply {
    Reply::json(200, &json!({"gitVersion": "v1.36.4-eks-1"}))
}

async fn open(aws: &Arc<Aws>) -> Connection {
    provider();
    let source = ConnectionSource::Eks(Arc::new(Cluster(aws.clone())));
    Connection::open(ConnectionSpec::new(ClusterId::new("prod").expect("an id"), source)).await.expect("a connection")
}

async fn ask(connection: &Connection) -> Result<ServerVersion, Error> {
    connection.version(&Identity::Inventory).await
}

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn tokens(server: &Server) -> Vec<String> {
    server.seen().iter().flat_map(|seen| seen.headers("authorization")).collect()
}

#[tokio::test]
async fn address_trust_and_token_are_asked_for_once_and_when_they_are_needed() {
    let authority = authority();
    let server = serve(&authority, |_| fine()).await;
    let aws = Aws::says(&server, &authority);
    let connection = open(&aws).await;
    assert_eq!((aws.asked(), connection.server(), connection.default_namespace()), ((0, 0), ARN, "default"));
    for answer in futures::future::join_all((0..10).map(|_| ask(&connection))).await {
        answer.expect("a version");
    }
    assert_eq!(aws.asked().0, 1);
    assert_eq!(tokens(&server).len(), 10);
    assert!(server.seen().iter().all(|seen| seen.headers("impersonate") == ["impersonate-user: periscope:inventory"]));
}

#[tokio::test]
async fn a_token_is_renewed_ahead_of_its_end_and_kept_while_there_is_no_other() {
    let authority = authority();
    let server = serve(&authority, |_| fine()).await;
    let aws = Aws::says(&server, &authority);
    let connection = open(&aws).await;
    ask(&connection).await.expect("a version");
    pass(Duration::from_mins(10)).await;
    ask(&connection).await.expect("a version");
    assert_eq!(aws.asked().1, 1);
    pass(Duration::from_mins(2)).await;
    ask(&connection).await.expect("a version");
    assert_eq!(tokens(&server).last().map(String::as_str), Some("authorization: Bearer k8s-aws-v1.2"));
    *aws.no_tokens.lock() = true;
    pass(Duration::from_mins(12)).await;
    ask(&connection).await.expect("the old one is still good");
    pass(Duration::from_mins(3)).await;
    let error = ask(&connection).await.expect_err("no token");
    assert_eq!(error.to_string(), "no credentials");
    assert_eq!(aws.asked().0, 1);
}

#[tokio::test]
async fn a_cluster_that_moved_is_found_again() {
    let authority = authority();
    let first = serve(&authority, |_| fine()).await;
    let aws = Aws::says(&first, &authority);
    let connection = open(&aws).await;
    ask(&connection).await.expect("a version");
    drop(first);
    let second = serve(&authority, |_| fine()).await;
    aws.moves_to(&second, &authority);
    pass(Duration::from_secs(11)).await;
    // Connections that break off under a request are the client's to notice first.
    let mut answer = ask(&connection).await;
    if answer.is_err() {
        answer = ask(&connection).await;
    }
    answer.expect("it is somewhere else now");
    assert_eq!((aws.asked().0, second.seen().len()), (2, 1));
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_not_asked_about_again_and_again() {
    let authority = authority();
    let server = serve(&authority, |_| fine()).await;
    let aws = Aws::says(&server, &authority);
    let connection = open(&aws).await;
    drop(server);
    for _ in 0..5 {
        let error = ask(&connection).await.expect_err("nobody is there");
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    }
    assert_eq!(aws.asked().0, 1);
    pass(Duration::from_secs(11)).await;
    ask(&connection).await.expect_err("still nobody");
    ask(&connection).await.expect_err("still nobody");
    assert_eq!(aws.asked().0, 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let authority = authority();
    let server = serve(&authority, |seen| {
        if seen.headers("authorization") == ["authorization: Bearer k8s-aws-v1.1"] {
            let status = json!({"kind": "Status", "message": "Unauthorized", "code": 401});
            return Reply::json(401, &status);
        }
        fine()
    })
    .await;
    let aws = Aws::says(&server, &authority);
    let connection = open(&aws).await;
    let error = ask(&connection).await.expect_err("refused");
    assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    assert_eq!(aws.asked(), (1, 1), "one that was just made is not replaced");
    pass(Duration::from_secs(11)).await;
    ask(&connection).await.expect("with another token");
    assert_eq!(aws.asked(), (2, 2));
}

#[tokio::test]
async fn what_aws_says_wrong_is_told() {
    let authority = authority();
    let server = serve(&authority, |_| fine()).await;
    let aws = Aws::says(&server, &authority);
    *aws.endpoint.lock() = None;
    let connection = open(&aws).await;
    let text = ask(&connection).await.expect_err("refused").to_string();
    assert_eq!(text, "refused: eks:DescribeCluster is missing");
    for (server, pem, told) in [
        ("http://cluster.example", authority.pem.as_str(), "is not encrypted"),
        ("nonsense:// ", authority.pem.as_str(), "is no address"),
        ("https://cluster.example", "no PEM", "holds no certificate in PEM"),
    ] {
        let endpoint = EksEndpoint { server: server.to_owned(), certificate_authority: pem.to_owned() };
        *aws.endpoint.lock() = Some(endpoint);
        let text = ask(&connection).await.expect_err(told).to_string();
        assert!(text.contains(told), "{text}");
    }
    aws.moves_to(&server, &authority);
    ask(&connection).await.expect("what was wrong is not kept");
    // Trust is in what AWS says, and in nothing else.
    let other = self::authority();
    let aws = Aws::says(&server, &other);
    let text = ask(&open(&aws).await).await.expect_err("another authority").to_string();
    assert!(text.starts_with("no trusted connection to https://"), "{text}");
}
