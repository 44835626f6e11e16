//! Connections against API servers that follow a script: what is sent, and what becomes of every kind of answer.

mod discovery;
mod eks;
mod failures;
mod headers;
mod kubeconfigs;
mod lists;
mod plugins;
mod server;
mod tls;
mod watches;
mod writes;
