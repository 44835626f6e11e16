//! One object, read live as the caller.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use periscope_answers::{ObjectDetail, ObjectEvents, ObjectMetrics, RelatedGroup};
use periscope_model::{Answer, ObjectRef};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::{QueryPairs, cluster_id, kind_id};
use crate::state::AppState;

pub(crate) type Place = Path<(String, String, String, String)>;

/// `_` stands for "no namespace" in paths.
pub(crate) fn object_ref(Path((cluster, kind, namespace, name)): Place) -> Result<ObjectRef, Problem> {
    let namespace = (namespace != "_").then_some(namespace);
    Ok(ObjectRef { cluster: cluster_id(&cluster)?, kind: kind_id(&kind)?, namespace, name })
}

/// The object as the API server has it now; Secret values masked.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path, description = "_ for cluster-scoped kinds"), ("name" = String, Path)),
    responses((status = 200, body = Answer<ObjectDetail>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn object(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<Json<Answer<ObjectDetail>>, Problem> {
    Ok(Json(state.app.object(&caller.context, &object_ref(place)?).await?))
}

/// The object as YAML; Secret values masked.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/yaml", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path),
        ("managedFields" = Option<bool>, Query)),
    responses((status = 200, content_type = "text/yaml", body = String), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn yaml(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let managed_fields = QueryPairs::of(&uri)?.one("managedFields") == Some("true");
    let text = state.app.yaml(&caller.context, &object_ref(place)?, managed_fields).await?;
    Ok(([(header::CONTENT_TYPE, "text/yaml; charset=utf-8")], text))
}

/// The object's events, the API server's and those kept from before.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/events", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Answer<ObjectEvents>), (status = 403, body = Problem)))]
pub(crate) async fn events(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<Json<Answer<ObjectEvents>>, Problem> {
    Ok(Json(state.app.object_events(&caller.context, &object_ref(place)?).await?))
}

/// What the object is tied to, in both directions.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/related", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Answer<Vec<RelatedGroup>>), (status = 403, body = Problem)))]
pub(crate) async fn related(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<Json<Answer<Vec<RelatedGroup>>>, Problem> {
    Ok(Json(state.app.related(&caller.context, &object_ref(place)?).await?))
}

/// What metrics-server measures for a pod or a node.
#[utoipa::path(get, path = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/metrics", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Answer<Option<ObjectMetrics>>), (status = 403, body = Problem)))]
pub(crate) async fn metrics(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<Json<Answer<Option<ObjectMetrics>>>, Problem> {
    Ok(Json(state.app.object_metrics(&caller.context, &object_ref(place)?).await?))
}
