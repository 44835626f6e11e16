//! One decision: cluster-wide first, else namespace by namespace.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use periscope_model::Permission;
use periscope_store::Visible;

use super::{GrantKey, Reviewer};

/// Reviews in flight for one decision.
const AT_ONCE: usize = 16;
/// Namespaces asked about that have no known reason to be allowed, per decision after the first.
const ROTATION: usize = 64;

/// What the last decisions of a grant leave for the next.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Where the rotation through refused namespaces stands.
    next: usize,
    allowed: BTreeSet<Box<str>>,
}

pub(super) struct Decision {
    pub(super) visible: Visible,
    pub(super) needs: Vec<Permission>,
}

/// Asks the API server; `Err` when it gave no decision. `all` asks about every namespace instead of a share.
pub(super) async fn decide(
    reviewer: &dyn Reviewer,
    key: &GrantKey,
    named: &BTreeSet<String>,
    memory: &mut Memory,
    all: bool,
) -> Result<Decision, String> {
    let everywhere = Permission::on("list", &key.kind, None);
    if reviewer.review(key.actor.clone(), key.cluster.clone(), everywhere.clone()).await? {
        return Ok(Decision { visible: Visible::All, needs: Vec::new() });
    }
    if !key.namespaced {
        return Ok(Decision { visible: Visible::Nothing, needs: vec![everywhere] });
    }
    let asked = candidates(&reviewer.namespaces(&key.cluster).await, named, memory, all);
    let mut answers = stream::iter(asked.into_iter().map(|namespace| {
        let asked = Permission::on("list", &key.kind, Some(&namespace));
        let review = reviewer.review(key.actor.clone(), key.cluster.clone(), asked);
        async move { review.await.map(|allowed| (namespace, allowed)) }
    }))
    .buffer_unordered(AT_ONCE);
    let mut allowed = BTreeSet::new();
    while let Some(answer) = answers.next().await {
        let (namespace, is_allowed) = answer?;
        if is_allowed {
            allowed.insert(Box::from(namespace.as_str()));
        }
    }
    memory.allowed.clone_from(&allowed);
    let visible = if allowed.is_empty() { Visible::Nothing } else { Visible::Namespaces(Arc::new(allowed)) };
    Ok(Decision { visible, needs: vec![everywhere] })
}

/// Every namespace, or those allowed before, those named and a rotating share of the rest: a refusal that RBAC
/// does not explain is thus found out in time without asking about a thousand namespaces every few seconds.
fn candidates(known: &[String], named: &BTreeSet<String>, memory: &mut Memory, all: bool) -> BTreeSet<String> {
    let mut asked: BTreeSet<String> = named.clone();
    if all || known.len() <= ROTATION {
        asked.extend(known.iter().cloned());
        return asked;
    }
    asked.extend(memory.allowed.iter().map(ToString::to_string));
    let start = memory.next % known.len();
    asked.extend(known.iter().cycle().skip(start).take(ROTATION).cloned());
    memory.next = start + ROTATION;
    asked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rotation_reaches_every_namespace_and_never_drops_an_allowed_one() {
        let known: Vec<String> = (0..200).map(|n| format!("ns-{n:03}")).collect();
        let mut memory = Memory { allowed: BTreeSet::from(["ns-199".into()]), ..Memory::default() };
        let mut seen = BTreeSet::new();
        for _ in 0..4 {
            let asked = candidates(&known, &BTreeSet::from(["named".to_owned()]), &mut memory, false);
            assert!(asked.len() <= ROTATION + 2);
            assert!(asked.contains("ns-199") && asked.contains("named"));
            seen.extend(asked);
        }
        assert_eq!(seen.len(), 201);
    }
}
