//! What a container writes, line by line.

mod lines;

use std::borrow::Cow;

use bytes::Bytes;
use jiff::Timestamp;
use periscope_model::{KindId, ResourceType};

use crate::request::{Ask, UrlPath};
use crate::transport::{Body, Lane};
use crate::{Connection, Error, Identity, Place};
use lines::Lines;

/// The longest line that is passed on, its time not counted; the rest of a longer one is skipped.
pub const MAX_LOG_LINE: usize = 16 << 10;

/// Text, also where an error is a JSON `Status`.
pub(crate) const TEXT: &str = "text/plain, */*";

/// Which container, and what of its output.
#[derive(Debug, Clone, Default)]
pub struct LogOptions {
    pub namespace: String,
    pub pod: String,
    /// Empty: the pod's only one.
    pub container: String,
    /// Goes on with what is written from now on.
    pub follow: bool,
    /// The run before this one.
    pub previous: bool,
    pub since_seconds: Option<u32>,
    /// Kubelets look at whole seconds only: some lines before it come as well. Wins over `since_seconds`.
    pub since: Option<Timestamp>,
    /// So many lines of what there is already.
    pub tail: Option<u32>,
}

/// One line as the kubelet tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Epoch nanoseconds; `None` for what the kubelet itself has to say.
    pub at: Option<i64>,
    /// Time, a blank, text; only text where there is no time.
    raw: Bytes,
    text_at: usize,
    /// It was longer than [`MAX_LOG_LINE`].
    pub cut: bool,
}

impl LogLine {
    /// One line as a kubelet writes it, without its line break.
    pub fn of(raw: Bytes) -> Self {
        lines::line_of(raw)
    }

    /// As it was told: RFC 3339; empty without a time.
    pub fn time(&self) -> Cow<'_, str> {
        let told = std::str::from_utf8(&self.raw[..self.text_at.saturating_sub(1)]).unwrap_or_default();
        match self.at {
            None => Cow::Borrowed(""),
            Some(_) if told.ends_with('Z') => Cow::Borrowed(told),
            Some(at) => {
                let time = Timestamp::from_nanosecond(at.into()).unwrap_or(Timestamp::UNIX_EPOCH);
                Cow::Owned(time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ").to_string())
            }
        }
    }

    /// What was written; bytes that are no UTF-8 are replaced, nothing else is changed.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.raw[self.text_at..])
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.raw.len()
    }
}

impl Connection {
    /// Opens a log. Once open it is read as fast as the caller takes it: what is not taken stays where it is.
    pub async fn logs(&self, identity: &Identity, options: &LogOptions) -> Result<LogStream, Error> {
        let ask = ask(options)?;
        let body = self.send(identity, &ask, Lane::Logs).await?;
        // A container may be silent for hours; a stored log never is.
        let idle = if options.follow { self.deadlines().log_silence } else { self.deadlines().list_idle };
        Ok(LogStream { body: Some(body), lines: Lines::default(), idle })
    }
}

fn ask(options: &LogOptions) -> Result<Ask, Error> {
    let kind = KindId::new("", "pods").map_err(|error| Error::Invalid { what: error.to_string() })?;
    let resource = ResourceType { kind, version: "v1".into(), namespaced: true };
    let place = Place {
        resource: &resource,
        namespace: Some(&options.namespace),
        name: Some(&options.pod),
        subresource: Some("log"),
    };
    let mut path = UrlPath::place(&place)?;
    if !options.container.is_empty() {
        path.query("container", &options.container)?;
    }
    for (name, on) in [("follow", options.follow), ("previous", options.previous), ("timestamps", true)] {
        if on {
            path.query(name, "true")?;
        }
    }
    match (options.since, options.since_seconds) {
        (Some(since), _) => path.query("sinceTime", &since.to_string())?,
        // Zero seconds are refused, and mean "from now on".
        (None, Some(seconds)) => path.query("sinceSeconds", &seconds.max(1).to_string())?,
        (None, None) => {}
    }
    path.query_if("tailLines", options.tail.map(|tail| tail.to_string()).as_deref())?;
    Ok(Ask { path: path.into_string(), accept: TEXT, permission: place.permission("get"), ..Ask::get("") })
}

#[derive(Debug)]
pub struct LogStream {
    /// Gone once nothing more is to come.
    body: Option<Body>,
    lines: Lines,
    idle: std::time::Duration,
}

impl LogStream {
    /// The next lines, at least one; `None` when the log ends in good order, and after an error. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<Vec<LogLine>, Error>> {
        let lines = self.read().await.transpose();
        if !matches!(lines, Some(Ok(_))) {
            self.body = None;
        }
        lines
    }

    async fn read(&mut self) -> Result<Option<Vec<LogLine>>, Error> {
        loop {
            let Some(body) = &mut self.body else { return Ok(None) };
            let mut lines = Vec::new();
            if let Some(chunk) = body.chunk(self.idle).await? {
                self.lines.push(chunk, &mut lines);
            } else {
                self.body = None;
                self.lines.end(&mut lines);
            }
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
    }
}

#[cfg(test)]
mod tests;
