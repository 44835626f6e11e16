//! Everything that questions need: connections, the blocks in memory, and parts of the index read lately.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, watch};

use super::Question;
use super::tail::{self, Tail};
use crate::error::ReadError;
use crate::index::{
    BLOCK, Bits, Header, Part, TIMES, WORD, WORDS, closes, decode_times, find, request_prefix, word_prefix,
};
use crate::store::{Chain, Reader};

/// Bytes of parts kept in memory.
const CACHE: usize = 16 * 1024 * 1024;
/// Headers kept in memory, of about 10 KB each.
const HEADERS: usize = 256;
/// Rows that may wait until they are indexed without anybody asking.
const BEHIND: u64 = 4096;
const INDEX_EVERY: Duration = Duration::from_secs(1);

pub(crate) fn block_of(row: u64) -> u64 {
    row / BLOCK
}

type Place = (i64, u64, Part);

/// Parts, forgotten in the order in which they came.
#[derive(Default)]
struct Cache {
    parts: HashMap<Place, Arc<[u8]>>,
    order: VecDeque<Place>,
    bytes: usize,
    headers: HashMap<(i64, u64), Arc<Header>>,
}

pub(crate) struct Shelf {
    pub(crate) reader: Reader,
    tails: AsyncMutex<HashMap<i64, Arc<AsyncMutex<Tail>>>>,
    cache: Mutex<Cache>,
}

impl Shelf {
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader, tails: AsyncMutex::default(), cache: Mutex::default() }
    }

    pub(crate) async fn close(&self) {
        self.reader.close().await;
    }

    /// Keeps the index near the end of the chains, so that the first question does not pay for all rows since the last.
    pub(crate) async fn keep_indexed(shelf: Weak<Self>, mut tip: watch::Receiver<u64>) {
        let mut indexed = None;
        loop {
            let rows = *tip.borrow_and_update();
            if indexed.is_none_or(|indexed| rows >= indexed + BEHIND) {
                let Some(shelf) = shelf.upgrade() else { return };
                match shelf.index_all(indexed.is_none()).await {
                    Ok(()) => indexed = Some(rows),
                    Err(error) => tracing::warn!(%error, "the record's index is behind"),
                }
            }
            tokio::time::sleep(INDEX_EVERY).await;
            if tip.changed().await.is_err() {
                return;
            }
        }
    }

    /// Takes new rows into the index, and first makes the blocks that are missing.
    async fn index_all(&self, missing: bool) -> Result<(), sqlx::Error> {
        for chain in self.reader.chains().await? {
            let (first, end) = self.reader.bounds(chain.key).await?;
            for block in block_of(first)..block_of(end) {
                if missing && self.stored(&chain, block, Part::Header).await.is_none() {
                    tail::make(&self.reader, &chain, block).await?;
                }
            }
            self.tail(&chain).await.lock().await.catch_up(&self.reader, &chain).await?;
        }
        Ok(())
    }

    /// Takes every row there is into the index, and tells the first that is kept and the one after the last.
    pub(crate) async fn extent(&self, chain: &Chain) -> Result<(u64, u64), ReadError> {
        let tail = self.tail(chain).await;
        let mut tail = tail.lock().await;
        tail.catch_up(&self.reader, chain).await?;
        let (first, _) = self.reader.bounds(chain.key).await?;
        Ok((first.max(chain.from), tail.next()))
    }

    /// The block of a chain that is being filled.
    async fn tail(&self, chain: &Chain) -> Arc<AsyncMutex<Tail>> {
        self.tails.lock().await.entry(chain.key).or_default().clone()
    }

    async fn header(&self, chain: &Chain, block: u64) -> Result<Arc<Header>, ReadError> {
        let place = (chain.key, block);
        if let Some(header) = self.cache.lock().headers.get(&place) {
            return Ok(header.clone());
        }
        let key = Part::Header.key();
        let stored = self.stored(chain, block, Part::Header).await.and_then(|bytes| Header::decode(&bytes));
        let header = if let Some(header) = stored {
            header
        } else {
            let parts = tail::make(&self.reader, chain, block).await?;
            let made = parts.iter().find(|(name, _)| *name == key).and_then(|(_, bytes)| Header::decode(bytes));
            made.ok_or(sqlx::Error::RowNotFound)?
        };
        let header = Arc::new(header);
        let mut cache = self.cache.lock();
        if cache.headers.len() >= HEADERS {
            cache.headers.clear();
        }
        cache.headers.insert(place, header.clone());
        Ok(header)
    }

    /// A part as it was kept. One that cannot be read is as good as none: it is made again.
    async fn stored(&self, chain: &Chain, block: u64, part: Part) -> Option<Vec<u8>> {
        let stored = self.reader.index_chunk(&chain.name, block, &part.key()).await;
        stored
            .inspect_err(|error| tracing::warn!(chain = chain.name, block, %error, "the record's index fails"))
            .ok()?
    }

    async fn part(&self, chain: &Chain, block: u64, part: Part) -> Result<Arc<[u8]>, ReadError> {
        let place = (chain.key, block, part);
        if let Some(bytes) = self.cache.lock().parts.get(&place) {
            return Ok(bytes.clone());
        }
        let kept = self.stored(chain, block, part).await.filter(|bytes| part.is_whole(bytes));
        let bytes: Arc<[u8]> = if let Some(bytes) = kept {
            bytes.into()
        } else {
            let made = tail::make(&self.reader, chain, block).await?.into_iter();
            let mut named = made.filter(|(name, _)| *name == part.key());
            named.next().ok_or(sqlx::Error::RowNotFound)?.1.into()
        };
        let mut cache = self.cache.lock();
        cache.bytes += bytes.len();
        if cache.parts.insert(place, bytes.clone()).is_none() {
            cache.order.push_back(place);
        }
        while cache.bytes > CACHE {
            let Some(oldest) = cache.order.pop_front() else { break };
            let gone = cache.parts.remove(&oldest).map_or(0, |bytes| bytes.len());
            cache.bytes -= gone.min(cache.bytes);
        }
        Ok(bytes)
    }

    /// A block to ask, whether it is in memory or stored.
    pub(crate) async fn block<'a>(&'a self, chain: &'a Chain, block: u64) -> Result<Block<'a>, ReadError> {
        let tail = self.tail(chain).await.lock_owned().await;
        if block >= tail.block() {
            return Ok(Block { shelf: self, chain, number: block, kind: Kind::Filling(tail) });
        }
        drop(tail);
        let header = self.header(chain, block).await?;
        Ok(Block { shelf: self, chain, number: block, kind: Kind::Sealed(header) })
    }
}

pub(crate) struct Block<'a> {
    shelf: &'a Shelf,
    chain: &'a Chain,
    number: u64,
    kind: Kind,
}

enum Kind {
    Filling(tokio::sync::OwnedMutexGuard<Tail>),
    Sealed(Arc<Header>),
}

impl Block<'_> {
    /// The rows that a question wants, among those from `from` until before `to`.
    pub(crate) async fn wanted(&self, question: &Question, from: u64, to: u64) -> Result<Bits, ReadError> {
        let start = self.number * BLOCK;
        let within = |row: u64| usize::try_from(row.saturating_sub(start).min(BLOCK)).unwrap_or(0);
        let mut wanted = Bits::range(within(from), within(to));
        self.within_time(question, &mut wanted).await?;
        for terms in question.terms() {
            if wanted.is_empty() {
                return Ok(wanted);
            }
            let mut any = Bits::none();
            for term in terms {
                any.or(&self.rows_with(&term, true).await?);
            }
            wanted.and(&any);
        }
        for piece in &question.pieces {
            if wanted.is_empty() {
                return Ok(wanted);
            }
            let mut any = self.rows_with(&request_prefix(&piece.whole), false).await?;
            let mut all: Option<Bits> = None;
            for word in &piece.words {
                let rows = self.rows_with(&word_prefix(word), false).await?;
                match &mut all {
                    Some(all) => all.and(&rows),
                    None => all = Some(rows),
                }
            }
            if let Some(all) = all {
                any.or(&all);
            }
            wanted.and(&any);
        }
        Ok(wanted)
    }

    /// The rows with a term, or with any term that starts with it.
    pub(super) async fn rows_with(&self, term: &[u8], whole: bool) -> Result<Bits, ReadError> {
        let header = match &self.kind {
            Kind::Filling(tail) if tail.block() == self.number && whole => return Ok(tail.build().exact(term)),
            Kind::Filling(tail) if tail.block() == self.number => return Ok(tail.build().prefix(term)),
            Kind::Filling(_) => return Ok(Bits::none()),
            Kind::Sealed(header) => header,
        };
        let mut found = Bits::none();
        for part in header.parts(term) {
            let bytes = self.shelf.part(self.chain, self.number, Part::Terms(part)).await?;
            find(&bytes, term, whole, &mut found).ok_or(sqlx::Error::RowNotFound)?;
        }
        Ok(found)
    }

    /// The outcome that closes an intent, if it is in this block.
    pub(super) async fn closing(&self, intent: u64) -> Result<Option<u64>, ReadError> {
        let rows = self.rows_with(&closes(intent), true).await?;
        Ok(rows.first().map(|row| self.number * BLOCK + row as u64))
    }

    /// The earliest and the latest time of the 64 rows of a word.
    pub(super) fn span(&self, word: usize) -> (i64, i64) {
        match &self.kind {
            Kind::Sealed(header) => header.spans.get(word).copied().unwrap_or((i64::MIN, i64::MAX)),
            Kind::Filling(tail) => {
                let times = tail.build().times();
                let times = &times[(word * WORD).min(times.len())..((word + 1) * WORD).min(times.len())];
                let low = times.iter().copied().min().unwrap_or(i64::MAX);
                (low, times.iter().copied().max().unwrap_or(i64::MIN))
            }
        }
    }

    /// The time of each of the 64 rows of a word; fewer at the end.
    pub(super) async fn times(&self, word: usize) -> Result<Vec<i64>, ReadError> {
        let (start, end) = (word * WORD, (word + 1) * WORD);
        match &self.kind {
            Kind::Filling(tail) => {
                let times = tail.build().times();
                Ok(times[start.min(times.len())..end.min(times.len())].to_vec())
            }
            Kind::Sealed(_) => {
                let part = Part::Times(u8::try_from(start / TIMES).unwrap_or(0));
                let bytes = self.shelf.part(self.chain, self.number, part).await?;
                let times = decode_times(&bytes).ok_or(sqlx::Error::RowNotFound)?;
                Ok(times[start % TIMES..start % TIMES + WORD].to_vec())
            }
        }
    }

    /// Keeps what is within the question's time.
    async fn within_time(&self, question: &Question, wanted: &mut Bits) -> Result<(), ReadError> {
        let (from, to) = (question.from, question.to);
        if (from, to) == (i64::MIN, i64::MAX) {
            return Ok(());
        }
        if let Kind::Sealed(header) = &self.kind {
            let (low, high) = header.span();
            if from <= low && high < to {
                return Ok(());
            }
        }
        for word in 0..WORDS {
            let bits = wanted.word(word);
            if bits == 0 {
                continue;
            }
            let (low, high) = self.span(word);
            if from <= low && high < to {
                continue;
            }
            if high < from || to <= low {
                wanted.set_word(word, 0);
                continue;
            }
            let mut kept = 0;
            for (at, time) in self.times(word).await?.into_iter().enumerate() {
                kept |= u64::from(from <= time && time < to) << at;
            }
            wanted.set_word(word, bits & kept);
        }
        Ok(())
    }
}
