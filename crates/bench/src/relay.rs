//! One upstream watch per viewer: how many consoles do it. Typed with kube-rs, written out as the viewer gets it.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use futures::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, WatchEvent, WatchParams};
use kube::{Api, Client};
use serde_json::json;
use tokio::net::TcpListener;

pub(crate) async fn run(server: &str) -> anyhow::Result<()> {
    let client = crate::typed_list::client(server)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen")?;
    crate::say(&json!({"relay": format!("http://{}", listener.local_addr()?)}))?;
    axum::serve(listener, Router::new().route("/pods", get(pods)).with_state(client)).await.context("cannot serve")
}

/// Changes from now on. Generous: the list of all pods that such a console makes first is left out.
async fn pods(State(client): State<Client>) -> impl IntoResponse {
    let body = changes(client).await.map_or_else(|_| Body::empty(), Body::from_stream);
    ([(header::CONTENT_TYPE, "text/event-stream")], body)
}

async fn changes(client: Client) -> kube::Result<impl futures::Stream<Item = Result<String, Infallible>>> {
    let pods: Api<Pod> = Api::all(client);
    let version = pods.list(&ListParams::default().limit(1)).await?.metadata.resource_version.unwrap_or_default();
    let events = pods.watch(&WatchParams::default().timeout(290), &version).await?.boxed();
    Ok(events.filter_map(|event| {
        let line = match event {
            Ok(WatchEvent::Modified(pod)) => serde_json::to_string(&pod).ok(),
            _ => None,
        };
        std::future::ready(line.map(|line| Ok(format!("event: pod\ndata: {line}\n\n"))))
    }))
}
