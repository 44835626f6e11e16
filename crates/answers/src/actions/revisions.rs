//! The revisions that a workload can return to: the ReplicaSets of a Deployment, the `ControllerRevision`s of the others.

use jiff::Timestamp;
use periscope_cluster::ListOptions;
use periscope_model::{KindId, ObjectRef};
use serde::Serialize;
use serde_json::Value;

use super::diff;
use super::scene::Scene;
use super::shapes::Target;
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

const NUMBER: &str = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
const HASH: &str = "pod-template-hash";
/// Revisions told; workloads keep ten by default.
const MAX_REVISIONS: usize = 100;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RevisionList {
    /// The newest first.
    pub revisions: Vec<RevisionItem>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Revision)]
pub struct RevisionItem {
    pub revision: u64,
    /// Of the object that keeps it.
    pub name: String,
    #[schema(value_type = String)]
    pub created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_cause: Option<String>,
    pub images: Vec<String>,
    pub current: bool,
    /// Pods of it, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    /// Unified, of the pod template: from this revision to the current one.
    pub diff: String,
}

/// One revision as its object keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Revision {
    pub(super) number: u64,
    name: String,
    created: Timestamp,
    pub(super) change_cause: Option<String>,
    replicas: Option<u64>,
    pub(super) template: Value,
}

impl App {
    pub async fn revisions(&self, context: &Context, place: &ObjectRef) -> Result<RevisionList, Error> {
        let kinds = ["deployments.apps", "statefulsets.apps", "daemonsets.apps"];
        if !kinds.contains(&place.kind.to_string().as_str()) {
            let message = format!("{} have no revisions; {} do", place.kind, kinds.join(", "));
            return Err(Error::invalid("kind_invalid", message));
        }
        let scene = Scene::of(self, context, &place.cluster)?;
        let (kind, namespace, name) = (place.kind.clone(), place.namespace.clone(), place.name.clone());
        let target = Target { kind, namespace, name, uid: None, resource_version: None };
        let resource = scene.resource(&target).await?;
        let object = scene.read(&resource, &target, None).await?;
        Ok(told(&object, read(&scene, &place.kind, &object).await?))
    }
}

/// Those that the object owns, the newest first.
pub(super) async fn read(scene: &Scene, kind: &KindId, object: &Value) -> Result<Vec<Revision>, Error> {
    let keeper = if kind.resource() == "deployments" { "replicasets.apps" } else { "controllerrevisions.apps" };
    let options = ListOptions {
        namespace: object["metadata"]["namespace"].as_str().map(str::to_owned),
        label_selector: selector(&object["spec"]["selector"]),
        ..ListOptions::default()
    };
    let listed = scene.list(keeper, options).await?;
    Ok(owned(object, &listed.items))
}

fn owned(object: &Value, keepers: &[Value]) -> Vec<Revision> {
    let uid = &object["metadata"]["uid"];
    let is_own = |keeper: &&Value| {
        let owners = keeper["metadata"]["ownerReferences"].as_array().into_iter().flatten();
        owners.into_iter().any(|owner| owner["controller"] == true && owner["uid"] == *uid)
    };
    let mut revisions: Vec<Revision> = keepers.iter().filter(is_own).filter_map(revision).collect();
    revisions.sort_by_key(|revision| std::cmp::Reverse(revision.number));
    revisions
}

fn revision(keeper: &Value) -> Option<Revision> {
    let metadata = &keeper["metadata"];
    let annotation = |name: &str| metadata["annotations"][name].as_str();
    let replica_set = keeper["spec"]["template"].is_object();
    let mut template =
        if replica_set { &keeper["spec"]["template"] } else { &keeper["data"]["spec"]["template"] }.clone();
    // What the controllers add is not the person's: the hash of a ReplicaSet, the directive of a ControllerRevision.
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(HASH);
    }
    template.as_object_mut()?.remove("$patch");
    let number = match annotation(NUMBER) {
        Some(text) if replica_set => text.parse().ok()?,
        _ => keeper["revision"].as_u64()?,
    };
    Some(Revision {
        number,
        name: metadata["name"].as_str()?.to_owned(),
        created: metadata["creationTimestamp"].as_str()?.parse().ok()?,
        change_cause: annotation(CHANGE_CAUSE).map(str::to_owned),
        replicas: keeper["status"]["replicas"].as_u64(),
        template,
    })
}

fn told(object: &Value, mut revisions: Vec<Revision>) -> RevisionList {
    revisions.truncate(MAX_REVISIONS);
    let current = current(object, &revisions);
    let template = &object["spec"]["template"];
    let item = |revision: Revision| RevisionItem {
        current: Some(revision.number) == current,
        images: images(&revision.template),
        diff: diff::of_documents(&revision.template, template).unwrap_or_default(),
        revision: revision.number,
        name: revision.name,
        created_at: revision.created,
        change_cause: revision.change_cause,
        replicas: revision.replicas,
    };
    RevisionList { revisions: revisions.into_iter().map(item).collect() }
}

/// The one whose template the object has now, also before its controller says so; else the one it says, else the newest.
fn current(object: &Value, revisions: &[Revision]) -> Option<u64> {
    let template = &object["spec"]["template"];
    if let Some(own) = revisions.iter().find(|revision| revision.template == *template) {
        return Some(own.number);
    }
    let named = object["metadata"]["annotations"][NUMBER].as_str().and_then(|text| text.parse().ok());
    let updated = object["status"]["updateRevision"].as_str();
    let by_name = || revisions.iter().find(|revision| Some(&*revision.name) == updated).map(|revision| revision.number);
    named.or_else(by_name).or_else(|| revisions.first().map(|revision| revision.number))
}

fn images(template: &Value) -> Vec<String> {
    let containers = ["initContainers", "containers"].map(|list| template["spec"][list].as_array());
    let mut images: Vec<String> = Vec::new();
    for container in containers.into_iter().flatten().flatten() {
        if let Some(image) = container["image"].as_str()
            && !images.iter().any(|known| known == image)
        {
            images.push(image.to_owned());
        }
    }
    images
}

/// A selector as a query writes it; `None` where it selects everything or cannot be written.
pub(super) fn selector(selector: &Value) -> Option<String> {
    let labels = selector["matchLabels"].as_object().into_iter().flatten();
    let mut parts: Vec<String> = labels.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect();
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = expression["key"].as_str()?;
        let values: Vec<&str> =
            expression["values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        parts.push(match expression["operator"].as_str()? {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            _ => return None,
        });
    }
    (!parts.is_empty()).then(|| parts.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn replica_set(number: &str, image: &str, owner: &str) -> Value {
        json!({
            "metadata": {"name": format!("api-{number}"), "creationTimestamp": "2026-11-01T00:00:00Z",
                "annotations": {NUMBER: number}, "ownerReferences": [{"controller": true, "uid": owner}]},
            "spec": {"template": template(image, true)}, "status": {"replicas": 1},
        })
    }

    fn template(image: &str, hashed: bool) -> Value {
        let labels = if hashed { json!({"app": "api", HASH: "abc"}) } else { json!({"app": "api"}) };
        json!({"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": image}]}})
    }

    #[test]
    fn a_deployments_revisions_are_its_own_replica_sets() {
        let object = json!({"metadata": {"uid": "u", "annotations": {NUMBER: "10"}}, "spec": {"template": template("v2", false)}});
        let keepers = [replica_set("9", "v1", "u"), replica_set("10", "v2", "u"), replica_set("3", "x", "other")];
        let list = told(&object, owned(&object, &keepers));
        let told: Vec<(u64, bool, bool)> =
            list.revisions.iter().map(|one| (one.revision, one.current, one.diff.is_empty())).collect();
        assert_eq!(told, [(10, true, true), (9, false, false)]);
        assert_eq!(list.revisions[1].images, ["v1"]);
        assert!(list.revisions[1].diff.contains("-  - image: v1\n+  - image: v2\n"), "{}", list.revisions[1].diff);
    }

    #[test]
    fn what_was_rolled_back_to_is_current_before_the_controller_says_so() {
        let object = json!({"metadata": {"uid": "u", "annotations": {NUMBER: "10"}}, "spec": {"template": template("v1", false)}});
        let keepers = [replica_set("9", "v1", "u"), replica_set("10", "v2", "u")];
        let list = told(&object, owned(&object, &keepers));
        let told: Vec<(u64, bool)> = list.revisions.iter().map(|one| (one.revision, one.current)).collect();
        assert_eq!(told, [(10, false), (9, true)]);
        let fresh = json!({"metadata": object["metadata"], "spec": {"template": template("v3", false)}});
        assert_eq!(current(&fresh, &owned(&object, &keepers)), Some(10), "nothing keeps its template yet");
    }

    #[test]
    fn a_controller_revision_keeps_a_template_with_a_directive() {
        let mut kept = template("v1", false);
        kept["$patch"] = json!("replace");
        let keeper = json!({"metadata": {"name": "db-1", "creationTimestamp": "2026-11-01T00:00:00Z",
            "ownerReferences": [{"controller": true, "uid": "u"}]}, "data": {"spec": {"template": kept}}, "revision": 4});
        let object = json!({"metadata": {"uid": "u"}, "spec": {"template": template("v1", false)}, "status": {"updateRevision": "db-1"}});
        let list = told(&object, owned(&object, &[keeper]));
        assert_eq!((list.revisions[0].revision, list.revisions[0].current), (4, true));
        assert_eq!(list.revisions[0].diff, "");
    }

    #[test]
    fn selectors_are_written_as_queries() {
        let all = json!({"matchLabels": {"a": "b"}, "matchExpressions": [
            {"key": "c", "operator": "In", "values": ["d", "e"]}, {"key": "f", "operator": "DoesNotExist"}]});
        assert_eq!(selector(&all).as_deref(), Some("a=b,c in (d,e),!f"));
        assert_eq!(selector(&json!({})), None);
    }
}
