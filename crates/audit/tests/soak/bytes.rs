//! Each byte of the database's file, changed one at a time: what is read is what was written, or somebody is told.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use periscope_audit::{
    AuditActor, Event, Export, ExportFormat, Filter, Outcome, ReadError, Record, RecordOptions, Store, Verb,
    Verification, Visibility, export_store, verify,
};
use periscope_model::{Clock, SystemClock};
use serde_json::Map;

/// What is read in a few milliseconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// Changes every `step`th byte, beginning anywhere.
pub(crate) async fn none_changes_unseen(step: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let original = folder.path().join("original.db");
    write(&original, folder.path()).await;
    let bytes = std::fs::read(&original).expect("read");
    let rows = exported(&original).await.expect("exported");
    let changed = folder.path().join("changed.db");
    let first = std::process::id() as usize % step;
    let (mut seen, mut harmless) = (0, 0);
    for at in (first..bytes.len()).step_by(step) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", changed.display()));
        }
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 8);
        std::fs::write(&changed, other).expect("written");
        let verification = Verification {
            store: Store::Sqlite(changed.clone()),
            checkpoints: vec![folder.path().join("checkpoints")],
            public_keys: vec![folder.path().join("public")],
        };
        let verdict = tokio::time::timeout(PATIENCE, verify(&verification)).await;
        assert!(verdict.is_ok(), "with byte {at} changed, verifying never ends");
        if matches!(verdict, Ok(Ok(verdict)) if verdict.is_intact()) {
            // Space that holds nothing, or what is no part of the record.
            assert_eq!(exported(&changed).await.ok().as_ref(), Some(&rows), "byte {at} changed a row unseen");
            harmless += 1;
        } else {
            seen += 1;
        }
    }
    assert!(seen > harmless / 20, "{seen} of {} changes were seen", seen + harmless);
    println!("bytes: {seen} changes seen, {harmless} without effect on any row");
}

async fn write(path: &Path, folder: &Path) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let options = RecordOptions {
        checkpoints: Some(folder.join("checkpoints")),
        ..RecordOptions::new(Store::Sqlite(path.to_owned()), folder.join("key"), clock)
    };
    let record = Record::open(options).await.expect("opened");
    std::fs::write(folder.join("public"), record.public_key().to_string()).expect("written");
    for at in 0..40 {
        let actor = AuditActor::new("https://idp.example.com", "00u1");
        let intent = record.intent(Event::new(actor, format!("r{at}"), Verb::Scale)).await.expect("in");
        intent.close(Outcome::Success, None, Map::new()).await.expect("closed");
    }
    record.close().await;
}

async fn exported(path: &Path) -> Result<String, ReadError> {
    let (filter, visibility) = (Filter::default(), Visibility::All);
    let export = Export { filter, visibility, format: ExportFormat::JsonLines, from: vec![] };
    let mut text = String::new();
    let take = |part: &str| {
        text.push_str(part);
        Ok(())
    };
    export_store(&Store::Sqlite(path.to_owned()), &export, take).await?;
    Ok(text)
}
