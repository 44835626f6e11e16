//! Who Periscope is to AWS: found in what the process was given, and kept fresh.

mod agent;
mod find;
mod provider;

pub use find::{CredentialSource, Keys, Refusal, Surroundings};

pub(crate) use provider::{Fresh, Origin, Provider};
