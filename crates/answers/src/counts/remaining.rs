//! Counting without reading: a list of one object as the caller, with how many remain.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, Stream, StreamExt};
use periscope_cluster::{Error as Upstream, Form, Identity, ListEnd, ListFrame, ListOptions};
use periscope_model::{Actor, Certainty, KindId, ResourceType};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::Count;
use crate::clusters::Cluster;

/// How often everything is asked again: a count is no older than a decision of access may be.
const EVERY: Duration = Duration::from_secs(30);
const AT_ONCE: usize = 6;
/// Kinds asked about in one cluster; a cluster with more leaves the rest uncounted.
const MAX_KINDS: usize = 150;
/// Namespaces asked one by one; a wider choice is not counted.
const MAX_NAMESPACES: usize = 5;

type Found = BTreeMap<KindId, Count>;

pub(super) struct Remaining {
    asking: BoxFuture<'static, ()>,
    answers: WatchStream<Found>,
    rounds: watch::Receiver<u32>,
}

impl Remaining {
    pub(super) fn start(
        cluster: &Arc<Cluster>,
        actor: &Arc<Actor>,
        namespaces: &Arc<[String]>,
        mut kinds: Vec<ResourceType>,
    ) -> (Self, watch::Receiver<Found>) {
        kinds.truncate(MAX_KINDS);
        let (sender, found) = watch::channel(Found::new());
        let (round, rounds) = watch::channel(0);
        let asker = Asker {
            cluster: cluster.clone(),
            identity: Identity::Human(actor.clone()),
            namespaces: namespaces.clone(),
        };
        let asking = Box::pin(async move {
            loop {
                asker.ask_all(&kinds, &sender).await;
                round.send_modify(|round| *round += 1);
                tokio::time::sleep(EVERY).await;
            }
        });
        (Self { asking, answers: WatchStream::from_changes(found.clone()), rounds }, found)
    }

    pub(super) fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let _ = self.asking.as_mut().poll(context);
        let mut any = false;
        while let Poll::Ready(Some(_)) = Pin::new(&mut self.answers).poll_next(context) {
            any = true;
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Waits until everything was asked once.
    pub(super) async fn first_round(&mut self, deadline: Duration) {
        let mut rounds = self.rounds.clone();
        let asked = async {
            tokio::select! {
                () = &mut self.asking => {}
                _ = rounds.wait_for(|round| *round > 0) => {}
            }
        };
        // What is not counted by then is not in the answer.
        let _ = tokio::time::timeout(deadline, asked).await;
    }
}

struct Asker {
    cluster: Arc<Cluster>,
    identity: Identity,
    namespaces: Arc<[String]>,
}

impl Asker {
    async fn ask_all(&self, kinds: &[ResourceType], out: &watch::Sender<Found>) {
        let mut answers = stream::iter(kinds.to_vec())
            .map(|resource| async move { (resource.kind.clone(), self.ask(&resource).await) })
            .buffer_unordered(AT_ONCE);
        while let Some((kind, count)) = answers.next().await {
            out.send_if_modified(|found| match count {
                Some(count) => found.insert(kind, count.clone()).as_ref() != Some(&count),
                None => found.remove(&kind).is_some(),
            });
        }
    }

    /// `None` when it is not known.
    async fn ask(&self, resource: &ResourceType) -> Option<Count> {
        if !resource.namespaced || self.namespaces.is_empty() {
            return told(self.one(resource, None).await);
        }
        if self.namespaces.len() > MAX_NAMESPACES {
            return None;
        }
        let mut sum = Tally::default();
        for namespace in self.namespaces.iter() {
            match self.one(resource, Some(namespace.clone())).await {
                Ok(tally) => sum.add(tally),
                refused => return told(refused),
            }
        }
        told(Ok(sum))
    }

    async fn one(&self, resource: &ResourceType, namespace: Option<String>) -> Result<Tally, Upstream> {
        let connection =
            self.cluster.connection().map_err(|error| Upstream::Unreachable { reason: error.to_string() })?;
        let options = ListOptions { namespace, form: Form::Metadata, limit: Some(1), ..ListOptions::default() };
        let mut list = connection.list(&self.identity, resource, options).await?;
        let mut tally = Tally::default();
        while let Some(frame) = list.next().await {
            match frame? {
                ListFrame::Item(_) | ListFrame::Skipped(_) => tally.count += 1,
                ListFrame::End(end) => tally.add(Tally::remaining(&end)),
            }
        }
        Ok(tally)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    count: u64,
    /// There are more, and the API server did not say how many.
    more: bool,
}

impl Tally {
    /// An API server need not say how many remain (`remainingItemCount` is optional).
    fn remaining(end: &ListEnd) -> Self {
        let goes_on = end.continue_token.as_deref().is_some_and(|token| !token.is_empty());
        Self { count: end.remaining.unwrap_or(0), more: goes_on && end.remaining.is_none() }
    }

    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.more |= other.more;
    }
}

fn told(counted: Result<Tally, Upstream>) -> Option<Count> {
    match counted {
        Ok(Tally { count, more }) => {
            let certainty = if more { Certainty::AtLeast } else { Certainty::Exact };
            Some(Count { count, certainty, danger: None, warning: None, needs: Vec::new() })
        }
        Err(Upstream::Refused { permission, .. }) => Some(Count::unknown(vec![*permission])),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(remaining: Option<u64>, token: Option<&str>) -> ListEnd {
        ListEnd { remaining, continue_token: token.map(str::to_owned), ..ListEnd::default() }
    }

    #[test]
    fn a_count_is_exact_only_when_the_api_server_told_it() {
        let one = |end: &ListEnd| {
            let mut tally = Tally { count: 1, more: false };
            tally.add(Tally::remaining(end));
            told(Ok(tally)).map(|count| (count.count, count.certainty))
        };
        assert_eq!(one(&end(None, None)), Some((1, Certainty::Exact)));
        assert_eq!(one(&end(None, Some(""))), Some((1, Certainty::Exact)));
        assert_eq!(one(&end(Some(41), Some("next"))), Some((42, Certainty::Exact)));
        assert_eq!(one(&end(None, Some("next"))), Some((1, Certainty::AtLeast)), "there are more");
    }

    #[test]
    fn a_refusal_is_no_count_and_names_what_is_needed() {
        let pods: KindId = "pods".parse().expect("a kind");
        let permission = Box::new(periscope_model::Permission::on("list", &pods, None));
        let count = told(Err(Upstream::Refused { permission, message: String::new() })).expect("a count");
        assert_eq!((count.count, count.certainty), (0, Certainty::Unknown));
        assert_eq!(count.needs[0].to_string(), "list pods cluster-wide");
        assert_eq!(told(Err(Upstream::NotFound { message: String::new() })), None, "what is not known is not told");
    }
}
