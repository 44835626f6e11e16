//! The record: who did what, to what, when, and how it ended.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use periscope_answers::{AuditForm, AuditHistogram, AuditPage, AuditPair, AuditQuestion, AuditStatus};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::QueryPairs;
use crate::state::AppState;

/// Whatever of the query is part of the question; the rest is about its answer.
fn question(query: &QueryPairs) -> AuditQuestion {
    AuditQuestion::new(query.pairs().filter(|(name, _)| AuditQuestion::knows(name)))
}

/// One line for each act that the reader may see, the newest first, with its outcome folded in; a phase shows rows as they
/// were written. Of a field that is named several times, one value is enough.
#[utoipa::path(get, path = "/api/audit", tag = "audit",
    params(
        ("from" = Option<String>, Query, description = "included"),
        ("to" = Option<String>, Query, description = "not included"),
        ("user" = Option<Vec<String>>, Query, description = "as API servers hear it"),
        ("verb" = Option<Vec<String>>, Query), ("class" = Option<Vec<String>>, Query),
        ("outcome" = Option<Vec<String>>, Query), ("phase" = Option<Vec<String>>, Query),
        ("cluster" = Option<Vec<String>>, Query),
        ("resource" = Option<String>, Query, description = "as kubectl names it: pods, deployments.apps"),
        ("subresource" = Option<Vec<String>>, Query), ("namespace" = Option<Vec<String>>, Query),
        ("name" = Option<Vec<String>>, Query), ("group" = Option<Vec<String>>, Query, description = "of who acted"),
        ("tier" = Option<Vec<String>>, Query), ("session" = Option<Vec<String>>, Query),
        ("address" = Option<Vec<String>>, Query), ("email" = Option<Vec<String>>, Query),
        ("issuer" = Option<Vec<String>>, Query), ("subject" = Option<Vec<String>>, Query),
        ("requestId" = Option<Vec<String>>, Query), ("chain" = Option<Vec<String>>, Query),
        ("text" = Option<String>, Query, description = "words of the row that says how it ended; their beginnings are enough"),
        ("limit" = Option<usize>, Query, description = "at most 500; 100 when absent"),
        ("cursor" = Option<String>, Query, description = "from next of the page before"),
    ),
    responses((status = 200, body = AuditPage), (status = 400, body = Problem)))]
pub(crate) async fn page(State(state): State<AppState>, caller: Caller, uri: Uri) -> Result<Json<AuditPage>, Problem> {
    let query = QueryPairs::of(&uri)?;
    let limit = query.number("limit", 100)?;
    Ok(Json(state.app.audit(&caller.context, &question(&query), query.one("cursor"), limit).await?))
}

/// How many acts ended when, by outcome, of those that the same question to `/api/audit` finds.
#[utoipa::path(get, path = "/api/audit/histogram", tag = "audit",
    params(
        ("from" = Option<String>, Query, description = "the oldest row when absent"),
        ("to" = Option<String>, Query, description = "now when absent"),
        ("user" = Option<Vec<String>>, Query), ("verb" = Option<Vec<String>>, Query),
        ("class" = Option<Vec<String>>, Query), ("outcome" = Option<Vec<String>>, Query),
        ("phase" = Option<Vec<String>>, Query), ("cluster" = Option<Vec<String>>, Query),
        ("resource" = Option<String>, Query), ("subresource" = Option<Vec<String>>, Query),
        ("namespace" = Option<Vec<String>>, Query), ("name" = Option<Vec<String>>, Query),
        ("group" = Option<Vec<String>>, Query), ("tier" = Option<Vec<String>>, Query),
        ("session" = Option<Vec<String>>, Query), ("address" = Option<Vec<String>>, Query),
        ("email" = Option<Vec<String>>, Query), ("issuer" = Option<Vec<String>>, Query),
        ("subject" = Option<Vec<String>>, Query), ("requestId" = Option<Vec<String>>, Query),
        ("chain" = Option<Vec<String>>, Query), ("text" = Option<String>, Query),
        ("buckets" = Option<usize>, Query, description = "at most so many, and at most 200; 60 when absent"),
    ),
    responses((status = 200, body = AuditHistogram), (status = 400, body = Problem)))]
pub(crate) async fn histogram(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<AuditHistogram>, Problem> {
    let query = QueryPairs::of(&uri)?;
    let buckets = query.number("buckets", 60)?;
    Ok(Json(state.app.audit_histogram(&caller.context, &question(&query), buckets).await?))
}

/// One row with the one that belongs to it, its hash, and the checkpoint that covers it.
#[utoipa::path(get, path = "/api/audit/rows/{chain}/{sequence}", tag = "audit",
    params(("chain" = String, Path), ("sequence" = u64, Path)),
    responses((status = 200, body = AuditPair), (status = 404, body = Problem)))]
pub(crate) async fn row(
    State(state): State<AppState>,
    caller: Caller,
    Path((chain, sequence)): Path<(String, String)>,
) -> Result<Json<AuditPair>, Problem> {
    let wrong = |_| {
        Problem::bad_request("sequence_invalid", format!("a row has a whole number in its chain, not {sequence:?}"))
    };
    let number = sequence.parse().map_err(wrong)?;
    Ok(Json(state.app.audit_pair(&caller.context, &chain, number).await?))
}

/// Every row that the same question to `/api/audit` is about, as a file: the oldest first, intents and outcomes apart.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit",
    params(
        ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("user" = Option<Vec<String>>, Query), ("verb" = Option<Vec<String>>, Query),
        ("class" = Option<Vec<String>>, Query), ("outcome" = Option<Vec<String>>, Query),
        ("phase" = Option<Vec<String>>, Query), ("cluster" = Option<Vec<String>>, Query),
        ("resource" = Option<String>, Query), ("subresource" = Option<Vec<String>>, Query),
        ("namespace" = Option<Vec<String>>, Query), ("name" = Option<Vec<String>>, Query),
        ("group" = Option<Vec<String>>, Query), ("tier" = Option<Vec<String>>, Query),
        ("session" = Option<Vec<String>>, Query), ("address" = Option<Vec<String>>, Query),
        ("email" = Option<Vec<String>>, Query), ("issuer" = Option<Vec<String>>, Query),
        ("subject" = Option<Vec<String>>, Query), ("requestId" = Option<Vec<String>>, Query),
        ("chain" = Option<Vec<String>>, Query), ("text" = Option<String>, Query),
        ("format" = Option<String>, Query, description = "jsonl or csv; jsonl when absent"),
    ),
    responses((status = 200, content((String = "application/jsonl"), (String = "text/csv"))), (status = 400, body = Problem),
        (status = 503, body = Problem)))]
pub(crate) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let query = QueryPairs::of(&uri)?;
    let wanted = query.one("format").unwrap_or("jsonl");
    let form = AuditForm::parse(wanted)
        .ok_or_else(|| Problem::bad_request("query_invalid", format!("format is jsonl or csv, not {wanted:?}")))?;
    let file = state.app.audit_export(&caller.context, &question(&query), form).await?;
    let kind = match form {
        AuditForm::JsonLines => "application/jsonl",
        AuditForm::Csv => "text/csv; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"{}\"", file.file_name);
    let body = Body::from_stream(state.while_good(caller.ticket, file.pieces));
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body))
}

/// Whether acts can be recorded now, how far back the record reaches, whose rows the reader sees, and what is recorded.
#[utoipa::path(get, path = "/api/audit/status", tag = "audit", responses((status = 200, body = AuditStatus)))]
pub(crate) async fn status(State(state): State<AppState>, caller: Caller) -> Result<Json<AuditStatus>, Problem> {
    Ok(Json(state.app.audit_status(&caller.context).await?))
}
