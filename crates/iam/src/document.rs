//! From text to policy: what the grammar of policy documents asks for (facts 1 to 5). What breaks the grammar is an
//! error with its place; what is only not understood is kept as such.

use std::borrow::Cow;
use std::sync::Arc;

use crate::action::{self, ActionPattern};
use crate::condition::{Condition, ConditionValue, Operator};
use crate::error::{ParseError, position};
use crate::json::{self, Member, Node, Value};
use crate::policy::{Actions, Body, Compiled, Effect, Policy, PolicyKind, Principals, Problem, Resources};
use crate::principal::PrincipalPattern;
use crate::resource::{Oddity, ResourcePattern};
use crate::text::{Span, Texts};
use crate::variable;

/// AWS' own limits are far below; this one keeps places within four bytes.
const LONGEST: usize = 1 << 28;

impl Policy {
    /// Parses and compiles a document, plain or URL-encoded (as IAM gives them). What breaks the grammar is refused;
    /// what is only unknown (elements, operators) is kept among [`Policy::problems`] and never grants.
    pub fn parse(name: &str, kind: PolicyKind, text: &str) -> Result<Self, ParseError> {
        let source = decoded(text);
        Self::compile(name, kind, source.into(), false)
    }

    /// The same for a document that somebody else keeps as well: nothing is copied.
    pub fn parse_shared(name: &str, kind: PolicyKind, text: &Arc<str>) -> Result<Self, ParseError> {
        match decoded(text) {
            Cow::Borrowed(_) => Self::compile(name, kind, Arc::clone(text), false),
            Cow::Owned(plain) => Self::compile(name, kind, plain.into(), false),
        }
    }

    /// Never refuses: what cannot be judged, be it one statement or all of the text, never grants, and a question that
    /// it may deny is not answered with yes.
    pub fn lenient(name: &str, kind: PolicyKind, text: &str) -> Self {
        let source: Arc<str> = decoded(text).into();
        Self::compile(name, kind, Arc::clone(&source), true)
            .unwrap_or_else(|error| Self { name: name.into(), body: Arc::new(unjudged(kind, source, error)) })
    }

    fn compile(name: &str, kind: PolicyKind, source: Arc<str>, lenient: bool) -> Result<Self, ParseError> {
        if source.len() > LONGEST {
            let message = format!("longer than {LONGEST} bytes");
            return Err(ParseError { line: 1, column: 1, path: String::new(), message });
        }
        let document = json::parse(&source)?;
        let mut compiler = Compiler::new(&source, kind, lenient);
        let statements = compiler.document(&document)?;
        let (beside, problems) = (compiler.beside, compiler.problems.into());
        let body =
            Body { kind, texts: Texts::with(Arc::clone(&source), beside), statements: statements.into(), problems };
        Ok(Self { name: name.into(), body: Arc::new(body) })
    }
}

/// IAM gives documents URL-encoded; plain ones start with a brace.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with("%7") {
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
fn unjudged(kind: PolicyKind, source: Arc<str>, error: ParseError) -> Body {
    let ParseError { line, column, path, message } = error;
    let problem = Problem { statement: None, path, line, column, message, unjudged: true };
    let whole = Span::new(0, source.len().min(LONGEST));
    Body { kind, texts: Texts::new(source), statements: [anything(whole)].into(), problems: [problem].into() }
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

    fn span(&mut self, value: &Value<'_>, text: &Cow<'_, str>) -> Span {
        self.place(value.start + 1, text)
    }

    fn place(&mut self, start: usize, text: &Cow<'_, str>) -> Span {
        match text {
            Cow::Borrowed(plain) => Span::new(start, start + plain.len()),
            Cow::Owned(text) => {
                let start = self.source.len() + self.beside.len();
                self.beside.push_str(text);
                Span::new(start, start + text.len())
            }
        }
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
        let principals = self.principals(principals)?;
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

    /// A string, or a list of strings.
    fn strings<'v>(&self, value: &'v Value<'_>, path: impl Fn() -> String) -> Parsed<&'v [Value<'v>]> {
        let list = if let Node::Array(list) = &value.node { list } else { std::slice::from_ref(value) };
        match list.iter().position(|one| one.string().is_none()) {
            None => Ok(list),
            Some(wrong) => {
                let message = format!("must be a string or a list of strings, not {}", list[wrong].kind());
                Err(self.error(list[wrong].start, self.path(&path()), message))
            }
        }
    }

    fn texts(&self, span: Span) -> &str {
        let (start, end) = span.range();
        match start.checked_sub(self.source.len()) {
            None => &self.source[start..end],
            Some(start) => &self.beside[start..end - self.source.len()],
        }
    }

    fn actions(&mut self, member: &Member<'_>) -> Parsed<Actions> {
        let name = &*member.name;
        let list = self.strings(&member.value, || name.to_owned())?;
        let mut patterns = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let Node::String(text) = &value.node else { continue };
            let span = self.span(value, text);
            match ActionPattern::compile(span, text) {
                Some(pattern) => patterns.push(pattern),
                None => {
                    patterns.push(ActionPattern::nothing(span));
                    let message = format!("{text:?} has no service before a colon, and matches nothing");
                    self.problem(value.start, self.path(&format!("{name}[{index}]")), message, false);
                }
            }
        }
        patterns.sort_by_key(ActionPattern::order);
        let exact = patterns.iter().filter(|one| one.is_exact()).count();
        let exact = u32::try_from(exact).unwrap_or(u32::MAX);
        Ok(Actions { not: name == "NotAction", exact, patterns: patterns.into() })
    }

    fn services(&self, actions: &Actions) -> u64 {
        if actions.not {
            return u64::MAX;
        }
        let bits = |one: &ActionPattern| action::service_bits(one, self.texts(one.span));
        actions.patterns.iter().map(bits).fold(0, |all, one| all | one)
    }

    fn resources(
        &mut self,
        statement: &Value<'_>,
        member: Option<&Member<'_>>,
        actions: &Actions,
    ) -> Parsed<Resources> {
        let Some(member) = member else {
            // A repository's policy is about that repository.
            let of_repository = self.kind == PolicyKind::Resource
                && !actions.not
                && actions.patterns.iter().all(|one| {
                    self.texts(one.span).get(..4).is_some_and(|service| service.eq_ignore_ascii_case("ecr:"))
                });
            if self.kind == PolicyKind::Trust || of_repository {
                return Ok(Resources::Any);
            }
            return Err(self.error(statement.start, self.path(""), "there is no Resource or NotResource"));
        };
        let name = &*member.name;
        if self.kind == PolicyKind::Trust {
            return Err(self.error(
                member.start,
                self.path(name),
                "a trust policy has no resources: it is about its role",
            ));
        }
        let list = self.strings(&member.value, || name.to_owned())?;
        let mut patterns = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let Node::String(text) = &value.node else { continue };
            let span = self.span(value, text);
            let (pattern, oddity) = ResourcePattern::compile(span, text, self.kind, self.variables);
            patterns.push(pattern);
            let (message, unjudged) = match oddity {
                None => continue,
                Some(Oddity::NoArn) => (format!("{text:?} is neither an ARN nor *, and matches nothing"), false),
                Some(Oddity::Invalid) => (format!("{text:?} has fewer than six parts, which is not valid here"), true),
            };
            self.problem(value.start, self.path(&format!("{name}[{index}]")), message, unjudged);
        }
        Ok(Resources::Listed { not: name == "NotResource", patterns: patterns.into() })
    }

    fn principals(&mut self, member: Option<&Member<'_>>) -> Parsed<Principals> {
        let Some(member) = member else {
            // A resource control policy is about everybody: nothing else may stand there.
            let everyone = || [PrincipalPattern::everyone(Span::default())].into();
            let is_everyone = self.kind == PolicyKind::ResourceControl;
            return Ok(if is_everyone {
                Principals::Listed { not: false, patterns: everyone() }
            } else {
                Principals::Absent
            });
        };
        let name = &*member.name;
        if !self.kind.names_principals() {
            self.problem(member.start, self.path(name), "this kind of policy names no principals".into(), true);
        }
        let mut patterns = Vec::new();
        match &member.value.node {
            Node::String(text) if text == "*" => {
                let span = self.span(&member.value, text);
                patterns.push(PrincipalPattern::everyone(span));
            }
            Node::Object(types) => {
                for of_type in types {
                    self.principals_of(name, of_type, &mut patterns)?;
                }
            }
            _ => return Err(self.error(member.value.start, self.path(name), "must be \"*\" or an object")),
        }
        Ok(Principals::Listed { not: name == "NotPrincipal", patterns: patterns.into() })
    }

    fn principals_of(&mut self, name: &str, of_type: &Member<'_>, patterns: &mut Vec<PrincipalPattern>) -> Parsed<()> {
        let kind = &*of_type.name;
        for value in self.strings(&of_type.value, || format!("{name}.{kind}"))? {
            let Node::String(text) = &value.node else { continue };
            let span = self.span(value, text);
            match PrincipalPattern::compile(kind, span, text) {
                Some(pattern) => patterns.push(pattern),
                None => {
                    if name == "Principal" {
                        patterns.push(PrincipalPattern::everyone(span));
                    }
                    let message = "no such kind of principal".to_owned();
                    self.problem(of_type.start, self.path(&format!("{name}.{kind}")), message, true);
                    break;
                }
            }
        }
        Ok(())
    }

    fn conditions(&mut self, value: &Value<'_>) -> Parsed<Vec<Condition>> {
        let Some(operators) = value.members() else {
            return Err(self.error(
                value.start,
                self.path("Condition"),
                format!("must be an object, not {}", value.kind()),
            ));
        };
        let mut conditions = Vec::new();
        for member in operators {
            let path = || format!("Condition.{}", member.name);
            let Some(keys) = member.value.members() else {
                let message = format!("must be an object of keys and values, not {}", member.value.kind());
                return Err(self.error(member.value.start, self.path(&path()), message));
            };
            let operator = Operator::parse(&member.name);
            if operator.is_none() {
                self.problem(member.start, self.path(&path()), "no such operator".into(), true);
            }
            let name = self.place(member.start + 1, &member.name);
            for key in keys {
                let variables = operator.is_some_and(|operator| self.variables && operator.family.knows_variables());
                let values = self.values(member, key, variables)?;
                let key = self.place(key.start + 1, &key.name);
                if let Some(operator) = operator {
                    conditions.push(Condition { operator, name, key, values: values.into() });
                }
            }
        }
        Ok(conditions)
    }

    fn values(&mut self, operator: &Member<'_>, key: &Member<'_>, variables: bool) -> Parsed<Vec<ConditionValue>> {
        let value = &key.value;
        let list = if let Node::Array(list) = &value.node { list } else { std::slice::from_ref(value) };
        let mut values = Vec::with_capacity(list.len());
        for value in list {
            values.push(match &value.node {
                Node::String(text) => {
                    ConditionValue { span: self.span(value, text), variable: variables && variable::is_in(text) }
                }
                Node::Number(_) | Node::Bool(_) => {
                    ConditionValue { span: Span::new(value.start, value.end), variable: false }
                }
                _ => {
                    let path = self.path(&format!("Condition.{}.{}", operator.name, key.name));
                    return Err(self.error(
                        value.start,
                        path,
                        format!("must be text, a number or a boolean, not {}", value.kind()),
                    ));
                }
            });
        }
        Ok(values)
    }
}

fn once<'v, 'a>(place: &mut Option<&'v Member<'a>>, member: &'v Member<'a>) -> Result<(), ()> {
    if place.replace(member).is_some() { Err(()) } else { Ok(()) }
}
