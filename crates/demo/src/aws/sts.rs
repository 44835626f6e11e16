//! STS: who one is, and becoming somebody else where a trust policy lets one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::authority;
use super::http::{Call, Failure, Reply};
use super::keys::{Caller, Issued};
use super::role::Role;

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
    let own = call.aws().role_by_arn(&caller.role_arn);
    let lets = |role: &Role| {
        own.as_ref().is_some_and(|own| authority::may_become(own, role, &session, call.param("ExternalId")))
    };
    // a role that is not there and one that does not trust the caller are told alike, as AWS does
    let role = call.aws().role_by_arn(arn).filter(lets);
    let role = role.ok_or_else(|| {
        let message = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn());
        call.protocol.access_denied(message)
    })?;
    let seconds = seconds(call)?;
    let mut reply = session_reply(call, &role, &session, seconds)?;
    reply["PackedPolicySize"] = json!(0);
    Ok(reply)
}

fn assume_with_token(call: &Call<'_>) -> Reply {
    let arn = call.required("RoleArn")?;
    let session = session_name(call)?;
    let token = call.required("WebIdentityToken")?;
    if token != call.aws().keys.web_identity_token {
        let message = "The ID Token provided is not a valid JWT, or no cluster of this world issued it.";
        return Err(Failure::new(400, "InvalidIdentityToken", message));
    }
    let claims = claims(token).unwrap_or(Value::Null);
    let issuer = claims["iss"].as_str().unwrap_or_default().trim_start_matches("https://").to_owned();
    let subject = claims["sub"].as_str().unwrap_or_default().to_owned();
    let service_account = subject.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
    let role = call.aws().role_by_arn(arn).filter(|role| {
        let provider = format!("arn:aws:iam::{}:oidc-provider/{issuer}", role.account);
        service_account.is_some_and(|(namespace, name)| authority::is_let_in(role, &provider, namespace, name))
    });
    let role = role.ok_or_else(|| {
        call.protocol.access_denied("Not authorized to perform sts:AssumeRoleWithWebIdentity".to_owned())
    })?;
    let seconds = seconds(call)?;
    let mut reply = session_reply(call, &role, &session, seconds)?;
    reply["SubjectFromWebIdentityToken"] = json!(subject);
    reply["Audience"] = json!("sts.amazonaws.com");
    reply["Provider"] = json!(format!("arn:aws:iam::{}:oidc-provider/{issuer}", role.account));
    Ok(reply)
}

/// What a token says, unchecked: it is one of the world's own.
fn claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn session_reply(call: &Call<'_>, role: &Role, session: &str, seconds: i64) -> Result<Value, Failure> {
    let account = super::estate::account(role.account)
        .ok_or_else(|| Failure::new(500, "InternalFailure", "the role's account is not of this organisation"))?;
    let caller = Caller { account, role_arn: role.arn(), session: session.to_owned() };
    let assumed = json!({"AssumedRoleId": caller.id(), "Arn": caller.arn()});
    let Issued { id, secret, token, expires } = call
        .aws()
        .keys
        .issue(caller, call.aws().now(), seconds)
        .map_err(|error| Failure::new(500, "InternalFailure", format!("no random bytes: {error}")))?;
    let expires = Timestamp::from_second(expires).map_or_else(|_| String::new(), |time| time.to_string());
    Ok(json!({"AssumedRoleUser": assumed,
        "Credentials": {"AccessKeyId": id, "SecretAccessKey": secret, "SessionToken": token, "Expiration": expires}}))
}
