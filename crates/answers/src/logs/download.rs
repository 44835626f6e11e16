//! A log as a file: what there is now, in the order of its times.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use async_stream::stream;
use bytes::Bytes;
use futures::Stream;
use periscope_audit::Verb;
use periscope_cluster::LogLine;
use serde::Deserialize;

use super::follow::Following;
use super::frame::{CUT, escape};
use super::opening;
use super::shape::{LogPhase, LogSource, LogTrouble, LogsWanted};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// How long the pods may take to be found.
const FIND_DEADLINE: Duration = Duration::from_secs(10);
/// A piece of the file.
const PIECE: usize = 32 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LogForm {
    /// `pod container time text`
    Text,
    /// One JSON object a line.
    Jsonl,
}

/// A file on its way.
pub struct LogDownload {
    /// Safe as a file's name anywhere.
    pub file_name: String,
    following: Following,
    form: LogForm,
}

impl App {
    /// Answers once it is known whose logs there are.
    pub async fn download_logs(
        self: &Arc<Self>,
        caller: &Context,
        wanted: LogsWanted,
        form: LogForm,
    ) -> Result<LogDownload, Error> {
        wanted.check()?;
        let wanted = LogsWanted { follow: false, ..wanted };
        let file_name = file_name(&wanted, form, self.clock.now());
        let mut following = opening::open(self.clone(), caller.clone(), wanted.clone(), Verb::LogDownload).await?;
        let found = poll_fn(|context| {
            let _ = following.poll(context);
            if following.searching { Poll::Pending } else { Poll::Ready(()) }
        });
        if tokio::time::timeout(FIND_DEADLINE, found).await.is_err() {
            let reason = format!("the pods were not known within {} s", FIND_DEADLINE.as_secs());
            return Err(Error::Unreachable { cluster: wanted.cluster, reason });
        }
        match following.trouble.take() {
            None => Ok(LogDownload { file_name, following, form }),
            Some(trouble) => Err(error_of(trouble, &wanted)),
        }
    }
}

fn error_of(trouble: LogTrouble, wanted: &LogsWanted) -> Error {
    match trouble.code.as_str() {
        "refused" => Error::Refused { message: trouble.detail, needs: trouble.needs },
        "not_found" => Error::NotFound { what: crate::objects::describe(&wanted.place()) },
        "kind_unknown" => Error::UnknownKind { cluster: wanted.cluster.clone(), kind: wanted.kind.clone() },
        _ => Error::Unreachable { cluster: wanted.cluster.clone(), reason: trouble.detail },
    }
}

fn file_name(wanted: &LogsWanted, form: LogForm, now: jiff::Timestamp) -> String {
    let safe = |text: &str| -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        text.chars().map(|c| if fits(c) { c } else { '-' }).take(100).collect()
    };
    let extension = match form {
        LogForm::Text => "log",
        LogForm::Jsonl => "jsonl",
    };
    let time = now.strftime("%Y%m%dT%H%M%SZ");
    format!("{}-{}-{}-{time}.{extension}", wanted.cluster, safe(&wanted.namespace), safe(&wanted.name))
}

impl LogDownload {
    /// Reads only as fast as the pieces are taken. What could not be read is said at the end.
    pub fn pieces(self) -> impl Stream<Item = Bytes> {
        let Self { mut following, form, .. } = self;
        stream! {
            let mut piece = Vec::with_capacity(PIECE + 4096);
            loop {
                let more = poll_fn(|context| {
                    let _ = following.poll(context);
                    if following.is_over() {
                        return Poll::Ready(false);
                    }
                    if following.merge.is_complete() && following.merge.has_lines() {
                        return Poll::Ready(true);
                    }
                    Poll::Pending
                })
                .await;
                while following.merge.is_complete()
                    && let Some((at, line)) = following.merge.take()
                {
                    if let Some(source) = following.merge.source(at) {
                        write_line(form, source, &line, &mut piece);
                    }
                    if piece.len() >= PIECE {
                        yield Bytes::from(std::mem::replace(&mut piece, Vec::with_capacity(PIECE + 4096)));
                    }
                }
                if !more {
                    break;
                }
            }
            for source in following.merge.sources() {
                write_end(form, source, &mut piece);
            }
            for gap in &following.gaps {
                write_note(form, &format!("not here: {}", gap.what), &mut piece);
            }
            if !piece.is_empty() {
                yield Bytes::from(piece);
            }
        }
    }
}

fn write_line(form: LogForm, source: &LogSource, line: &LogLine, out: &mut Vec<u8>) {
    let mark = if line.cut { CUT } else { "" };
    let (time, text) = (line.time(), line.text());
    match form {
        LogForm::Text => {
            for part in [&*source.pod, &*source.container, if time.is_empty() { "-" } else { &*time }] {
                out.extend_from_slice(part.as_bytes());
                out.push(b' ');
            }
            out.extend_from_slice(text.as_bytes());
            out.extend_from_slice(mark.as_bytes());
        }
        LogForm::Jsonl => {
            let fields = [("pod", &*source.pod), ("container", &*source.container), ("time", &*time)];
            for (at, (name, value)) in fields.iter().enumerate() {
                out.extend_from_slice(if at == 0 { b"{\"" } else { b",\"" });
                out.extend_from_slice(name.as_bytes());
                out.extend_from_slice(b"\":\"");
                escape(value.as_bytes(), out);
                out.push(b'"');
            }
            out.extend_from_slice(b",\"text\":\"");
            escape(text.as_bytes(), out);
            out.extend_from_slice(mark.as_bytes());
            out.extend_from_slice(b"\"}");
        }
    }
    out.push(b'\n');
}

/// Refused is not empty: whose log is not here, and why.
fn write_end(form: LogForm, source: &LogSource, out: &mut Vec<u8>) {
    if matches!(source.state, LogPhase::Ended | LogPhase::Live) {
        return;
    }
    let reason = source.reason.as_deref().unwrap_or("the log could not be read");
    write_note(form, &format!("not here: {} {}: {reason}", source.pod, source.container), out);
}

fn write_note(form: LogForm, note: &str, out: &mut Vec<u8>) {
    match form {
        LogForm::Text => out.extend_from_slice(b"# "),
        LogForm::Jsonl => out.extend_from_slice(b"{\"note\":\""),
    }
    match form {
        LogForm::Text => out.extend_from_slice(note.replace(['\n', '\r'], " ").as_bytes()),
        LogForm::Jsonl => {
            escape(note.as_bytes(), out);
            out.extend_from_slice(b"\"}");
        }
    }
    out.push(b'\n');
}
