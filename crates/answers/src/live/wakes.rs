//! Many reasons to look again, as one.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{BoxStream, SelectAll, Stream, StreamExt};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

#[derive(Default)]
pub(crate) struct Wakes(SelectAll<BoxStream<'static, ()>>);

impl Wakes {
    /// Wakes when the value changes, from now on.
    pub(crate) fn add<T: Clone + Send + Sync + 'static>(&mut self, receiver: watch::Receiver<T>) {
        self.0.push(WatchStream::from_changes(receiver).map(|_| ()).boxed());
    }

    /// Ready when anything changed since the last call; everything that changed is taken together.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut any = false;
        while let Poll::Ready(Some(())) = Pin::new(&mut self.0).poll_next(context) {
            any = true;
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }
}
