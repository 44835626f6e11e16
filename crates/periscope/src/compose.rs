//! Puts the parts together and serves until a signal.

mod auth;
pub(crate) mod aws;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use periscope_answers::{App, AppOptions, ClusterSpec, Policy};
use periscope_audit::{CopySink, Record, RecordOptions, Retention, Store};
use periscope_aws::Aws;
use periscope_iam::Catalogue;
use periscope_model::{Clock, KindId, SystemClock};
use periscope_server::{Front, Options, SignIn};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::command;
use crate::config::SignInParts;

pub(crate) struct Composition {
    pub(crate) listen: SocketAddr,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) clusters: Vec<ClusterSpec>,
    pub(crate) people: People,
    pub(crate) policy: Policy,
    pub(crate) front: Front,
    pub(crate) record: RecordSettings,
    pub(crate) aws: Option<Aws>,
    /// Which permissions in AWS are called sensitive; the built-in ones when absent.
    pub(crate) catalogue: Option<Catalogue>,
}

/// Who comes in.
pub(crate) enum People {
    /// Without a password, on loopback.
    Given(SignIn),
    /// Through identity providers.
    Of(Box<SignInParts>),
}

/// The record, as far as it is not as usual.
#[derive(Default)]
pub(crate) struct RecordSettings {
    /// A PostgreSQL database; `audit.db` in the data folder when absent.
    pub(crate) postgres: Option<String>,
    pub(crate) retention_days: Option<u32>,
    pub(crate) checkpoints: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) stdout: bool,
    pub(crate) sensitive_reads: Option<Vec<KindId>>,
}

pub(crate) async fn serve(composition: Composition) -> anyhow::Result<()> {
    let Composition { listen, metrics_listen, data_dir, clusters, people, policy, front, mut record, aws, catalogue } =
        composition;
    let providers = matches!(people, People::Of(_));
    periscope_server::check_address(listen, providers, front.public_url.as_ref())?;
    let stop = stop_on_signal()?;
    // The sockets first: somebody who starts the console and connects at once is not refused.
    let listener = bind(listen).await?;
    let metrics = match metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let address = listener.local_addr().context("the listening socket has no address")?;
    let (data_dir, _temporary) = data_folder(data_dir)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let sensitive = record.sensitive_reads.take();
    let auth = match people {
        People::Given(sign_in) => Err(sign_in),
        People::Of(parts) => Ok(auth::open(*parts, &front, record.postgres.clone(), &data_dir, clock.clone()).await?),
    };
    let record = Record::open(record.options(&data_dir, clock.clone())).await.context("cannot open the record")?;
    let options = AppOptions {
        clusters,
        clock: clock.clone(),
        data_dir,
        record: record.clone(),
        sensitive,
        policy,
        aws,
        catalogue,
    };
    let app = App::start(options).await.context("cannot start")?;
    let sign_in = match auth {
        Ok(auth) => SignIn::Providers(Arc::new(periscope_answers::People::new(app.clone(), auth))),
        Err(sign_in) => sign_in,
    };
    let scheme = if front.tls.is_some() { "https" } else { "http" };
    command::print(&format!("listening on {scheme}://{address}\n"))?;
    if let Some(metrics) = &metrics {
        tracing::info!(address = %metrics.local_addr()?, "metrics");
    }
    let options = Options { app, sign_in, clock, listener, metrics, front };
    let served = periscope_server::serve(options, stop).await.context("cannot serve");
    // What was done until now is signed.
    record.close().await;
    served
}

impl RecordSettings {
    fn options(self, folder: &Path, clock: Arc<dyn Clock>) -> RecordOptions {
        let store = self.postgres.map_or_else(|| Store::Sqlite(folder.join("audit.db")), Store::Postgres);
        let key = self.key.unwrap_or_else(|| folder.join("audit.key"));
        RecordOptions {
            checkpoints: Some(self.checkpoints.unwrap_or_else(|| folder.join("audit.checkpoints"))),
            copy: self.stdout.then(|| Box::new(StandardOutput) as Box<dyn CopySink>),
            retention: Retention { days: self.retention_days, rows: None },
            ..RecordOptions::new(store, key, clock)
        }
    }
}

struct StandardOutput;

impl CopySink for StandardOutput {
    fn lines(&self, lines: &[String]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for line in lines {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// The folder given, or a temporary one that goes with the process.
fn data_folder(given: Option<PathBuf>) -> anyhow::Result<(PathBuf, Option<tempfile::TempDir>)> {
    if let Some(folder) = given {
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
        return Ok((folder, None));
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder for the database")?;
    Ok((folder.path().to_owned(), Some(folder)))
}

/// Cancelled by SIGINT and SIGTERM.
pub(crate) fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        token.cancel();
    });
    Ok(stop)
}
