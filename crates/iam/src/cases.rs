//! Cases: one JSON object per line in, one answer per line out, so that anybody can check the engine. A line that
//! defines a policy has no answer unless it is wrong; whatever is wrong with a line is said in its answer.

mod answer;
mod library;
mod read;

use crate::cases::answer::Answer;
use crate::cases::library::Library;
use crate::cases::read::Case;
use crate::explain::explain;
use crate::json::{self, Node, Value};
use crate::request::{Policies, Request};

/// Answers lines; keeps the policies that lines have defined.
#[derive(Debug, Default)]
pub struct Cases {
    shelf: Library,
}

impl Cases {
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to a line that is not even looked at; its name is taken from its start if it stands there.
    pub fn refusal(line: &[u8], message: &str) -> String {
        let start = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        Answer::guessed(start).error(message)
    }

    /// The answer to one line, without its line break; `None` for a blank line and for a definition that is fine.
    pub fn answer(&mut self, line: &[u8]) -> Option<String> {
        let Ok(text) = std::str::from_utf8(line) else {
            let valid = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            let message = format!("the line is not UTF-8 from byte {} on", valid.len() + 1);
            return Some(Answer::guessed(valid).error(&message));
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return None;
        }
        let value = match json::parse(text) {
            Ok(value) => value,
            Err(error) => {
                let message = format!("the line is no JSON: column {}: {}", error.column, error.message);
                return Some(Answer::guessed(text).error(&message));
            }
        };
        if value.members().is_none() {
            return Some(Answer::default().error(&format!("a line is an object, not {}", value.kind())));
        }
        let written = |name| value.get(name).map(|one| &text[one.start..one.end]);
        let answer = Answer { id: written("id"), def: written("def") };
        match value.get("def") {
            Some(name) => self.define(text, &value, name, answer),
            None => Some(self.decide(text, &value, answer)),
        }
    }

    fn define(&mut self, text: &str, value: &Value<'_>, name: &Value<'_>, answer: Answer<'_>) -> Option<String> {
        let Some(name) = name.string() else {
            return Some(answer.error(&format!("def must be a string, not {}", name.kind())));
        };
        // What it is used as decides; the kind only says what it is most likely to be.
        let kind = match value.get("kind").map(|kind| (&kind.node, kind.kind())) {
            None | Some((Node::Null, _)) => None,
            Some((Node::String(kind), _)) => read::kind(kind),
            Some((_, kind)) => return Some(answer.error(&format!("kind must be a string, not {kind}"))),
        };
        let document = match value.get("policy").map(|policy| (policy, &policy.node)) {
            Some((policy, Node::Object(_))) => &text[policy.start..policy.end],
            Some((_, Node::String(document))) => document,
            Some((policy, _)) => {
                return Some(answer.error(&format!("policy must be an object, not {}", policy.kind())));
            }
            None => return Some(answer.error("a definition needs a policy")),
        };
        self.shelf.define(name, kind, document).err().map(|message| answer.error(&message))
    }

    fn decide(&mut self, text: &str, value: &Value<'_>, answer: Answer<'_>) -> String {
        let case = match Case::read(text, value, &mut self.shelf) {
            Ok(case) => case,
            Err(message) => return answer.error(&message),
        };
        let request = Request {
            principal: case.principal.as_ref(),
            action: &case.action,
            resource: &case.resource,
            account: case.account.as_deref(),
            context: &case.context,
        };
        let policies = Policies {
            identity: &case.identity,
            resource: case.resource_policy.as_ref(),
            boundary: &case.boundary,
            session: &case.session,
            service_control: case.service_control.as_deref(),
            resource_control: &case.resource_control,
            endpoint: &case.endpoint,
            facts: case.facts.borrowed(),
        };
        answer.explained(&explain(&request, &policies))
    }
}
