//! An answer composed anew when what it rests on changes, at most once a second.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::time::{Instant, Sleep};

use super::{LiveFrame, Source};

const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// What a composition says: `content` decides whether it changed, `frame` is what is sent.
pub(crate) struct Composition {
    frame: Vec<u8>,
    digest: u64,
}

impl Composition {
    /// `content` is compared (leave out what always changes, such as the time of composing); `frame` is sent.
    pub(crate) fn new(content: &impl Serialize, frame: &impl Serialize) -> Self {
        let mut hasher = DefaultHasher::new();
        serde_json::to_vec(content).unwrap_or_default().hash(&mut hasher);
        Self { frame: serde_json::to_vec(frame).unwrap_or_default(), digest: hasher.finish() }
    }
}

/// What an answer rests on.
pub(crate) trait Ground: Send {
    /// Ready when the answer may be another.
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()>;
    fn compose(&mut self) -> Composition;
}

pub(crate) struct Composed<G> {
    event: &'static str,
    ground: G,
    /// When the next composition is due; `None` while nothing changed.
    due: Option<Pin<Box<Sleep>>>,
    last: Option<Instant>,
    ready: bool,
    digest: Option<u64>,
}

impl<G: Ground> Composed<G> {
    pub(crate) fn new(event: &'static str, ground: G) -> Self {
        Self { event, ground, due: None, last: None, ready: true, digest: None }
    }
}

impl<G: Ground> Source for Composed<G> {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.ground.poll_changed(context).is_ready() && self.due.is_none() && !self.ready {
            let at = self.last.map_or_else(Instant::now, |at| at + AT_MOST_EVERY);
            self.due = Some(Box::pin(tokio::time::sleep_until(at)));
        }
        if let Some(due) = &mut self.due
            && due.as_mut().poll(context).is_ready()
        {
            self.due = None;
            self.ready = true;
        }
        if self.ready { Poll::Ready(()) } else { Poll::Pending }
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        if !std::mem::take(&mut self.ready) {
            return None;
        }
        self.last = Some(Instant::now());
        let composition = self.ground.compose();
        if self.digest.replace(composition.digest) == Some(composition.digest) {
            return None;
        }
        Some(LiveFrame { event: self.event, tail: Bytes::from(composition.frame).slice(1..) })
    }

    fn reset(&mut self) {
        self.digest = None;
        self.ready = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Wakes;
    use std::future::poll_fn;
    use tokio::sync::watch;

    struct Tens(watch::Receiver<u32>, Wakes);

    impl Ground for Tens {
        fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
            self.1.poll(context)
        }

        fn compose(&mut self) -> Composition {
            let content = serde_json::json!({"value": *self.0.borrow() / 10});
            Composition::new(&content, &content)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn changes_are_gathered_and_sameness_is_silent() {
        let (sender, receiver) = watch::channel(1_u32);
        let mut wakes = Wakes::default();
        wakes.add(receiver.clone());
        let mut composed = Composed::new("counts", Tens(receiver, wakes));
        poll_fn(|context| composed.poll_changed(context)).await;
        assert_eq!(composed.frame().expect("the first frame").tail, "\"value\":0}".as_bytes());
        assert!(composed.frame().is_none());

        let before = Instant::now();
        sender.send_replace(11);
        sender.send_replace(12);
        poll_fn(|context| composed.poll_changed(context)).await;
        assert!(before.elapsed() >= AT_MOST_EVERY, "compositions are at least a second apart");
        assert_eq!(composed.frame().expect("a change").tail, "\"value\":1}".as_bytes());

        sender.send_replace(13);
        poll_fn(|context| composed.poll_changed(context)).await;
        assert!(composed.frame().is_none(), "what did not change is not sent");
    }
}
