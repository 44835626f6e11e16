//! A window of a list, once; the same window kept current is a subscription (see `stream`).

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header;
use axum::response::IntoResponse;
use periscope_answers::{ListQuery, shape::WindowShape};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::{QueryPairs, kind_id};
use crate::state::AppState;

/// Rows of one kind over one or several clusters: filtered, sorted and cut on the server.
#[utoipa::path(get, path = "/api/lists/{kind}", tag = "lists",
    params(
        ("kind" = String, Path, description = "as kubectl names it: pods, deployments.apps"),
        ("cluster" = Option<Vec<String>>, Query, description = "repeat for several; all when absent"),
        ("namespace" = Option<Vec<String>>, Query, description = "repeat for several; all when absent"),
        ("filter" = Option<String>, Query),
        ("sort" = Option<String>, Query, description = "column ids, comma separated, - for descending"),
        ("from" = Option<usize>, Query),
        ("limit" = Option<usize>, Query, description = "at most 500; 100 when absent"),
        ("cursor" = Option<String>, Query, description = "from nextCursor of the window before"),
    ),
    responses((status = 200, body = WindowShape), (status = 400, body = Problem)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(kind): Path<String>,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let query = QueryPairs::of(&uri)?;
    let query = ListQuery {
        kind: kind_id(&kind)?,
        clusters: query.all("cluster"),
        namespaces: query.all("namespace"),
        filter: query.one("filter").unwrap_or_default().to_owned(),
        sort: query.one("sort").unwrap_or_default().to_owned(),
        from: query.number("from", 0)?,
        limit: query.number("limit", 100)?,
        cursor: query.one("cursor").map(str::to_owned),
    };
    let window = state.app.list(&caller.context, query).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], window.into_json()))
}
