//! Logs as files. Followed logs are a subscription of the stream.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use futures::StreamExt as _;
use periscope_answers::{LogForm, LogsWanted};

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::{QueryPairs, cluster_id, kind_id};
use crate::state::AppState;

/// The log of a pod, or of all pods of a workload in the order of time, as a file. What could not be read is said at
/// its end.
#[utoipa::path(get, path = "/api/clusters/{cluster}/logs/{kind}/{namespace}/{name}", tag = "objects",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path),
        ("container" = Option<Vec<String>>, Query, description = "only this one; may be repeated"),
        ("previous" = Option<bool>, Query), ("sinceSeconds" = Option<u32>, Query),
        ("tail" = Option<u32>, Query, description = "lines of each container; all when absent"),
        ("format" = Option<LogForm>, Query)),
    responses((status = 200, content((String = "text/plain"), (String = "application/jsonl"))), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn download(
    State(state): State<AppState>,
    caller: Caller,
    Path((cluster, kind, namespace, name)): Path<(String, String, String, String)>,
    uri: Uri,
) -> Result<impl IntoResponse, Problem> {
    let query = QueryPairs::of(&uri)?;
    let form = match query.one("format") {
        None | Some("text") => LogForm::Text,
        Some("jsonl") => LogForm::Jsonl,
        Some(other) => {
            return Err(Problem::bad_request("query_invalid", format!("format is text or jsonl, not {other:?}")));
        }
    };
    let wanted = LogsWanted {
        cluster: cluster_id(&cluster)?,
        kind: kind_id(&kind)?,
        namespace,
        name,
        containers: query.all("container"),
        previous: query.one("previous") == Some("true"),
        since_seconds: number(&query, "sinceSeconds")?,
        since_time: None,
        tail: number(&query, "tail")?,
        follow: false,
    };
    let file = state.app.download_logs(&caller.context, wanted, form).await?;
    let kind = match form {
        LogForm::Text => "text/plain; charset=utf-8",
        LogForm::Jsonl => "application/jsonl",
    };
    let disposition = format!("attachment; filename=\"{}\"", file.file_name);
    let pieces = state.while_good(caller.ticket, file.pieces().map(Ok::<_, Infallible>));
    let body = Body::from_stream(pieces);
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body))
}

fn number(query: &QueryPairs, key: &str) -> Result<Option<u32>, Problem> {
    let Some(text) = query.one(key) else { return Ok(None) };
    let wrong = |_| Problem::bad_request("query_invalid", format!("{key} must be a whole number, not {text:?}"));
    text.parse().map(Some).map_err(wrong)
}
