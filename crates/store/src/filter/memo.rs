//! What a pass over many rows has found out already.
//!
//! Neighbouring rows share interned texts (node, images, owner), so a text that was looked through for one row need not
//! be looked through for the next. A memo remembers texts by their address, so it lives only as long as the pass that
//! holds the rows.

use std::cell::{Cell, RefCell};

use crate::cell::ColumnType;
use crate::rows::Row;

const SLOTS: usize = 1024;

pub(crate) struct Memo {
    /// Text, what was looked for, whether it was there. Empty when nothing is remembered.
    found: RefCell<Vec<(usize, usize, bool)>>,
    /// The columns of the last row, the key that was looked up in them, and what it was.
    column: Cell<(usize, usize, Option<ColumnType>)>,
}

impl Memo {
    /// For a pass over rows that stay where they are until it ends.
    pub(crate) fn for_pass() -> Self {
        Self { found: RefCell::new(vec![(0, 0, false); SLOTS]), column: Cell::new((0, 0, None)) }
    }

    /// For single rows.
    pub(crate) fn none() -> Self {
        Self { found: RefCell::default(), column: Cell::new((0, 0, None)) }
    }

    /// Whether `test` holds for what stands at `address`; `needle` is the address of what it looks for.
    fn holds(&self, address: usize, needle: usize, test: impl FnOnce() -> bool) -> bool {
        let mut found = self.found.borrow_mut();
        let Some(slot) = found.get_mut(((address >> 4) ^ (address >> 14) ^ (needle >> 3)) % SLOTS) else {
            return test();
        };
        if (slot.0, slot.1) != (address, needle) {
            *slot = (address, needle, test());
        }
        slot.2
    }

    /// The type of the column `key` of a row.
    pub(super) fn column(&self, row: &Row, key: &str) -> Option<ColumnType> {
        let place = (row.columns().as_ptr() as usize, key.as_ptr() as usize);
        let (columns, known, kind) = self.column.get();
        if (columns, known) == place {
            return kind;
        }
        let kind = row.column(key).map(|column| column.kind);
        self.column.set((place.0, place.1, kind));
        kind
    }
}

/// A test of the texts of a row.
pub(crate) struct Look<'a> {
    pub(super) test: &'a dyn Fn(&str) -> bool,
    /// Tells one test from another.
    pub(super) needle: usize,
    /// Whether it may hold for an IP address; if not, none is written out.
    pub(crate) addresses: bool,
    pub(super) memo: &'a Memo,
}

impl Look<'_> {
    /// In a text of this row alone.
    pub(crate) fn at(&self, text: &str) -> bool {
        (self.test)(text)
    }

    /// In a text that rows share.
    pub(crate) fn at_shared(&self, text: &str) -> bool {
        self.memo.holds(text.as_ptr() as usize, self.needle, || (self.test)(text))
    }

    /// In any text of something that rows share as a whole: it is not even looked at twice.
    pub(crate) fn within<T: ?Sized>(&self, shared: &T, any: impl FnOnce(&T) -> bool) -> bool {
        self.memo.holds(std::ptr::from_ref(shared).cast::<u8>() as usize, self.needle, || any(shared))
    }
}
