//! The record's public face: open it, tell it, close it.

mod intent;
mod options;
mod publish;
mod trim;
mod writer;

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Map, Value};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

pub use intent::Intent;
pub use options::{CopySink, RecordOptions, Retention};

use crate::error::{OpenError, Unrecorded};
use crate::event::Event;
use crate::key::{PublicKey, SigningKey, hex};
use crate::line::Telling;
use crate::query::Shelf;
use crate::row::{Outcome, Sequence};
use crate::store::{Ledger, Reader, Store, lock_file};
use intent::{Backlog, Opened};
use publish::Publisher;
use writer::{Command, Pending, Reply, Writer};

/// Acts that wait to become durable. One more waits in line for as long as its caller has patience.
const QUEUE: usize = 4096;

/// Periscope's record of every act. Cloning gives another handle to the same record.
#[derive(Clone)]
pub struct Record {
    pub(crate) shelf: Arc<Shelf>,
    chain: Arc<str>,
    public: Arc<PublicKey>,
    commands: mpsc::Sender<Command>,
    tip: watch::Receiver<u64>,
    publishing: Arc<Mutex<Option<JoinHandle<()>>>>,
    patience: Duration,
}

impl Record {
    /// Opens the record, makes it when it is missing, and closes what a process before this one left open as `unknown`.
    ///
    /// Its writer runs as a task of the runtime this is called in until every handle is dropped or [`Record::close`].
    pub async fn open(options: RecordOptions) -> Result<Self, OpenError> {
        let RecordOptions { store, replica, clock, key, checkpoints, copy, retention, patience } = options;
        if let Some(name) = replica.as_deref().filter(|name| !is_replica(name)) {
            return Err(OpenError::Replica(name.to_owned()));
        }
        let lock = match &store {
            Store::Sqlite(path) => Some(lock_file(path)?),
            Store::Postgres(_) => None,
        };
        let key = SigningKey::open(&key)?;
        let public = Arc::new(key.public().clone());
        let fresh = fresh_chain(replica.as_deref())?;
        let failed = |source| OpenError::Store { place: store.to_string(), source };
        let (ledger, chain) = Ledger::open(&store, replica.as_deref(), &fresh).await?;
        let reader = Reader::open(&store).await.map_err(failed)?;
        let (commands, queue) = mpsc::channel(QUEUE);
        let backlog = Arc::new(Backlog { numbers: Mutex::default(), wake: Notify::new() });
        let (notes, published) = mpsc::channel(64);
        let name: Arc<str> = chain.name.as_str().into();
        let copied = Arc::new(std::sync::atomic::AtomicU64::new(chain.copied));
        let parts = writer::Parts {
            store,
            key,
            clock,
            retention,
            backlog,
            reader: reader.clone(),
            notes,
            copied: copy.is_some().then(|| copied.clone()),
            lock,
        };
        let (writer, tip) = Writer::open(parts, ledger, chain).await?;
        let shelf = Arc::new(Shelf::new(reader.clone()));
        let keeper = Publisher { reader, chain: name.clone(), file: checkpoints, sink: copy.map(Arc::from), copied };
        let publishing = tokio::spawn(keeper.run(published, tip.clone()));
        let publishing = Arc::new(Mutex::new(Some(publishing)));
        tokio::spawn(writer.run(queue));
        tokio::spawn(Shelf::keep_indexed(Arc::downgrade(&shelf), tip.clone()));
        Ok(Self { shelf, chain: name, public, commands, tip, publishing, patience })
    }

    /// Records that somebody is about to do something. It is durable when this returns; only then may it be done.
    pub async fn intent(&self, event: Event) -> Result<Intent, Unrecorded> {
        let event = event.bounded();
        let opened = self.tell(event.clone(), Telling::INTENT, Reply::Opened).await?;
        Ok(Intent::new(self.clone(), opened, event))
    }

    /// Records something that is complete when told: a sign-in, a refusal.
    pub async fn note(&self, event: Event, outcome: Outcome) -> Result<Sequence, Unrecorded> {
        let number = self.tell(event.bounded(), Telling::single(outcome), Reply::Written).await?;
        Ok(self.sequence(number))
    }

    async fn close_intent(
        &self,
        opened: Opened,
        event: Event,
        end: (Outcome, Option<String>, Map<String, Value>),
    ) -> Result<Sequence, Unrecorded> {
        let (outcome, reason, extra) = end;
        let event = Event { reason, extra, ..event }.bounded();
        // From here on the writer answers for the intent, also when nobody waits any more.
        let telling = Telling::outcome(opened.number(), outcome);
        let number = self.tell(event, telling, move |reply| Reply::Closed(opened, reply)).await?;
        Ok(self.sequence(number))
    }

    /// Hands a row to the writer and waits until it is durable, or for as long as anybody has patience.
    async fn tell<T>(
        &self,
        event: Event,
        telling: Telling,
        reply: impl FnOnce(oneshot::Sender<Result<T, Unrecorded>>) -> Reply,
    ) -> Result<T, Unrecorded> {
        let (sender, receiver) = oneshot::channel();
        let command = Command::Write(Box::new(Pending { event, telling, reply: reply(sender) }));
        let deadline = tokio::time::Instant::now() + self.patience;
        match tokio::time::timeout_at(deadline, self.commands.send(command)).await {
            Err(_) => return Err(Unrecorded::Busy { waiting: QUEUE }),
            Ok(Err(_)) => return Err(Unrecorded::Closed),
            Ok(Ok(())) => {}
        }
        match tokio::time::timeout_at(deadline, receiver).await {
            Err(_) => Err(Unrecorded::Slow(self.patience)),
            Ok(Err(_)) => Err(Unrecorded::Closed),
            Ok(Ok(told)) => told,
        }
    }

    fn sequence(&self, number: u64) -> Sequence {
        Sequence { chain: self.chain.as_ref().to_owned(), number }
    }

    /// The id of this replica's chain.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// What verifies this record's checkpoints, as one line of text.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Changes whenever there may be new rows, of this replica or another.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.tip.clone()
    }

    /// Whether acts can be recorded now, and if not, why.
    pub async fn health(&self) -> Result<(), Unrecorded> {
        let (sender, receiver) = oneshot::channel();
        let asked = tokio::time::timeout(self.patience, async {
            self.commands.send(Command::Health(sender)).await.map_err(|_| Unrecorded::Closed)?;
            receiver.await.map_err(|_| Unrecorded::Closed)?
        });
        asked.await.unwrap_or(Err(Unrecorded::Slow(self.patience)))
    }

    /// Writes what waits and a last checkpoint. Whoever tells something afterwards is refused.
    pub async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.commands.send(Command::Close(sender)).await.is_ok() {
            // The writer may have ended already, which is as good.
            let _ = receiver.await;
        }
        let publishing = self.publishing.lock().take();
        if let Some(publishing) = publishing {
            // A sink that blocks does not keep anybody from closing: what it did not take, it is given at the next start.
            let _ = tokio::time::timeout(self.patience, publishing).await;
        }
        self.shelf.close().await;
    }
}

/// A new chain's id: nobody else's, so that rows of two chains can never be taken for one another.
pub(crate) fn fresh_chain(replica: Option<&str>) -> Result<String, OpenError> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| crate::KeyError::Random)?;
    Ok(format!("{}.{}", replica.unwrap_or("periscope"), hex(&bytes)))
}

fn is_replica(name: &str) -> bool {
    (1..=63).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
