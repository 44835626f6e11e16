//! Copies of what is durable: rows and checkpoints to a sink, checkpoints to a file outside the store.
//!
//! Nothing is queued: it reads on from where it was, so a sink that blocks costs neither memory nor rows.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{mpsc, watch};

use super::CopySink;
use crate::canonical;
use crate::store::Reader;

const ROWS: u64 = 500;
const RETRY: Duration = Duration::from_secs(1);

pub(super) struct Publisher {
    pub(super) reader: Reader,
    pub(super) chain: Arc<str>,
    pub(super) file: Option<PathBuf>,
    pub(super) sink: Option<Arc<dyn CopySink>>,
    pub(super) copied: Arc<AtomicU64>,
}

impl Publisher {
    /// Until the writer ends; what it wrote last is copied too.
    pub(super) async fn run(self, mut notes: mpsc::Receiver<String>, mut tip: watch::Receiver<u64>) {
        loop {
            tokio::select! {
                note = notes.recv() => match note {
                    Some(note) => self.checkpoint(&note).await,
                    None => break,
                },
                changed = tip.changed(), if self.sink.is_some() => {
                    if changed.is_err() || !self.rows().await {
                        // Gone, or a sink that failed: it is tried again with the next rows.
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        }
        self.rows().await;
    }

    async fn checkpoint(&self, note: &str) {
        if let Some(path) = self.file.clone() {
            let note = note.to_owned();
            let written = tokio::task::spawn_blocking(move || {
                let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
                file.write_all(note.as_bytes())?;
                file.sync_data()
            });
            if let Ok(Err(error)) = written.await {
                tracing::error!(%error, "a checkpoint of the record could not be kept outside");
            }
        }
        self.hand_over(vec![json!({"auditCheckpoint": note}).to_string()]).await;
    }

    /// Whether everything there is was copied.
    async fn rows(&self) -> bool {
        if self.sink.is_none() {
            return true;
        }
        let Ok(chains) = self.reader.chains().await else { return false };
        let Some(chain) = chains.into_iter().find(|chain| *chain.name == *self.chain) else { return false };
        loop {
            let from = self.copied.load(Ordering::Relaxed);
            let Ok(rows) = self.reader.rows(chain.key, from, ROWS).await else { return false };
            let Some(last) = rows.last() else { return true };
            let next = last.number.saturating_add(1);
            let line = |row: &crate::store::Stored| {
                let row = canonical::decode(&row.body).ok()?;
                Some(json!({"audit": row}).to_string())
            };
            if !self.hand_over(rows.iter().filter_map(line).collect()).await {
                return false;
            }
            self.copied.store(next, Ordering::Relaxed);
        }
    }

    async fn hand_over(&self, lines: Vec<String>) -> bool {
        let Some(sink) = self.sink.clone() else { return true };
        match tokio::task::spawn_blocking(move || sink.lines(&lines)).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "copies of the record wait for whoever takes them");
                false
            }
            Err(_) => false,
        }
    }
}
