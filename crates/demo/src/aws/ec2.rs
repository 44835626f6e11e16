//! EC2, as far as it tells how pods reach an instance's credentials: `DescribeInstances` of the world's nodes.

use serde_json::{Value, json};

use super::estate::CLUSTERS;
use super::http::{Call, Failure, Pages, Reply};
use crate::content::image::hex;
use crate::content::nodes::REACHABLE;

pub(super) fn answer(call: &Call<'_>) -> Reply {
    match call.action.as_str() {
        "DescribeInstances" => describe(call),
        other => Err(call.protocol.unknown_action(other)),
    }
}

fn describe(call: &Call<'_>) -> Reply {
    let all = instances(call)?;
    let wanted = call.list("InstanceId");
    let id = |instance: &Value| instance["instanceId"].as_str().unwrap_or_default().to_owned();
    let unknown: Vec<&str> =
        wanted.iter().copied().filter(|wanted| !all.iter().any(|instance| id(instance) == *wanted)).collect();
    if let [first, ..] = unknown.as_slice() {
        let message = match unknown.len() {
            1 => format!("The instance ID '{first}' does not exist"),
            _ => format!("The instance IDs '{}' do not exist", unknown.join(", ")),
        };
        return Err(Failure::new(400, "InvalidInstanceID.NotFound", message));
    }
    let mut chosen: Vec<Value> =
        all.into_iter().filter(|one| wanted.is_empty() || wanted.contains(&id(one).as_str())).collect();
    for at in (1..).take_while(|at| call.param(&format!("Filter.{at}.Name")).is_some()) {
        let name = call.param(&format!("Filter.{at}.Name")).unwrap_or_default();
        let values = call.list(&format!("Filter.{at}.Value"));
        chosen.retain(|instance| values.iter().any(|value| matches(instance, name, value)));
    }
    // with ids there is no paging in EC2
    let most = if wanted.is_empty() { 20 } else { usize::MAX };
    let asked = (call.param("NextToken"), call.number("MaxResults"));
    let Pages { items, next } = Pages::of(chosen, asked, ("instances", most), "InvalidParameterValue")?;
    let owner = call.account()?.id;
    let reservations: Vec<Value> = items
        .into_iter()
        .map(|instance| {
            let id = format!("r-0{}", hex(&id(&instance), 16));
            json!({"reservationId": id, "ownerId": owner, "groupSet": [], "instancesSet": [instance]})
        })
        .collect();
    let mut reply = json!({"reservationSet": reservations});
    if let Some(next) = next {
        reply["nextToken"] = json!(next);
    }
    Ok(reply)
}

fn matches(instance: &Value, filter: &str, wanted: &str) -> bool {
    match filter {
        "instance-id" => instance["instanceId"] == wanted,
        "private-dns-name" => instance["privateDnsName"] == wanted,
        "tag-key" => instance["tagSet"].as_array().into_iter().flatten().any(|tag| tag["key"] == wanted),
        "instance-state-name" => instance["instanceState"]["name"] == wanted,
        _ => filter.strip_prefix("tag:").is_some_and(|key| {
            instance["tagSet"].as_array().into_iter().flatten().any(|tag| tag["key"] == key && tag["value"] == wanted)
        }),
    }
}

/// The nodes of the caller's clusters in this region.
fn instances(call: &Call<'_>) -> Result<Vec<Value>, Failure> {
    let account = call.account()?;
    let mut all = Vec::new();
    for eks in CLUSTERS.iter().filter(|eks| *eks.account == *account && eks.account.region == call.region) {
        let Some(cluster) = call.service.clusters.iter().find(|one| one.profile.id == eks.name) else { continue };
        let profile = format!("arn:aws:iam::{}:instance-profile/{}-node", account.id, eks.name);
        all.extend(
            cluster.entries("nodes", None).iter().filter_map(|node| instance(&node.value(), &profile, eks.name)),
        );
    }
    all.sort_by_key(|instance| instance["instanceId"].to_string());
    Ok(all)
}

fn instance(node: &Value, profile: &str, cluster: &str) -> Option<Value> {
    let id = node["spec"]["providerID"].as_str()?.rsplit('/').next()?.to_owned();
    let labels = &node["metadata"]["labels"];
    // made from an old launch template: containers can reach the metadata service
    let reachable = labels["eks.amazonaws.com/nodegroup"] == REACHABLE;
    let launched = &node["metadata"]["creationTimestamp"];
    let name = node["metadata"]["name"].as_str()?;
    let profile_id = super::estate::unique_id("AIPA", profile);
    Some(json!({
        "instanceId": id, "imageId": "ami-0b3e7a1c9d2f45678", "instanceState": {"code": 16, "name": "running"},
        "privateDnsName": name, "privateIpAddress": node["status"]["addresses"][0]["address"],
        "instanceType": labels["node.kubernetes.io/instance-type"], "launchTime": launched, "architecture": labels["kubernetes.io/arch"]
            .as_str().map_or("x86_64", |arch| if arch == "arm64" { "arm64" } else { "x86_64" }),
        "placement": {"availabilityZone": labels["topology.kubernetes.io/zone"], "tenancy": "default"},
        "iamInstanceProfile": {"arn": profile, "id": profile_id},
        "metadataOptions": {"state": "applied", "httpTokens": if reachable { "optional" } else { "required" },
            "httpPutResponseHopLimit": if reachable { 2 } else { 1 }, "httpEndpoint": "enabled", "httpProtocolIpv6": "disabled",
            "instanceMetadataTags": "disabled"},
        "tagSet": [{"key": "Name", "value": name}, {"key": format!("kubernetes.io/cluster/{cluster}"), "value": "owned"}],
    }))
}
