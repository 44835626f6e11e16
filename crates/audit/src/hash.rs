//! The chain over rows and the Merkle tree over the chain (RFC 6962, section 2.1). docs/audit-format.md has both in words.

use ring::digest::{Context, SHA256};

pub(crate) type Hash = [u8; 32];

/// Rows of a segment: a power of two, so that a segment is a whole subtree and its root is enough once it is dropped.
pub(crate) const SEGMENT: u64 = 1 << SEGMENT_LEVEL;
const SEGMENT_LEVEL: u32 = 12;

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

pub(crate) fn digest(bytes: &[u8]) -> Hash {
    sha256(&[bytes])
}

/// What a chain begins with, before its first row.
pub(crate) fn genesis(chain: &str) -> Hash {
    sha256(&[b"periscope audit chain 1\n", chain.as_bytes()])
}

/// The hash of a row: over the hash of the row before it and its own canonical bytes.
pub(crate) fn link(previous: &Hash, body: &[u8]) -> Hash {
    sha256(&[previous, body])
}

fn leaf(row: &Hash) -> Hash {
    sha256(&[&[0], row])
}

fn node(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The roots of the perfect subtrees that a tree of `size` leaves consists of, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Frontier {
    size: u64,
    roots: Vec<Hash>,
}

impl Frontier {
    /// Adds a perfect subtree of 2^level leaves; the size must be a multiple of that.
    fn push(&mut self, level: u32, root: Hash) {
        let (mut root, mut rest) = (root, self.size >> level);
        while rest & 1 == 1 {
            let Some(left) = self.roots.pop() else { break };
            root = node(&left, &root);
            rest >>= 1;
        }
        self.roots.push(root);
        self.size += 1 << level;
    }
}

/// A growing Merkle tree: whole segments, and the segment that is being filled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    sealed: Frontier,
    open: Frontier,
}

impl Tree {
    pub(crate) fn size(&self) -> u64 {
        self.sealed.size + self.open.size
    }

    /// Adds a row by its hash; the root of the segment that it completed, if it did.
    pub(crate) fn push(&mut self, row: &Hash) -> Option<Hash> {
        self.open.push(0, leaf(row));
        if self.open.size < SEGMENT {
            return None;
        }
        let root = self.open.roots.pop()?;
        self.open = Frontier::default();
        self.sealed.push(SEGMENT_LEVEL, root);
        Some(root)
    }

    /// Adds a segment whose rows are gone; only at the end of another.
    pub(crate) fn push_segment(&mut self, root: Hash) -> bool {
        let fits = self.open.size == 0;
        if fits {
            self.sealed.push(SEGMENT_LEVEL, root);
        }
        fits
    }

    pub(crate) fn root(&self) -> Hash {
        let mut roots = self.sealed.roots.iter().chain(&self.open.roots).rev();
        let Some(last) = roots.next() else { return digest(b"") };
        roots.fold(*last, |right, left| node(left, &right))
    }

    /// The hashes that, with the size, are the whole tree to whoever only adds to it.
    pub(crate) fn frontier(&self) -> Vec<u8> {
        self.sealed.roots.iter().chain(&self.open.roots).flatten().copied().collect()
    }

    pub(crate) fn from_frontier(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != size.count_ones() as usize {
            return None;
        }
        let sealed = size & !(SEGMENT - 1);
        let (roots, open) = hashes.split_at(sealed.count_ones() as usize);
        Some(Self {
            sealed: Frontier { size: sealed, roots: roots.to_vec() },
            open: Frontier { size: size - sealed, roots: open.to_vec() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MTH of RFC 6962, word for word.
    fn reference(rows: &[Hash]) -> Hash {
        match rows {
            [] => digest(b""),
            [one] => leaf(one),
            rows => {
                let split = 1 << (rows.len() - 1).ilog2();
                node(&reference(&rows[..split]), &reference(&rows[split..]))
            }
        }
    }

    fn rows(count: u32) -> Vec<Hash> {
        (0..count).map(|at| digest(&at.to_be_bytes())).collect()
    }

    #[test]
    fn the_tree_is_that_of_rfc_6962_at_every_size() {
        let rows = rows(9000);
        let mut tree = Tree::default();
        assert_eq!(tree.root(), reference(&[]));
        for (at, row) in rows.iter().enumerate() {
            let sealed = tree.push(row);
            let size = at + 1;
            assert_eq!(sealed.is_some(), size % 4096 == 0);
            if let Some(root) = sealed {
                assert_eq!(root, reference(&rows[size - 4096..size]));
            }
            if size < 70 || size % 511 == 0 || size.abs_diff(4096) < 3 || size.abs_diff(8192) < 3 {
                assert_eq!(tree.root(), reference(&rows[..size]), "{size}");
                assert_eq!(Tree::from_frontier(size as u64, &tree.frontier()), Some(tree.clone()), "{size}");
            }
        }
    }

    #[test]
    fn a_dropped_segment_is_its_root() {
        let rows = rows(4096 + 10);
        let (mut whole, mut rest) = (Tree::default(), Tree::default());
        for row in &rows[..4096] {
            if let Some(root) = whole.push(row) {
                assert!(rest.push_segment(root));
            }
        }
        for row in &rows[4096..] {
            whole.push(row);
            rest.push(row);
        }
        assert_eq!(whole.root(), rest.root());
        assert!(!rest.push_segment([0; 32]), "in the middle of another there is no place for a segment");
    }

    #[test]
    fn known_roots() {
        // The empty tree of RFC 6962, and hashes that an independent tool can be tried with.
        let hex = |hash: Hash| crate::key::hex(&hash);
        assert_eq!(hex(Tree::default().root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(leaf(&[0; 32])), hex(digest(&[0; 33])));
    }
}
