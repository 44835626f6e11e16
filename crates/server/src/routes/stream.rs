//! The tab's stream: opened by the browser, steered by subscriptions.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use periscope_answers::Subscription;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::QueryPairs;
use crate::state::AppState;
use crate::stream::{self, Change, Owner, StreamEvents};

fn owner(caller: &Caller) -> Owner {
    Owner { person: caller.context.person.clone(), ticket: caller.ticket.clone() }
}

/// Opens or resumes the tab's event stream.
///
/// `StreamEvents` describes the payload of each event by the event's name. Every one but `hello` and `bye` carries
/// `sub`, the name its subscription was given.
#[utoipa::path(get, path = "/api/stream", tag = "stream",
    params(("resume" = Option<String>, Query, description = "the stream to go on with"), ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = StreamEvents), (status = 503, body = Problem)))]
pub(crate) async fn open(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = QueryPairs::of(&uri)?;
    let held = stream::connect(&state, owner(&caller), query.one("resume")).await;
    let held = held.ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "streams_full", "no more streams now; try again")
    })?;
    let last_seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let body = Body::from_stream(stream::events(held, last_seen));
    let kind = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, [("x-accel-buffering", "no")], body).into_response())
}

/// Sets a subscription; setting it again replaces it.
#[utoipa::path(put, path = "/api/stream/{stream}/subscriptions/{sub}", tag = "stream",
    params(("stream" = String, Path), ("sub" = String, Path, description = "a name of the client's choice: letters, digits, - and _")),
    request_body = Subscription,
    responses((status = 204, description = "set"), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn subscribe(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, sub)): Path<(String, String)>,
    body: Result<Json<Subscription>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(subscription) = body.map_err(|error| Problem::of_body(&error))?;
    let tab = state.hub.find(&id, &owner(&caller)).ok_or_else(unknown_stream)?;
    if !is_name(&sub) {
        let detail = "name a subscription with 1 to 64 letters, digits, '-' or '_'";
        return Err(Problem::bad_request("subscription_invalid", detail));
    }
    let live = state.app.subscribe(&caller.context, subscription)?;
    if !tab.admit(&sub) {
        let detail = "a stream carries at most 64 subscriptions; remove one first";
        return Err(Problem::bad_request("subscriptions_full", detail));
    }
    tab.changes.try_send(Change { sub, live: Some(live) }).map_err(|_| busy_stream())?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a subscription.
#[utoipa::path(delete, path = "/api/stream/{stream}/subscriptions/{sub}", tag = "stream",
    params(("stream" = String, Path), ("sub" = String, Path)),
    responses((status = 204, description = "removed"), (status = 404, body = Problem)))]
pub(crate) async fn unsubscribe(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, sub)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let tab = state.hub.find(&id, &owner(&caller)).ok_or_else(unknown_stream)?;
    tab.forget(&sub);
    tab.changes.try_send(Change { sub, live: None }).map_err(|_| busy_stream())?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown_stream() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "stream_unknown", "this stream is gone; open a new one")
}

fn busy_stream() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "stream_busy", "this stream does not take changes now; reconnect")
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
