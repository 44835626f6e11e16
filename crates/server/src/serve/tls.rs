//! The server's own certificate, read again when its file changes: certificates are renewed under a running process.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate and those above it, PEM.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error("tls: {}: {reason}", .path.display())]
pub struct TlsError {
    path: PathBuf,
    reason: String,
}

impl TlsFiles {
    /// Reads and checks them.
    pub fn check(&self) -> Result<(), TlsError> {
        self.read().map(drop)
    }

    fn read(&self) -> Result<ServerConfig, TlsError> {
        let failed = |path: &Path, reason: &dyn std::fmt::Display| TlsError {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        let certificates =
            CertificateDer::pem_file_iter(&self.certificate).map_err(|error| failed(&self.certificate, &error))?;
        let certificates: Result<Vec<_>, _> = certificates.collect();
        let certificates = certificates.map_err(|error| failed(&self.certificate, &error))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| failed(&self.key, &error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| failed(&self.certificate, &error))?.with_no_client_auth();
        let mut config =
            config.with_single_cert(certificates, key).map_err(|error| failed(&self.certificate, &error))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
    }
}

pub(super) struct Tls {
    files: TlsFiles,
    held: Mutex<Held>,
}

struct Held {
    acceptor: TlsAcceptor,
    changed: [Option<SystemTime>; 2],
    looked: Instant,
}

impl Tls {
    pub(super) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let (changed, acceptor) = (files.changed(), TlsAcceptor::from(Arc::new(files.read()?)));
        Ok(Self { files, held: Mutex::new(Held { acceptor, changed, looked: Instant::now() }) })
    }

    /// With the certificate as it is now; the last good one while its files cannot be read.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut held = self.held.lock();
        if held.looked.elapsed() >= LOOK_AGAIN {
            held.looked = Instant::now();
            let changed = self.files.changed();
            if changed != held.changed {
                match self.files.read() {
                    Ok(config) => (held.acceptor, held.changed) = (TlsAcceptor::from(Arc::new(config)), changed),
                    Err(error) => tracing::error!(%error, "the new certificate cannot be used"),
                }
            }
        }
        held.acceptor.clone()
    }
}
