//! How a new pod will behave: most are well, the troubled workloads stay troubled, and bad images stay bad.

use serde_json::Value;

use crate::cluster::Cluster;
use crate::content::image::hash;
use crate::profile::Flavour;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Temper {
    Well,
    /// Ends soon after each start, for this reason and with this exit code.
    Crashes(&'static str, i64),
    NeverReady,
    /// The image cannot be pulled.
    NoImage,
    /// No node takes it.
    NoRoom,
}

/// Parts of a tag or name that no registry of this world knows.
const UNKNOWN_IMAGES: &[&str] =
    &["hotfx", "does-not-exist", "doesnotexist", "notfound", "missing", "broken", "typo", "invalid"];

pub(crate) fn of(cluster: &Cluster, pod: &Value) -> Temper {
    let image = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    if UNKNOWN_IMAGES.iter().any(|part| image.contains(part)) {
        return Temper::NoImage;
    }
    if image.ends_with(":5.0.0-rc1") {
        return Temper::NeverReady;
    }
    if fails(pod) {
        return Temper::Crashes("Error", 1);
    }
    let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let app = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or_default();
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    match (cluster.profile.flavour, namespace, app) {
        (Flavour::Staging, "payments", "worker") => Temper::Crashes("OOMKilled", 137),
        (Flavour::Staging, "media", "thumbnailer") if hash(name).is_multiple_of(2) => Temper::Crashes("Error", 1),
        (Flavour::Production, "search", "ranker") if hash(name).is_multiple_of(12) => Temper::Crashes("OOMKilled", 137),
        (Flavour::Staging, "team-data", "enricher") | (Flavour::Production, "recommendations", "trainer") => {
            Temper::NoRoom
        }
        _ => Temper::Well,
    }
}

/// `false`, `exit N` or `exit: fail` in a command somebody wrote to see a pod fail.
fn fails(pod: &Value) -> bool {
    let container = &pod["spec"]["containers"][0];
    let words = [&container["command"], &container["args"]];
    let text: Vec<&str> = words.iter().filter_map(|list| list.as_array()).flatten().filter_map(Value::as_str).collect();
    text.first() == Some(&"false") || text.iter().any(|word| word.contains("exit 1") || word.contains("exit 2"))
}
