//! How a record is opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use periscope_model::Clock;

use crate::store::Store;

/// Takes copies of rows and checkpoints, one JSON object per line, after they are durable.
///
/// A line may come twice after a crash, and never out of order. A sink that blocks or fails delays copies, and nothing else.
pub trait CopySink: Send + Sync {
    fn lines(&self, lines: &[String]) -> std::io::Result<()>;
}

/// How long rows are kept. Only whole segments of 4096 rows are dropped, only ones that a checkpoint covers and in which no
/// intent is open, and never the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Older rows may be dropped; none are when absent.
    pub days: Option<u32>,
    /// Beyond so many the oldest may be dropped; none are when absent.
    pub rows: Option<u64>,
}

pub struct RecordOptions {
    pub store: Store,
    /// This replica's name: letters, digits and `-`. With PostgreSQL and without a name, any chain that nobody writes is
    /// continued, or a new one begun.
    pub replica: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// The Ed25519 key that signs checkpoints (PKCS #8, PEM); made when it is missing.
    pub key: PathBuf,
    /// A file outside the store that checkpoints are added to.
    pub checkpoints: Option<PathBuf>,
    pub copy: Option<Box<dyn CopySink>>,
    pub retention: Retention,
    /// How long a caller waits for a row to become durable.
    pub patience: Duration,
}

impl RecordOptions {
    pub fn new(store: Store, key: PathBuf, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            replica: None,
            clock,
            key,
            checkpoints: None,
            copy: None,
            retention: Retention::default(),
            patience: Duration::from_secs(10),
        }
    }
}
