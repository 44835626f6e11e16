#![doc = include_str!("../README.md")]
#![expect(clippy::missing_panics_doc, reason = "tests want to hear of it")]

pub mod idp;
mod postgres;

pub use postgres::Postgres;
