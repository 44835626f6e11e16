//! `pods/exec` and `pods/attach` over WebSocket, channel protocols v4 and v5.

mod session;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, WebSocketUpgrade};
use axum::response::Response;

use super::Failure;
use super::pod_log::{container_of, status_of};
use super::request::Call;
use crate::cluster::Cluster;
use crate::container::shell::Shell;
use session::Session;

/// Newest first: v5 adds closing one channel.
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

pub(super) async fn answer(cluster: &Arc<Cluster>, call: &Call, request: Request) -> Result<Response, Failure> {
    let place = call.place()?;
    let part = place.subresource.as_deref().unwrap_or_default();
    if part == "portforward" {
        let message = "port forwarding is not possible here: the containers of a demo world do not listen";
        return Err(Failure::new(501, "NotImplemented", message));
    }
    let pod = cluster
        .get("pods", place.namespace(), place.name())
        .ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let first = pod["spec"]["containers"][0]["name"].as_str().map(str::to_owned);
    let container = container_of(&pod, call.param("container").or(first.as_deref()))?;
    let name = container["name"].as_str().unwrap_or_default();
    if !status_of(&pod, name)["state"]["running"].is_object() {
        let message = format!("unable to upgrade connection: container not found (\"{name}\")");
        return Err(Failure::new(500, "InternalError", message));
    }
    if part == "exec" && call.params("command").is_empty() {
        return Err(Failure::bad_request("you must specify at least 1 command for the container"));
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(|_| Failure::bad_request("Upgrade request required"))?.protocols(PROTOCOLS);
    let five = upgrade.selected_protocol().is_some_and(|chosen| chosen.as_bytes() == PROTOCOLS[0].as_bytes());
    let session = Session {
        shell: Shell::new(&pod, &container),
        command: if part == "exec" { call.params("command").to_vec() } else { vec!["sh".to_owned()] },
        tty: call.flag("tty"),
        stdin: call.flag("stdin"),
        can_close: five,
    };
    Ok(upgrade.on_upgrade(move |socket| session.run(socket)))
}
