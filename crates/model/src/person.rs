//! Who is signed in.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// A human, as the identity provider tells. What a cluster hears of them is an [`crate::Actor`], made by the cluster's
/// authorisation mode.
///
/// Identity is issuer, subject, user and groups, and equality follows identity; `email` and `display` are for people only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The provider's issuer URL; where nobody vouches for anybody the way of signing in: `demo`, `dev`, `kubeconfig`.
    pub issuer: String,
    pub subject: String,
    /// The name that Kubernetes hears.
    pub user: String,
    /// As the provider sent them; sorted and without duplicates (see [`Person::new`]).
    pub groups: Vec<String>,
    pub email: Option<String>,
    pub display: String,
}

impl Person {
    /// Somebody whose name is all that is known of them.
    pub fn new(issuer: impl Into<String>, user: impl Into<String>, groups: impl IntoIterator<Item = String>) -> Self {
        let user = user.into();
        let mut groups: Vec<String> = groups.into_iter().collect();
        groups.sort();
        groups.dedup();
        Self { issuer: issuer.into(), subject: user.clone(), display: user.clone(), user, groups, email: None }
    }

    pub fn is_in(&self, group: &str) -> bool {
        self.groups.binary_search_by(|known| known.as_str().cmp(group)).is_ok()
    }

    /// Whether they are in at least one of `groups`.
    pub fn is_in_any(&self, groups: &[String]) -> bool {
        groups.iter().any(|group| self.is_in(group))
    }

    fn identity(&self) -> (&str, &str, &str, &[String]) {
        (&self.issuer, &self.subject, &self.user, &self.groups)
    }
}

impl PartialEq for Person {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Person {}

impl Hash for Person {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_from_another_provider_is_somebody_else() {
        let alice = Person::new("https://a", "alice", ["b".to_owned(), "a".to_owned()]);
        assert_ne!(alice, Person::new("https://b", "alice", ["a".to_owned(), "b".to_owned()]));
        let shown = Person { display: "Alice".into(), email: Some("a@corp".into()), ..alice.clone() };
        assert_eq!(alice, shown);
        assert!(alice.is_in("a") && alice.is_in("b") && !alice.is_in("c"));
        assert!(alice.is_in_any(&["c".to_owned(), "b".to_owned()]) && !alice.is_in_any(&[]));
    }
}
