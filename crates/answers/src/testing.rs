//! A clock and clusters for this crate's tests.
