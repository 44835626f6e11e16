use super::*;

fn answer<T: serde::de::DeserializeOwned>(body: &Value) -> Result<T, Error> {
    parse(body.to_string().as_bytes(), &Ask::get("/"))
}

#[test]
fn a_query_is_asked_as_it_stands() {
    let query = AccessQuery {
        verb: "get".to_owned(),
        resource: "pods".to_owned(),
        subresource: Some("log".to_owned()),
        namespace: Some("shop".to_owned()),
        ..AccessQuery::default()
    };
    let asked = ask("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", &spec(&query))
        .expect("an ask");
    assert_eq!(asked.method, Method::POST);
    assert_eq!(asked.path, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    assert_eq!(asked.what(), "create selfsubjectaccessreviews.authorization.k8s.io cluster-wide");
    let body: Value = serde_json::from_slice(&asked.body.expect("a body")).expect("JSON");
    let expected = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {
            "verb": "get", "group": "", "resource": "pods", "subresource": "log", "namespace": "shop",
        }},
    });
    assert_eq!(body, expected);
}

#[test]
fn a_path_is_asked_about_as_a_path() {
    let query = AccessQuery { verb: "get".to_owned(), resource: "/metrics".to_owned(), ..AccessQuery::default() };
    assert_eq!(spec(&query), json!({"nonResourceAttributes": {"verb": "get", "path": "/metrics"}}));
}

#[test]
fn only_allowed_is_a_yes() {
    let allowed =
        |status: Value| answer::<AccessReview>(&json!({"status": status})).map(|review| review.status.allowed);
    assert!(allowed(json!({"allowed": true})).expect("an answer"));
    assert!(!allowed(json!({"allowed": false, "evaluationError": "webhook down"})).expect("an answer"));
    for wrong in [json!({}), json!(null), json!({"allowed": "true"}), json!({"denied": false})] {
        assert!(matches!(allowed(wrong.clone()), Err(Error::Garbage { .. })), "{wrong}");
    }
}

#[test]
fn a_user_is_read_whole() {
    let review: SubjectReview = answer(&json!({"status": {"userInfo": {
        "username": "anna", "uid": "7", "groups": ["b", "a"], "extra": {"k": ["v"]},
    }}}))
    .expect("a review");
    let actor = review.status.user_info.actor();
    assert_eq!((actor.user.as_str(), actor.uid.as_deref()), ("anna", Some("7")));
    assert_eq!(actor.groups, ["a", "b"]);
    assert_eq!(actor.extra["k"], ["v"]);
    let bare: SubjectReview = answer(&json!({"status": {"userInfo": {"username": "anna"}}})).expect("a review");
    assert_eq!(bare.status.user_info.actor(), Actor::new("anna", []));
    assert!(answer::<SubjectReview>(&json!({"status": {"userInfo": {}}})).is_err());
}
