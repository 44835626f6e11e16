//! The binary as it is run: what it says, where, and how it ends.

mod audit;
mod aws;
mod config;
mod generated;
mod iam;
mod refusals;
mod run;
mod stops;
