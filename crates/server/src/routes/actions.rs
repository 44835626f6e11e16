//! Actions: what they would do, doing them, and those under way.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use periscope_answers::{ActionPreview, ActionRequest, ActionRun, RevisionList, RunList, RunState};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::cluster_id;
use crate::routes::objects::{Place, object_ref};
use crate::state::AppState;

/// Nothing to say.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Nothing {}

/// A list without anything in it would be taken for it, too.
impl TryFrom<Map<String, Value>> for Nothing {
    type Error = &'static str;

    fn try_from(fields: Map<String, Value>) -> Result<Self, Self::Error> {
        if fields.is_empty() { Ok(Self {}) } else { Err("send an empty object") }
    }
}

/// What the action would do to each object: whether the caller may, the difference, what stands against it, and what the
/// API server says to a dry run. Changes nothing.
#[utoipa::path(post, path = "/api/clusters/{cluster}/actions/preview", tag = "actions",
    params(("cluster" = String, Path)), request_body = ActionRequest,
    responses((status = 200, body = ActionPreview), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn preview(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    body: Result<Json<ActionRequest>, JsonRejection>,
) -> Result<Json<ActionPreview>, Problem> {
    let Json(asked) = body.map_err(|error| Problem::of_body(&error))?;
    Ok(Json(state.app.preview(&caller.context, &cluster_id(&cluster)?, asked).await?))
}

/// Does the action, each object on the record. Answers when it is done, or after ten seconds with a run to follow. Closing
/// the connection stops nothing.
#[utoipa::path(post, path = "/api/clusters/{cluster}/actions", tag = "actions",
    params(("cluster" = String, Path)), request_body = ActionRequest,
    responses((status = 200, body = ActionRun, description = "ended"), (status = 202, body = ActionRun, description = "under way"),
        (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "confirm_required: production wants the name"),
        (status = 503, body = Problem, description = "not_recorded: nothing was done")))]
pub(crate) async fn act(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    body: Result<Json<ActionRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(asked) = body.map_err(|error| Problem::of_body(&error))?;
    let still_in = state.still_in(caller.ticket);
    let run = state.app.start_action(&caller.context, &cluster_id(&cluster)?, asked, still_in).await?;
    let status = if run.state == RunState::Running { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(run)).into_response())
}

/// The caller's own runs of the last hour, the newest first.
#[utoipa::path(get, path = "/api/runs", tag = "actions", responses((status = 200, body = RunList)))]
pub(crate) async fn runs(State(state): State<AppState>, caller: Caller) -> Json<RunList> {
    Json(state.app.runs(&caller.context))
}

/// One of the caller's own runs.
#[utoipa::path(get, path = "/api/runs/{run}", tag = "actions", params(("run" = String, Path)),
    responses((status = 200, body = ActionRun), (status = 404, body = Problem)))]
pub(crate) async fn run(
    State(state): State<AppState>,
    caller: Caller,
    Path(run): Path<String>,
) -> Result<Json<ActionRun>, Problem> {
    Ok(Json(state.app.run(&caller.context, &run)?))
}

/// Begins nothing more; what was sent already happens.
#[utoipa::path(post, path = "/api/runs/{run}/cancel", tag = "actions", params(("run" = String, Path)),
    request_body = Nothing,
    responses((status = 202, description = "it stops"), (status = 404, body = Problem)))]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(run): Path<String>,
    body: Result<Json<Nothing>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(Nothing {}) = body.map_err(|error| Problem::of_body(&error))?;
    state.app.cancel_run(&caller.context, &run)?;
    Ok(StatusCode::ACCEPTED)
}

/// The revisions that a Deployment, StatefulSet or DaemonSet can return to.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/revisions", tag = "actions",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = RevisionList), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn revisions(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<Json<RevisionList>, Problem> {
    Ok(Json(state.app.revisions(&caller.context, &object_ref(place)?).await?))
}
