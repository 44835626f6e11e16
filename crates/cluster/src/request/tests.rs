use std::sync::Arc;

use periscope_model::KindId;
use proptest::prelude::*;

use super::*;

fn resource(group: &str, resource: &str, namespaced: bool) -> ResourceType {
    let kind = KindId::new(group, resource).expect("a kind");
    ResourceType { kind, version: Arc::from("v1"), namespaced }
}

#[test]
fn paths_are_the_api_servers() {
    let pods = resource("", "pods", true);
    let roles = resource("rbac.authorization.k8s.io", "clusterroles", false);
    let text = |path: Result<UrlPath, Error>| path.expect("a path").into_string();
    assert_eq!(text(UrlPath::collection(&pods, None)), "/api/v1/pods");
    assert_eq!(text(UrlPath::object(&pods, Some("shop"), "web-0")), "/api/v1/namespaces/shop/pods/web-0");
    assert_eq!(
        text(UrlPath::object(&roles, None, "system:node")),
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:node"
    );
    let mut list = UrlPath::collection(&pods, None).expect("a path");
    list.query("labelSelector", "app in (a,b),x!=y&watch=1").expect("a query");
    list.query_if("continue", None).expect("a query");
    list.query("limit", "5").expect("a query");
    assert_eq!(list.into_string(), "/api/v1/pods?labelSelector=app%20in%20%28a%2Cb%29%2Cx%21%3Dy%26watch%3D1&limit=5");
}

#[test]
fn what_does_not_fit_its_segment_is_refused() {
    let pods = resource("", "pods", true);
    let nodes = resource("", "nodes", false);
    for name in ["", ".", "..", "a/b", "a%2fb", "a\\b", "a\nb", "a\0", &"x".repeat(513)] {
        assert!(UrlPath::object(&pods, Some("shop"), name).is_err(), "{name:?}");
    }
    for namespace in ["", "..", "a/b", "A", "shop?x=1", "shop#", "a b", &"x".repeat(64)] {
        assert!(UrlPath::collection(&pods, Some(namespace)).is_err(), "{namespace:?}");
    }
    assert!(UrlPath::collection(&nodes, Some("shop")).is_err());
    assert!(UrlPath::object(&pods, None, "web-0").is_err());
    let odd = ResourceType { version: Arc::from("v1/namespaces"), ..pods };
    assert!(UrlPath::collection(&odd, None).is_err());
}

proptest! {
    #[test]
    fn no_name_or_selector_leaves_its_place(name in any::<String>(), selector in any::<String>()) {
        let Ok(mut path) = UrlPath::object(&resource("", "pods", true), Some("shop"), &name) else { return Ok(()) };
        path.query("labelSelector", &selector).expect("short enough");
        let text = path.into_string();
        let uri: http::Uri = text.parse().expect("a valid URI");
        prop_assert_eq!(uri.path().split('/').count(), 7);
        prop_assert!(uri.path().starts_with("/api/v1/namespaces/shop/pods/"));
        let query = uri.query().expect("a query");
        prop_assert!(query.starts_with("labelSelector=") && !query.contains(['&', '#']) && query.matches('=').count() == 1);
    }
}
