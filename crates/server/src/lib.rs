#![doc = include_str!("../README.md")]

mod console;
mod metrics;
mod problem;
mod queries;
mod request;
mod router;
mod routes;
mod serve;
mod session;
mod state;
mod stream;
#[cfg(test)]
mod tests;

pub use request::{Cidr, CidrError};
pub use router::openapi;
pub use serve::{Front, Options, ServeError, TlsError, TlsFiles, check_address, serve};
pub use session::{Persona, SignIn};
