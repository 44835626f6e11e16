//! The lines that come out.

use std::fmt::Write as _;

use crate::decide::Verdict;
use crate::explain::{Explanation, Outcome};
use crate::json;
use crate::policy::Effect;

/// An answer that knows what it answers, in the words of the line: JSON as it was written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer<'a> {
    pub(super) id: Option<&'a str>,
    /// The policy that the line defines.
    pub(super) def: Option<&'a str>,
}

impl<'a> Answer<'a> {
    /// Of a line that is no JSON: the first thing in it that looks like its name.
    pub(super) fn guessed(text: &'a str) -> Self {
        let find = |name: &'static str| {
            let quoted = format!("\"{name}\"");
            let rest = text.split_once(quoted.as_str())?.1.trim_start().strip_prefix(':')?.trim_start();
            let value = scalar(rest)?;
            json::parse(value).ok()?;
            Some(value)
        };
        match find("id") {
            None => Self { id: None, def: find("def") },
            id => Self { id, def: None },
        }
    }

    fn start(self) -> String {
        let mut line = format!("{{\"id\":{}", self.id.unwrap_or("null"));
        if let Some(def) = self.def {
            let _ = write!(line, ",\"def\":{def}");
        }
        line
    }

    /// Every answer has the same members, so that whoever reads them need not ask which are there.
    pub(super) fn error(self, message: &str) -> String {
        let mut line = self.start();
        line.push_str(",\"decision\":\"error\",\"detail\":null,\"message\":");
        quote(message, &mut line);
        line.push_str(",\"blockedBy\":[],\"why\":[]}");
        line
    }

    pub(super) fn explained(self, explanation: &Explanation) -> String {
        let mut line = self.start();
        let (decision, detail) = match &explanation.verdict {
            Verdict::Allowed => ("allowed", "\"Allowed\""),
            Verdict::Denied { explicit: true } => ("denied", "\"ExplicitlyDenied\""),
            Verdict::Denied { explicit: false } => ("denied", "\"ImplicitlyDenied\""),
            Verdict::Conditional(_) => ("conditional", "null"),
        };
        let _ = write!(line, ",\"decision\":\"{decision}\",\"detail\":");
        line.push_str(detail);
        let layers: Vec<String> = explanation.blocked_by.iter().map(|layer| format!("\"{}\"", layer.key())).collect();
        let _ = write!(line, ",\"blockedBy\":[{}]", layers.join(","));
        if let Verdict::Conditional(residual) = &explanation.verdict {
            line.push_str(",\"residual\":");
            quote(&format!("only if {residual}"), &mut line);
        }
        if explanation.incomplete {
            line.push_str(",\"incomplete\":true");
        }
        line.push_str(",\"why\":[");
        for (index, reason) in explanation.why.iter().enumerate() {
            if index > 0 {
                line.push(',');
            }
            let _ = write!(line, "{{\"layer\":\"{}\",\"policy\":", reason.layer.key());
            quote(reason.policy(), &mut line);
            line.push_str(",\"statement\":");
            quote(&reason.label(), &mut line);
            if let Some((_, index)) = &reason.statement {
                let _ = write!(line, ",\"index\":{index}");
            }
            let effect = if reason.effect == Effect::Allow { "allow" } else { "deny" };
            let outcome = match reason.outcome {
                Outcome::Applies => "applies",
                Outcome::Depends => "depends",
                Outcome::NearMiss => "nearMiss",
                Outcome::Unjudged => "unjudged",
                Outcome::Silent => "silent",
            };
            let _ = write!(line, ",\"effect\":\"{effect}\",\"outcome\":\"{outcome}\",\"words\":");
            quote(&reason.words(), &mut line);
            line.push('}');
        }
        line.push_str("]}");
        line
    }
}

/// The string or number at the start of a text.
fn scalar(text: &str) -> Option<&str> {
    let Some(rest) = text.strip_prefix('"') else {
        let end = text.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(text.len());
        return (end > 0).then_some(&text[..end]);
    };
    let mut escaped = false;
    let end = rest.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })?;
    Some(&text[..end + 2])
}

/// Text as JSON.
fn quote(text: &str, line: &mut String) {
    line.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte != b'"' && byte != b'\\' && byte >= 0x20 {
            continue;
        }
        line.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' | b'\\' => {
                line.push('\\');
                line.push(char::from(byte));
            }
            b'\n' => line.push_str("\\n"),
            _ => {
                let _ = write!(line, "\\u{byte:04x}");
            }
        }
    }
    line.push_str(&text[plain..]);
    line.push('"');
}
