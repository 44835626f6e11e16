//! The human behind a request.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

/// Who acts, as the API server will hear it through impersonation.
///
/// `display` is for people only; identity is user, uid, groups and extra, and equality follows identity.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    pub user: String,
    /// Sorted and without duplicates (see [`Actor::new`]).
    pub groups: Vec<String>,
    pub uid: Option<String>,
    pub extra: BTreeMap<String, Vec<String>>,
    pub display: String,
}

/// What makes two actors the same.
type Identity<'a> = (&'a str, &'a [String], Option<&'a str>, &'a BTreeMap<String, Vec<String>>);

impl Actor {
    pub fn new(user: impl Into<String>, groups: impl IntoIterator<Item = String>) -> Self {
        let user = user.into();
        let mut groups: Vec<String> = groups.into_iter().collect();
        groups.sort();
        groups.dedup();
        Self { display: user.clone(), user, groups, uid: None, extra: BTreeMap::new() }
    }

    fn identity(&self) -> Identity<'_> {
        (&self.user, &self.groups, self.uid.as_deref(), &self.extra)
    }
}

impl PartialEq for Actor {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Actor {}

impl Hash for Actor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_ignores_order_of_groups_and_the_display_name() {
        let mut a = Actor::new("alice", ["b".to_owned(), "a".to_owned(), "b".to_owned()]);
        a.display = "Alice".into();
        let b = Actor::new("alice", ["a".to_owned(), "b".to_owned()]);
        assert_eq!(a, b);
        assert_ne!(a, Actor::new("alice", ["a".to_owned()]));
    }
}
