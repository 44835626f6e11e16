//! Names and texts that a careless console would execute, misread or let overflow.

use serde_json::json;

use super::super::builder::{Builder, DAY};
use super::super::workloads::DEPLOYMENTS;
use super::warn;

const MARKUP: &str = "<script>alert('periscope')</script><img src=x onerror=alert(1)>";
/// Right-to-left override, so that the text reads differently from what it is.
const BIDI: &str = "release-\u{202e}gpj.exe\u{202c}-notes \u{200b}zero\u{200b}width";

pub(super) fn fill(builder: &Builder<'_>, (namespace, name): (&str, &str)) {
    let kind = builder.cluster.kind(DEPLOYMENTS);
    builder.cluster.update(&kind, namespace, name, |object| {
        object["metadata"]["annotations"]["corp.example.com/owner-note"] = json!(MARKUP);
        object["metadata"]["annotations"]["corp.example.com/display-name"] = json!(BIDI);
        true
    });
    if let Some(object) = builder.cluster.get(DEPLOYMENTS, namespace, name) {
        warn(
            builder,
            &object,
            ("DeployHookFailed", &format!("hook answered 502: {MARKUP}\u{1b}[31mred\u{1b}[0m"), "deploy-hook"),
            2,
        );
    }
    // 253 characters is the longest an object's name may be
    let long = format!(
        "{}-end",
        "a-very-long-name-that-somebody-generated-from-a-branch-".repeat(5).chars().take(240).collect::<String>()
    );
    let data = json!({"note": BIDI, "empty": "", "script.html": MARKUP});
    builder.add(
        "configmaps",
        9 * DAY,
        json!({"metadata": {"name": long, "namespace": namespace, "labels": {"purpose": "odd-names"}}, "data": data}),
    );
}
