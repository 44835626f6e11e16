//! One object, live from the API server as the caller.

mod events;
pub(crate) mod mask;
mod metrics;
mod related;
pub(crate) mod yaml;

use periscope_audit::Outcome;
use periscope_cluster::Trace;
use periscope_model::{Answer, ObjectRef, Phase, Scope, Source, State};
use serde::Serialize;
use serde_json::Value;

pub use events::ObjectEvents;
pub use metrics::{ContainerUsage, ObjectMetrics};
pub use related::{RelatedGroup, RelatedItem};

use crate::act::outcome_of;
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::{Kind, kind_of};

/// Longest name of an object.
const MAX_NAME: usize = 253;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectDetail {
    /// As the API server has it, without managedFields; values of Secrets are masked.
    #[schema(value_type = Object)]
    pub object: Value,
    pub kind: Kind,
    /// The kubectl command that reads the same, without its context.
    pub kubectl: String,
}

impl App {
    /// The object, masked, without managedFields.
    pub async fn object(&self, context: &Context, place: &ObjectRef) -> Result<Answer<ObjectDetail>, Error> {
        let cluster = self.clusters.get(&place.cluster)?;
        let kind = kind_of(&cluster.resource(&place.kind).await?);
        let mut object = self.open_live(context, place).await?;
        mask::mask(&place.kind, &mut object);
        mask::drop_managed_fields(&mut object);
        let kubectl = kubectl_get(place);
        Ok(self.live_answer(ObjectDetail { object, kind, kubectl }, place))
    }

    /// The same as YAML.
    pub async fn yaml(&self, context: &Context, place: &ObjectRef, managed_fields: bool) -> Result<String, Error> {
        let mut object = self.open_live(context, place).await?;
        mask::mask(&place.kind, &mut object);
        if !managed_fields {
            mask::drop_managed_fields(&mut object);
        }
        yaml::print(&object).map_err(|reason| Error::Upstream {
            cluster: place.cluster.clone(),
            message: format!("{} cannot be written as YAML: {reason}", describe(place)),
            status: None,
        })
    }

    /// Somebody looks at the object as a whole: some kinds are on the record then.
    async fn open_live(&self, context: &Context, place: &ObjectRef) -> Result<Value, Error> {
        let read = self.get_live(context, place).await;
        let outcome = read.as_ref().map_or_else(outcome_of, |_| Outcome::Success);
        if let Ok(cluster) = self.clusters.get(&place.cluster) {
            self.opened_object(context, cluster, place, outcome).await;
        }
        read
    }

    /// The object as the API server answers it to the caller.
    pub(crate) async fn get_live(&self, context: &Context, place: &ObjectRef) -> Result<Value, Error> {
        check_place(place)?;
        let cluster = self.clusters.get(&place.cluster)?;
        let resource = cluster.resource_type(&place.kind).await?;
        let identity = cluster.human(context)?;
        let connection = cluster.connection()?.traced(Trace::new(context.request_id.clone()));
        let bytes = connection.get(&identity, &resource, place.namespace.as_deref(), &place.name).await;
        let bytes = bytes.map_err(|error| cluster.error(&error, || describe(place)))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Upstream {
            cluster: place.cluster.clone(),
            message: format!("{} is not JSON: {error}", describe(place)),
            status: None,
        })
    }

    /// The envelope of what was just read from the API server.
    fn live_answer<T>(&self, data: T, place: &ObjectRef) -> Answer<T> {
        let now = self.clock.now();
        let state = State::new(Phase::Live, now);
        Answer {
            data,
            as_of: now,
            scope: Scope {
                cluster_wide: place.namespace.is_none(),
                namespaces: place.namespace.iter().cloned().collect(),
            },
            sources: vec![Source { what: format!("{}, live", describe(place)), at: now, state }],
            gaps: Vec::new(),
        }
    }
}

/// A place that a request can be about: what could leave its place in a path or a selector names nothing.
pub(crate) fn check_place(place: &ObjectRef) -> Result<(), Error> {
    if let Some(namespace) = &place.namespace {
        check_namespace(namespace)?;
    }
    // The API server's own rule for names in paths (k8s.io/apimachinery path.IsValidPathSegmentName).
    let name = &place.name;
    let wrong = name.is_empty()
        || name.len() > MAX_NAME
        || matches!(name.as_str(), "." | "..")
        || name.chars().any(|c| matches!(c, '/' | '%' | '\\') || c.is_control());
    if wrong {
        let shown: String = name.chars().take(80).collect();
        return Err(Error::invalid("name_invalid", format!("{shown:?} cannot be the name of an object")));
    }
    Ok(())
}

/// A namespace's name is a DNS label (RFC 1123).
pub(crate) fn check_namespace(namespace: &str) -> Result<(), Error> {
    let label = (1..=63).contains(&namespace.len())
        && namespace.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    if label {
        return Ok(());
    }
    let shown: String = namespace.chars().take(80).collect();
    let rule = "use 1 to 63 lower-case letters, digits or '-', with a letter or digit at both ends";
    Err(Error::invalid("namespace_invalid", format!("{shown:?} cannot be the name of a namespace: {rule}")))
}

/// `pods api-7d9 in namespace payments`.
pub(crate) fn describe(place: &ObjectRef) -> String {
    match &place.namespace {
        Some(namespace) => format!("{} {:?} in namespace {namespace}", place.kind, place.name),
        None => format!("{} {:?}", place.kind, place.name),
    }
}

/// Names come from a cluster: what a shell would read as more than a word is quoted.
fn kubectl_get(place: &ObjectRef) -> String {
    let mut words = vec!["kubectl".to_owned(), "get".to_owned(), place.kind.to_string(), quoted(&place.name)];
    if let Some(namespace) = &place.namespace {
        words.extend(["--namespace".to_owned(), quoted(namespace)]);
    }
    words.extend(["-o".to_owned(), "yaml".to_owned()]);
    words.join(" ")
}

pub(crate) fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&b));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_cannot_lead_elsewhere() {
        let place = |namespace: Option<&str>, name: &str| ObjectRef {
            cluster: "a".parse().expect("valid"),
            kind: "pods".parse().expect("valid"),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        };
        for name in ["api-0", "system:node", "a.b", "A_b", "x,y=z", "...", "名"] {
            assert!(check_place(&place(Some("shop"), name)).is_ok(), "{name:?}");
        }
        for name in ["", ".", "..", "a/b", "a\\b", "%2e", "a\nb", "a\0", &"a".repeat(254)] {
            assert_eq!(check_place(&place(None, name)).expect_err(name).code(), "name_invalid", "{name:?}");
        }
        assert_eq!(check_place(&place(Some(".."), "a")).expect_err("leads up").code(), "namespace_invalid");
    }

    #[test]
    fn a_name_cannot_leave_its_word() {
        let place = ObjectRef {
            cluster: "a".parse().expect("valid"),
            kind: "roles.rbac.authorization.k8s.io".parse().expect("valid"),
            namespace: Some("shop".into()),
            name: "it's; rm -rf $HOME".into(),
        };
        let expected = "kubectl get roles.rbac.authorization.k8s.io 'it'\\''s; rm -rf $HOME' --namespace shop -o yaml";
        assert_eq!(kubectl_get(&place), expected);
    }
}
