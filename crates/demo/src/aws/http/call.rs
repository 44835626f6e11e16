//! A request, understood: who asks which service to do what.

use std::str::FromStr;
use std::sync::atomic::Ordering;

use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::protocol::Protocol;
use super::signature::{self, Claim};
use super::{Failure, Service};
use crate::aws::Aws;
use crate::aws::estate::{Account, EksCluster};
use crate::aws::keys::{Caller, Key, Keys};
use crate::aws::{authority, eks, estate};

pub(crate) struct Call<'a> {
    pub(crate) service: &'a Service,
    pub(crate) protocol: Protocol,
    pub(crate) action: String,
    pub(crate) region: String,
    /// `None` for what needs no signature.
    pub(crate) caller: Option<Caller>,
    /// Whether the caller may only do what its policies say.
    held: bool,
    /// Whether its signature was checked, or it holds keys of another STS.
    pub(crate) checked: bool,
    /// Of the query or the form.
    params: Vec<(String, String)>,
    /// The body of JSON protocols.
    pub(crate) body: Value,
    /// Decoded segments of the path.
    pub(crate) path: Vec<String>,
}

/// What a request without a signature may ask for.
const UNSIGNED: &str = "AssumeRoleWithWebIdentity";

/// Seconds that a client's clock may be wrong by.
const SKEW: i64 = 300;

pub(super) fn id(aws: &Aws) -> String {
    let number = aws.requests.fetch_add(1, Ordering::Relaxed);
    format!("d3m00000-0000-4000-8000-{number:012x}")
}

impl<'a> Call<'a> {
    /// The call with the protocol to answer in; a refusal is answered as the service would.
    pub(super) fn parse(
        service: &'a Service,
        parts: &Parts,
        body: &[u8],
    ) -> Result<(Self, Protocol), (Failure, Protocol)> {
        let mut params = signature::pairs(parts.uri.query().unwrap_or_default());
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let form = header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if form {
            params.extend(signature::pairs(&String::from_utf8_lossy(body)));
        }
        let param = |name: &str| params.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let claim = match header("authorization") {
            Some(text) => Claim::of_header(text),
            None => Claim::of_query(&params),
        };
        let Some(claim) = claim else {
            if param("Action").as_deref() == Some(UNSIGNED) {
                let call = Self::new(service, Protocol::Sts, UNSIGNED.to_owned(), params);
                return Ok((call, Protocol::Sts));
            }
            let failure = Failure::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
            return Err((failure, Protocol::Sts));
        };
        let scope = claim.scope.clone();
        let Some(protocol) = Protocol::of(&scope.service) else {
            let message = format!("the world has no service {:?}", scope.service);
            // forms are of the query protocols, whose clients read XML
            let like = if form { Protocol::Iam } else { Protocol::Eks };
            return Err((Failure::new(404, "UnknownOperationException", message), like));
        };
        let token = header("x-amz-security-token").map(str::to_owned).or_else(|| param("X-Amz-Security-Token"));
        let path: Vec<String> = parts
            .uri
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        let date = header("x-amz-date").map(str::to_owned).or_else(|| param("X-Amz-Date"));
        // a key that is not the world's acts where what it asks for is
        let named =
            path.get(1).and_then(|name| EksCluster::of(name)).filter(|named| named.account.region == scope.region);
        let elsewhere = named.map_or(estate::HOME, |named| named.account);
        let lives = param("X-Amz-Expires").and_then(|text| text.parse().ok()).unwrap_or(SKEW);
        let key = fresh(&service.aws, protocol, (date.as_deref(), lives))
            .and_then(|()| key(&service.aws, protocol, (&scope.key, token.as_deref()), elsewhere))
            .and_then(|key| signed(protocol, key, &claim, (parts, body)))
            .map_err(|failure| (failure, protocol))?;
        let action = match protocol {
            Protocol::Eks | Protocol::EksAuth => eks::action(&parts.method, &path).map(str::to_owned),
            Protocol::Organizations => header("x-amz-target")
                .and_then(|target| target.strip_prefix("AWSOrganizationsV20161128."))
                .map(str::to_owned),
            _ => param("Action"),
        };
        let action = action.ok_or_else(|| (protocol.unknown_action(parts.uri.path()), protocol))?;
        let mut call = Self::new(service, protocol, action, params);
        if !form && !body.is_empty() {
            call.body = serde_json::from_slice(body).map_err(|error| {
                (Failure::new(400, "SerializationException", format!("the body is no JSON: {error}")), protocol)
            })?;
        }
        call.region = scope.region;
        call.caller = Some(key.caller);
        call.held = key.held;
        call.checked = key.checked;
        call.path = path;
        Ok((call, protocol))
    }

    fn new(service: &'a Service, protocol: Protocol, action: String, params: Vec<(String, String)>) -> Self {
        let region = estate::HOME.region.to_owned();
        Self {
            service,
            protocol,
            action,
            region,
            caller: None,
            held: false,
            checked: true,
            params,
            body: Value::Null,
            path: Vec::new(),
        }
    }

    pub(crate) fn aws(&self) -> &'a Aws {
        &self.service.aws
    }

    pub(crate) fn caller(&self) -> Result<&Caller, Failure> {
        self.caller
            .as_ref()
            .ok_or_else(|| Failure::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"))
    }

    pub(crate) fn account(&self) -> Result<&'static Account, Failure> {
        Ok(self.caller()?.account)
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A parameter that may be given several times.
    pub(crate) fn every(&self, name: &str) -> Vec<&str> {
        let held = self.params.iter().filter(|(key, value)| key == name && !value.is_empty());
        held.map(|(_, value)| value.as_str()).collect()
    }

    /// A boolean as query strings and forms write it.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.param(name) == Some("true")
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.param(name).and_then(|text| text.parse().ok())
    }

    /// A list of the query protocol: `Filter.member.1`, `Filter.member.2` … or EC2's `InstanceId.1`.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        (1..).map_while(|at| self.param(&format!("{name}.{at}"))).collect()
    }

    /// A parameter that the action cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.param(name).ok_or_else(|| {
            let field = name[..1].to_lowercase() + &name[1..];
            let message = format!(
                "1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"
            );
            Failure::new(400, "ValidationError", message)
        })
    }

    /// What goes wrong by order.
    pub(super) fn admitted(&self) -> Result<(), Failure> {
        let faults = self.aws().faults.read();
        let number = self.aws().requests.load(Ordering::Relaxed);
        if faults.throttle_every.is_some_and(|every| every > 0 && number.is_multiple_of(every)) {
            return Err(self.protocol.throttled());
        }
        let action = format!("{}:{}", self.protocol.prefix(), self.action);
        // nobody can be denied to know who they are
        let Some(caller) = self.caller.as_ref().filter(|_| action != "sts:GetCallerIdentity") else { return Ok(()) };
        let refused = faults.deny.iter().any(|pattern| denies(pattern, caller.account, &action));
        drop(faults);
        let resource = self.resource();
        // who assumes a role is looked at together with the role's trust
        let allowed = !self.held
            || self.action == "AssumeRole"
            || authority::may(self.aws(), caller, (&action, &resource), &self.region);
        if allowed && !refused {
            return Ok(());
        }
        let message = format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action",
            caller.arn()
        );
        Err(self.protocol.access_denied(message))
    }

    /// The ARN that the call is about, or `*`.
    fn resource(&self) -> String {
        let account = self.caller.as_ref().map_or("", |caller| caller.account.id);
        let of_iam = |kind: &str, name: &str| format!("arn:aws:iam::{account}:{kind}/{name}");
        let named = |name: &str| self.param(name).map(str::to_owned);
        let found = match self.protocol {
            Protocol::Eks | Protocol::EksAuth => self.path.get(1).map(|cluster| {
                let place = format!("arn:aws:eks:{}:{account}", self.region);
                match (self.path.get(2).map(String::as_str), self.path.get(3)) {
                    (Some("access-entries"), Some(principal)) => format!("{place}:access-entry/{cluster}/{principal}"),
                    (Some("pod-identity-associations"), Some(id)) => {
                        format!("{place}:podidentityassociation/{cluster}/{id}")
                    }
                    _ => format!("{place}:cluster/{cluster}"),
                }
            }),
            Protocol::Iam => self
                .param("RoleName")
                .map(|name| {
                    let role = self.caller.as_ref().and_then(|caller| self.aws().role(caller.account, name));
                    role.map_or_else(|| of_iam("role", name), |role| role.arn())
                })
                .or_else(|| named("PolicyArn"))
                .or_else(|| named("PolicySourceArn"))
                .or_else(|| named("OpenIDConnectProviderArn"))
                .or_else(|| self.param("UserName").map(|name| of_iam("user", name)))
                .or_else(|| self.param("InstanceProfileName").map(|name| of_iam("instance-profile", name))),
            Protocol::Sts => named("RoleArn"),
            Protocol::Organizations | Protocol::Ec2 => None,
        };
        found.unwrap_or_else(|| "*".to_owned())
    }
}

/// Whether a pattern of `AwsFaults::deny` is about this action.
pub(crate) fn denies(pattern: &str, account: &Account, action: &str) -> bool {
    let (there, pattern) = pattern.split_once('/').map_or((None, pattern), |(there, pattern)| (Some(there), pattern));
    if there.is_some_and(|there| there != account.id) {
        return false;
    }
    match pattern.strip_suffix('*') {
        Some(start) => action.starts_with(start),
        None => action == pattern,
    }
}

/// A signature from another hour is refused: somebody's clock is wrong, or somebody repeats what they heard.
fn fresh(aws: &Aws, protocol: Protocol, (date, lives): (Option<&str>, i64)) -> Result<(), Failure> {
    let now = aws.now();
    let at = date.and_then(signature::instant).unwrap_or(now);
    if (at - SKEW..=at + lives.max(SKEW)).contains(&now) {
        return Ok(());
    }
    let code = wrong_signature(protocol);
    let message = format!("Signature expired: {} is now {} seconds away", date.unwrap_or_default(), (now - at).abs());
    Err(Failure::new(403, code, message))
}

fn wrong_signature(protocol: Protocol) -> &'static str {
    if protocol.is_json() { "InvalidSignatureException" } else { "SignatureDoesNotMatch" }
}

/// The key, if the request is signed with it.
fn signed(protocol: Protocol, key: Key, claim: &Claim, (parts, body): (&Parts, &[u8])) -> Result<Key, Failure> {
    if !key.checked || claim.is_of(&key.secret, parts, body) {
        return Ok(key);
    }
    let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
    Err(Failure::new(403, wrong_signature(protocol), message))
}

fn key(
    aws: &Aws,
    protocol: Protocol,
    (id, token): (&str, Option<&str>),
    elsewhere: &'static Account,
) -> Result<Key, Failure> {
    let json = protocol.is_json();
    let invalid = |message: &str| {
        let code = if json { "UnrecognizedClientException" } else { "InvalidClientTokenId" };
        Failure::new(403, code, message)
    };
    let key = aws.keys.get(id).or_else(|| Keys::foreign(id, elsewhere));
    let key = key.ok_or_else(|| invalid("The security token included in the request is invalid."))?;
    if let Some((right, expires)) = &key.session {
        if token != Some(right.as_str()) {
            return Err(invalid("The security token included in the request is invalid."));
        }
        if *expires <= aws.now() {
            let code = if json { "ExpiredTokenException" } else { "ExpiredToken" };
            return Err(Failure::new(403, code, "The security token included in the request is expired"));
        }
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_deny_what_they_name() {
        let home = estate::HOME;
        assert!(denies("iam:*", home, "iam:GetRole") && denies("iam:Get*", home, "iam:GetRole"));
        assert!(denies("iam:GetRole", home, "iam:GetRole") && !denies("iam:GetRole", home, "iam:GetRolePolicy"));
        assert!(
            denies("111122223333/iam:*", home, "iam:GetRole") && !denies("444455556666/iam:*", home, "iam:GetRole")
        );
    }
}
