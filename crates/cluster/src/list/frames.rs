//! From the pieces of a list to its frames. Pure, so that any chunking can be tried.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Form, ListEnd, ListFrame, Skipped};
use crate::split::{Limits, Piece, SplitError, Splitter};
use crate::{Error, table};

#[derive(Debug)]
pub(super) struct Frames {
    splitter: Splitter,
    /// The envelope, kept until nothing follows it: only then is the list complete.
    end: Option<ListEnd>,
    what: String,
    form: Form,
}

impl Frames {
    /// `what` names the list in messages.
    pub(super) fn new(what: String, form: Form) -> Self {
        Self { splitter: Splitter::new(Limits::default()), end: None, what, form }
    }

    /// Takes the next chunk, once [`Frames::next`] has nothing more.
    pub(super) fn push(&mut self, chunk: Bytes) {
        self.splitter.push(chunk);
    }

    /// The next item of the chunks so far.
    pub(super) fn next(&mut self) -> Result<Option<ListFrame>, Error> {
        while let Some(piece) = self.splitter.next().map_err(|error| self.broken(&error))? {
            match piece {
                Piece::Item(json) if self.form == Form::Table && !self.splitter.rows() => {
                    return Ok(Some(ListFrame::Item(table::row(json))));
                }
                Piece::Item(json) => return Ok(Some(ListFrame::Item(json))),
                Piece::Skipped { start, reason } => return Ok(Some(ListFrame::Skipped(skipped(&start, reason)))),
                Piece::Envelope(json) => self.end = Some(self.envelope(&json)?),
            }
        }
        Ok(None)
    }

    /// The last frame, after the last chunk.
    pub(super) fn end(&mut self) -> Result<ListFrame, Error> {
        self.splitter.finish().map_err(|error| self.broken(&error))?;
        let end = self.end.take().ok_or_else(|| Error::Garbage { what: format!("{}: no list", self.what) })?;
        Ok(ListFrame::End(end))
    }

    fn envelope(&self, json: &Bytes) -> Result<ListEnd, Error> {
        let envelope: Envelope<'_> = serde_json::from_slice(json)
            .map_err(|error| Error::Garbage { what: format!("the metadata of {}: {error}", self.what) })?;
        let metadata = envelope.metadata.unwrap_or_default();
        Ok(ListEnd {
            resource_version: metadata.resource_version,
            columns: envelope.columns.map(|columns| Bytes::copy_from_slice(columns.get().as_bytes())),
            remaining: metadata.remaining_item_count,
            continue_token: Some(metadata.continue_token).filter(|token| !token.is_empty()),
        })
    }

    fn broken(&self, error: &SplitError) -> Error {
        Error::Garbage { what: format!("{}: {error}", self.what) }
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    metadata: Option<Metadata>,
    #[serde(borrow, rename = "columnDefinitions")]
    columns: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    resource_version: String,
    remaining_item_count: Option<u64>,
    #[serde(rename = "continue")]
    continue_token: String,
}

fn skipped(start: &[u8], reason: String) -> Skipped {
    let (namespace, name) = identity(start);
    Skipped { namespace, name, reason }
}

/// Namespace and name out of the beginning of an item, which is not whole and so not JSON: the first ones in its
/// `metadata`, which API servers write before what makes an item large.
fn identity(start: &[u8]) -> (Option<String>, Option<String>) {
    let text = String::from_utf8_lossy(start);
    let Some((_, metadata)) = text.split_once("\"metadata\":") else { return (None, None) };
    let mut found = (None, None);
    let mut depth = 0_u32;
    let mut rest = metadata.trim_start();
    let mut key: Option<String> = None;
    while let Some(first) = rest.chars().next() {
        match first {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' => key = None,
            '"' => {
                let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
                let Some(Ok(string)) = strings.next() else { break };
                rest = &rest[strings.byte_offset()..];
                match key.as_deref() {
                    _ if depth != 1 => {}
                    None => key = Some(string),
                    Some("namespace") => found.0 = Some(string),
                    Some("name") => found.1 = Some(string),
                    Some(_) => {}
                }
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
        rest = &rest[first.len_utf8()..];
    }
    found
}

#[cfg(test)]
mod tests;
