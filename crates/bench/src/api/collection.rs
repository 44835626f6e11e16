//! All objects of one kind, and every change since the start.

use bytes::{Bytes, BytesMut};
use parking_lot::RwLock;
use tokio::sync::watch;

/// Resource versions begin here; below it there is nothing to go on from.
pub(super) const FIRST_VERSION: u64 = 1000;

/// Items in one piece of a list's body.
const PIECE: usize = 64;

pub(super) struct Collection {
    /// `PodList`
    list_kind: String,
    api_version: &'static str,
    content: RwLock<Content>,
    /// How many changes there were.
    changes: watch::Sender<usize>,
}

struct Content {
    items: Vec<Bytes>,
    /// One line of a watch each.
    log: Vec<Bytes>,
}

impl Collection {
    pub(super) fn new(kind: &str, api_version: &'static str, items: impl Iterator<Item = String>) -> Self {
        let items = items.map(|item| Bytes::from(item.replace("\n        ", ""))).collect();
        Self {
            list_kind: format!("{kind}List"),
            api_version,
            content: RwLock::new(Content { items, log: Vec::new() }),
            changes: watch::channel(0).0,
        }
    }

    /// Replaces an item; `make` gets its new resource version.
    pub(super) fn change(&self, at: usize, make: impl FnOnce(u64) -> String) {
        let mut content = self.content.write();
        let version = FIRST_VERSION + content.log.len() as u64 + 1;
        let item = Bytes::from(make(version).replace("\n        ", ""));
        content.log.push([br#"{"type":"MODIFIED","object":"#, &item[..], b"}\n"].concat().into());
        content.items[at] = item;
        let count = content.log.len();
        drop(content);
        self.changes.send_replace(count);
    }

    /// The body of a list in pieces: `limit` items from `from` on, or all.
    pub(super) fn list(&self, from: usize, limit: Option<usize>) -> Vec<Bytes> {
        let content = self.content.read();
        let end = limit.map_or(content.items.len(), |limit| content.items.len().min(from.saturating_add(limit)));
        let version = FIRST_VERSION + content.log.len() as u64;
        let token = if end < content.items.len() { format!(r#","continue":"{end}""#) } else { String::new() };
        let head = format!(
            r#"{{"kind":"{}","apiVersion":"{}","metadata":{{"resourceVersion":"{version}"{token}}},"items":["#,
            self.list_kind, self.api_version
        );
        let mut pieces = vec![Bytes::from(head)];
        for (at, items) in content.items[from.min(end)..end].chunks(PIECE).enumerate() {
            let mut piece = BytesMut::with_capacity(items.iter().map(|item| item.len() + 1).sum());
            for (place, item) in items.iter().enumerate() {
                if at + place > 0 {
                    piece.extend_from_slice(b",");
                }
                piece.extend_from_slice(item);
            }
            pieces.push(piece.freeze());
        }
        pieces.push(Bytes::from_static(b"]}"));
        pieces
    }

    /// Lines of a watch from the change `seen` on, and where it stands then.
    pub(super) fn since(&self, seen: usize) -> (Bytes, usize) {
        let content = self.content.read();
        let lines = content.log.get(seen..).unwrap_or_default();
        (lines.concat().into(), content.log.len().max(seen))
    }

    pub(super) fn changed(&self) -> watch::Receiver<usize> {
        self.changes.subscribe()
    }
}
