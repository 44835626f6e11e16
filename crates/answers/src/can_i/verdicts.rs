//! What the API server decided about permissions, remembered for seconds.
//!
//! Keyed by everything a decision depends on: cluster, actor (user, uid, groups, extra) and permission. An error is
//! remembered as no decision for as long as a refusal, and is never a yes.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_cluster::Identity;
use periscope_model::{Actor, Clock, ClusterId, Permission};

use crate::clusters::Cluster;

const ALLOWED_FOR: SignedDuration = SignedDuration::from_secs(30);
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// Beyond this many, what has run out is dropped, and all of it if nothing has.
const MAX_KEPT: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    /// The authoriser's own words.
    pub(crate) reason: Option<String>,
    /// Why there is no decision.
    pub(crate) trouble: Option<String>,
}

impl Verdict {
    /// The sentence of a refusal; none when it is allowed or nobody could tell.
    pub(crate) fn refusal_of(&self, asked: &Permission) -> Option<String> {
        (!self.allowed && self.trouble.is_none()).then(|| match &self.reason {
            Some(reason) => format!("you may not {asked}: {reason}"),
            None => format!("you may not {asked}"),
        })
    }

    /// Why not, or why it is not known.
    pub(crate) fn refusal_or_doubt(&self, asked: &Permission) -> Option<String> {
        let doubt = self.trouble.as_ref().map(|trouble| format!("whether you may is not known: {trouble}"));
        doubt.or_else(|| self.refusal_of(asked))
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    cluster: ClusterId,
    actor: Arc<Actor>,
    asked: Permission,
}

pub(crate) struct Verdicts {
    kept: Mutex<HashMap<Key, (Timestamp, Arc<Verdict>)>>,
    clock: Arc<dyn Clock>,
}

impl Verdicts {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { kept: Mutex::default(), clock }
    }

    /// What was decided lately, else what the API server decides now.
    pub(crate) async fn ask(&self, cluster: &Cluster, actor: &Arc<Actor>, asked: &Permission) -> Arc<Verdict> {
        let key = Key { cluster: cluster.spec.id.clone(), actor: actor.clone(), asked: asked.clone() };
        if let Some(kept) = self.kept(&key) {
            return kept;
        }
        self.decide(cluster, key).await
    }

    /// The same, but a refusal is asked again: somebody may have been let in a moment ago.
    pub(crate) async fn ask_again(&self, cluster: &Cluster, actor: &Arc<Actor>, asked: &Permission) -> Arc<Verdict> {
        let key = Key { cluster: cluster.spec.id.clone(), actor: actor.clone(), asked: asked.clone() };
        match self.kept(&key) {
            Some(kept) if kept.allowed => kept,
            _ => self.decide(cluster, key).await,
        }
    }

    fn kept(&self, key: &Key) -> Option<Arc<Verdict>> {
        let now = self.clock.now();
        let kept = self.kept.lock();
        let (at, verdict) = kept.get(key)?;
        is_fresh(*at, verdict, now).then(|| verdict.clone())
    }

    async fn decide(&self, cluster: &Cluster, key: Key) -> Arc<Verdict> {
        // Counted from before it was asked: what is decided meanwhile may be older than its arrival.
        let at = self.clock.now();
        let verdict = Arc::new(review(cluster, &key).await);
        let mut kept = self.kept.lock();
        if kept.len() >= MAX_KEPT {
            let now = self.clock.now();
            kept.retain(|_, (at, verdict)| is_fresh(*at, verdict, now));
            if kept.len() >= MAX_KEPT {
                kept.clear();
            }
        }
        kept.insert(key, (at, verdict.clone()));
        verdict
    }
}

fn is_fresh(at: Timestamp, verdict: &Verdict, now: Timestamp) -> bool {
    let lasts = if verdict.allowed { ALLOWED_FOR } else { REFUSED_FOR };
    now.duration_since(at) <= lasts
}

async fn review(cluster: &Cluster, key: &Key) -> Verdict {
    let unknown = |trouble: String| Verdict { allowed: false, reason: None, trouble: Some(trouble) };
    let connection = match cluster.connection() {
        Ok(connection) => connection,
        Err(error) => return unknown(error.to_string()),
    };
    match connection.decide(&Identity::Human(key.actor.clone()), &key.asked).await {
        Ok(decision) => Verdict { allowed: decision.allowed, reason: decision.reason, trouble: None },
        Err(error) => unknown(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(allowed: bool, trouble: Option<&str>) -> Verdict {
        Verdict { allowed, reason: None, trouble: trouble.map(str::to_owned) }
    }

    #[test]
    fn no_answer_is_no_yes_and_no_refusal() {
        let asked = Permission { verb: "get".to_owned(), resource: "pods".to_owned(), ..Permission::default() };
        let doubt = verdict(false, Some("nobody listens"));
        assert_eq!(doubt.refusal_of(&asked), None);
        assert_eq!(doubt.refusal_or_doubt(&asked).as_deref(), Some("whether you may is not known: nobody listens"));
        let refused = verdict(false, None);
        assert_eq!(refused.refusal_of(&asked).as_deref(), Some("you may not get pods cluster-wide"));
        assert_eq!(verdict(true, None).refusal_or_doubt(&asked), None);
    }

    #[test]
    fn a_yes_lasts_longer_than_a_no() {
        let at = Timestamp::UNIX_EPOCH;
        let after = |seconds| at + SignedDuration::from_secs(seconds);
        assert!(is_fresh(at, &verdict(true, None), after(30)) && !is_fresh(at, &verdict(true, None), after(31)));
        assert!(is_fresh(at, &verdict(false, None), after(10)) && !is_fresh(at, &verdict(false, None), after(11)));
        assert!(!is_fresh(at, &verdict(false, Some("x")), after(11)));
    }
}
