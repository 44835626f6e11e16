use std::sync::Arc;

use periscope_model::KindId;

use super::*;

fn asked(options: &WatchOptions) -> Ask {
    let kind = KindId::new("apps", "deployments").expect("a kind");
    let resource = ResourceType { kind, version: Arc::from("v1"), namespaced: true };
    ask(&resource, options).expect("an ask")
}

#[test]
fn a_watch_has_bookmarks_and_an_end() {
    let fresh = asked(&WatchOptions::default());
    assert_eq!(fresh.path, "/apis/apps/v1/deployments?watch=1&allowWatchBookmarks=true&timeoutSeconds=290");
    assert_eq!(fresh.permission.to_string(), "watch deployments.apps cluster-wide");
}

#[test]
fn a_watch_goes_on_where_the_list_ended() {
    let options = WatchOptions {
        namespace: Some("shop".to_owned()),
        form: Form::Table,
        resource_version: Some("41".to_owned()),
        label_selector: Some("app=web".to_owned()),
        field_selector: Some("metadata.name=web".to_owned()),
        timeout_seconds: Some(5),
    };
    assert_eq!(
        asked(&options).path,
        "/apis/apps/v1/namespaces/shop/deployments?watch=1&allowWatchBookmarks=true&timeoutSeconds=5\
         &resourceVersion=41&labelSelector=app%3Dweb&fieldSelector=metadata%2Ename%3Dweb&includeObject=Metadata"
    );
}

#[test]
fn metadata_has_no_fallback() {
    let metadata = asked(&WatchOptions { form: Form::Metadata, ..WatchOptions::default() });
    assert_eq!(metadata.accept, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
}
