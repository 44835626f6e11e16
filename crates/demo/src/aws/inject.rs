//! What the identity webhook and the Pod Identity agent put into a pod when it is made. A pod keeps what it was made
//! with, whatever the annotation or the association says later.

use serde_json::{Value, json};

use super::EksCluster;
use super::documents::apps;
use crate::cluster::Cluster;

pub(crate) const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

/// How pods of one service account get credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Credentials {
    /// The annotation's role.
    WebIdentity(String),
    PodIdentity,
}

/// As the webhook decides it for a pod that is made now.
pub(crate) fn into_new_pod(cluster: &Cluster, pod: &mut Value) {
    into_pod_of(cluster, pod, |namespace, account| annotated(cluster, namespace, account));
}

/// For a pod that is there when the world begins. Its service account may come after it.
pub(crate) fn into_first_pod(cluster: &Cluster, pod: &mut Value) {
    into_pod_of(cluster, pod, |namespace, account| {
        let exists = cluster.storage.read().get("serviceaccounts", namespace, account).is_some();
        if exists { annotated(cluster, namespace, account) } else { of_app(cluster, namespace, account) }
    });
}

/// The annotation of an ordinary workload's account; `None` when it has no role, or has it by association.
pub(crate) fn of_app(cluster: &Cluster, namespace: &str, name: &str) -> Option<String> {
    let eks = EksCluster::of(cluster.profile.id)?;
    let annotated = apps::has_role(namespace, name) && !apps::by_association(namespace, name);
    annotated.then(|| format!("arn:aws:iam::{}:role/{}", eks.account.id, apps::role_name(eks.name, namespace, name)))
}

fn annotated(cluster: &Cluster, namespace: &str, account: &str) -> Option<String> {
    let object = cluster.get("serviceaccounts", namespace, account)?;
    object["metadata"]["annotations"][ANNOTATION].as_str().map(str::to_owned)
}

/// An association goes before an annotation.
fn into_pod_of(cluster: &Cluster, pod: &mut Value, annotation: impl Fn(&str, &str) -> Option<String>) {
    let Some(eks) = EksCluster::of(cluster.profile.id) else { return };
    let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
    let account = pod["spec"]["serviceAccountName"].as_str().unwrap_or("default");
    let associated = cluster.aws.registry(eks.name).is_some_and(|registry| registry.is_associated(namespace, account));
    let credentials = if associated {
        Some(Credentials::PodIdentity)
    } else {
        annotation(namespace, account).map(Credentials::WebIdentity)
    };
    if let Some(credentials) = credentials {
        into_spec(eks.account.region, &credentials, &mut pod["spec"]);
    }
}

fn into_spec(region: &str, credentials: &Credentials, spec: &mut Value) {
    let (volume, path, file, audience) = match credentials {
        Credentials::WebIdentity(_) => {
            ("aws-iam-token", "/var/run/secrets/eks.amazonaws.com/serviceaccount", "token", "sts.amazonaws.com")
        }
        Credentials::PodIdentity => (
            "eks-pod-identity-token",
            "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount",
            "eks-pod-identity-token",
            "pods.eks.amazonaws.com",
        ),
    };
    let there = spec["volumes"].as_array().is_some_and(|list| list.iter().any(|one| one["name"] == volume));
    if there {
        return;
    }
    let token = format!("{path}/{file}");
    let mut environment =
        vec![("AWS_STS_REGIONAL_ENDPOINTS", "regional"), ("AWS_DEFAULT_REGION", region), ("AWS_REGION", region)];
    match credentials {
        Credentials::WebIdentity(arn) => {
            environment.extend([("AWS_ROLE_ARN", arn.as_str()), ("AWS_WEB_IDENTITY_TOKEN_FILE", &token)]);
        }
        Credentials::PodIdentity => environment.extend([
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &token),
        ]),
    }
    for list in ["initContainers", "containers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            for (name, value) in &environment {
                set(&mut container["env"], name, value);
            }
            push(&mut container["volumeMounts"], json!({"name": volume, "readOnly": true, "mountPath": path}));
        }
    }
    let source = json!({"serviceAccountToken": {"audience": audience, "expirationSeconds": 86_400, "path": file}});
    push(&mut spec["volumes"], json!({"name": volume, "projected": {"defaultMode": 420, "sources": [source]}}));
}

/// What the pod's author set stays.
fn set(environment: &mut Value, name: &str, value: &str) {
    let there = environment.as_array().is_some_and(|list| list.iter().any(|one| one["name"] == name));
    if !there {
        push(environment, json!({"name": name, "value": value}));
    }
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        other => *other = Value::Array(vec![item]),
    }
}
