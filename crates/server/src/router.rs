//! Every route, with its description: what is not registered here does not exist.

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router, middleware};
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::routes::{
    access, actions, audit, auth, aws, clusters, identity, lists, logs, objects, search, sessions, stream,
};
use crate::state::AppState;
use crate::{console, queries, request};

/// The largest body is a selection of five hundred objects with their names, uids and versions.
const MAX_BODY: usize = 512 * 1024;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Periscope",
        description = "The console's own API. Lists and answers come from the inventory, filtered by the caller's own \
            Kubernetes authorisation; objects come live from the API server as the caller. Errors are RFC 9457 \
            problem documents.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(crate::problem::Problem, periscope_answers::LogForm))
)]
struct Description;

/// The API's description, as served at `/api/openapi.json` and printed by `periscope openapi`.
pub fn openapi() -> Document {
    api().split_for_parts().1
}

fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(auth::options))
        .routes(routes!(auth::login))
        .routes(routes!(auth::callback))
        .routes(routes!(auth::demo))
        .routes(routes!(auth::sign_out))
        .routes(routes!(sessions::session))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(clusters::clusters))
        .routes(routes!(clusters::fleet))
        .routes(routes!(clusters::overview))
        .routes(routes!(clusters::kinds))
        .routes(routes!(clusters::counts))
        .routes(routes!(clusters::namespaces))
        .routes(routes!(lists::list))
        .routes(routes!(objects::object))
        .routes(routes!(objects::yaml))
        .routes(routes!(objects::events))
        .routes(routes!(objects::related))
        .routes(routes!(objects::metrics))
        .routes(routes!(logs::download))
        .routes(routes!(actions::revisions))
        .routes(routes!(actions::preview))
        .routes(routes!(actions::act))
        .routes(routes!(actions::runs))
        .routes(routes!(actions::run))
        .routes(routes!(actions::cancel))
        .routes(routes!(access::can_i))
        .routes(routes!(access::reveal))
        .routes(routes!(search::search))
        .routes(routes!(audit::page))
        .routes(routes!(audit::histogram))
        .routes(routes!(audit::row))
        .routes(routes!(audit::export))
        .routes(routes!(audit::status))
        .merge(identities())
        .routes(routes!(stream::open))
        .routes(routes!(stream::subscribe, stream::unsubscribe))
}

/// What pods are in AWS.
fn identities() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(identity::sensitive_catalog))
        .routes(routes!(identity::actions))
        .routes(routes!(identity::findings))
        .routes(routes!(identity::who_can))
        .routes(routes!(aws::access))
        .routes(routes!(aws::service_accounts))
        .routes(routes!(aws::roles))
        .routes(routes!(aws::findings))
        .routes(routes!(aws::workload))
        .routes(routes!(aws::service))
        .routes(routes!(aws::policy))
        .routes(routes!(aws::pods))
        .routes(routes!(aws::why))
        .routes(routes!(aws::status))
        .routes(routes!(aws::refresh))
}

pub(crate) fn build(state: AppState) -> Router {
    let (api, description) = api().split_for_parts();
    let queries = queries::KnownQueries::of(&description);
    // The description takes megabytes and is asked for rarely: it is made each time.
    api.route("/api/openapi.json", get(|| async { Json(openapi()) }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route_layer(middleware::from_fn_with_state(queries, queries::only_known))
        .fallback(get(console::serve))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(state.clone(), request::same_origin))
        .layer(middleware::from_fn_with_state(state.clone(), request::with_request_id))
        .with_state(state)
}

/// Ready means: would accept a new stream.
async fn ready(axum::extract::State(state): axum::extract::State<AppState>) -> (StatusCode, &'static str) {
    if state.hub.draining.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n");
    }
    (StatusCode::OK, "ok\n")
}

/// The metrics port's router: nothing else is served there.
pub(crate) fn metrics(state: AppState) -> Router {
    let text = async move || {
        for inventory in state.app.inventory_sizes() {
            state.metrics.set_inventory(inventory.cluster.as_str(), inventory.watches, inventory.rows);
        }
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        ([(axum::http::header::CONTENT_TYPE, kind)], state.metrics.text())
    };
    Router::new().route("/metrics", get(text)).route("/healthz", get(|| async { "ok\n" }))
}
