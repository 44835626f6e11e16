//! Pod Identity associations: which role the pods of a service account get.

use serde_json::{Value, json};

use super::{invalid, listed, not_found, page, registry, required, role_arn, tags, text};
use crate::aws::estate::EksCluster;
use crate::aws::http::{Call, Failure, Reply};
use crate::aws::registry::Association;

/// Characters of a session policy.
const LONGEST_POLICY: usize = 2048;

pub(super) fn list(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let (namespace, account) = (call.param("namespace"), call.param("serviceAccount"));
    let associations = registry.associations.read();
    let mut all: Vec<&Association> = associations
        .values()
        .filter(|one| namespace.is_none_or(|namespace| namespace == one.namespace))
        .filter(|one| account.is_none_or(|account| account == one.service_account))
        .collect();
    all.sort_by_key(|one| (&one.namespace, &one.service_account));
    let all = all.into_iter().map(|one| {
        json!({"clusterName": registry.cluster.name, "namespace": one.namespace, "serviceAccount": one.service_account,
            "associationArn": one.arn, "associationId": one.id})
    });
    Ok(listed("associations", page(call, all.collect(), "pod-identity-associations")?))
}

fn id<'a>(call: &'a Call<'_>) -> &'a str {
    call.path.get(3).map_or("", String::as_str)
}

fn unknown(call: &Call<'_>) -> Failure {
    not_found(format!("The association {} was not found", id(call)))
}

fn value(cluster: &EksCluster, one: &Association) -> Value {
    let mut value = json!({"clusterName": cluster.name, "namespace": one.namespace, "serviceAccount": one.service_account,
        "roleArn": one.role_arn, "associationArn": one.arn, "associationId": one.id, "tags": one.tags,
        "createdAt": one.created, "modifiedAt": one.modified, "disableSessionTags": one.disable_session_tags});
    for (name, held) in
        [("targetRoleArn", &one.target_role_arn), ("externalId", &one.external_id), ("policy", &one.policy)]
    {
        if let Some(held) = held {
            value[name] = json!(held);
        }
    }
    json!({"association": value})
}

pub(super) fn describe(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let associations = registry.associations.read();
    associations.get(id(call)).map(|one| value(registry.cluster, one)).ok_or_else(|| unknown(call))
}

pub(super) fn create(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let (namespace, account) = (required(call, "namespace")?, required(call, "serviceAccount")?);
    let now = call.aws().now();
    let role = required(call, "roleArn")?;
    let mut one = Association::new(registry.cluster, (&namespace, &account), role, now);
    one.tags = tags(call);
    change(call, &mut one)?;
    let mut associations = registry.associations.write();
    if associations.values().any(|held| held.namespace == namespace && held.service_account == account) {
        let message = format!("Association already exists: {account}/{namespace}");
        return Err(Failure::new(409, "ResourceInUseException", message));
    }
    let reply = value(registry.cluster, &one);
    associations.insert(one.id.clone(), one);
    Ok(reply)
}

/// Takes from the request what it has.
fn change(call: &Call<'_>, one: &mut Association) -> Result<(), Failure> {
    if let Some(role) = text(call, "roleArn") {
        one.role_arn = role;
    }
    role_arn(&one.role_arn)?;
    // the role must be of the cluster's account; another account is reached by a target role
    if call.aws().role_by_arn(&one.role_arn).is_none_or(|role| role.account != call.account().map_or("", |own| own.id))
    {
        return Err(invalid(format!("Role provided in the request does not exist: {}", one.role_arn)));
    }
    if let Some(target) = text(call, "targetRoleArn") {
        role_arn(&target)?;
        let cluster = call.path.get(1).map_or("", String::as_str);
        let account = call.account()?;
        let place = format!("{}/{}/{cluster}/{}/{}", account.region, account.id, one.namespace, one.service_account);
        one.external_id = Some(place);
        one.target_role_arn = Some(target);
    }
    if let Some(disable) = call.body["disableSessionTags"].as_bool() {
        one.disable_session_tags = disable;
    }
    if let Some(policy) = text(call, "policy") {
        if policy.len() > LONGEST_POLICY || serde_json::from_str::<Value>(&policy).is_err() {
            return Err(invalid("The session policy is too long, or no JSON document"));
        }
        one.policy = Some(policy);
    }
    if one.policy.is_some() && !one.disable_session_tags {
        return Err(invalid("A session policy needs disableSessionTags"));
    }
    Ok(())
}

pub(super) fn update(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let mut associations = registry.associations.write();
    let held = associations.get_mut(id(call)).ok_or_else(|| unknown(call))?;
    let mut one = held.clone();
    change(call, &mut one)?;
    one.modified = call.aws().now();
    *held = one;
    Ok(value(registry.cluster, held))
}

pub(super) fn delete(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let removed = registry.associations.write().remove(id(call)).ok_or_else(|| unknown(call))?;
    Ok(value(registry.cluster, &removed))
}
