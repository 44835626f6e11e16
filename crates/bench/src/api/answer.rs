//! Requests and their answers.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};

use super::collection::FIRST_VERSION;
use super::discovery;
use super::world::{Pace, World};

type Shared = State<Arc<World>>;

pub(super) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/version", get(|| async { Json(json!({"major": "1", "minor": "36", "gitVersion": "v1.36.4"})) }))
        .route("/api", get(|| async { Json(discovery::document(true)) }))
        .route("/apis", get(|| async { Json(discovery::document(false)) }))
        .route("/api/v1/{plural}", get(core))
        .route("/apis/{group}/v1/{plural}", get(grouped).post(review))
        .route("/api/v1/namespaces/{namespace}/pods/{name}/log", get(log))
        .route("/bench/logs", get(lines).post(log_pace))
        .route("/bench/requests", get(requests).delete(forget))
        .route("/bench/pace", post(pace))
        .route("/bench/made", get(|State(world): Shared| async move { Json(world.take_made()) }))
        .fallback(refuse)
        .with_state(world)
}

/// What was asked since the start or the last DELETE.
async fn requests(State(world): Shared) -> Json<Value> {
    Json(json!(*world.requests.lock()))
}

async fn forget(State(world): Shared) {
    world.requests.lock().clear();
}

async fn pace(State(world): Shared, Json(pace): Json<Pace>) {
    world.set_pace(pace);
}

async fn log(State(world): Shared) -> Response {
    count(&world, "GET log");
    ([(header::CONTENT_TYPE, "text/plain")], world.logs.clone().follow()).into_response()
}

async fn lines(State(world): Shared) -> Json<Value> {
    let (written, missed) = world.logs.counted();
    Json(json!({"written": written, "missed": missed}))
}

async fn log_pace(State(world): Shared, Json(lines_per_second): Json<u64>) {
    world.logs.set_pace(lines_per_second);
}

async fn refuse(State(world): Shared, method: Method, uri: Uri) -> Response {
    count(&world, &format!("{method} {}", uri.path()));
    missing()
}

fn missing() -> Response {
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404});
    (StatusCode::NOT_FOUND, Json(status)).into_response()
}

fn count(world: &World, what: &str) {
    *world.requests.lock().entry(what.to_owned()).or_default() += 1;
}

/// Everything is allowed.
async fn review(State(world): Shared, Path((_, plural)): Path<(String, String)>) -> Json<Value> {
    count(&world, &format!("POST {plural}"));
    Json(json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "status": {"allowed": true}
    }))
}

type Asked = Query<HashMap<String, String>>;

async fn core(State(world): Shared, Path(plural): Path<String>, Query(asked): Asked) -> Response {
    answer(&world, &plural, &asked)
}

async fn grouped(State(world): Shared, Path((_, plural)): Path<(String, String)>, Query(asked): Asked) -> Response {
    answer(&world, &plural, &asked)
}

fn answer(world: &Arc<World>, plural: &str, asked: &HashMap<String, String>) -> Response {
    let Some(collection) = world.collection(plural) else {
        count(world, &format!("LIST {plural}"));
        return missing();
    };
    let number = |name: &str| asked.get(name).and_then(|value| value.parse::<usize>().ok());
    let watch = asked.get("watch").is_some_and(|value| value == "1" || value == "true");
    count(world, &format!("{} {plural}", if watch { "WATCH" } else { "LIST" }));
    let body = if watch {
        let first = usize::try_from(FIRST_VERSION).unwrap_or(0);
        let seen = number("resourceVersion").unwrap_or(0).saturating_sub(first);
        watched(world.clone(), plural.to_owned(), seen)
    } else {
        let pieces = collection.list(number("continue").unwrap_or(0), number("limit").filter(|limit| *limit > 0));
        Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, Infallible>)))
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Changes as they are made, for as long as the client listens.
fn watched(world: Arc<World>, plural: String, seen: usize) -> Body {
    let changed = world.collection(&plural).map(super::collection::Collection::changed);
    let lines = stream::unfold((world, plural, changed, seen), |(world, plural, changed, seen)| async move {
        let mut changed = changed?;
        changed.wait_for(|count| *count > seen).await.ok()?;
        let (lines, seen): (Bytes, usize) = world.collection(&plural)?.since(seen);
        Some((Ok::<_, Infallible>(lines), (world, plural, Some(changed), seen)))
    });
    Body::from_stream(lines)
}
