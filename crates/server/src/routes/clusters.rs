//! The fleet and one cluster as a whole.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use periscope_answers::{ClusterList, Counts, Fleet, KindList, NamespaceItem, Overview};
use periscope_model::Answer;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::{QueryPairs, cluster_id};
use crate::state::AppState;

type Answered<T> = Result<Json<T>, Problem>;

/// The clusters of this Periscope and the state of each connection.
#[utoipa::path(get, path = "/api/clusters", tag = "clusters", responses((status = 200, body = ClusterList)))]
pub(crate) async fn clusters(State(state): State<AppState>, caller: Caller) -> Json<ClusterList> {
    Json(state.app.clusters(&caller.context))
}

/// Health, capacity and what needs attention, over all clusters.
#[utoipa::path(get, path = "/api/fleet", tag = "clusters", responses((status = 200, body = Answer<Fleet>)))]
pub(crate) async fn fleet(State(state): State<AppState>, caller: Caller) -> Json<Answer<Fleet>> {
    Json(state.app.fleet(&caller.context).await)
}

/// One cluster: capacity, what needs attention, rollouts, recent warnings.
#[utoipa::path(get, path = "/api/clusters/{cluster}/overview", tag = "clusters", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<Overview>), (status = 404, body = Problem)))]
pub(crate) async fn overview(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<Answer<Overview>> {
    Ok(Json(state.app.overview(&caller.context, &cluster_id(&cluster)?).await?))
}

/// Every kind the cluster serves, grouped as the navigation shows them.
#[utoipa::path(get, path = "/api/clusters/{cluster}/kinds", tag = "clusters", params(("cluster" = String, Path)),
    responses((status = 200, body = KindList), (status = 404, body = Problem)))]
pub(crate) async fn kinds(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<KindList> {
    Ok(Json(state.app.kinds(&caller.context, &cluster_id(&cluster)?).await?))
}

/// How many objects of each kind the caller may see.
#[utoipa::path(get, path = "/api/clusters/{cluster}/counts", tag = "clusters",
    params(("cluster" = String, Path), ("namespace" = Option<Vec<String>>, Query)),
    responses((status = 200, body = Counts), (status = 404, body = Problem)))]
pub(crate) async fn counts(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    uri: Uri,
) -> Answered<Counts> {
    let namespaces = QueryPairs::of(&uri)?.all("namespace");
    Ok(Json(state.app.counts(&caller.context, &cluster_id(&cluster)?, &namespaces).await?))
}

/// The namespaces the caller may see or list pods in.
#[utoipa::path(get, path = "/api/clusters/{cluster}/namespaces", tag = "clusters", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<Vec<NamespaceItem>>), (status = 404, body = Problem)))]
pub(crate) async fn namespaces(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<Answer<Vec<NamespaceItem>>> {
    Ok(Json(state.app.namespaces(&caller.context, &cluster_id(&cluster)?).await?))
}
