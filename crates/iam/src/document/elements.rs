//! The elements of a statement that hold patterns, names and conditions.

use super::{Compiler, Parsed};
use crate::action::{self, ActionPattern};
use crate::condition::{Condition, ConditionValue, Operator};
use crate::json::{Member, Node, Value};
use crate::policy::{Actions, Effect, PolicyKind, Principals, Resources};
use crate::principal::PrincipalPattern;
use crate::resource::{Oddity, ResourcePattern};
use crate::text::Span;
use crate::variable;

impl Compiler<'_> {
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

    pub(super) fn actions(&mut self, member: &Member<'_>) -> Parsed<Actions> {
        let name = &*member.name;
        let list = self.strings(&member.value, || name.to_owned())?;
        let mut patterns = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let Node::String(text) = &value.node else { continue };
            let span = self.span(value, text);
            if let Some(pattern) = ActionPattern::compile(span, text) {
                patterns.push(pattern);
                continue;
            }
            patterns.push(ActionPattern::nothing(span));
            let message = format!("{text:?} has no service before a colon, and matches nothing");
            self.problem(value.start, self.path(&format!("{name}[{index}]")), message, false);
        }
        patterns.sort_by_key(ActionPattern::order);
        let exact = patterns.iter().filter(|one| one.is_exact()).count();
        let exact = u32::try_from(exact).unwrap_or(u32::MAX);
        Ok(Actions { not: name == "NotAction", exact, patterns: patterns.into() })
    }

    pub(super) fn services(&self, actions: &Actions) -> u64 {
        if actions.not {
            return u64::MAX;
        }
        let bits = |one: &ActionPattern| action::service_bits(one, self.texts(one.span));
        actions.patterns.iter().map(bits).fold(0, |all, one| all | one)
    }

    pub(super) fn resources(
        &mut self,
        statement: &Value<'_>,
        member: Option<&Member<'_>>,
        actions: &Actions,
    ) -> Parsed<Resources> {
        let Some(member) = member else {
            // A repository's policy is about that repository.
            let is_repository =
                |service: &str| ["ecr", "ecr-public"].iter().any(|one| service.eq_ignore_ascii_case(one));
            let of_repository = self.kind == PolicyKind::Resource
                && !actions.not
                && actions.patterns.iter().all(|one| self.texts(one.span).split(':').next().is_some_and(is_repository));
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

    pub(super) fn principals(&mut self, member: Option<&Member<'_>>, effect: Effect) -> Parsed<Principals> {
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
                    // Whose id it is no ARN tells: it may be anybody's.
                    if of_type.name == "CanonicalUser" && name == "Principal" && effect == Effect::Deny {
                        patterns.push(PrincipalPattern::everyone(Span::default()));
                        let message = "whom it denies is not known: no ARN tells a canonical user".to_owned();
                        self.problem(of_type.start, self.path(&format!("{name}.CanonicalUser")), message, true);
                    }
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
            if let Some(pattern) = PrincipalPattern::compile(kind, span, text) {
                patterns.push(pattern);
                continue;
            }
            // Whom it means is not known: perhaps the caller.
            if name == "Principal" {
                patterns.push(PrincipalPattern::everyone(span));
            }
            let message = "no such kind of principal".to_owned();
            self.problem(of_type.start, self.path(&format!("{name}.{kind}")), message, true);
            break;
        }
        Ok(())
    }

    pub(super) fn conditions(&mut self, value: &Value<'_>) -> Parsed<Vec<Condition>> {
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
