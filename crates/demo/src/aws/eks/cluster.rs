//! Clusters as `DescribeCluster` tells them: endpoint and authority are those of the world's real API server.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{listed, page, registry};
use crate::aws::estate::{CLUSTERS, EksCluster};
use crate::aws::http::{Call, Reply};
use crate::content::builder::DAY;
use crate::content::image::hex;

pub(super) fn list(call: &Call<'_>) -> Reply {
    let account = call.account()?;
    let there = CLUSTERS.iter().filter(|cluster| *cluster.account == *account && cluster.account.region == call.region);
    let names: Vec<Value> = there.map(|cluster| json!(cluster.name)).collect();
    Ok(listed("clusters", page(call, names, "clusters")?))
}

pub(super) fn describe(call: &Call<'_>) -> Reply {
    let cluster = registry(call)?.cluster;
    let (account, region, name) = (cluster.account.id, cluster.account.region, cluster.name);
    let at = call.service.clusters.iter().position(|one| one.profile.id == name);
    let server = at.and_then(|at| call.service.servers.get(at)).cloned().unwrap_or_default();
    let id = |prefix: &str, what: &str| format!("{prefix}-0{}", hex(&format!("{name}/{what}"), 16));
    let subnets: Vec<String> = ["a", "b", "c"].iter().map(|zone| id("subnet", zone)).collect();
    Ok(json!({"cluster": {
        "name": name,
        "arn": cluster.arn(),
        "createdAt": call.aws().started - cluster.age * DAY,
        "version": cluster.version,
        "endpoint": server,
        "roleArn": format!("arn:aws:iam::{account}:role/{name}-cluster"),
        "resourcesVpcConfig": {"subnetIds": subnets, "securityGroupIds": [], "clusterSecurityGroupId": id("sg", "cluster"),
            "vpcId": id("vpc", "vpc"), "endpointPublicAccess": true, "endpointPrivateAccess": true, "publicAccessCidrs": ["0.0.0.0/0"]},
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "logging": {"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": true},
            {"types": ["controllerManager", "scheduler"], "enabled": false}]},
        "identity": {"oidc": {"issuer": format!("https://{}", cluster.issuer())}},
        "status": "ACTIVE",
        "certificateAuthority": {"data": STANDARD.encode(&call.service.ca_pem)},
        "platformVersion": cluster.platform_version,
        "tags": tags(cluster),
        "health": {"issues": []},
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
        "upgradePolicy": {"supportType": if region == "eu-west-1" { "EXTENDED" } else { "STANDARD" }},
        "deletionProtection": name == "prod-eu",
    }}))
}

pub(super) fn tags(cluster: &EksCluster) -> Value {
    json!({"environment": cluster.name, "team": "platform"})
}

/// What a new cluster gets.
const DEFAULT: &str = "1.34";

/// Version, end of standard and of extended support, epoch seconds; newest first.
const VERSIONS: [(&str, &str, i64, i64, i64); 6] = [
    ("1.35", "STANDARD_SUPPORT", 1_769_472_000, 1_806_278_400, 1_837_814_400),
    ("1.34", "STANDARD_SUPPORT", 1_759_363_200, 1_796_169_600, 1_827_705_600),
    ("1.33", "STANDARD_SUPPORT", 1_748_476_800, 1_785_283_200, 1_816_819_200),
    ("1.32", "EXTENDED_SUPPORT", 1_737_590_400, 1_774_224_000, 1_805_760_000),
    ("1.31", "EXTENDED_SUPPORT", 1_727_308_800, 1_764_115_200, 1_795_651_200),
    ("1.30", "EXTENDED_SUPPORT", 1_716_422_400, 1_753_228_800, 1_784_764_800),
];

pub(super) fn versions(call: &Call<'_>) -> Reply {
    let wanted = call.every("clusterVersions");
    let status = call.param("versionStatus").map(str::to_owned);
    // the older name of the same filter
    let status = status.or_else(|| call.param("status").map(|status| status.to_uppercase().replace('-', "_")));
    let known = VERSIONS.iter().filter(|(version, held, ..)| {
        (wanted.is_empty() || wanted.contains(version))
            && status.as_ref().is_none_or(|status| status == held)
            && (!call.flag("defaultOnly") || *version == DEFAULT)
    });
    let all: Vec<Value> = known
        .map(|(version, status, release, standard, extended)| {
            json!({"clusterVersion": version, "clusterType": "eks", "defaultPlatformVersion": "eks.9", "defaultVersion": *version == DEFAULT,
                "releaseDate": release, "endOfStandardSupportDate": standard, "endOfExtendedSupportDate": extended,
                "status": status.to_lowercase().replace('_', "-"), "versionStatus": status, "kubernetesPatchVersion": format!("{version}.2")})
        })
        .collect();
    Ok(listed("clusterVersions", page(call, all, "cluster-versions")?))
}
