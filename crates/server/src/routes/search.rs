//! Names over all clusters.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use periscope_answers::SearchAnswer;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::QueryPairs;
use crate::state::AppState;

/// Objects whose name matches, over every cluster and every kind the caller may list.
#[utoipa::path(get, path = "/api/search", tag = "lists",
    params(("q" = String, Query), ("limit" = Option<usize>, Query, description = "at most 100; 20 when absent")),
    responses((status = 200, body = SearchAnswer), (status = 400, body = Problem)))]
pub(crate) async fn search(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<SearchAnswer>, Problem> {
    let query = QueryPairs::of(&uri)?;
    let text = query.one("q").unwrap_or_default();
    let limit = query.number("limit", 20)?.min(100);
    Ok(Json(state.app.search(&caller.context, text, limit).await))
}
