//! EKS's managed access policies: what each allows, in words and as rules.
//!
//! EKS tells only their names; the rules are those of its user guide ("Review access policy permissions").

mod table;

use periscope_model::aws::{AccessScope, AssociatedAccessPolicy};
use periscope_rbac::{Request, Rule};

use crate::arn;

/// One managed access policy.
#[derive(Debug, PartialEq)]
pub struct AccessPolicy {
    /// `AmazonEKSViewPolicy`
    pub name: &'static str,
    /// What it allows, as the end of "the principal may …".
    pub means: &'static str,
    /// Whether the rules name every API group, so that custom resources are covered, too.
    pub custom_resources: bool,
    /// For EKS's own components and nodes; its rules are described by EKS in words only.
    pub internal: bool,
    rules: &'static [TableRule],
}

/// API groups, resources, verbs; separated by blanks, the core group is `core`.
#[derive(Debug, PartialEq)]
struct TableRule(&'static str, &'static str, &'static str);

impl AccessPolicy {
    /// By name or ARN, in any partition; `None` for one that is newer than this table.
    pub fn find(name_or_arn: &str) -> Option<&'static Self> {
        let name = arn::name_of(name_or_arn);
        table::POLICIES.iter().find(|policy| policy.name == name)
    }

    pub fn all() -> &'static [Self] {
        table::POLICIES
    }

    /// Empty for internal policies.
    pub fn rules(&self) -> Vec<Rule> {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        let mut rules: Vec<Rule> = Vec::new();
        for TableRule(groups, resources, verbs) in self.rules {
            let api_groups = words(groups).into_iter().map(|group| if group == "core" { String::new() } else { group });
            rules.push(Rule {
                api_groups: api_groups.collect(),
                resources: words(resources),
                verbs: words(verbs),
                ..Rule::default()
            });
        }
        if self.is_cluster_admin() {
            rules.push(Rule {
                non_resource_urls: vec!["*".to_owned()],
                verbs: vec!["*".to_owned()],
                ..Rule::default()
            });
        }
        rules
    }

    pub fn is_cluster_admin(&self) -> bool {
        self.name == "AmazonEKSClusterAdminPolicy"
    }

    /// What it says of custom resources, which is asked after every migration.
    pub fn custom_resources_words(&self) -> &'static str {
        if self.custom_resources {
            "covers custom resources: its rules name every API group"
        } else {
            "does not cover custom resources; grant those with RBAC to a group of the entry"
        }
    }

    pub fn allows(&self, request: &Request<'_>) -> bool {
        self.rules().iter().any(|rule| rule.covers(request))
    }
}

/// Whether a scope reaches a namespace, `None` being every namespace and what has none. Scopes take wildcards.
pub fn scope_covers(scope: &AccessScope, namespace: Option<&str>) -> bool {
    match (scope, namespace) {
        (AccessScope::Cluster, _) => true,
        (AccessScope::Namespaces(_), None) => false,
        (AccessScope::Namespaces(patterns), Some(namespace)) => patterns.iter().any(|one| arn::glob(one, namespace)),
    }
}

/// Whether an associated policy makes its principal an administrator of everything.
pub(crate) fn is_full_admin(associated: &AssociatedAccessPolicy) -> bool {
    associated.scope == AccessScope::Cluster
        && AccessPolicy::find(&associated.policy_arn).is_some_and(AccessPolicy::is_cluster_admin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str) -> &'static AccessPolicy {
        AccessPolicy::find(name).unwrap_or_else(|| AccessPolicy::all().first().expect("a table"))
    }

    #[test]
    fn policies_are_found_by_arn_in_every_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let arn = format!("arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSViewPolicy");
            assert_eq!(AccessPolicy::find(&arn).map(|policy| policy.name), Some("AmazonEKSViewPolicy"));
        }
        assert_eq!(AccessPolicy::find("AmazonEKSNextYearPolicy"), None);
        let mut names: Vec<&str> = AccessPolicy::all().iter().map(|policy| policy.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), AccessPolicy::all().len(), "every name once");
    }

    #[test]
    fn they_allow_what_the_user_guide_says() {
        let may = |name: &str, verb: &str, group: &str, resource: &str| {
            policy(name).allows(&Request::resource(verb, group, resource, Some("shop")))
        };
        assert!(!may("AmazonEKSViewPolicy", "get", "", "secrets"));
        assert!(may("AmazonEKSViewPolicy", "list", "apps", "deployments"));
        assert!(!may("AmazonEKSViewPolicy", "delete", "apps", "deployments"));
        assert!(may("AmazonEKSAdminViewPolicy", "get", "", "secrets"));
        assert!(may("AmazonEKSEditPolicy", "create", "", "secrets"));
        assert!(!may("AmazonEKSEditPolicy", "create", "rbac.authorization.k8s.io", "rolebindings"));
        assert!(may("AmazonEKSAdminPolicy", "create", "rbac.authorization.k8s.io", "rolebindings"));
        assert!(!may("AmazonEKSAdminPolicy", "list", "karpenter.sh", "nodepools"), "no custom resources");
        assert!(may("AmazonEKSAdminViewPolicy", "list", "karpenter.sh", "nodepools"));
        assert!(may("AmazonEKSClusterAdminPolicy", "delete", "karpenter.sh", "nodepools"));
        assert!(policy("AmazonEKSClusterAdminPolicy").allows(&Request::path("get", "/metrics")));
        assert!(may("AmazonEKSSecretReaderPolicy", "list", "", "secrets"));
    }

    #[test]
    fn what_is_said_of_custom_resources_follows_from_the_rules() {
        for policy in AccessPolicy::all().iter().filter(|policy| !policy.internal) {
            let request = Request::resource("get", "example.com", "widgets", Some("shop"));
            assert_eq!(policy.allows(&request), policy.custom_resources, "{}", policy.name);
        }
    }

    #[test]
    fn scopes_take_wildcards() {
        let scope = AccessScope::Namespaces(vec!["dev-*".into(), "shop".into(), "*-x-*".into()]);
        for namespace in ["dev-", "dev-a", "shop", "a-x-b", "-x-"] {
            assert!(scope_covers(&scope, Some(namespace)), "{namespace}");
        }
        for namespace in ["dev", "shop2", "a-x", "x"] {
            assert!(!scope_covers(&scope, Some(namespace)), "{namespace}");
        }
        assert!(!scope_covers(&scope, None) && scope_covers(&AccessScope::Cluster, None));
        let many = "*a".repeat(3000);
        assert!(!arn::glob(&many, &"a".repeat(2999)));
    }
}
