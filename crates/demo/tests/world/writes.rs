//! Changes, and what the controllers make of them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;
use crate::shared;

/// A namespace of the test's own, and the paths of collections in it.
pub(crate) struct Place {
    pub(crate) client: Client,
    namespace: &'static str,
}

impl Place {
    pub(crate) async fn new(namespace: &'static str) -> Self {
        let client = Client::new(&shared().await.kubeconfig(), "staging");
        let (status, body) = client.create("/api/v1/namespaces", &json!({"metadata": {"name": namespace}})).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        Self { client, namespace }
    }

    pub(crate) fn core(&self, resource: &str) -> String {
        format!("/api/v1/namespaces/{}/{resource}", self.namespace)
    }

    pub(crate) fn of(&self, group_version: &str, resource: &str) -> String {
        format!("/apis/{group_version}/namespaces/{}/{resource}", self.namespace)
    }

    pub(crate) fn deployments(&self) -> String {
        self.of("apps/v1", "deployments")
    }
}

pub(crate) fn deployment(replicas: i64, image: &str) -> Value {
    json!({"metadata": {"name": "web"}, "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": image}]}}}})
}

pub(crate) fn settled(replicas: i64) -> impl Fn(&Value) -> bool {
    move |object: &Value| {
        let status = &object["status"];
        ["replicas", "updatedReplicas", "readyReplicas"].iter().all(|field| status[*field] == replicas)
            && status["observedGeneration"] == object["metadata"]["generation"]
    }
}

#[tokio::test]
async fn a_deployment_comes_up_rolls_and_goes() {
    let place = Place::new("roll").await;
    let client = &place.client;
    let (status, _) = client.create(&place.deployments(), &deployment(3, "web:1")).await;
    assert_eq!(status, StatusCode::CREATED);
    client.until(&place.deployments(), "web", settled(3)).await;
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:2"}]}}}});
    client
        .send("PATCH", &format!("{}/web", place.deployments()), "application/strategic-merge-patch+json", &image)
        .await;
    let rolled = client
        .until(&place.deployments(), "web", |object| {
            settled(3)(object) && object["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
        })
        .await;
    assert_eq!(rolled["spec"]["template"]["spec"]["containers"][0]["image"], "web:2");
    let sets = client.ok(&place.of("apps/v1", "replicasets")).await;
    assert_eq!(sets["items"].as_array().map(Vec::len), Some(2));
    client
        .send(
            "PATCH",
            &format!("{}/web/scale", place.deployments()),
            "application/merge-patch+json",
            &json!({"spec": {"replicas": 1}}),
        )
        .await;
    client.until(&place.deployments(), "web", settled(1)).await;
    client.send("DELETE", &format!("{}/web", place.deployments()), "application/json", &Value::Null).await;
    assert_eq!(client.ok(&place.of("apps/v1", "replicasets")).await["items"], json!([]));
}

#[tokio::test]
async fn an_image_nobody_has_is_told_on_the_pod() {
    let place = Place::new("pull").await;
    let client = &place.client;
    client
        .create(
            &place.core("pods"),
            &json!({"metadata": {"name": "bad"}, "spec": {"containers": [{"name": "a", "image": "x:does-not-exist"}]}}),
        )
        .await;
    let waiting = |pod: &Value| pod["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ErrImagePull";
    client.until(&place.core("pods"), "bad", waiting).await;
}

#[tokio::test]
async fn a_stale_update_conflicts() {
    let place = Place::new("stale").await;
    let client = &place.client;
    let path = &place.core("configmaps");
    let (_, mut object) = client.create(path, &json!({"metadata": {"name": "c"}, "data": {"a": "1"}})).await;
    let (status, twice) = client.create(path, &json!({"metadata": {"name": "c"}})).await;
    assert_eq!((status, twice["message"].as_str()), (StatusCode::CONFLICT, Some(r#"configmaps "c" already exists"#)));
    let stale = object.clone();
    object["data"]["a"] = json!("2");
    assert_eq!(client.send("PUT", &format!("{path}/c"), "application/json", &object).await.0, StatusCode::OK);
    let (status, body) = client.send("PUT", &format!("{path}/c"), "application/json", &stale).await;
    assert_eq!((status, body["reason"].as_str()), (StatusCode::CONFLICT, Some("Conflict")));
}

#[tokio::test]
async fn an_apply_names_who_owns_the_field() {
    let place = Place::new("apply").await;
    let client = &place.client;
    let mut intent = deployment(1, "web:1");
    intent["apiVersion"] = json!("apps/v1");
    intent["kind"] = json!("Deployment");
    let apply = async |manager: &str, intent: &Value, force: bool| {
        let path = format!("{}/web?fieldManager={manager}&force={force}", place.deployments());
        client.send("PATCH", &path, "application/apply-patch+yaml", intent).await
    };
    assert_eq!(apply("one", &intent, false).await.0, StatusCode::CREATED);
    intent["spec"]["replicas"] = json!(2);
    let (status, body) = apply("two", &intent, false).await;
    assert_eq!(
        (status, body["message"].as_str()),
        (
            StatusCode::CONFLICT,
            Some(r#"Apply failed with 1 conflict: conflict with "one" using apps/v1: .spec.replicas"#)
        )
    );
    assert_eq!(body["details"]["causes"][0]["field"], ".spec.replicas");
    let (status, body) = apply("two", &intent, true).await;
    assert_eq!((status, &body["spec"]["replicas"]), (StatusCode::OK, &json!(2)));
}

#[tokio::test]
async fn a_budget_stops_an_eviction() {
    let place = Place::new("budget").await;
    let client = &place.client;
    client.create(&place.deployments(), &deployment(2, "web:1")).await;
    client.until(&place.deployments(), "web", settled(2)).await;
    let budgets = &place.of("policy/v1", "poddisruptionbudgets");
    let budget =
        json!({"metadata": {"name": "web"}, "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}}});
    client.create(budgets, &budget).await;
    client.until(budgets, "web", |object| object["status"]["currentHealthy"] == 2).await;
    let pods = client.ok(&place.core("pods")).await;
    let pod = pods["items"][0]["metadata"]["name"].as_str().expect("a pod");
    let (status, body) =
        client.create(&format!("{}/{pod}/eviction", place.core("pods")), &json!({"kind": "Eviction"})).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        body["details"]["causes"][0]["message"],
        "The disruption budget web needs 2 healthy pods and has 2 currently"
    );
    let other = json!({"kind": "Eviction", "deleteOptions": {"preconditions": {"uid": "another"}}});
    let (status, _) = client.create(&format!("{}/{pod}/eviction", place.core("pods")), &other).await;
    assert_eq!(status, StatusCode::CONFLICT, "another pod of this name is not meant");
}

#[tokio::test]
async fn what_is_not_valid_is_refused_and_says_where() {
    let place = Place::new("invalid").await;
    let client = &place.client;
    let (status, body) = client.create(&place.deployments(), &deployment(-1, "web:1")).await;
    assert_eq!(
        (status, body["details"]["causes"][0]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("spec.replicas"))
    );
    let (status, _) = client.create("/api/v1/namespaces/nowhere/configmaps", &json!({"metadata": {"name": "c"}})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = client
        .create(
            &place.core("pods"),
            &json!({"metadata": {"name": "UPPER"}, "spec": {"containers": [{"name": "a", "image": "b"}]}}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = client.create(&place.core("pods"), &json!("text")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_new_definition_is_served_with_its_columns() {
    let place = Place::new("custom").await;
    let client = &place.client;
    let definition = json!({"metadata": {"name": "boats.sea.example"}, "spec": {"group": "sea.example", "scope": "Namespaced",
        "names": {"plural": "boats", "singular": "boat", "kind": "Boat"},
        "versions": [{"name": "v1", "served": true, "storage": true, "additionalPrinterColumns": [{"name": "Crew", "type": "integer", "jsonPath": ".spec.crew"}]}]}});
    client.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition).await;
    let boats = &place.of("sea.example/v1", "boats");
    let (status, body) = client.create(boats, &json!({"metadata": {"name": "pinta"}, "spec": {"crew": 26}})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let table = client.clone().with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io").ok(boats).await;
    assert_eq!(table["columnDefinitions"][1]["name"], "Crew");
    assert_eq!(table["rows"][0]["cells"], json!(["pinta", 26]));
}

/// Scaling what was there from the beginning must not look like a new template.
#[tokio::test]
async fn scaling_does_not_roll() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "staging");
    for (namespace, name) in [("qa", "fixtures"), ("kube-system", "coredns")] {
        let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
        let scale = json!({"spec": {"replicas": 2}});
        client.send("PATCH", &format!("{path}/{name}/scale"), "application/merge-patch+json", &scale).await;
        let before = client.ok(&format!("{path}/{name}")).await["metadata"]["annotations"].clone();
        let after = client.until(&path, name, settled(2)).await;
        assert_eq!(after["metadata"]["annotations"], before, "{name}");
    }
}
