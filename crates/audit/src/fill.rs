//! Many rows quickly, for measurements and tests of large records: large transactions instead of one per act.

use jiff::Timestamp;

use crate::checkpoint::Extent;
use crate::error::OpenError;
use crate::event::Event;
use crate::key::SigningKey;
use crate::line::{Line, Telling};
use crate::record::RecordOptions;
use crate::row::Outcome;
use crate::store::{Ledger, Store, lock_file};

/// Acts of one transaction, of two rows each.
const ACTS: usize = 8192;

/// Adds acts, each with its time and its outcome, to a record that nobody has open.
pub async fn fill(
    options: &RecordOptions,
    acts: impl IntoIterator<Item = (Timestamp, Event, Outcome)>,
) -> Result<(), OpenError> {
    let _lock = match &options.store {
        Store::Sqlite(path) => Some(lock_file(path)?),
        Store::Postgres(_) => None,
    };
    let place = options.store.to_string();
    let failed = |source| OpenError::Store { place: place.clone(), source };
    let key = SigningKey::open(&options.key)?;
    let fresh = crate::record::fresh_chain(options.replica.as_deref())?;
    let (mut ledger, chain) = Ledger::open(&options.store, options.replica.as_deref(), &fresh).await?;
    ledger.set_meta(&format!("key {}", chain.name), &key.public().to_string()).await.map_err(failed)?;
    let mut line = Line::load(&mut ledger, chain, &place).await?;
    let mut acts = acts.into_iter().peekable();
    let others: Vec<(String, Extent)> = Vec::new();
    while acts.peek().is_some() {
        let (mut draft, mut last) = (line.draft(), Timestamp::default());
        for (time, event, outcome) in acts.by_ref().take(ACTS) {
            let event = event.bounded();
            let intent = draft.add(time, Telling::INTENT, &event);
            draft.add(time, Telling::outcome(intent, outcome), &event);
            last = time;
        }
        draft.checkpoint(&key, last, others.clone());
        ledger.append(draft.line.chain.key, &draft.batch).await.map_err(failed)?;
        line = draft.line;
    }
    ledger.close().await.map_err(failed)
}
