//! EKS Auth: what the Pod Identity agent of a node asks for a pod that has an association.

use serde_json::json;

use super::authority;
use super::eks;
use super::http::{Call, Failure, Reply};
use super::sts;
use crate::tokens::Refusal;

/// What the tokens are for that pods have for it.
const AUDIENCE: &str = "pods.eks.amazonaws.com";

/// Seconds that its sessions live.
const LIVES: i64 = 6 * 3600;

/// `AssumeRoleForPodIdentity`
pub(super) fn answer(call: &Call<'_>) -> Reply {
    let registry = eks::registry(call)?;
    let eks = registry.cluster;
    let cluster = call.service.clusters.iter().find(|one| one.profile.id == eks.name);
    let bad = |code, message: &str| Failure::new(400, code, message);
    let token = call.body["token"].as_str().ok_or_else(|| bad("InvalidParameterException", "token is missing"))?;
    let not_ours = || bad("InvalidTokenException", "The token is not one of a service account of this cluster");
    let claims = match cluster.map(|cluster| cluster.issuer.read(token, call.aws().now())) {
        Some(Ok(claims)) if claims.is_for(AUDIENCE) => claims,
        Some(Err(Refusal::Expired)) => return Err(bad("ExpiredTokenException", "The token has expired")),
        _ => return Err(not_ours()),
    };
    let (namespace, account) = (claims.namespace.as_str(), claims.name.as_str());
    let associations = registry.associations.read();
    let held = associations.values().find(|one| one.namespace == namespace && one.service_account == account);
    let association = held.ok_or_else(|| {
        let message = format!("No pod identity association for {namespace}/{account}");
        Failure::new(404, "ResourceNotFoundException", message)
    })?;
    let denied = |arn: &str| {
        call.protocol.access_denied(format!(
            "Unauthorized Exception! EKS does not have permissions to assume the associated role {arn}."
        ))
    };
    let role = call.aws().role_by_arn(&association.role_arn).filter(|role| {
        authority::lets_pod_in(role, &eks.arn(), (namespace, account), !association.disable_session_tags)
    });
    let role = role.ok_or_else(|| denied(&association.role_arn))?;
    let pod = claims.pod.as_ref().map_or("", |(name, _)| name.as_str());
    let session: String = format!("eks-{}-{pod}", eks.name).chars().take(64).collect();
    let policies = association.policy.clone().into_iter().collect();
    let (caller, issued) = match &association.target_role_arn {
        None => sts::session_of(call, &role, (&session, LIVES), policies)?,
        Some(arn) => {
            let (first, _) = sts::session_of(call, &role, (&session, LIVES), Vec::new())?;
            let target = call.aws().role_by_arn(arn).filter(|target| {
                authority::may_become(call.aws(), &first, target, &session, association.external_id.as_deref())
            });
            sts::session_of(call, &target.ok_or_else(|| denied(arn))?, (&session, 3600), policies)?
        }
    };
    Ok(json!({"subject": {"namespace": namespace, "serviceAccount": account}, "audience": AUDIENCE,
        "podIdentityAssociation": {"associationArn": association.arn, "associationId": association.id},
        "assumedRoleUser": {"arn": caller.arn(), "assumeRoleId": caller.id()},
        "credentials": {"accessKeyId": issued.id, "secretAccessKey": issued.secret, "sessionToken": issued.token,
            "expiration": issued.expires}}))
}
