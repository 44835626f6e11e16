//! Lines as JSON, written by hand: this is done for every line of every follower.

use std::io::Write as _;

use periscope_cluster::LogLine;
use serde::Serialize;

/// Lines of one frame, in bytes of JSON: a connection has other things to say too.
pub(super) const MOST: usize = 64 << 10;
/// What says that a line goes on.
pub(super) const CUT: &str = "…";

/// A frame's fields without the opening brace; `,` goes between fields.
#[derive(Debug)]
pub(super) struct FrameText(Vec<u8>);

impl FrameText {
    pub(super) fn new(reset: bool, room: usize) -> Self {
        let mut text = Vec::with_capacity(room + 128);
        text.extend_from_slice(b"\"reset\":");
        text.extend_from_slice(if reset { b"true" } else { b"false" });
        Self(text)
    }

    /// `name` is written as it is.
    pub(super) fn field(&mut self, name: &str, value: &impl Serialize) {
        self.begin(name);
        // Values are our own types, which all can be written.
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.extend_from_slice(b"null");
        }
    }

    fn begin(&mut self, name: &str) {
        self.0.push(b',');
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// Lines as long as `next` gives some and there is room.
    pub(super) fn lines(&mut self, mut next: impl FnMut() -> Option<(usize, LogLine)>) {
        self.begin("lines");
        self.0.push(b'[');
        let mut first = true;
        while self.0.len() < MOST
            && let Some((source, line)) = next()
        {
            if !std::mem::take(&mut first) {
                self.0.push(b',');
            }
            self.line(source, &line);
        }
        self.0.push(b']');
    }

    fn line(&mut self, source: usize, line: &LogLine) {
        // Writing to a vector does not fail.
        let _ = write!(self.0, "[{source},\"");
        escape(line.time().as_bytes(), &mut self.0);
        self.0.extend_from_slice(b"\",\"");
        escape(line.text().as_bytes(), &mut self.0);
        if line.cut {
            self.0.extend_from_slice(CUT.as_bytes());
        }
        self.0.extend_from_slice(b"\"]");
    }

    pub(super) fn end(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}

/// The inside of a JSON string (RFC 8259, section 7).
pub(super) fn escape(text: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    for (at, &byte) in text.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&text[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\n' => out.extend_from_slice(b"\\n"),
            _ => {
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
    out.extend_from_slice(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use serde_json::{Value, json};

    fn line(text: &[u8]) -> LogLine {
        LogLine::of(Bytes::from([b"2026-11-26T13:00:00.5Z ", text].concat()))
    }

    fn whole(frame: FrameText) -> Value {
        let end = frame.end();
        serde_json::from_slice(&[b"{", end.as_slice()].concat()).expect("JSON")
    }

    #[test]
    fn any_text_survives() {
        let all: String = ('\0'..='\u{17f}').chain(['\u{202e}', '😀', '\u{feff}', '\u{10ffff}']).collect();
        let text = all.replace('\n', "");
        let mut lines = vec![(3, line(text.as_bytes())), (0, line(b"a\xc3"))].into_iter();
        let mut frame = FrameText::new(true, 0);
        frame.lines(|| lines.next());
        frame.field("sources", &[1, 2]);
        let time = "2026-11-26T13:00:00.5Z";
        let expected = json!({"reset": true, "lines": [[3, time, text], [0, time, "a\u{fffd}"]], "sources": [1, 2]});
        assert_eq!(whole(frame), expected);
    }

    #[test]
    fn a_frame_has_a_limit_and_leaves_the_rest() {
        let mut given = 0;
        let mut frame = FrameText::new(false, 0);
        frame.lines(|| {
            given += 1;
            Some((0, line(&[b'x'; 1000])))
        });
        let size = frame.0.len();
        assert!((MOST..MOST + 1100).contains(&size), "{size} bytes");
        assert_eq!(whole(frame)["lines"].as_array().map(Vec::len), Some(given));
    }

    #[test]
    fn a_line_that_was_cut_says_so() {
        let mut lines = vec![(0, line(&vec![b'x'; periscope_cluster::MAX_LOG_LINE + 1]))].into_iter();
        let mut frame = FrameText::new(false, 0);
        frame.lines(|| lines.next());
        let whole = whole(frame);
        assert!(whole["lines"][0][2].as_str().is_some_and(|text| text.ends_with("x…")));
    }
}
