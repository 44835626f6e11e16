//! The API server: authenticate, authorise, answer.

mod authn;
mod authz;
mod discovery;
mod exec;
mod failure;
mod list;
mod metrics;
mod openapi;
mod openid;
mod patch;
mod pod_log;
mod protobuf;
mod read;
mod remove;
mod request;
mod respond;
mod review;
mod table;
mod version;
mod watch;
mod write;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::Method;

pub(crate) use failure::Failure;
use request::{Call, Target};

use crate::cluster::Cluster;
use crate::registry::Source;

/// Bodies beyond this are refused, as etcd's limit makes the real one do.
const BODY_LIMIT: usize = 3 * 1024 * 1024;

pub(crate) fn router(cluster: Arc<Cluster>) -> Router {
    Router::new().fallback(serve).with_state(cluster)
}

async fn serve(State(cluster): State<Arc<Cluster>>, request: Request) -> Response {
    match answer(&cluster, request).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn answer(cluster: &Arc<Cluster>, request: Request) -> Result<Response, Failure> {
    let user = authn::caller(cluster, request.headers())?;
    let call = Call::parse(cluster, request.method(), request.uri(), user)?;
    authz::check(cluster, &call)?;
    match &call.target {
        Target::Path(path) => path_answer(cluster, &call, path, request.headers()),
        Target::Resource(_) => resource_answer(cluster, call, request).await,
    }
}

fn path_answer(cluster: &Cluster, call: &Call, path: &str, headers: &http::HeaderMap) -> Result<Response, Failure> {
    if call.method != Method::GET {
        return Err(Failure::method_not_allowed());
    }
    version::answer(cluster, path)
        .or_else(|| discovery::answer(cluster, path, headers))
        .or_else(|| openapi::answer(cluster, path))
        .or_else(|| openid::answer(cluster, path))
        .ok_or_else(Failure::no_such_path)
}

async fn resource_answer(cluster: &Arc<Cluster>, call: Call, request: Request) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    match call.place()?.subresource.as_deref() {
        Some("log") if call.verb == "get" => return pod_log::answer(cluster, &call),
        Some("exec" | "attach" | "portforward") => return exec::answer(cluster, &call, request).await,
        _ => {}
    }
    match call.verb {
        "list" | "get" if call.place()?.kind.source == Source::Metrics => metrics::answer(cluster, &call),
        "list" => list::answer(cluster, &call, &headers),
        "watch" => watch::answer(cluster, &call, &headers),
        "get" => read::answer(cluster, &call, &headers),
        _ => {
            let body = request::body(request.into_body()).await?;
            write_answer(cluster, &call, &headers, &body)
        }
    }
}

fn write_answer(
    cluster: &Cluster,
    call: &Call,
    headers: &http::HeaderMap,
    body: &bytes::Bytes,
) -> Result<Response, Failure> {
    if call.is_review() {
        return review::answer(cluster, call, body);
    }
    if call.place()?.kind.source == Source::Metrics {
        return Err(Failure::method_not_allowed());
    }
    match call.verb {
        "create" => write::create(cluster, call, headers, body),
        "update" => write::update(cluster, call, headers, body),
        "patch" => write::patch(cluster, call, headers, body),
        "delete" => remove::one(cluster, call, body),
        "deletecollection" => remove::collection(cluster, call, body),
        _ => Err(Failure::method_not_allowed()),
    }
}
