use std::sync::Arc;

use periscope_model::KindId;

use super::*;

fn pods() -> ResourceType {
    ResourceType { kind: KindId::new("", "pods").expect("a kind"), version: Arc::from("v1"), namespaced: true }
}

fn path(options: &ListOptions) -> String {
    ask(&pods(), options).expect("an ask").path
}

#[test]
fn a_list_is_no_older_than_what_is_known() {
    assert_eq!(path(&ListOptions::default()), "/api/v1/pods");
    let known = ListOptions { resource_version: Some("0".to_owned()), ..ListOptions::default() };
    assert_eq!(path(&known), "/api/v1/pods?resourceVersion=0&resourceVersionMatch=NotOlderThan");
    let unknown = ListOptions { resource_version: Some(String::new()), ..ListOptions::default() };
    assert_eq!(path(&unknown), "/api/v1/pods");
}

#[test]
fn pages_and_selectors_are_query_values() {
    let options = ListOptions {
        namespace: Some("shop".to_owned()),
        resource_version: Some("7".to_owned()),
        label_selector: Some("app=web".to_owned()),
        field_selector: Some("spec.nodeName=a".to_owned()),
        limit: Some(500),
        continue_token: Some("abc=".to_owned()),
        ..ListOptions::default()
    };
    assert_eq!(
        path(&options),
        "/api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&fieldSelector=spec%2EnodeName%3Da&limit=500&continue=abc%3D"
    );
}

#[test]
fn each_form_is_asked_for_by_its_name() {
    let asked = |form| ask(&pods(), &ListOptions { form, ..ListOptions::default() }).expect("an ask");
    assert_eq!(asked(Form::Objects).accept, "application/json");
    let table = asked(Form::Table);
    assert_eq!(table.accept, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    assert_eq!(table.path, "/api/v1/pods?includeObject=Metadata");
    let metadata = asked(Form::Metadata);
    // With a fallback the values of Secrets would come from whoever cannot leave them out.
    assert_eq!(metadata.accept, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
    assert_eq!(metadata.permission.to_string(), "list pods cluster-wide");
}

#[test]
fn what_cannot_be_a_path_is_not_sent() {
    let options = ListOptions { namespace: Some("../kube-system".to_owned()), ..ListOptions::default() };
    assert!(matches!(ask(&pods(), &options), Err(Error::Invalid { .. })));
}
