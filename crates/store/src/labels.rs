//! Label sets, and selectors over them as Kubernetes defines them.

use std::sync::Arc;

use crate::intern::Sym;

/// A label set, sorted by key and shared between the objects that carry it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Labels(pub(crate) Arc<[(Sym, Sym)]>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::from([]))
    }
}

impl Labels {
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(have, _)| have.as_ref().cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| value.as_ref())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_ref(), value.as_ref()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A label selector. `Default` selects nothing, as an absent selector does; an empty one selects everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector(Option<Box<[Requirement]>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    pub key: Sym,
    pub operator: Operator,
    pub values: Box<[Sym]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Requirement {
    fn holds(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let listed = || value.is_some_and(|value| self.values.iter().any(|one| one.as_ref() == value));
        match self.operator {
            Operator::In => listed(),
            Operator::NotIn => !listed(),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
        }
    }
}

impl Selector {
    pub(crate) fn new(requirements: Vec<Requirement>) -> Self {
        Self(Some(requirements.into()))
    }

    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.as_ref().is_some_and(|requirements| requirements.iter().all(|one| one.holds(labels)))
    }

    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    pub fn requirements(&self) -> &[Requirement] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, one) in self.requirements().iter().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            let values = one.values.join(",");
            match one.operator {
                Operator::In if one.values.len() == 1 => write!(f, "{}={values}", one.key)?,
                Operator::In => write!(f, "{} in ({values})", one.key)?,
                Operator::NotIn => write!(f, "{} notin ({values})", one.key)?,
                Operator::Exists => f.write_str(&one.key)?,
                Operator::DoesNotExist => write!(f, "!{}", one.key)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        let mut pairs: Vec<(Sym, Sym)> = pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        pairs.sort();
        Labels(pairs.into())
    }

    fn one(key: &str, operator: Operator, values: &[&str]) -> Selector {
        let values = values.iter().map(|value| (*value).into()).collect();
        Selector::new(vec![Requirement { key: key.into(), operator, values }])
    }

    #[test]
    fn selectors_follow_kubernetes() {
        let web = labels(&[("app", "web"), ("tier", "front")]);
        assert!(one("app", Operator::In, &["api", "web"]).matches(&web));
        assert!(!one("app", Operator::NotIn, &["web"]).matches(&web));
        assert!(one("zone", Operator::NotIn, &["a"]).matches(&web), "an absent label is not in any set");
        assert!(one("tier", Operator::Exists, &[]).matches(&web));
        assert!(!one("tier", Operator::DoesNotExist, &[]).matches(&web));
        assert!(!Selector::default().matches(&web), "no selector selects nothing");
        assert!(Selector::new(Vec::new()).matches(&web), "an empty selector selects everything");
        assert_eq!(one("app", Operator::In, &["web"]).to_string(), "app=web");
    }
}
