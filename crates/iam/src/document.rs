//! From text to policy: what the grammar of policy documents asks for (facts 1 to 5). What breaks the grammar is an
//! error with its place; what is only not understood is kept as such.

mod elements;

use std::borrow::Cow;
use std::sync::Arc;

use crate::error::{ParseError, position};
use crate::json::{self, Member, Node, Value};
use crate::policy::{Actions, Body, Compiled, Effect, Policy, PolicyKind, Principals, Problem, Resources};
use crate::principal::PrincipalPattern;
use crate::text::{Span, Texts};

/// AWS' own limits are far below; this one keeps places within four bytes.
const LONGEST: usize = 1 << 28;

impl Policy {
    /// Parses and compiles a document, plain or URL-encoded (as IAM gives them). What breaks the grammar is refused;
    /// what is only unknown (elements, operators) is kept among [`Policy::problems`] and never grants.
    pub fn parse(name: &str, kind: PolicyKind, text: &str) -> Result<Self, ParseError> {
        Self::compile(name, kind, &decoded(text).into(), false)
    }

    /// The same for a document that somebody else keeps as well: nothing is copied.
    pub fn parse_shared(name: &str, kind: PolicyKind, text: &Arc<str>) -> Result<Self, ParseError> {
        Self::compile(name, kind, &decoded_shared(text), false)
    }

    /// Never refuses: what cannot be judged, be it one statement or all of the text, never grants, and a question that
    /// it may deny is not answered with yes.
    pub fn lenient(name: &str, kind: PolicyKind, text: &str) -> Self {
        Self::lenient_shared(name, kind, &text.into())
    }

    /// The same for a document that somebody else keeps as well.
    pub fn lenient_shared(name: &str, kind: PolicyKind, text: &Arc<str>) -> Self {
        let source = decoded_shared(text);
        Self::compile(name, kind, &source, true)
            .unwrap_or_else(|error| Self { name: name.into(), body: Arc::new(unjudged(kind, source, &error)) })
    }

    fn compile(name: &str, kind: PolicyKind, source: &Arc<str>, lenient: bool) -> Result<Self, ParseError> {
        if source.len() > LONGEST {
            let message = format!("longer than {LONGEST} bytes");
            return Err(ParseError { line: 1, column: 1, path: String::new(), message });
        }
        let document = json::parse(source)?;
        let mut compiler = Compiler::new(source, kind, lenient);
        let statements = compiler.document(&document)?;
        let (beside, problems) = (compiler.beside, compiler.problems.into());
        let services = statements.iter().fold(0, |all, one| all | one.services);
        let texts = Texts::with(Arc::clone(source), beside);
        let body = Body { kind, texts, services, statements: statements.into(), problems };
        Ok(Self { name: name.into(), body: Arc::new(body) })
    }
}

fn decoded_shared(text: &Arc<str>) -> Arc<str> {
    match decoded(text) {
        Cow::Borrowed(_) => Arc::clone(text),
        Cow::Owned(plain) => plain.into(),
    }
}

/// IAM gives documents URL-encoded; plain ones start with a brace.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                bytes.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A document of which nothing is understood: it may deny anything.
fn unjudged(kind: PolicyKind, source: Arc<str>, error: &ParseError) -> Body {
    let ParseError { line, column, path, message } = error.clone();
    let problem = Problem { statement: None, path, line, column, message, unjudged: true };
    let whole = Span::new(0, source.len().min(LONGEST));
    let (statements, problems) = ([anything(whole)].into(), [problem].into());
    Body { kind, texts: Texts::new(source), services: u64::MAX, statements, problems }
}

/// A statement of which nothing is understood.
fn anything(source: Span) -> Compiled {
    Compiled {
        source,
        sid: None,
        effect: Effect::Deny,
        judged: false,
        services: u64::MAX,
        actions: Actions { not: true, exact: 0, patterns: Box::default() },
        resources: Resources::Any,
        principals: Principals::Listed { not: false, patterns: [PrincipalPattern::everyone(Span::default())].into() },
        conditions: Box::default(),
    }
}

struct Compiler<'a> {
    source: &'a str,
    kind: PolicyKind,
    lenient: bool,
    /// Whether the document's version knows variables.
    variables: bool,
    /// Strings that had escapes.
    beside: String,
    problems: Vec<Problem>,
    /// The number of the statement that is being read.
    index: usize,
    /// Whether all of that statement is understood.
    judged: bool,
}

type Parsed<T> = Result<T, ParseError>;

impl<'a> Compiler<'a> {
    fn new(source: &'a str, kind: PolicyKind, lenient: bool) -> Self {
        let (beside, problems) = (String::new(), Vec::new());
        Self { source, kind, lenient, variables: false, beside, problems, index: 0, judged: true }
    }

    fn error(&self, offset: usize, path: String, message: impl Into<String>) -> ParseError {
        let (line, column) = position(self.source, offset);
        ParseError { line, column, path, message: message.into() }
    }

    /// The path of something in the statement that is being read.
    fn path(&self, rest: &str) -> String {
        let dot = if rest.is_empty() { "" } else { "." };
        format!("Statement[{}]{dot}{rest}", self.index)
    }

    fn problem(&mut self, offset: usize, path: String, message: String, unjudged: bool) {
        let (line, column) = position(self.source, offset);
        let statement = path.starts_with("Statement[").then_some(self.index);
        self.problems.push(Problem { statement, path, line, column, message, unjudged });
        self.judged &= !unjudged;
    }

    /// Where a string of the document is kept: in the source, unless it had escapes there.
    fn span(&mut self, value: &Value<'_>, text: &str) -> Span {
        self.place(value.start + 1, text)
    }

    fn place(&mut self, start: usize, text: &str) -> Span {
        if self.source.get(start..start + text.len()) == Some(text) {
            return Span::new(start, start + text.len());
        }
        let start = self.source.len() + self.beside.len();
        self.beside.push_str(text);
        Span::new(start, start + text.len())
    }

    fn document(&mut self, document: &Value<'_>) -> Parsed<Vec<Compiled>> {
        let Some(members) = document.members() else {
            return Err(self.error(
                document.start,
                String::new(),
                format!("a policy is an object, not {}", document.kind()),
            ));
        };
        let mut statements = None;
        for member in members {
            match &*member.name {
                "Version" => self.version(&member.value)?,
                "Id" if member.value.string().is_some() => {}
                "Id" => return Err(self.error(member.value.start, "Id".into(), "must be a string")),
                "Statement" => statements = Some(&member.value),
                name => self.problem(member.start, name.into(), "no such element".into(), true),
            }
        }
        let understood = self.judged;
        let Some(value) = statements else {
            return Err(self.error(document.start, String::new(), "there is no Statement"));
        };
        let single = std::slice::from_ref(value);
        let list = if let Node::Array(list) = &value.node { list } else { single };
        let mut compiled = Vec::with_capacity(list.len());
        for (index, statement) in list.iter().enumerate() {
            self.index = index;
            self.judged = understood;
            match self.statement(statement) {
                Ok(one) => compiled.push(one),
                Err(error) if self.lenient => {
                    let ParseError { line, column, path, message } = error;
                    let statement_index = Some(index);
                    self.problems.push(Problem {
                        statement: statement_index,
                        path,
                        line,
                        column,
                        message,
                        unjudged: true,
                    });
                    compiled.push(anything(Span::new(statement.start, statement.end)));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(compiled)
    }

    fn version(&mut self, value: &Value<'_>) -> Parsed<()> {
        match value.string() {
            Some("2012-10-17") => self.variables = true,
            Some("2008-10-17") => {}
            _ => {
                let message = "must be \"2012-10-17\" or \"2008-10-17\"";
                return Err(self.error(value.start, "Version".into(), message));
            }
        }
        Ok(())
    }

    fn statement(&mut self, value: &Value<'_>) -> Parsed<Compiled> {
        let Some(members) = value.members() else {
            let message = format!("a statement is an object, not {}", value.kind());
            return Err(self.error(value.start, self.path(""), message));
        };
        let (mut sid, mut effect, mut conditions) = (None, None, Vec::new());
        let (mut actions, mut resources, mut principals) = (None, None, None);
        for member in members {
            let name = &*member.name;
            match name {
                "Sid" => sid = Some(self.sid(&member.value)?),
                "Effect" => effect = Some(self.effect(&member.value)?),
                "Condition" => conditions = self.conditions(&member.value)?,
                "Action" | "NotAction" => once(&mut actions, member).map_err(|()| self.both(member, "Action"))?,
                "Resource" | "NotResource" => {
                    once(&mut resources, member).map_err(|()| self.both(member, "Resource"))?;
                }
                "Principal" | "NotPrincipal" => {
                    once(&mut principals, member).map_err(|()| self.both(member, "Principal"))?;
                }
                _ => self.problem(member.start, self.path(name), "no such element".into(), true),
            }
        }
        let missing = |what: &str| self.error(value.start, self.path(""), format!("there is no {what}"));
        let effect = effect.ok_or_else(|| missing("Effect"))?;
        let actions = actions.ok_or_else(|| missing("Action or NotAction"))?;
        let actions = self.actions(actions)?;
        let resources = self.resources(value, resources, &actions)?;
        let principals = self.principals(principals, effect)?;
        let services = self.services(&actions);
        Ok(Compiled {
            source: Span::new(value.start, value.end),
            sid,
            effect,
            judged: self.judged,
            services,
            actions,
            resources,
            principals,
            conditions: conditions.into(),
        })
    }

    fn both(&self, member: &Member<'_>, what: &str) -> ParseError {
        self.error(member.start, self.path(&member.name), format!("{what} and Not{what} exclude each other"))
    }

    fn sid(&mut self, value: &Value<'_>) -> Parsed<Span> {
        match &value.node {
            Node::String(text) => Ok(self.span(value, text)),
            _ => Err(self.error(value.start, self.path("Sid"), "must be a string")),
        }
    }

    fn effect(&self, value: &Value<'_>) -> Parsed<Effect> {
        match value.string() {
            Some("Allow") => Ok(Effect::Allow),
            Some("Deny") => Ok(Effect::Deny),
            _ => Err(self.error(value.start, self.path("Effect"), "must be \"Allow\" or \"Deny\"")),
        }
    }
}

fn once<'v, 'a>(place: &mut Option<&'v Member<'a>>, member: &'v Member<'a>) -> Result<(), ()> {
    if place.replace(member).is_some() { Err(()) } else { Ok(()) }
}
