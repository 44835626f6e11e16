use serde_json::{Value, json};

use super::*;

fn aggregated(items: &Value) -> Discovery {
    let document = json!({"kind": "APIGroupDiscoveryList", "items": items}).to_string();
    aggregated::read(parse(document.as_bytes(), &Ask::get("/apis")).expect("a document"))
}

fn resource(name: &str, kind: &str) -> Value {
    json!({
        "resource": name,
        "responseKind": {"group": "", "version": "", "kind": kind},
        "scope": "Namespaced",
        "singularResource": kind.to_lowercase(),
        "verbs": ["get", "list"],
        "subresources": [{"subresource": "status", "responseKind": {"kind": kind}, "verbs": ["get"]}],
    })
}

fn shown(discovery: &Discovery) -> Vec<String> {
    let shown = discovery.resources.iter().map(|one| format!("{} {} {}", one.kind_id, one.version, one.kind));
    shown.collect()
}

#[test]
fn each_kind_is_taken_at_the_first_version_that_serves_it() {
    let found = aggregated(&json!([
        {"versions": [{"version": "v1", "resources": [resource("pods", "Pod")], "freshness": "Current"}]},
        {"metadata": {"name": "flow"}, "versions": [
            {"version": "v2", "resources": [resource("as", "A")]},
            {"version": "v1", "resources": [resource("as", "A"), resource("bs", "B")]},
        ]},
        {"metadata": {"name": "other"}, "versions": [{"version": "v1", "resources": [resource("as", "A")]}]},
    ]));
    assert_eq!(shown(&found), ["pods v1 Pod", "as.flow v2 A", "bs.flow v1 B", "as.other v1 A"]);
    assert_eq!(found.gaps, []);
    let pods = &found.resources[0];
    assert!(pods.namespaced && pods.can("list") && !pods.can("watch"));
    assert_eq!(pods.singular, "pod");
}

#[test]
fn a_stale_version_is_a_gap() {
    let stale = json!([{"metadata": {"name": "metrics.k8s.io"}, "versions": [
        {"version": "v1beta1", "freshness": "Stale"},
    ]}]);
    let found = aggregated(&stale);
    assert_eq!(shown(&found), [""; 0]);
    assert_eq!(found.gaps[0].code, "GROUP_UNAVAILABLE");
    assert_eq!(
        found.gaps[0].what,
        "metrics.k8s.io/v1beta1 could not be asked what it serves: its server does not answer"
    );
    assert_eq!(found.gaps[0].fix.as_deref(), Some("see the condition of the APIService v1beta1.metrics.k8s.io"));
}

#[test]
fn what_is_not_a_kind_is_left_out() {
    let found = aggregated(&json!([{"metadata": {"name": "odd"}, "versions": [{"version": "v1", "resources": [
        {"resource": "only-subresources", "responseKind": null, "scope": "Namespaced", "verbs": []},
        {"resource": "no-kind", "responseKind": {"kind": ""}, "verbs": ["get"]},
        {"resource": "pods/log", "responseKind": {"kind": "Pod"}, "verbs": ["get"]},
        {"resource": "../pods", "responseKind": {"kind": "Pod"}, "verbs": ["get"]},
    ]}]}]));
    assert_eq!(shown(&found), [""; 0]);
}

#[test]
fn classic_documents_name_the_preferred_version_first() {
    let ask = Ask::get("/apis");
    let document = json!({"kind": "APIGroupList", "groups": [
        {"name": "a", "versions": [{"version": "v1"}, {"version": "v2"}], "preferredVersion": {"version": "v2"}},
        {"name": "b", "versions": [{"version": "v1"}]},
    ]});
    let groups = classic::groups(document.to_string().as_bytes(), &ask).expect("groups");
    let shown: Vec<_> = groups.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["a/v2", "a/v1", "b/v1"]);
    let core = classic::groups(br#"{"kind":"APIVersions","versions":["v1"]}"#, &ask).expect("groups");
    assert_eq!(core[0].to_string(), "/v1");
}

#[test]
fn what_names_no_group_is_garbage() {
    let ask = Ask::get("/apis");
    let told = |text: &str| classic::groups(text.as_bytes(), &ask).expect_err("garbage").to_string();
    assert_eq!(told("{}"), "the API server answered garbage: the answer to GET /apis names no version of any group");
    assert_eq!(
        told(r#"{"groups":[{"name":7}]}"#),
        "the API server answered garbage: the answer to GET /apis: groups[0].name: invalid type: integer `7`, expected a string at line 1 column 20"
    );
    let versions: Vec<String> = (0..3000).map(|number| format!("v{number}")).collect();
    let many = json!({"versions": versions}).to_string();
    assert!(matches!(classic::groups(many.as_bytes(), &ask), Err(Error::TooLarge { .. })));
}
