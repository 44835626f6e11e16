//! STS: who one is, and becoming somebody else where a trust policy lets one.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::authority;
use super::http::{Call, Failure, Reply};
use super::keys::{Caller, Issued};
use super::role::Role;
use crate::tokens::{Claims, Refusal};

/// What a token has to be for.
const AUDIENCE: &str = "sts.amazonaws.com";

pub(super) fn answer(call: &Call<'_>) -> Reply {
    match call.action.as_str() {
        "GetCallerIdentity" => {
            let caller = call.caller()?;
            Ok(json!({"UserId": caller.id(), "Account": caller.account.id, "Arn": caller.arn()}))
        }
        "AssumeRole" => assume(call),
        "AssumeRoleWithWebIdentity" => assume_with_token(call),
        other => Err(call.protocol.unknown_action(other)),
    }
}

fn session_name(call: &Call<'_>) -> Result<String, Failure> {
    let name = call.required("RoleSessionName")?;
    let fits = (2..=64).contains(&name.len())
        && name.chars().all(|one| one.is_ascii_alphanumeric() || "_+=,.@-".contains(one));
    if fits {
        return Ok(name.to_owned());
    }
    let message = format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    Err(Failure::new(400, "ValidationError", message))
}

fn seconds(call: &Call<'_>) -> Result<i64, Failure> {
    let seconds = call.number("DurationSeconds").unwrap_or(3600);
    if (900..=3600).contains(&seconds) {
        return Ok(seconds);
    }
    Err(Failure::new(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    ))
}

fn assume(call: &Call<'_>) -> Reply {
    let caller = call.caller()?;
    let arn = call.required("RoleArn")?;
    let session = session_name(call)?;
    let lets = |role: &Role| authority::may_become(call.aws(), caller, role, &session, call.param("ExternalId"));
    // a role that is not there and one that does not trust the caller are told alike, as AWS does
    let role = call.aws().role_by_arn(arn).filter(lets);
    let role = role.ok_or_else(|| {
        let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn());
        call.protocol.access_denied(message)
    })?;
    let (policies, packed) = session_policies(call, &role)?;
    let mut reply = session_reply(call, &role, (&session, seconds(call)?), policies)?;
    reply["PackedPolicySize"] = json!(packed);
    Ok(reply)
}

/// Characters of a session policy.
const LONGEST_POLICY: usize = 2048;

/// What the session is narrowed to, and how much of the room for it that takes, in percent.
fn session_policies(call: &Call<'_>, role: &Role) -> Result<(Vec<String>, usize), Failure> {
    let mut all = Vec::new();
    if let Some(text) = call.param("Policy") {
        if text.len() > LONGEST_POLICY || !serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object()) {
            let message = "The policy is not in the valid JSON format, or has more than 2048 characters.";
            return Err(Failure::new(400, "MalformedPolicyDocument", message));
        }
        all.push(text.to_owned());
    }
    let account = super::estate::account(role.account);
    for at in 1.. {
        let Some(arn) = call.param(&format!("PolicyArns.member.{at}.arn")) else { break };
        let text = account.and_then(|account| authority::text_of(account, arn));
        // a policy that is not there allows nothing
        all.push(text.unwrap_or_else(|| r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned()));
    }
    let packed = call.param("Policy").map_or(0, |text| text.len() * 100 / LONGEST_POLICY);
    Ok((all, packed))
}

fn assume_with_token(call: &Call<'_>) -> Reply {
    let arn = call.required("RoleArn")?;
    let session = session_name(call)?;
    let token = call.required("WebIdentityToken")?;
    let (issuer, claims) = verified(call, token)?;
    let subject = format!("system:serviceaccount:{}:{}", claims.namespace, claims.name);
    let role = call.aws().role_by_arn(arn).filter(|role| {
        let provider = format!("arn:aws:iam::{}:oidc-provider/{issuer}", role.account);
        authority::is_let_in(role, &provider, &claims.namespace, &claims.name)
    });
    let role = role.ok_or_else(|| {
        call.protocol.access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned())
    })?;
    let (policies, packed) = session_policies(call, &role)?;
    let mut reply = session_reply(call, &role, (&session, seconds(call)?), policies)?;
    reply["PackedPolicySize"] = json!(packed);
    reply["SubjectFromWebIdentityToken"] = json!(subject);
    reply["Audience"] = json!(AUDIENCE);
    reply["Provider"] = json!(format!("arn:aws:iam::{}:oidc-provider/{issuer}", role.account));
    Ok(reply)
}

/// The issuer of a token, without the scheme, and what it says. Every account of the world knows the same audience.
fn verified(call: &Call<'_>, token: &str) -> Result<(String, Claims), Failure> {
    let now = call.aws().now();
    let read = call.service.clusters.iter().map(|cluster| (cluster, cluster.issuer.read(token, now)));
    let invalid = |message: &str| Err(Failure::new(400, "InvalidIdentityToken", message));
    match read.into_iter().find(|(_, read)| *read != Err(Refusal::NotOurs)) {
        Some((cluster, Ok(claims))) if claims.is_for(AUDIENCE) => {
            Ok((cluster.issuer.url.trim_start_matches("https://").to_owned(), claims))
        }
        Some((_, Ok(_))) => invalid("Incorrect token audience"),
        Some((_, Err(_))) => {
            let message = "Token expired: current date/time must be before the expiration date/time";
            Err(Failure::new(400, "ExpiredTokenException", message))
        }
        None => invalid("The ID Token provided is not a valid JWT, or no cluster of this world issued it."),
    }
}

/// Keys of a new session.
pub(super) fn session_of(
    call: &Call<'_>,
    role: &Role,
    (session, seconds): (&str, i64),
    policies: Vec<String>,
) -> Result<(Caller, Issued), Failure> {
    let account = super::estate::account(role.account)
        .ok_or_else(|| Failure::new(500, "InternalFailure", "the role's account is not of this organisation"))?;
    let caller = Caller { policies, ..Caller::new(account, role.arn(), session) };
    let issued = call.aws().keys.issue(caller.clone(), call.checked, (call.aws().now(), seconds));
    let failure = |error| Failure::new(500, "InternalFailure", format!("no random bytes: {error}"));
    Ok((caller, issued.map_err(failure)?))
}

fn session_reply(call: &Call<'_>, role: &Role, session: (&str, i64), policies: Vec<String>) -> Result<Value, Failure> {
    let (caller, Issued { id, secret, token, expires }) = session_of(call, role, session, policies)?;
    let assumed = json!({"AssumedRoleId": caller.id(), "Arn": caller.arn()});
    let expires = Timestamp::from_second(expires).map_or_else(|_| String::new(), |time| time.to_string());
    Ok(json!({"AssumedRoleUser": assumed,
        "Credentials": {"AccessKeyId": id, "SecretAccessKey": secret, "SessionToken": token, "Expiration": expires}}))
}
