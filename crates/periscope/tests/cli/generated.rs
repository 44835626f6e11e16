//! What is generated from the code and kept beside it.

use std::path::Path;

use super::run::periscope;

fn kept(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
    std::fs::read_to_string(path).expect(file)
}

#[tokio::test]
async fn the_configurations_reference_is_the_codes() {
    let ended = periscope(&["config", "reference"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout == kept("docs/reference/configuration.md"), "run `make generate`:\n{}", ended.stdout);
    for key in ["listen", "clusters", "dataDir", "kubeconfig", "inCluster", "keepEvents", "arn"] {
        assert!(ended.stdout.contains(&format!("| `{key}` |")), "{key} is explained");
    }
}

#[tokio::test]
async fn the_description_of_the_api_is_the_servers() {
    let ended = periscope(&["openapi"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout == kept("web/openapi.json"), "run `make generate`");
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
}

#[tokio::test]
async fn the_reference_of_verbs_is_the_codes() {
    let ended = periscope(&["audit", "verbs"]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout == kept("docs/reference/audit-verbs.md"), "run `make generate`:\n{}", ended.stdout);
}
