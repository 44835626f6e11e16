//! Why a world did not start.

/// Everything here is about this machine: the world needs a loopback address and nothing else.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot listen on a loopback port for cluster {cluster}: {source}")]
    Listen { cluster: &'static str, source: std::io::Error },
    #[error("cannot make certificates for the world: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the system gives no random bytes for tokens: {0}")]
    Random(#[from] rand::rand_core::OsError),
    #[error("cannot make the keys that sign tokens of service accounts")]
    Signing,
    #[error("cannot set up TLS for the world: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the world could not be built: {0}")]
    Build(#[from] tokio::task::JoinError),
}
