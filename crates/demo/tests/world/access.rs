//! Who may do what, and how a refusal reads.

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;
use crate::{quiet, shared};

fn persona(world: &periscope_demo::World, id: &str) -> Client {
    Client::new(&world.persona_kubeconfig(id).expect("a persona"), "prod-eu")
}

#[tokio::test]
async fn a_refusal_reads_as_the_api_server_words_it() {
    let world = shared().await;
    let (status, body) = persona(world, "dave").get("/api/v1/namespaces/payments/pods").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        body,
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Forbidden", "code": 403, "details": {"kind": "pods"},
            "message": r#"pods is forbidden: User "dave@corp" cannot list resource "pods" in API group "" in the namespace "payments""#})
    );
    let (_, body) = persona(world, "dave").get("/apis/apps/v1/deployments").await;
    assert_eq!(
        body["message"],
        r#"deployments.apps is forbidden: User "dave@corp" cannot list resource "deployments" in API group "apps" at the cluster scope"#
    );
}

#[tokio::test]
async fn a_wrong_token_is_nobody() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu").token("guess");
    assert_eq!(client.get("/api/v1/pods").await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn personas_have_the_rights_they_are_described_with() {
    let world = shared().await;
    let may = async |id: &str, path: &str| persona(world, id).get(path).await.0.is_success();
    assert!(may("alice", "/api/v1/secrets").await);
    assert!(may("bob", "/api/v1/pods").await && may("bob", "/api/v1/nodes").await);
    assert!(!may("bob", "/api/v1/secrets").await);
    for namespace in ["payments", "search"] {
        assert!(may("carol", &format!("/api/v1/namespaces/{namespace}/pods")).await);
    }
    assert!(!may("carol", "/api/v1/pods").await && !may("carol", "/api/v1/namespaces/shop/pods").await);
    assert!(!may("carol", "/api/v1/namespaces/payments/secrets").await);
    assert!(may("dave", "/version").await && !may("dave", "/api/v1/namespaces").await);
}

#[tokio::test]
async fn the_servers_identity_can_only_impersonate() {
    let world = shared().await;
    let server = Client::new(&world.server_kubeconfig(), "prod-eu");
    assert_eq!(server.get("/api/v1/pods").await.0, StatusCode::FORBIDDEN);
    let alice = server.clone().with("impersonate-user", "alice@corp");
    assert_eq!(alice.get("/api/v1/pods").await.0, StatusCode::FORBIDDEN, "her rights come with her group");
    let alice = alice.with("impersonate-group", "periscope-tier:admin");
    assert_eq!(alice.get("/api/v1/pods?limit=1").await.0, StatusCode::OK);
    let master = server.clone().with("impersonate-user", "x").with("impersonate-group", "system:masters");
    let (status, body) = master.get("/api/v1/pods").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        body["message"],
        r#"groups "system:masters" is forbidden: User "periscope-server" cannot impersonate resource "groups" in API group "" at the cluster scope"#
    );
    let inventory = server.with("impersonate-user", "periscope:inventory");
    assert_eq!(inventory.get("/api/v1/pods?limit=1").await.0, StatusCode::OK);
    assert_eq!(inventory.get("/api/v1/secrets").await.0, StatusCode::FORBIDDEN);
    assert_eq!(inventory.create("/api/v1/namespaces/shop/pods/x/eviction", &json!({})).await.0, StatusCode::FORBIDDEN);
}

/// The review and the list are two ways to the same decision; they must never differ.
#[tokio::test]
async fn a_review_says_what_the_list_does() {
    let world = shared().await;
    let admin = Client::new(&world.kubeconfig(), "prod-eu");
    let kinds = [
        ("", "v1", "pods"),
        ("", "v1", "secrets"),
        ("apps", "v1", "deployments"),
        ("rbac.authorization.k8s.io", "v1", "roles"),
        ("cert-manager.io", "v1", "certificates"),
    ];
    for who in ["alice", "bob", "carol", "dave"] {
        let client = persona(world, who);
        for (group, version, resource) in kinds {
            let root = if group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{group}/{version}") };
            for namespace in ["", "payments", "shop"] {
                let path = if namespace.is_empty() {
                    format!("{root}/{resource}?limit=1")
                } else {
                    format!("{root}/namespaces/{namespace}/{resource}?limit=1")
                };
                let listed = client.get(&path).await.0 == StatusCode::OK;
                let attributes = json!({"verb": "list", "group": group, "resource": resource, "namespace": namespace});
                let review = json!({"spec": {"resourceAttributes": attributes}});
                let (_, answer) =
                    client.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &review).await;
                assert_eq!(answer["status"]["allowed"], json!(listed), "{who} {path}");
            }
        }
    }
    let user = json!({"spec": {"user": "carol@corp", "resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "search"}}});
    let (_, answer) = admin.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", &user).await;
    assert_eq!(
        answer["status"]["reason"],
        r#"RBAC: allowed by RoleBinding "carol-view/search" of ClusterRole "view" to User "carol@corp""#
    );
}

#[tokio::test]
async fn a_binding_that_goes_takes_its_rights_with_it() {
    let world = quiet().await;
    let admin = Client::new(&world.kubeconfig(), "prod-eu");
    let carol = persona(&world, "carol");
    let pods = "/api/v1/namespaces/payments/pods?limit=1";
    assert_eq!(carol.get(pods).await.0, StatusCode::OK);
    let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/payments/rolebindings/carol-view";
    admin.send("DELETE", path, "application/json", &Value::Null).await;
    assert_eq!(carol.get(pods).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_aggregated_role_follows_its_parts() {
    let world = shared().await;
    let admin = Client::new(&world.kubeconfig(), "prod-eu");
    let pools = "/apis/karpenter.sh/v1/nodepools?limit=1";
    let triage = admin.clone().with("impersonate-user", "x").with("impersonate-group", "periscope-tier:read");
    assert_eq!(triage.get(pools).await.0, StatusCode::FORBIDDEN);
    let role = json!({"metadata": {"name": "karpenter-view", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
        "rules": [{"apiGroups": ["karpenter.sh"], "resources": ["nodepools"], "verbs": ["list"]}]});
    let (status, _) = admin.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", &role).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(triage.get(pools).await.0, StatusCode::OK);
}
