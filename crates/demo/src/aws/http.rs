//! One HTTP server for every service: reads the signature's scope, finds who calls, answers in the service's protocol.

mod call;
mod failure;
mod page;
mod protocol;
mod signature;
mod xml;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use http::request::Parts;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

pub(super) use call::{Call, denies};
pub(super) use failure::{Failure, Reply};
pub(super) use page::Pages;
pub(super) use signature::Presigned;

use super::Aws;
use crate::cluster::Cluster;
use protocol::Protocol;

/// Larger than any request AWS takes here.
const BODY_LIMIT: usize = 1024 * 1024;

/// What the requests are answered from.
pub(crate) struct Service {
    pub(crate) aws: Arc<Aws>,
    pub(crate) clusters: Vec<Arc<Cluster>>,
    /// Where each of `clusters` is served.
    pub(crate) servers: Vec<String>,
    pub(crate) ca_pem: String,
}

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the world's AWS is switched off")]
struct SwitchedOff;

/// Runs until dropped; connections end with it.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, Arc::clone(&service)))),
                Err(error) => tracing::debug!(%error, "a connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, service: Arc<Service>) {
    // answers are small; a socket that refuses is only slower
    let _ = stream.set_nodelay(true);
    let handler = service_fn(move |request: Request<Incoming>| {
        let service = Arc::clone(&service);
        async move {
            let (delay, off) = {
                let faults = service.aws.faults.read();
                (faults.delay, faults.unreachable)
            };
            if let Some(delay) = delay {
                tokio::time::sleep(delay).await;
            }
            if off {
                return Err(SwitchedOff);
            }
            let (parts, body) = request.into_parts();
            let Ok(body) = axum::body::to_bytes(Body::new(body), BODY_LIMIT).await else { return Err(SwitchedOff) };
            let Ok(response) = Ok::<_, Infallible>(answer(&service, &parts, &body));
            Ok(response)
        }
    });
    let served = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), handler).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection to the world's AWS ended early");
    }
}

fn answer(service: &Service, parts: &Parts, body: &Bytes) -> Response<Body> {
    let request = call::id(&service.aws);
    match Call::parse(service, parts, body) {
        Ok((call, protocol)) => {
            let reply = call.admitted().and_then(|()| dispatch(&call));
            protocol.response(&call.action, &request, reply)
        }
        Err((failure, protocol)) => protocol.response("", &request, Err(failure)),
    }
}

fn dispatch(call: &Call<'_>) -> Reply {
    match call.protocol {
        Protocol::Eks => super::eks::answer(call),
        Protocol::EksAuth => super::eks_auth::answer(call),
        Protocol::Iam => super::iam::answer(call),
        Protocol::Sts => super::sts::answer(call),
        Protocol::Organizations => super::organizations::answer(call),
        Protocol::Ec2 => super::ec2::answer(call),
    }
}
