//! From the chunks of a watch to its events, one a line. Pure, so that any chunking can be tried.

use std::borrow::Cow;

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;
use periscope_model::Permission;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{WatchEvent, WatchKind};
use crate::error::answer;
use crate::{Error, Form, table};

/// One event. Ten times what etcd takes by default, so it is no object that we refuse.
const MAX_LINE: usize = 16 << 20;

#[derive(Debug)]
pub(super) struct Lines {
    asked: Permission,
    form: Form,
    limit: usize,
    /// What of the last chunk has not been read.
    chunk: Bytes,
    /// The beginning of a line that goes on in the next chunk.
    begun: BytesMut,
}

impl Lines {
    pub(super) fn new(asked: Permission, form: Form) -> Self {
        Self { asked, form, limit: MAX_LINE, chunk: Bytes::new(), begun: BytesMut::new() }
    }

    /// Takes the next chunk, once [`Lines::next`] has nothing more.
    pub(super) fn push(&mut self, chunk: Bytes) {
        self.chunk = chunk;
    }

    /// The next event of the chunks so far.
    pub(super) fn next(&mut self) -> Result<Option<WatchEvent>, Error> {
        while let Some(at) = memchr(b'\n', &self.chunk) {
            let mut line = self.chunk.split_to(at);
            self.chunk.advance(1);
            self.check(line.len())?;
            if !self.begun.is_empty() {
                self.begun.extend_from_slice(&line);
                line = std::mem::take(&mut self.begun).freeze();
            }
            if !line.trim_ascii().is_empty() {
                return self.event(&line).map(Some);
            }
        }
        let rest = std::mem::take(&mut self.chunk);
        self.check(rest.len())?;
        self.begun.extend_from_slice(&rest);
        Ok(None)
    }

    /// What is left after the last chunk: nothing, or a last event without its line break.
    pub(super) fn end(&mut self) -> Result<Option<WatchEvent>, Error> {
        let line = std::mem::take(&mut self.begun).freeze();
        if line.trim_ascii().is_empty() { Ok(None) } else { self.event(&line).map(Some) }
    }

    fn check(&self, more: usize) -> Result<(), Error> {
        if self.begun.len() + more > self.limit {
            let what = format!("an event of {} has more than {} bytes", self.asked, self.limit);
            return Err(Error::TooLarge { what });
        }
        Ok(())
    }

    fn event(&self, line: &Bytes) -> Result<WatchEvent, Error> {
        let raw: Raw<'_> = serde_json::from_slice(line).map_err(|error| self.garbage(&error.to_string(), line))?;
        let kind = match &*raw.kind {
            "ADDED" => WatchKind::Added,
            "MODIFIED" => WatchKind::Modified,
            "DELETED" => WatchKind::Deleted,
            "BOOKMARK" => WatchKind::Bookmark,
            "ERROR" => return Err(self.ended(raw.object)),
            _ => return Err(self.garbage("no event type that we know", line)),
        };
        let object = line.slice_ref(raw.object.get().as_bytes());
        Ok(WatchEvent { kind, object: if self.form == Form::Table { table::table(object) } else { object } })
    }

    /// The error that an `ERROR` event's `Status` stands for.
    fn ended(&self, object: &RawValue) -> Error {
        let status: Value = serde_json::from_str(object.get()).unwrap_or_default();
        let code = status["code"].as_u64().and_then(|code| u16::try_from(code).ok());
        let code = match status["reason"].as_str() {
            Some("Expired" | "Gone") => 410,
            _ => code.unwrap_or(500),
        };
        let message = answer::clean(status["message"].as_str().unwrap_or("the watch ended with an error"));
        answer::from_status(code, message, Some(status), self.asked.clone(), None)
    }

    fn garbage(&self, what: &str, line: &[u8]) -> Error {
        Error::Garbage { what: format!("an event of {}: {what}{}", self.asked, answer::excerpt(line)) }
    }
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

#[cfg(test)]
mod tests;
