//! The one task that writes a chain: it takes what waits, commits it at once, and answers.
//!
//! An error of the store poisons the connection. Everybody who waits is refused, the store is opened anew, and its tail is
//! compared with what was acknowledged, before anything is written again.

mod connection;

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use periscope_model::Clock;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::Retention;
use super::intent::{Backlog, Opened};
use crate::canonical;
use crate::checkpoint::{Extent, MAX_OTHERS, Note};
use crate::error::{OpenError, Unrecorded};
use crate::event::{AuditActor, Event};
use crate::key::SigningKey;
use crate::line::{Draft, Line, Telling};
use crate::row::{Outcome, Row};
use crate::store::{Chain, Ledger, Reader, Store};
use crate::verb::Verb;
use connection::Connection;

/// Rows of one commit.
const MAX_BATCH: usize = 512;
/// When many write, a commit waits this long for those who were answered just now.
const GATHER: Duration = Duration::from_millis(2);
/// Fewer writers than this gain nothing from waiting for each other.
const CROWD: usize = 8;
/// A checkpoint is due after so many rows, or so long after the first row since the last one.
const CHECKPOINT_ROWS: u64 = 4096;
const CHECKPOINT_EVERY: Duration = Duration::from_mins(1);
const TRIM_EVERY: Duration = Duration::from_hours(1);
/// How often chains of other replicas are looked at.
const OTHERS_EVERY: Duration = Duration::from_secs(1);
/// Intents closed as `unknown` by one commit.
const MAX_BACKLOG: usize = 256;

pub(super) enum Command {
    Write(Box<Pending>),
    Health(oneshot::Sender<Result<(), Unrecorded>>),
    Close(oneshot::Sender<()>),
}

pub(super) struct Pending {
    pub(super) event: Event,
    pub(super) telling: Telling,
    pub(super) reply: Reply,
}

type Told<T> = oneshot::Sender<Result<T, Unrecorded>>;

/// Who waits, and for what.
pub(super) enum Reply {
    Opened(Told<Opened>),
    Written(Told<u64>),
    Closed(Opened, Told<u64>),
}

impl Reply {
    /// Nobody may be there to hear it: an intent then drops, and is closed as `unknown`.
    fn written(self, number: u64, backlog: &Arc<Backlog>) {
        match self {
            Self::Opened(told) => drop(told.send(Ok(Opened::new(number, backlog.clone())))),
            Self::Written(told) => drop(told.send(Ok(number))),
            Self::Closed(opened, told) => {
                opened.settled();
                drop(told.send(Ok(number)));
            }
        }
    }

    fn refused(self, why: Unrecorded) {
        match self {
            Self::Opened(told) => drop(told.send(Err(why))),
            Self::Written(told) | Self::Closed(_, told) => drop(told.send(Err(why))),
        }
    }
}

pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) key: SigningKey,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) retention: Retention,
    pub(super) backlog: Arc<Backlog>,
    pub(super) reader: Reader,
    /// Signed notes for whoever keeps them outside.
    pub(super) notes: mpsc::Sender<String>,
    /// How far rows were copied; absent when nobody takes copies.
    pub(super) copied: Option<Arc<AtomicU64>>,
    /// Held for as long as the writer lives.
    pub(super) lock: Option<File>,
}

pub(super) struct Writer {
    pub(super) parts: Parts,
    pub(super) line: Line,
    pub(super) connection: Connection,
    tip: watch::Sender<u64>,
    checkpoint_due: Option<Instant>,
    trim_due: Instant,
    others_due: Instant,
    /// Rows of the chains of other replicas when they were last looked at.
    others: u64,
    /// Who was answered by the last commit or waited then: so many are likely to be there for the next.
    crowd: usize,
}

impl Writer {
    /// Finds where the chain stands, closes what was left open, and says that it was opened.
    pub(super) async fn open(
        parts: Parts,
        mut ledger: Ledger,
        chain: Chain,
    ) -> Result<(Self, watch::Receiver<u64>), OpenError> {
        let place = parts.store.to_string();
        let failed = |source| OpenError::Store { place: place.clone(), source };
        let public = parts.key.public().to_string();
        ledger.set_meta(&format!("key {}", chain.name), &public).await.map_err(failed)?;
        let line = Line::load(&mut ledger, chain, &place).await?;
        let left = ledger.open_intents(line.chain.key).await.map_err(failed)?;
        parts.backlog.numbers.lock().extend(&left);
        let (tip, receiver) = watch::channel(line.next());
        let now = Instant::now();
        let mut writer = Self {
            connection: Connection::Up(ledger),
            tip,
            checkpoint_due: None,
            trim_due: now,
            others_due: now,
            others: 0,
            crowd: 0,
            line,
            parts,
        };
        let event = Event::new(AuditActor::periscope(), "", Verb::RecordOpen).with("leftOpen", left.len());
        let first = writer.say(event, Outcome::Success).await;
        first.map_err(|source| OpenError::First { place, source })?;
        Ok((writer, receiver))
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut closing = None;
        while closing.is_none() {
            let backlog = self.parts.backlog.clone();
            let command = tokio::select! {
                biased;
                command = queue.recv() => match command {
                    Some(command) => Some(command),
                    None => break,
                },
                () = backlog.wake.notified() => None,
                () = tokio::time::sleep_until(self.due()) => None,
            };
            let mut batch = Vec::new();
            closing = self.sort(command, &mut batch);
            if closing.is_none() && !batch.is_empty() {
                closing = self.gather(&mut queue, &mut batch).await;
            }
            let answered = batch.len();
            self.write(batch).await;
            self.crowd = answered + queue.len();
            self.tend().await;
        }
        self.end(queue).await;
        if let Some(closed) = closing {
            let _ = closed.send(());
        }
    }

    /// Puts what is to be written into the batch; answers the rest. Some when the record is to be closed.
    fn sort(&self, command: Option<Command>, batch: &mut Vec<Pending>) -> Option<oneshot::Sender<()>> {
        match command? {
            Command::Write(pending) => batch.push(*pending),
            Command::Health(told) => drop(told.send(self.connection.health())),
            Command::Close(closed) => return Some(closed),
        }
        None
    }

    /// Takes what waits. While many write, those who were just answered are about to come back: a moment's wait lets one
    /// sync serve them all.
    async fn gather(
        &self,
        queue: &mut mpsc::Receiver<Command>,
        batch: &mut Vec<Pending>,
    ) -> Option<oneshot::Sender<()>> {
        let expected = self.crowd.min(MAX_BATCH);
        let deadline = Instant::now() + GATHER;
        while batch.len() < MAX_BATCH {
            let command = match queue.try_recv() {
                Ok(command) => command,
                Err(_) if batch.len() >= expected || expected < CROWD => break,
                Err(_) => match tokio::time::timeout_at(deadline, queue.recv()).await {
                    Ok(Some(command)) => command,
                    Ok(None) | Err(_) => break,
                },
            };
            let closing = self.sort(Some(command), batch);
            if closing.is_some() {
                return closing;
            }
        }
        None
    }

    /// Commits a batch and what the backlog holds, and answers everybody.
    pub(super) async fn write(&mut self, batch: Vec<Pending>) {
        if batch.is_empty() && !self.has_backlog() && !self.checkpoint_is_due() {
            return;
        }
        if let Err(why) = self.reopen_if_due().await {
            refuse(batch, &why);
            return;
        }
        match self.try_write(&batch).await {
            Ok(numbers) => {
                for (pending, number) in batch.into_iter().zip(numbers) {
                    pending.reply.written(number, &self.parts.backlog);
                }
            }
            Err(error) => {
                let why = self.connection.fell(&error);
                tracing::error!(store = %self.parts.store, %error, "the record cannot be written: acts are refused");
                refuse(batch, &why);
            }
        }
    }

    /// The numbers of the batch's rows, once they are durable.
    async fn try_write(&mut self, batch: &[Pending]) -> Result<Vec<u64>, sqlx::Error> {
        let left = self.left_open().await?;
        let (mut draft, mut numbers) = (self.line.draft(), Vec::with_capacity(batch.len()));
        for (number, event) in &left {
            let telling = Telling::outcome(*number, Outcome::Unknown);
            draft.add(self.parts.clock.now(), telling, event);
        }
        for Pending { event, telling, .. } in batch {
            numbers.push(draft.add(self.parts.clock.now(), *telling, event));
        }
        if self.checkpoint_is_due() || self.rows_since_checkpoint(&draft.line) >= CHECKPOINT_ROWS {
            self.add_checkpoint(&mut draft).await?;
        }
        self.commit(draft).await?;
        self.parts.backlog.numbers.lock().retain(|number| !left.iter().any(|(closed, _)| closed == number));
        Ok(numbers)
    }

    /// Makes a draft durable and moves on to what it says.
    pub(super) async fn commit(&mut self, draft: Draft) -> Result<(), sqlx::Error> {
        let Draft { line, batch } = draft;
        self.connection.ledger()?.append(line.chain.key, &batch).await?;
        self.line = line;
        if let Some(checkpoint) = batch.checkpoint {
            self.checkpoint_due = None;
            // One that does not fit is followed by another, which says more.
            let _ = self.parts.notes.try_send(checkpoint.note);
        } else if self.checkpoint_due.is_none() {
            self.checkpoint_due = Some(Instant::now() + CHECKPOINT_EVERY);
        }
        self.announce();
        Ok(())
    }

    fn announce(&self) {
        let rows = self.line.next() + self.others;
        self.tip.send_if_modified(|tip| std::mem::replace(tip, rows) != rows);
    }

    fn has_backlog(&self) -> bool {
        !self.parts.backlog.numbers.lock().is_empty()
    }

    /// Intents that nobody will close, with what they said. One whose outcome turned out to be written is left alone.
    async fn left_open(&mut self) -> Result<Vec<(u64, Event)>, sqlx::Error> {
        if !self.has_backlog() {
            return Ok(Vec::new());
        }
        let chain = self.line.chain.key;
        let ledger = self.connection.ledger()?;
        let open = ledger.open_intents(chain).await?;
        let wanted: Vec<u64> = {
            let mut numbers = self.parts.backlog.numbers.lock();
            numbers.sort_unstable();
            numbers.dedup();
            numbers.retain(|number| open.binary_search(number).is_ok());
            numbers.iter().copied().take(MAX_BACKLOG).collect()
        };
        let ledger = self.connection.ledger()?;
        unknowns(ledger, chain, &wanted).await
    }

    fn rows_since_checkpoint(&self, line: &Line) -> u64 {
        line.next() - self.line.checkpoint.as_ref().map_or(0, |extent| extent.size)
    }

    fn checkpoint_is_due(&self) -> bool {
        self.checkpoint_due.is_some_and(|due| due <= Instant::now())
    }

    pub(super) async fn add_checkpoint(&mut self, draft: &mut Draft) -> Result<(), sqlx::Error> {
        let chain = self.line.chain.key;
        let ledger = self.connection.ledger()?;
        let others = other_extents(ledger, chain).await?;
        let copied = self.parts.copied.as_ref().map_or(self.line.next(), |copied| copied.load(Ordering::Relaxed));
        ledger.set_copied(chain, copied).await?;
        draft.checkpoint(&self.parts.key, self.parts.clock.now(), others);
        Ok(())
    }

    /// When something is to be done although nobody asks.
    fn due(&self) -> Instant {
        let mut due = self.trim_due.min(self.others_due);
        if let Some(checkpoint) = self.checkpoint_due {
            due = due.min(checkpoint);
        }
        self.connection.retry_at().unwrap_or(due)
    }

    /// What is due by time: segments to drop, chains of replicas that are gone, word of other chains' rows.
    async fn tend(&mut self) {
        let now = Instant::now();
        if self.connection.health().is_err() {
            // Coming back is itself something that is due.
            if self.reopen_if_due().await.is_err() {
                return;
            }
        }
        let mut tended = Ok(());
        if self.trim_due <= now {
            self.trim_due = now + TRIM_EVERY;
            tended = self.trim().await;
        }
        if tended.is_ok() && self.others_due <= now {
            self.others_due = now + OTHERS_EVERY;
            tended = self.look_at_others().await;
        }
        if let Err(error) = tended {
            self.connection.fell(&error);
            tracing::error!(store = %self.parts.store, %error, "the record cannot be tended");
        }
        if self.has_backlog() && self.connection.health().is_ok() {
            self.parts.backlog.wake.notify_one();
        }
    }

    async fn look_at_others(&mut self) -> Result<(), sqlx::Error> {
        if !matches!(self.parts.store, Store::Postgres(_)) {
            self.others_due = Instant::now() + TRIM_EVERY;
            return Ok(());
        }
        let own = self.line.chain.key;
        let mut rows = 0;
        for chain in self.connection.ledger()?.chains().await? {
            if chain.key != own {
                let tail = self.connection.ledger()?.tail(chain.key).await?;
                rows += tail.map_or(0, |tail| tail.number.saturating_add(1));
                self.close_for_the_dead(chain).await?;
            }
        }
        self.others = rows;
        self.announce();
        Ok(())
    }

    /// Closes what a replica left open that is gone for good: its chain is free, and has open intents.
    async fn close_for_the_dead(&mut self, chain: Chain) -> Result<(), sqlx::Error> {
        let (key, name) = (chain.key, chain.name.clone());
        let ledger = self.connection.ledger()?;
        if ledger.open_intents(key).await?.is_empty() || !ledger.try_lock(key).await? {
            return Ok(());
        }
        match Line::load(ledger, chain, &name).await {
            Ok(line) => {
                let left: Vec<u64> = ledger.open_intents(key).await?.into_iter().take(MAX_BACKLOG).collect();
                let mut draft = line.draft();
                for (number, event) in unknowns(ledger, key, &left).await? {
                    draft.add(self.parts.clock.now(), Telling::outcome(number, Outcome::Unknown), &event);
                }
                let others = other_extents(ledger, key).await?;
                draft.checkpoint(&self.parts.key, self.parts.clock.now(), others);
                ledger.append(key, &draft.batch).await?;
            }
            Err(OpenError::Store { source, .. }) => return Err(source),
            Err(error) => tracing::error!(chain = name, %error, "another replica's chain cannot be taken over"),
        }
        ledger.unlock(key).await
    }

    /// Records something of Periscope's own.
    pub(super) async fn say(&mut self, event: Event, outcome: Outcome) -> Result<(), Unrecorded> {
        let (told, heard) = oneshot::channel();
        let telling = Telling::single(outcome);
        self.write(vec![Pending { event: event.bounded(), telling, reply: Reply::Written(told) }]).await;
        heard.await.map_err(|_| Unrecorded::Closed)?.map(drop)
    }

    /// Writes what is queued, a last checkpoint, and lets the store go.
    async fn end(mut self, mut queue: mpsc::Receiver<Command>) {
        queue.close();
        while let Some(command) = queue.recv().await {
            let mut batch = Vec::new();
            let closing = self.sort(Some(command), &mut batch);
            self.write(batch).await;
            if let Some(closed) = closing {
                let _ = closed.send(());
            }
        }
        if self.line.checkpoint.as_ref().is_none_or(|extent| extent.size < self.line.next()) || self.has_backlog() {
            self.checkpoint_due = Some(Instant::now());
        }
        while self.connection.health().is_ok() && (self.has_backlog() || self.checkpoint_is_due()) {
            self.write(Vec::new()).await;
        }
        if let Connection::Up(ledger) = self.connection
            && let Err(error) = ledger.close().await
        {
            tracing::warn!(%error, "the record's store did not close well");
        }
        drop(self.parts.lock);
    }
}

fn refuse(batch: Vec<Pending>, why: &Unrecorded) {
    for pending in batch {
        pending.reply.refused(why.clone());
    }
}

/// What intents said, for the rows that close them.
async fn unknowns(ledger: &mut Ledger, chain: i64, numbers: &[u64]) -> Result<Vec<(u64, Event)>, sqlx::Error> {
    let mut events = Vec::with_capacity(numbers.len());
    for number in numbers {
        let stored = ledger.rows(chain, *number, 1).await?;
        let row = stored.first().filter(|row| row.number == *number).and_then(|row| canonical::decode(&row.body).ok());
        let event = row.as_ref().and_then(event_of);
        let event = event.unwrap_or_else(|| Event::new(AuditActor::periscope(), "", Verb::RecordRecover));
        let reason = "nobody closed it: the process or the record failed between the act and its outcome";
        events.push((*number, event.because(reason)));
    }
    Ok(events)
}

/// None when its verb is one of another version.
fn event_of(row: &Row) -> Option<Event> {
    let verb = Verb::parse(&row.verb)?;
    let event = Event::new(row.actor.clone(), row.request_id.clone(), verb);
    Some(Event { target: row.target.clone(), ..event })
}

/// The last checkpoints of the other chains: naming them joins the chains.
async fn other_extents(ledger: &mut Ledger, own: i64) -> Result<Vec<(String, Extent)>, sqlx::Error> {
    let mut extents = Vec::new();
    for chain in ledger.chains().await?.into_iter().filter(|chain| chain.key != own).take(MAX_OTHERS) {
        let stored = ledger.last_checkpoint(chain.key).await?;
        let note = stored.and_then(|stored| Note::parse(&stored.note).ok());
        extents.extend(note.map(|note| (chain.name, note.checkpoint.extent)));
    }
    Ok(extents)
}
