//! Checkpoints: the size and root of a chain at a time, signed; in the form of a signed note (C2SP `tlog-checkpoint`).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::hash::Hash;
use crate::key::{PublicKey, SIGNER, SigningKey};
use crate::row::is_chain;

const ORIGIN: &str = "periscope.audit/";
/// A note with more lines is none of ours.
const MAX_LINES: usize = 1100;
/// Chains of other replicas that one checkpoint names.
pub(crate) const MAX_OTHERS: usize = 1000;

/// How much of a chain there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    pub(crate) chain: String,
    pub(crate) extent: Extent,
    pub(crate) time: Timestamp,
    /// The oldest row that retention has not dropped.
    pub(crate) from: u64,
    /// The chain's checkpoint before this one.
    pub(crate) previous: Option<Extent>,
    /// The last seen checkpoints of other replicas: what joins the chains.
    pub(crate) others: Vec<(String, Extent)>,
}

impl Checkpoint {
    /// What is signed.
    fn text(&self) -> String {
        use std::fmt::Write;
        let Extent { size, root } = &self.extent;
        let mut text = format!("{ORIGIN}{}\n{size}\n{}\n", self.chain, STANDARD.encode(root));
        let _ = writeln!(text, "time {}\nfrom {}", self.time, self.from);
        if let Some(Extent { size, root }) = &self.previous {
            let _ = writeln!(text, "previous {size} {}", STANDARD.encode(root));
        }
        for (chain, Extent { size, root }) in &self.others {
            let _ = writeln!(text, "other {chain} {size} {}", STANDARD.encode(root));
        }
        text
    }

    /// The signed note.
    pub(crate) fn sign(&self, key: &SigningKey) -> String {
        let text = self.text();
        let signature = STANDARD.encode(key.sign(text.as_bytes()));
        format!("{text}\n— {SIGNER} {signature}\n")
    }
}

/// A checkpoint with the signatures that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) checkpoint: Checkpoint,
    text: String,
    signatures: Vec<Vec<u8>>,
}

impl Note {
    pub(crate) fn parse(note: &str) -> Result<Self, &'static str> {
        let (text, signatures) = note.split_once("\n\n").ok_or("there is no empty line before its signature")?;
        let text = format!("{text}\n");
        if text.lines().count() > MAX_LINES {
            return Err("it is too long");
        }
        let prefix = format!("— {SIGNER} ");
        let ours = signatures.lines().filter_map(|line| line.strip_prefix(&prefix));
        let signatures: Vec<Vec<u8>> = ours.take(16).filter_map(|line| STANDARD.decode(line).ok()).collect();
        let checkpoint = parse_text(&text).ok_or("its lines are not those of a checkpoint")?;
        if checkpoint.text() != text {
            return Err("it is not written as checkpoints are");
        }
        Ok(Self { checkpoint, text, signatures })
    }

    /// Whether one of the keys signed it.
    pub(crate) fn is_signed_by(&self, keys: &[PublicKey]) -> bool {
        keys.iter().any(|key| self.signatures.iter().any(|signature| key.verifies(self.text.as_bytes(), signature)))
    }

    /// The notes of a file: each ends with its signatures, and the next begins with its origin.
    pub(crate) fn parse_all(file: &str) -> Result<Vec<Self>, &'static str> {
        let mut starts: Vec<usize> = file.match_indices(ORIGIN).map(|(at, _)| at).collect();
        starts.retain(|at| *at == 0 || file[..*at].ends_with('\n'));
        if starts.first() != Some(&0) {
            return Err("it does not begin with periscope.audit/");
        }
        let ends = starts.iter().skip(1).copied().chain([file.len()]);
        starts.iter().zip(ends).map(|(start, end)| Self::parse(&file[*start..end])).collect()
    }
}

fn parse_text(text: &str) -> Option<Checkpoint> {
    let mut lines = text.lines();
    let chain = lines.next()?.strip_prefix(ORIGIN).filter(|chain| is_chain(chain))?.to_owned();
    let extent = extent(lines.next()?, lines.next()?)?;
    let time = lines.next()?.strip_prefix("time ")?.parse().ok()?;
    let from = lines.next()?.strip_prefix("from ")?.parse().ok()?;
    let (mut previous, mut others) = (None, Vec::new());
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["previous", size, root] => previous = Some(self::extent(size, root)?),
            ["other", chain, size, root] if is_chain(chain) => {
                others.push((chain.to_owned(), self::extent(size, root)?));
            }
            _ => return None,
        }
    }
    Some(Checkpoint { chain, extent, time, from, previous, others })
}

fn extent(size: &str, root: &str) -> Option<Extent> {
    Some(Extent { size: size.parse().ok()?, root: STANDARD.decode(root).ok()?.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            chain: "periscope.0001".into(),
            extent: Extent { size: 3, root: [1; 32] },
            time: "2026-11-26T12:00:00Z".parse().expect("a time"),
            from: 0,
            previous: Some(Extent { size: 2, root: [2; 32] }),
            others: vec![("periscope.0002".into(), Extent { size: 9, root: [3; 32] })],
        }
    }

    fn key() -> SigningKey {
        let folder = tempfile::tempdir().expect("a folder");
        SigningKey::open(&folder.path().join("key")).expect("a key")
    }

    #[test]
    fn a_note_is_read_as_it_was_signed() {
        let (key, other) = (key(), key());
        let note = checkpoint().sign(&key);
        let read = Note::parse(&note).expect("a note");
        assert_eq!(read.checkpoint, checkpoint());
        assert!(read.is_signed_by(&[other.public().clone(), key.public().clone()]));
        assert!(!read.is_signed_by(&[other.public().clone()]));
        let first = Checkpoint { previous: None, others: vec![], ..checkpoint() };
        let file = format!("{}{note}", first.sign(&key));
        assert_eq!(Note::parse_all(&file).expect("notes").len(), 2);
    }

    #[test]
    fn no_byte_of_a_note_can_change() {
        let key = key();
        let note = checkpoint().sign(&key);
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let trusted = Note::parse(&changed).is_ok_and(|read| read.is_signed_by(&[key.public().clone()]));
            assert!(!trusted || at == note.len() - 1, "byte {at} of {note}");
        }
    }
}
