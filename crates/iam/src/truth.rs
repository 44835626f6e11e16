//! Three answers, not two: what depends on something nobody knows is neither true nor false.

use std::ops::Not;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    False,
    True,
    Unknown,
}

impl Truth {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            _ => Self::Unknown,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        !(!self).and(!other)
    }

    pub fn is_true(self) -> bool {
        self == Self::True
    }

    pub fn is_false(self) -> bool {
        self == Self::False
    }

    /// Whether at least one holds.
    pub(crate) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::False;
        for one in all {
            result = result.or(one);
            if result.is_true() {
                break;
            }
        }
        result
    }

    /// Whether all hold.
    pub(crate) fn all(all: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::True;
        for one in all {
            result = result.and(one);
            if result.is_false() {
                break;
            }
        }
        result
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::True } else { Self::False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::True => Self::False,
            Self::Unknown => Self::Unknown,
        }
    }
}
