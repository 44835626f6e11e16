//! `pods/log`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header;
use serde_json::Value;

use super::Failure;
use super::request::Call;
use crate::cluster::Cluster;
use crate::container::log::{Line, Source};

pub(super) fn answer(cluster: &Arc<Cluster>, call: &Call) -> Result<Response, Failure> {
    let place = call.place()?;
    let pod = cluster
        .get("pods", place.namespace(), place.name())
        .ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let container = container_of(&pod, call.param("container"))?;
    let source = source(&pod, &container, call.flag("previous"), place.name())?;
    let now = cluster.now().as_millisecond();
    let since = match (call.number::<i64>("sinceSeconds")?, call.param("sinceTime")) {
        (Some(seconds), _) => now - seconds * 1000,
        (None, Some(text)) => {
            let time: jiff::Timestamp =
                text.parse().map_err(|_| Failure::bad_request(format!("invalid sinceTime {text:?}")))?;
            // Whole seconds, as a kubelet is told them.
            time.as_second() * 1000
        }
        (None, None) => i64::MIN / 4,
    };
    let mut lines = source.lines(since.max(source.started - 1), now);
    if let Some(tail) = call.number::<usize>("tailLines")? {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    let mut left: usize = call.number("limitBytes")?.unwrap_or(usize::MAX);
    let stamps = call.flag("timestamps");
    let head = cut(&text(&lines, stamps), &mut left);
    let follow = call.flag("follow") && source.ended.is_none() && left > 0;
    let body =
        if follow { following(Arc::clone(cluster), source, (now, stamps, left), head) } else { Body::from(head) };
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response())
}

fn text(lines: &[Line], stamps: bool) -> String {
    let mut text = String::new();
    for line in lines {
        if stamps {
            let time = jiff::Timestamp::from_millisecond(line.at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            text.push_str(&time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ ").to_string());
        }
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

fn cut(text: &str, left: &mut usize) -> Bytes {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    let bytes = bytes.slice(..bytes.len().min(*left));
    *left -= bytes.len();
    bytes
}

/// New lines as they come, until the pod is gone or has ended.
fn following(cluster: Arc<Cluster>, source: Source, (seen, stamps, left): (i64, bool, usize), head: Bytes) -> Body {
    let state = (cluster, source, seen, left, Some(head));
    Body::from_stream(stream::unfold(state, move |(cluster, source, mut seen, mut left, head)| async move {
        if let Some(head) = head.filter(|head| !head.is_empty()) {
            return Some((Ok::<_, std::io::Error>(head), (cluster, source, seen, left, None)));
        }
        loop {
            let now = cluster.now().as_millisecond();
            let wait = (source.next_after(seen) - now).clamp(20, 1000);
            tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            let running = cluster
                .storage
                .read()
                .list("pods", None)
                .any(|entry| *entry.key.name == source.pod && entry.is_active());
            let now = cluster.now().as_millisecond();
            let bytes = cut(&text(&source.lines(seen, now), stamps), &mut left);
            seen = now;
            if !bytes.is_empty() {
                return Some((Ok(bytes), (cluster, source, seen, left, None)));
            }
            if !running || left == 0 {
                return None;
            }
        }
    }))
}

/// The container's name, which may be left out when there is only one.
pub(super) fn container_of(pod: &Value, asked: Option<&str>) -> Result<Value, Failure> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let lists = ["containers", "initContainers", "ephemeralContainers"];
    let all: Vec<&Value> = lists.iter().flat_map(|list| pod["spec"][*list].as_array().into_iter().flatten()).collect();
    let names: Vec<&str> = all.iter().filter_map(|container| container["name"].as_str()).collect();
    match asked {
        Some(asked) => all
            .iter()
            .find(|container| container["name"] == *asked)
            .map(|container| (*container).clone())
            .ok_or_else(|| Failure::bad_request(format!("container {asked} is not valid for pod {name}"))),
        None if pod["spec"]["containers"].as_array().map_or(0, Vec::len) == 1 => {
            Ok(pod["spec"]["containers"][0].clone())
        }
        None => Err(Failure::bad_request(format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            names.join(" ")
        ))),
    }
}

pub(super) fn status_of<'a>(pod: &'a Value, container: &str) -> &'a Value {
    let lists = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
    let mut all = lists.iter().flat_map(|list| pod["status"][*list].as_array().into_iter().flatten());
    all.find(|status| status["name"] == container).unwrap_or(&Value::Null)
}

fn milliseconds(time: &Value) -> Option<i64> {
    Some(time.as_str()?.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

fn source(pod: &Value, container: &Value, previous: bool, name: &str) -> Result<Source, Failure> {
    let container = container["name"].as_str().unwrap_or_default();
    let status = status_of(pod, container);
    let (state, last) = (&status["state"], &status["lastState"]["terminated"]);
    let app = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or(container).to_owned();
    let make = |run: &Value| {
        let end =
            milliseconds(&run["finishedAt"]).map(|end| (end, run["reason"].as_str().unwrap_or("Error").to_owned()));
        Source {
            pod: name.to_owned(),
            container: container.to_owned(),
            app,
            started: milliseconds(&run["startedAt"]).unwrap_or(0),
            ended: end,
        }
    };
    if previous {
        if last.is_object() {
            return Ok(make(last));
        }
        return Err(Failure::bad_request(format!(
            "previous terminated container {container:?} in pod {name:?} not found"
        )));
    }
    if state["running"].is_object() {
        Ok(make(&state["running"]))
    } else if state["terminated"].is_object() {
        Ok(make(&state["terminated"]))
    } else if last.is_object() {
        // between two tries the kubelet still has the last one's output
        Ok(make(last))
    } else {
        let reason = state["waiting"]["reason"].as_str().unwrap_or("ContainerCreating");
        let why = if reason.contains("Image") { "trying and failing to pull image" } else { reason };
        Err(Failure::bad_request(format!("container {container:?} in pod {name:?} is waiting to start: {why}")))
    }
}
