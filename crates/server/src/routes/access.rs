//! What the caller may, and the one thing that shows a secret.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use periscope_answers::{CanIAnswer, CanIQuestion, RevealRequest, RevealedKey};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::cluster_id;
use crate::routes::objects::object_ref;
use crate::state::AppState;

/// Whether the caller may, asked of Kubernetes as the caller; and which roles would let them.
#[utoipa::path(post, path = "/api/clusters/{cluster}/can-i", tag = "access",
    params(("cluster" = String, Path)), request_body = CanIQuestion,
    responses((status = 200, body = CanIAnswer), (status = 400, body = Problem)))]
pub(crate) async fn can_i(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    body: Result<Json<CanIQuestion>, JsonRejection>,
) -> Result<Json<CanIAnswer>, Problem> {
    let Json(asked) = body.map_err(|error| Problem::of_body(&error))?;
    Ok(Json(state.app.can_i(&caller.context, &cluster_id(&cluster)?, asked).await?))
}

/// The value of one key of a Secret. Recorded, by the name of the key.
#[utoipa::path(post, path = "/api/clusters/{cluster}/secrets/{namespace}/{name}/reveal", tag = "access",
    params(("cluster" = String, Path), ("namespace" = String, Path), ("name" = String, Path)), request_body = RevealRequest,
    responses((status = 200, body = RevealedKey), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem, description = "not_recorded: nothing is shown")))]
pub(crate) async fn reveal(
    State(state): State<AppState>,
    caller: Caller,
    Path((cluster, namespace, name)): Path<(String, String, String)>,
    body: Result<Json<RevealRequest>, JsonRejection>,
) -> Result<Json<RevealedKey>, Problem> {
    let Json(asked) = body.map_err(|error| Problem::of_body(&error))?;
    let place = object_ref(Path((cluster, "secrets".to_owned(), namespace, name)))?;
    Ok(Json(state.app.reveal(&caller.context, &place, asked).await?))
}
