//! What pods are in AWS and what they can do there, over all clusters; of one cluster see `aws`.

use axum::Json;
use axum::extract::State;
use axum::http::Uri;
use periscope_answers::{AwsActionList, FindingList, SensitiveCatalog, WhoCan, WhoCanQuestion};
use periscope_model::Answer;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::QueryPairs;
use crate::state::AppState;

/// What is called sensitive here, with what the operator added and silenced.
#[utoipa::path(get, path = "/api/identity/sensitive-catalog", tag = "identity", operation_id = "sensitive_catalog",
    responses((status = 200, body = SensitiveCatalog)))]
pub(crate) async fn sensitive_catalog(State(state): State<AppState>, caller: Caller) -> Json<SensitiveCatalog> {
    Json(state.app.sensitive_catalog(&caller.context))
}

/// Actions of AWS that begin so, for who types one.
#[utoipa::path(get, path = "/api/identity/actions", tag = "identity", operation_id = "identity_actions",
    params(("prefix" = Option<String>, Query), ("limit" = Option<usize>, Query, description = "at most 200; 50 when absent")),
    responses((status = 200, body = AwsActionList), (status = 400, body = Problem)))]
pub(crate) async fn actions(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<AwsActionList>, Problem> {
    let query = QueryPairs::of(&uri)?;
    let (prefix, limit) = (query.one("prefix").unwrap_or_default(), query.number("limit", 50)?);
    Ok(Json(state.app.aws_actions(&caller.context, prefix, limit)?))
}

/// What is wrong with the identities of every cluster. Recorded.
#[utoipa::path(get, path = "/api/identity/findings", tag = "identity", operation_id = "identity_findings",
    responses((status = 200, body = Answer<FindingList>)))]
pub(crate) async fn findings(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Answer<FindingList>>, Problem> {
    Ok(Json(state.app.identity_findings(&caller.context).await?))
}

/// Which workloads can do something in AWS. Recorded.
#[utoipa::path(get, path = "/api/identity/who-can", tag = "identity", operation_id = "who_can",
    params(
        ("action" = String, Query, description = "a pattern: s3:Get*; with + between them, several that one identity can do together"),
        ("resource" = Option<String>, Query, description = "an ARN or a pattern of ARNs; any when absent"),
        ("namespace" = Option<String>, Query),
        ("cluster" = Option<Vec<String>>, Query, description = "repeat for several; all when absent"),
        ("limit" = Option<usize>, Query, description = "at most 500; 100 when absent"),
        ("cursor" = Option<String>, Query, description = "from next of the page before"),
    ),
    responses((status = 200, body = Answer<WhoCan>), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn who_can(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<Answer<WhoCan>>, Problem> {
    let query = QueryPairs::of(&uri)?;
    let asked = WhoCanQuestion {
        action: query.one("action").unwrap_or_default().to_owned(),
        resource: query.one("resource").map(str::to_owned),
        namespace: query.one("namespace").map(str::to_owned),
        clusters: query.all("cluster"),
        limit: query.number("limit", 100)?,
        cursor: query.one("cursor").map(str::to_owned),
    };
    Ok(Json(state.app.who_can(&caller.context, asked).await?))
}
