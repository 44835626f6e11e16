//! An API server on loopback that answers as a test says, and remembers what it was asked.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use parking_lot::Mutex;
use periscope_cluster::{Connection, ConnectionSource, ConnectionSpec, Deadlines, Kubeconfig};
use periscope_model::{ClusterId, KindId, ResourceType};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Longer than anything takes on a busy machine; a test that needs it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) http2: bool,
}

impl Seen {
    /// `name: value` of all headers that begin like this, in the order they came.
    pub(crate) fn headers(&self, prefix: &str) -> Vec<String> {
        let headers = self.headers.iter().filter(|(name, _)| name.as_str().starts_with(prefix));
        headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))).collect()
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Bytes(Bytes),
    /// Nothing more, and no end.
    Silence,
    /// The connection is cut.
    Break,
}

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<Part>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    pub(crate) fn text(status: u16, kind: &str, body: &str) -> Self {
        let body = vec![Part::Bytes(Bytes::copy_from_slice(body.as_bytes()))];
        Self { status, headers: vec![("content-type", kind.to_owned())], body }
    }

    pub(crate) fn parts(body: impl IntoIterator<Item = Part>) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status: 200, headers, body: body.into_iter().collect() }
    }

    /// Not even headers.
    pub(crate) fn silence() -> Self {
        Self { status: 0, headers: Vec::new(), body: Vec::new() }
    }

    #[must_use]
    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

pub(crate) fn part(text: &str) -> Part {
    Part::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    secure: bool,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

type Script = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Server {
    /// Plain HTTP: allowed on loopback, and enough for most.
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(None, script).await
    }

    pub(crate) async fn start_with(
        tls: Option<TlsAcceptor>,
        script: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        provider();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let mut tasks = JoinSet::new();
        let secure = tls.is_some();
        let script: Script = Arc::new(script);
        tasks.spawn(accept(listener, tls, Arc::clone(&seen), script));
        Self { address, secure, seen, _tasks: tasks }
    }

    /// The same answer to everything.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }

    pub(crate) fn kubeconfig(&self) -> String {
        kubeconfig(&self.url(), "", "token: secret-token")
    }

    pub(crate) async fn connection(&self) -> Connection {
        open(self.kubeconfig()).await
    }

    /// With deadlines that a test can wait for.
    pub(crate) async fn impatient(&self) -> Connection {
        let mut spec = spec(self.kubeconfig());
        let soon = Duration::from_secs(1);
        spec.deadlines = Deadlines {
            call: soon,
            list_headers: soon,
            list_idle: soon,
            watch_headers: soon,
            watch_idle: soon,
            ..Deadlines::default()
        };
        Connection::open(spec).await.expect("a connection")
    }
}

/// One context; `cluster` and `user` are further lines of YAML for those entries.
pub(crate) fn kubeconfig(server: &str, cluster: &str, user: &str) -> String {
    let indented = |text: &str| text.replace('\n', "\n    ");
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
         contexts:\n- name: test\n  context: {{cluster: c, user: u}}\n\
         clusters:\n- name: c\n  cluster:\n    server: {server}\n    {}\n\
         users:\n- name: u\n  user:\n    {}\n",
        indented(cluster),
        indented(user)
    )
}

pub(crate) fn spec(kubeconfig: String) -> ConnectionSpec {
    provider();
    let source = ConnectionSource::Kubeconfig { kubeconfig: Kubeconfig::Inline(kubeconfig), context: None };
    ConnectionSpec::new(ClusterId::new("test").expect("an id"), source)
}

pub(crate) async fn open(kubeconfig: String) -> Connection {
    Connection::open(spec(kubeconfig)).await.expect("a connection")
}

pub(crate) fn pods() -> ResourceType {
    ResourceType { kind: KindId::new("", "pods").expect("a kind"), version: "v1".into(), namespaced: true }
}

/// What every process that opens connections does first.
pub(crate) fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    });
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, seen: Arc<Mutex<Vec<Seen>>>, script: Script) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, seen, script) = (tls.clone(), Arc::clone(&seen), Arc::clone(&script));
        connections.spawn(async move {
            match tls {
                None => serve(stream, false, seen, script).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                        serve(stream, http2, seen, script).await;
                    }
                }
            }
        });
    }
}

async fn serve<S>(stream: S, http2: bool, seen: Arc<Mutex<Vec<Seen>>>, script: Script)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let (seen, script) = (Arc::clone(&seen), Arc::clone(&script));
        async move {
            let (parts, body) = request.into_parts();
            let request = Seen {
                method: parts.method.to_string(),
                path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
                headers: parts.headers,
                body: body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default(),
                http2,
            };
            let reply = script(&request);
            seen.lock().push(request);
            if reply.status == 0 {
                std::future::pending::<()>().await;
            }
            Ok::<_, Infallible>(response(reply))
        }
    });
    // How a connection ends is the client's and the test's business.
    let _ = if http2 {
        http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
    } else {
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
    };
}

fn response(reply: Reply) -> Response<http_body_util::combinators::UnsyncBoxBody<Bytes, io::Error>> {
    let parts = stream::iter(reply.body).then(|part| async move {
        match part {
            Part::Bytes(bytes) => Ok(Frame::data(bytes)),
            Part::Silence => std::future::pending().await,
            Part::Break => {
                // What came before is to reach the client first.
                tokio::task::yield_now().await;
                Err(io::Error::other("cut, as the script says"))
            }
        }
    });
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(BodyExt::boxed_unsync(StreamBody::new(parts))).expect("a response")
}
