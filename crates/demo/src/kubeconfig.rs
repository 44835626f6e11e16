//! kubeconfig files for the world's identities.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::world::WorldCluster;

/// One context per cluster, named after it. JSON is YAML, and needs no second serialiser.
pub(crate) fn kubeconfig(clusters: &[WorldCluster], ca_pem: &str, user: &str, token: &str) -> String {
    let ca = STANDARD.encode(ca_pem);
    let entries: Vec<_> = clusters
        .iter()
        .map(|cluster| json!({"name": cluster.id, "cluster": {"server": cluster.server, "certificate-authority-data": ca}}))
        .collect();
    let contexts: Vec<_> = clusters
        .iter()
        .map(|cluster| json!({"name": cluster.id, "context": {"cluster": cluster.id, "user": user}}))
        .collect();
    let config = json!({"apiVersion": "v1", "kind": "Config", "preferences": {}, "clusters": entries, "contexts": contexts,
        "users": [{"name": user, "user": {"token": token}}],
        "current-context": clusters.first().map(|cluster| cluster.id.as_str())});
    format!("{config:#}\n")
}
