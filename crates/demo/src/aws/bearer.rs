//! How EKS knows a person or a program: the bearer token is a presigned `GetCallerIdentity`, signed together with the
//! cluster's name.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::http::Presigned;
use super::keys::{Caller, Keys};
use super::{Aws, EksCluster, access};
use crate::cluster::Cluster;
use crate::identity::User;

const PREFIX: &str = "k8s-aws-v1.";
/// Carries the cluster's name.
const HEADER: &str = "x-k8s-aws-id";
/// Seconds after which EKS takes no token, whatever it says itself.
const LONGEST: i64 = 900;

/// Whose token this is in `cluster`; `None` when it is none, or nobody's.
pub(crate) fn user(cluster: &Cluster, token: &str) -> Option<User> {
    let encoded = token.strip_prefix(PREFIX)?;
    let eks = EksCluster::of(cluster.profile.id)?;
    let url = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?).ok()?;
    match caller(&cluster.aws, eks, &url) {
        Ok((key, caller)) => access::mapped(cluster, eks, &caller).map(|user| described(user, &key, &caller)),
        Err(why) => {
            tracing::debug!(why, cluster = eks.name, "a token of AWS is refused");
            None
        }
    }
}

/// What EKS says of a caller besides name and groups.
fn described(mut user: User, key: &str, caller: &Caller) -> User {
    user.uid = format!("aws-iam-authenticator:{}:{}", caller.account.id, caller.principal_id());
    let session = caller.session.clone().unwrap_or_default();
    let extra = [
        ("accessKeyId", key.to_owned()),
        ("arn", caller.arn()),
        ("canonicalArn", caller.canonical_arn()),
        ("principalId", caller.principal_id()),
        ("sessionName", session),
        ("sigs.k8s.io/aws-iam-authenticator/principalId", caller.principal_id()),
    ];
    user.extra = extra.into_iter().map(|(name, value)| (name.to_owned(), vec![value])).collect();
    user.principal = Some(caller.principal_arn.clone());
    user
}

/// The key that signed it, and whose that is.
fn caller(aws: &Aws, cluster: &EksCluster, url: &str) -> Result<(String, Caller), &'static str> {
    let url = Presigned::parse(url).ok_or("it holds no URL")?;
    let ours = url.host == aws.address();
    let regional = url.region().is_some_and(|region| {
        [format!("sts.{region}.amazonaws.com"), format!("sts.{region}.api.aws"), "sts.amazonaws.com".to_owned()]
            .contains(&url.host)
    });
    if !ours && !regional {
        return Err("its host is not that of STS");
    }
    if url.param("Action") != Some("GetCallerIdentity") {
        return Err("it asks for something else than GetCallerIdentity");
    }
    if !url.signs("host") || !url.signs(HEADER) {
        return Err("the cluster's name is not signed");
    }
    let expires = url.param("X-Amz-Expires").and_then(|text| text.parse::<i64>().ok());
    if expires.is_none_or(|seconds| !(1..=LONGEST).contains(&seconds)) {
        return Err("it lives longer than fifteen minutes, or says nothing about it");
    }
    // EKS itself looks fifteen minutes back from the date, whatever the URL says
    if !url.is_current(aws.now(), LONGEST) {
        return Err("it has expired, or is from the future");
    }
    let id = url.key().ok_or("it names no key")?;
    let key = aws.keys.get(&id).or_else(|| Keys::foreign(&id, cluster.account)).ok_or("its key is unknown")?;
    if let Some((token, end)) = &key.session
        && (url.param("X-Amz-Security-Token") != Some(token.as_str()) || *end <= aws.now())
    {
        return Err("its session is another one, or has ended");
    }
    if !url.is_signed_by(&key.secret, &[(HEADER, cluster.name)]) {
        return Err("its signature does not match: another secret, or another cluster's name");
    }
    Ok((id, key.caller))
}
