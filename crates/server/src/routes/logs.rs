//! Logs as files. Followed logs are a subscription of the stream.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use futures::{Stream, StreamExt};
use periscope_answers::{LogForm, LogsWanted};
use tokio::time::Instant;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::{QueryPairs, cluster_id, kind_id};
use crate::session::Ticket;
use crate::state::AppState;

/// How soon a closed session ends what it downloads.
const SESSION_CHECK: Duration = Duration::from_secs(5);

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
    let pieces = while_good(state, caller.ticket, file.pieces());
    let body = Body::from_stream(pieces);
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body))
}

/// A sign-out ends a download as it ends a stream: the file breaks off.
fn while_good(
    state: AppState,
    ticket: Ticket,
    pieces: impl Stream<Item = Bytes>,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    async_stream::stream! {
        let mut pieces = std::pin::pin!(pieces);
        let mut checked = Instant::now();
        while let Some(piece) = pieces.next().await {
            if checked.elapsed() >= SESSION_CHECK {
                checked = Instant::now();
                if !state.is_good(&ticket).await {
                    yield Err(std::io::Error::other("the session has ended"));
                    break;
                }
            }
            yield Ok(piece);
        }
    }
}

fn number(query: &QueryPairs, key: &str) -> Result<Option<u32>, Problem> {
    let Some(text) = query.one(key) else { return Ok(None) };
    let wrong = |_| Problem::bad_request("query_invalid", format!("{key} must be a whole number, not {text:?}"));
    text.parse().map(Some).map_err(wrong)
}
