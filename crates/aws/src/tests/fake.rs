//! AWS on loopback, as a test says it: with switches for everything that goes wrong.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::model::Model;
use crate::operations::{Service, TABLE};

/// `super::NOW`, as answers say it.
const NOW_THERE: &str = "Thu, 26 Nov 2026 12:00:00 GMT";

/// One question as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// `DescribeCluster`
    pub(super) operation: String,
    /// Names and values, as the protocol sends them.
    pub(super) inputs: Map<String, Value>,
    /// The key id that signed it; empty where nobody did.
    pub(super) key: String,
    /// `eu-west-1`, as signed for.
    pub(super) region: String,
    pub(super) headers: HeaderMap,
}

impl Asked {
    pub(super) fn input(&self, name: &str) -> &str {
        self.inputs.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// In the names of the service's model.
    Answer(Value),
    Error {
        status: u16,
        code: &'static str,
        message: String,
    },
    /// Whatever, as it is.
    Raw {
        status: u16,
        kind: &'static str,
        body: String,
    },
    /// With this `Date`, and refused for the time it was signed at.
    Skewed(&'static str),
    /// It is said to be elsewhere.
    Moved(String),
    /// The connection is closed instead.
    Cut,
}

impl Reply {
    pub(super) fn denied(message: &str) -> Self {
        Self::Error { status: 403, code: "AccessDenied", message: message.to_owned() }
    }

    pub(super) fn html(status: u16) -> Self {
        Self::Raw { status, kind: "text/html", body: "<!doctype html><h1>Not Found</h1>".to_owned() }
    }
}

type Script = Box<dyn FnMut(&Asked) -> Reply + Send>;

#[derive(Default)]
struct State {
    scripts: BTreeMap<&'static str, Script>,
    asked: Vec<Asked>,
    wrong: Vec<String>,
}

pub(super) struct Fake {
    pub(super) address: SocketAddr,
    state: Arc<Mutex<State>>,
    _tasks: JoinSet<()>,
}

impl Fake {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state: Arc<Mutex<State>> = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, state.clone()));
        Self { address, state, _tasks: tasks }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What an operation is answered with from now on. What has no script does not exist.
    pub(super) fn on(&self, operation: &'static str, script: impl FnMut(&Asked) -> Reply + Send + 'static) -> &Self {
        self.state.lock().scripts.insert(operation, Box::new(script));
        self
    }

    pub(super) fn always(&self, operation: &'static str, reply: Reply) -> &Self {
        self.on(operation, move |_| reply.clone())
    }

    pub(super) fn answers(&self, operation: &'static str, answer: Value) -> &Self {
        self.always(operation, Reply::Answer(answer))
    }

    /// How often each operation was asked; whatever was asked wrong is told first.
    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for asked in self.asked() {
            *counts.entry(asked.operation).or_default() += 1;
        }
        counts
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        let state = self.state.lock();
        assert_eq!(state.wrong, Vec::<String>::new());
        state.asked.clone()
    }

    pub(super) fn asked_of(&self, operation: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.operation == operation).collect()
    }
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = state.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(state.clone(), request));
            // How a connection ends is the test's business.
            let _ = http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let (service, asked) = understood(&path, &parts.headers, &body);
    let model = Model::of(service);
    let reply = {
        let mut state = state.lock();
        state.wrong.extend(model.wrong_input(&asked.operation, &asked.inputs));
        let reply = state.scripts.get_mut(asked.operation.as_str()).map(|script| script(&asked));
        state.asked.push(asked.clone());
        // As moto answers what it does not have.
        reply.unwrap_or_else(|| Reply::html(404))
    };
    let date = |text: &str| (header::DATE, text.to_owned());
    let (status, headers, body) = match reply {
        Reply::Cut => return Err(Cut),
        Reply::Moved(place) => (307, vec![(header::LOCATION, place)], String::new()),
        Reply::Raw { status, kind, body } => (status, vec![(header::CONTENT_TYPE, kind.to_owned())], body),
        Reply::Answer(answer) => {
            let (kind, body) = model.written(&asked.operation, &answer);
            (200, vec![(header::CONTENT_TYPE, kind.to_owned())], body)
        }
        Reply::Error { status, code, message } => {
            let (kind, body) = refusal(&model, code, &message);
            (status, vec![(header::CONTENT_TYPE, kind.to_owned()), date(NOW_THERE)], body)
        }
        Reply::Skewed(now) => {
            let message =
                "Signature expired: 20261126T120000Z is now earlier than 20261126T124500Z (20261126T130000Z - 15 min.)";
            let (kind, body) = refusal(&model, "SignatureDoesNotMatch", message);
            (403, vec![(header::CONTENT_TYPE, kind.to_owned()), date(now)], body)
        }
    };
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(body.into())).expect("a response"))
}

#[derive(Debug, thiserror::Error)]
#[error("cut, as the test says")]
struct Cut;

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

fn refusal(model: &Model, code: &str, message: &str) -> (&'static str, String) {
    let message = message.replace('&', "&amp;").replace('<', "&lt;");
    match model.metadata("protocol") {
        "query" => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
            ),
        ),
        "ec2" => (
            "text/xml;charset=UTF-8",
            format!(
                "<?xml version=\"1.0\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
            ),
        ),
        "json" => (
            "application/x-amz-json-1.1",
            json!({"__type": format!("com.amazonaws#{code}"), "Message": message}).to_string(),
        ),
        _ => ("application/json", json!({"__type": code, "message": message}).to_string()),
    }
}

/// Which service is asked what, by the signature's scope or the form.
fn understood(path: &str, headers: &HeaderMap, body: &[u8]) -> (Service, Asked) {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let scope = authorization.split("Credential=").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
    let mut scope = scope.split('/');
    let (key, region) = (scope.next().unwrap_or_default().to_owned(), scope.nth(1).unwrap_or_default().to_owned());
    let signed_for = scope.next().unwrap_or("sts").to_owned();
    let service = Service::ALL.into_iter().find(|one| one.name() == signed_for).expect("a service");
    let model = Model::of(service);
    let (place, query) = path.split_once('?').unwrap_or((path, ""));
    let (operation, inputs) = match model.metadata("protocol") {
        "rest-json" => {
            let (name, mut inputs) = model.at_path(place).unwrap_or_else(|| panic!("nothing is at {place}"));
            inputs.extend(form(query));
            (name.to_owned(), inputs)
        }
        "json" => {
            let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).expect("a target");
            let (prefix, name) = target.split_once('.').expect("a target");
            assert_eq!(prefix, model.metadata("targetPrefix"));
            (name.to_owned(), serde_json::from_slice(body).expect("an object"))
        }
        _ => {
            let mut inputs = form(std::str::from_utf8(body).expect("a form"));
            assert_eq!(inputs.remove("Version"), Some(json!(model.metadata("apiVersion"))));
            let action = inputs.remove("Action").expect("an action");
            (action.as_str().expect("text").to_owned(), inputs)
        }
    };
    assert!(TABLE.iter().any(|spec| spec.name == operation), "{operation} is not in the table");
    (service, Asked { operation, inputs, key, region, headers: headers.clone() })
}

fn form(text: &str) -> Map<String, Value> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().expect("text").into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').expect("a pair"));
    pairs.map(|(name, value)| (decoded(name), decoded(value).into())).collect()
}
