//! One policy rule, and whether it covers a request.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Request, Target};

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    #[serde(rename = "nonResourceURLs", deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub non_resource_urls: Vec<String>,
    /// Empty means every name.
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    #[serde(deserialize_with = "null_is_empty", skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    #[serde(deserialize_with = "null_is_empty")]
    pub verbs: Vec<String>,
}

/// Go writes an empty slice as `null` in places where a list is meant.
pub(crate) fn null_is_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

impl Rule {
    pub fn covers(&self, request: &Request<'_>) -> bool {
        has(&self.verbs, request.verb)
            && match request.target {
                Target::Path(path) => self.non_resource_urls.iter().any(|pattern| path_matches(pattern, path)),
                Target::Resource { group, resource, subresource, name, .. } => {
                    has(&self.api_groups, group)
                        && self.resources.iter().any(|held| resource_matches(held, resource, subresource))
                        && self.names_cover(name)
                }
            }
    }

    /// A rule with `resourceNames` never covers a request without a name, so it cannot grant a plain list.
    fn names_cover(&self, name: Option<&str>) -> bool {
        self.resource_names.is_empty() || self.resource_names.iter().any(|held| held == name.unwrap_or_default())
    }
}

fn has(held: &[String], asked: &str) -> bool {
    held.iter().any(|value| value == "*" || value == asked)
}

/// `*` covers everything, `pods` only the resource itself, `pods/log` one subresource, `*/scale` it everywhere.
fn resource_matches(held: &str, resource: &str, subresource: Option<&str>) -> bool {
    if held == "*" {
        return true;
    }
    match subresource.filter(|name| !name.is_empty()) {
        None => held == resource,
        Some(subresource) => {
            held.split_once('/').is_some_and(|(of, part)| part == subresource && (of == resource || of == "*"))
        }
    }
}

/// A trailing `*` matches any rest; elsewhere it is a plain character.
fn path_matches(pattern: &str, path: &str) -> bool {
    pattern == "*" || pattern == path || pattern.strip_suffix('*').is_some_and(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> Rule {
        serde_json::from_str(json).expect("a rule")
    }

    fn on<'a>(verb: &'a str, resource: &'a str, subresource: Option<&'a str>, name: Option<&'a str>) -> Request<'a> {
        Request { verb, target: Target::Resource { group: "", resource, subresource, namespace: Some("shop"), name } }
    }

    #[test]
    fn a_resource_does_not_grant_its_subresources() {
        let pods = rule(r#"{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}"#);
        assert!(pods.covers(&on("get", "pods", None, Some("a"))));
        assert!(!pods.covers(&on("get", "pods", Some("log"), Some("a"))));
        let log = rule(r#"{"apiGroups":[""],"resources":["pods/log"],"verbs":["get"]}"#);
        assert!(log.covers(&on("get", "pods", Some("log"), Some("a"))));
        assert!(!log.covers(&on("get", "pods", None, Some("a"))));
    }

    #[test]
    fn stars_cover_what_the_api_server_says_they_cover() {
        let all = rule(r#"{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}"#);
        assert!(all.covers(&on("create", "pods", Some("exec"), Some("a"))));
        assert!(!all.covers(&Request::path("get", "/metrics")), "resources do not grant paths");
        let scale = rule(r#"{"apiGroups":[""],"resources":["*/scale"],"verbs":["get"]}"#);
        assert!(scale.covers(&on("get", "replicationcontrollers", Some("scale"), Some("a"))));
        assert!(!scale.covers(&on("get", "replicationcontrollers", None, Some("a"))));
        let subresources = rule(r#"{"apiGroups":[""],"resources":["pods/*"],"verbs":["get"]}"#);
        assert!(!subresources.covers(&on("get", "pods", Some("log"), Some("a"))), "pods/* is no wildcard");
    }

    #[test]
    fn resource_names_need_a_name() {
        let one = rule(r#"{"apiGroups":[""],"resources":["secrets"],"resourceNames":["tls"],"verbs":["get","list"]}"#);
        assert!(one.covers(&on("get", "secrets", None, Some("tls"))));
        assert!(!one.covers(&on("get", "secrets", None, Some("other"))));
        assert!(!one.covers(&on("list", "secrets", None, None)));
        assert!(one.covers(&on("list", "secrets", None, Some("tls"))), "list with metadata.name=tls");
    }

    #[test]
    fn paths_match_exactly_or_by_prefix() {
        let urls = rule(r#"{"nonResourceURLs":["/healthz","/apis/*"],"verbs":["get"]}"#);
        assert!(urls.covers(&Request::path("get", "/healthz")));
        assert!(!urls.covers(&Request::path("get", "/healthz/etcd")));
        assert!(urls.covers(&Request::path("get", "/apis/apps/v1")));
        assert!(!urls.covers(&Request::path("post", "/healthz")));
    }

    #[test]
    fn null_lists_are_empty_lists() {
        let odd = rule(r#"{"apiGroups":null,"resources":["pods"],"resourceNames":null,"verbs":["get"]}"#);
        assert!(!odd.covers(&on("get", "pods", None, None)));
    }
}
