//! What a line asks.

use super::library::Library;
use crate::action::Action;
use crate::arn;
use crate::context::{Context, Entry};
use crate::json::{Node, Value};
use crate::policy::{Policy, PolicyKind};
use crate::principal::{Kind, Principal};
use crate::request::Facts;
use crate::special;

/// What definitions call the kinds.
const KINDS: [(&str, PolicyKind); 11] = [
    ("identity", PolicyKind::Identity),
    ("resource", PolicyKind::Resource),
    ("trust", PolicyKind::Trust),
    ("boundary", PolicyKind::Boundary),
    ("session", PolicyKind::Session),
    ("scp", PolicyKind::ServiceControl),
    ("scps", PolicyKind::ServiceControl),
    ("rcp", PolicyKind::ResourceControl),
    ("rcps", PolicyKind::ResourceControl),
    ("vpce", PolicyKind::Endpoint),
    ("endpoint", PolicyKind::Endpoint),
];

pub(super) fn kind(name: &str) -> Option<PolicyKind> {
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind)
}

pub(super) struct Case {
    pub(super) principal: Option<Principal>,
    pub(super) action: Action,
    pub(super) resource: String,
    pub(super) account: Option<String>,
    pub(super) context: Context,
    pub(super) identity: Vec<Policy>,
    pub(super) resource_policy: Option<Policy>,
    pub(super) boundary: Vec<Policy>,
    pub(super) session: Vec<Policy>,
    pub(super) service_control: Option<Vec<Vec<Policy>>>,
    pub(super) resource_control: Vec<Vec<Policy>>,
    pub(super) endpoint: Vec<Policy>,
    pub(super) facts: OwnFacts,
}

#[derive(Default)]
pub(super) struct OwnFacts {
    management_account: Option<String>,
    service_linked: bool,
    aws_managed_key: bool,
    user_behind: Option<Principal>,
    resource_unseen: bool,
}

impl OwnFacts {
    pub(super) fn borrowed(&self) -> Facts<'_> {
        Facts {
            management_account: self.management_account.as_deref(),
            service_linked: self.service_linked,
            aws_managed_key: self.aws_managed_key,
            user_behind: self.user_behind.as_ref(),
            resource_unseen: self.resource_unseen,
        }
    }
}

type Read<T> = Result<T, String>;

impl Case {
    pub(super) fn read(text: &str, line: &Value<'_>, shelf: &mut Library) -> Read<Self> {
        let request = line.get("request").ok_or("a case needs a request")?;
        if request.members().is_none() {
            return Err(format!("request must be an object, not {}", request.kind()));
        }
        let principal = optional(request, "request", "principal")?.map(principal).transpose()?;
        let action = optional(request, "request", "action")?.ok_or("request.action is missing")?;
        let action = Action::parse(action)
            .ok_or_else(|| format!("request.action: {action:?} is no action, such as s3:GetObject"))?;
        let resource = resource(request, &action)?.to_owned();
        let account = optional(request, "request", "account")?.map(account).transpose()?;
        let principal = principal.or_else(|| by_token(request, &action, &resource));
        let trust = special::is_trust_question(&action, &resource);
        let of_resource = if trust { PolicyKind::Trust } else { PolicyKind::Resource };
        let facts = facts(line, principal.as_ref())?;
        let mut documents = Documents { text, line, shelf };
        Ok(Self {
            principal,
            action,
            resource,
            account,
            context: context(request)?,
            identity: documents.list("identity", PolicyKind::Identity)?,
            resource_policy: documents.one("resource", of_resource)?,
            boundary: documents.list("boundary", PolicyKind::Boundary)?,
            session: documents.list("session", PolicyKind::Session)?,
            service_control: documents.levels("scps", PolicyKind::ServiceControl)?,
            resource_control: documents.levels("rcps", PolicyKind::ResourceControl)?.unwrap_or_default(),
            endpoint: documents.list("vpce", PolicyKind::Endpoint)?,
            facts,
        })
    }
}

/// A string; absent and `null` are the same.
fn optional<'v>(value: &'v Value<'_>, place: &str, name: &str) -> Read<Option<&'v str>> {
    match value.get(name).map(|member| (&member.node, member.kind())) {
        None | Some((Node::Null, _)) => Ok(None),
        Some((Node::String(text), _)) => Ok(Some(text)),
        Some((_, kind)) => Err(format!("{place}.{name} must be a string, not {kind}")),
    }
}

fn resource<'v>(request: &'v Value<'_>, action: &Action) -> Read<&'v str> {
    match optional(request, "request", "resource")? {
        Some(resource) => Ok(resource),
        None if action.is_wildcard_only() => Ok("*"),
        None => Err("request.resource is missing: give an ARN, or * for an action that knows no resources".to_owned()),
    }
}

fn account(text: &str) -> Read<String> {
    if arn::is_account(text) {
        Ok(text.to_owned())
    } else {
        Err(format!("request.account: {text:?} is not twelve digits"))
    }
}

fn flag(value: &Value<'_>, place: &str, name: &str) -> Read<Option<bool>> {
    match value.get(name).map(|member| (&member.node, member.kind())) {
        None | Some((Node::Null, _)) => Ok(None),
        Some((Node::Bool(flag), _)) => Ok(Some(*flag)),
        Some((_, kind)) => Err(format!("{place}.{name} must be true or false, not {kind}")),
    }
}

fn principal(text: &str) -> Read<Principal> {
    Principal::parse(text).ok_or_else(|| {
        format!("{text:?} is no caller: give the ARN of a user, role, session or root user, a service's name, or null")
    })
}

/// A token is shown without credentials: whose it is stands in the context, in the key of its provider or in those of its
/// claims. A provider that has an ARN is one of the role's account.
fn by_token(request: &Value<'_>, action: &Action, role: &str) -> Option<Principal> {
    let keys = request.get("context").filter(|_| special::is_by_token(action))?.members()?;
    let provider = |text: &str| Principal::parse(text).filter(|one| one.kind() == Kind::Federated);
    if let Some(told) = keys.iter().find(|key| key.name.eq_ignore_ascii_case("aws:FederatedProvider")) {
        return told.value.string().and_then(provider);
    }
    let [_, partition, _, _, account, _] = arn::segments(role)?;
    let issuers = keys.iter().filter_map(|key| key.name.rsplit_once(':')).map(|(issuer, _)| issuer);
    let of_issuer = |issuer: &str| {
        provider(issuer).or_else(|| provider(&format!("arn:{partition}:iam::{account}:oidc-provider/{issuer}")))
    };
    issuers.filter(|issuer| issuer.contains('.')).find_map(of_issuer)
}

fn facts(line: &Value<'_>, caller: Option<&Principal>) -> Read<OwnFacts> {
    // Who made a federated session its ARN does not tell; by custom it has the user's name.
    let namesake = caller.and_then(Principal::namesake);
    let facts = match line.get("facts") {
        None | Some(Value { node: Node::Null, .. }) => {
            return Ok(OwnFacts { user_behind: namesake, ..OwnFacts::default() });
        }
        Some(facts) => facts,
    };
    if facts.members().is_none() {
        return Err(format!("facts must be an object, not {}", facts.kind()));
    }
    Ok(OwnFacts {
        management_account: optional(facts, "facts", "managementAccount")?.map(ToOwned::to_owned),
        service_linked: flag(facts, "facts", "serviceLinked")?.unwrap_or(false),
        aws_managed_key: flag(facts, "facts", "awsManagedKey")?.unwrap_or(false),
        user_behind: optional(facts, "facts", "userBehind")?.map(principal).transpose()?.or(namesake),
        resource_unseen: flag(facts, "facts", "resourceUnseen")?.unwrap_or(false),
    })
}

fn context(request: &Value<'_>) -> Read<Context> {
    let complete = flag(request, "request", "contextComplete")?.unwrap_or(true);
    let context = if complete { Context::complete() } else { Context::incomplete() };
    let members = match request.get("context").map(|value| (&value.node, value.kind())) {
        None | Some((Node::Null, _)) => return Ok(context),
        Some((Node::Object(members), _)) => members,
        Some((_, kind)) => return Err(format!("request.context must be an object, not {kind}")),
    };
    let entries = members.iter().map(|member| Ok((member.name.as_ref().into(), entry(&member.name, &member.value)?)));
    Ok(context.with_entries(entries.collect::<Read<Vec<_>>>()?.into_iter()))
}

fn entry(key: &str, value: &Value<'_>) -> Read<Entry> {
    match &value.node {
        Node::Null => Ok(Entry::Absent),
        Node::Array(list) => {
            let values = list.iter().map(|value| scalar(value).ok_or_else(|| wrong(key, value)));
            Ok(Entry::many(values.collect::<Read<Vec<_>>>()?))
        }
        _ => scalar(value).map(|text| Entry::One(text.into())).ok_or_else(|| wrong(key, value)),
    }
}

fn wrong(key: &str, value: &Value<'_>) -> String {
    let kind = value.kind();
    format!("request.context.{key} must be text, a number, a boolean or a list of these, not {kind}")
}

fn scalar<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match &value.node {
        Node::String(text) => Some(text),
        Node::Number(text) => Some(text),
        Node::Bool(true) => Some("true"),
        Node::Bool(false) => Some("false"),
        _ => None,
    }
}

struct Documents<'t, 'l> {
    text: &'t str,
    line: &'l Value<'t>,
    shelf: &'l mut Library,
}

impl Documents<'_, '_> {
    fn get(&mut self, place: &str, kind: PolicyKind, value: &Value<'_>) -> Read<Policy> {
        match &value.node {
            Node::Object(_) => self.shelf.by_document(place, kind, &self.text[value.start..value.end]),
            Node::String(text) => self.shelf.by_text(place, kind, text),
            _ => Err(format!("{place} must be a policy or the name of one, not {}", value.kind())),
        }
    }

    fn one(&mut self, name: &str, kind: PolicyKind) -> Read<Option<Policy>> {
        match self.line.get(name) {
            None | Some(Value { node: Node::Null, .. }) => Ok(None),
            Some(value) => self.get(name, kind, value).map(Some),
        }
    }

    fn list(&mut self, name: &str, kind: PolicyKind) -> Read<Vec<Policy>> {
        match self.line.get(name) {
            None | Some(Value { node: Node::Null, .. }) => Ok(Vec::new()),
            Some(value) => self.listed(name, kind, value),
        }
    }

    fn listed(&mut self, place: &str, kind: PolicyKind, value: &Value<'_>) -> Read<Vec<Policy>> {
        let Node::Array(list) = &value.node else { return Ok(vec![self.get(place, kind, value)?]) };
        list.iter().enumerate().map(|(index, one)| self.get(&format!("{place}[{index}]"), kind, one)).collect()
    }

    fn levels(&mut self, name: &str, kind: PolicyKind) -> Read<Option<Vec<Vec<Policy>>>> {
        let levels = match self.line.get(name).map(|value| (&value.node, value.kind())) {
            None | Some((Node::Null, _)) => return Ok(None),
            Some((Node::Array(levels), _)) => levels,
            Some((_, what)) => return Err(format!("{name} must be a list of lists of policies, not {what}")),
        };
        let listed = |(index, level): (usize, &Value<'_>)| self.listed(&format!("{name}[{index}]"), kind, level);
        levels.iter().enumerate().map(listed).collect::<Read<Vec<_>>>().map(Some)
    }
}
