//! Many readers at once, each with its own connection, as browsers have.
//!
//! Commands come on standard input, one a line: `count` prints what all have got so far. It ends with the input.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail, ensure};
use axum::body::Body;
use axum::http::{Method, Request, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use memchr::memmem::Finder;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::objects;

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Wanted {
    /// `127.0.0.1:PORT` of Periscope or, with `--plain`, of the relay.
    #[arg(long)]
    address: String,
    #[arg(long)]
    count: usize,
    /// What each subscribes to.
    #[arg(long, default_value = r#"{"type":"window","kind":"pods","limit":100}"#)]
    subscription: String,
    /// Each follows the log of a pod, in turn of so many, instead.
    #[arg(long)]
    logs: Option<usize>,
    /// Only read this path.
    #[arg(long)]
    plain: Option<String>,
}

impl Wanted {
    fn subscription_of(&self, number: usize) -> String {
        let Some(pods) = self.logs else { return self.subscription.clone() };
        let pod = number % pods.max(1);
        let (namespace, name) = (objects::namespace(pod), objects::pod_name(pod));
        json!({
            "type": "logs", "cluster": "bench", "kind": "pods", "namespace": namespace, "name": name, "follow": true,
        })
        .to_string()
    }
}

/// What all viewers together have got.
#[derive(Default)]
struct Got {
    viewers: AtomicU64,
    frames: AtomicU64,
    /// Rows, or whole pods from a relay.
    rows: AtomicU64,
    resets: AtomicU64,
    bytes: AtomicU64,
    lost: AtomicU64,
}

impl Got {
    fn json(&self) -> Value {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        json!({
            "viewers": read(&self.viewers), "frames": read(&self.frames), "rows": read(&self.rows),
            "resets": read(&self.resets), "bytes": read(&self.bytes), "lost": read(&self.lost),
        })
    }
}

pub(crate) async fn run(wanted: Wanted) -> anyhow::Result<()> {
    let got = Arc::new(Got::default());
    let wanted = Arc::new(wanted);
    // A few at a time, as a listener has a bounded queue of connections to accept.
    for number in 0..wanted.count {
        let (wanted, got) = (wanted.clone(), got.clone());
        let (ready, opened) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            if view(&wanted, number, &got, ready).await.is_err() {
                got.lost.fetch_add(1, Ordering::Relaxed);
            }
        });
        opened.await.context("a viewer did not get its stream")?;
    }
    crate::say(&got.json())?;
    // Reading standard input blocks, so that it has a thread of its own.
    tokio::task::spawn_blocking(move || obey(&got)).await?
}

fn obey(got: &Got) -> anyhow::Result<()> {
    for line in std::io::stdin().lines() {
        match line?.trim() {
            "count" => crate::say(&got.json())?,
            other => bail!("unknown command {other:?}"),
        }
    }
    Ok(())
}

type Ready = tokio::sync::oneshot::Sender<()>;

async fn view(wanted: &Wanted, number: usize, got: &Got, ready: Ready) -> anyhow::Result<()> {
    let path = wanted.plain.as_deref().unwrap_or("/api/stream");
    let mut body = send(wanted, Method::GET, path, None).await?;
    if wanted.plain.is_none() {
        let hello = body.frame().await.context("no hello")??.into_data().map_err(|_| anyhow::anyhow!("no hello"))?;
        let hello = String::from_utf8_lossy(&hello);
        let stream = hello.split_once(r#""stream":""#).and_then(|(_, rest)| rest.split('"').next()).context("no id")?;
        let path = format!("/api/stream/{stream}/subscriptions/list");
        drop(send(wanted, Method::PUT, &path, Some(wanted.subscription_of(number))).await?);
    }
    got.viewers.fetch_add(1, Ordering::Relaxed);
    let _ = ready.send(());
    let mut marks = Marks::new(wanted);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            marks.count(&data, got);
        }
    }
    bail!("the stream ended")
}

/// Opens a connection of its own, as the tabs of different people do.
async fn send(wanted: &Wanted, method: Method, path: &str, json: Option<String>) -> anyhow::Result<Incoming> {
    let socket = TcpStream::connect(&wanted.address).await.context("cannot connect")?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header(header::HOST, &wanted.address);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let response = sender.send_request(request.body(Body::from(json.unwrap_or_default()))?).await?;
    ensure!(response.status().is_success(), "{path}: {}", response.status());
    Ok(response.into_body())
}

/// Bytes of the longest mark.
const LONGEST_MARK: usize = 16;

/// What is counted in the bytes as they come, in whatever pieces.
struct Marks {
    /// The end of the piece before, where a mark may have begun.
    end: Vec<u8>,
    frame: Finder<'static>,
    row: Finder<'static>,
    reset: Finder<'static>,
}

impl Marks {
    fn new(wanted: &Wanted) -> Self {
        let (frame, row) = if wanted.plain.is_some() {
            ("event: pod", "event: pod")
        } else if wanted.logs.is_some() {
            // A line's time ends before its text begins.
            ("event: logs", r#"Z",""#)
        } else {
            ("event: window", r#","uid":""#)
        };
        Self {
            end: Vec::new(),
            frame: Finder::new(frame),
            row: Finder::new(row),
            reset: Finder::new(r#""reset":true"#),
        }
    }

    fn count(&mut self, data: &[u8], got: &Got) {
        let Self { end, .. } = &*self;
        let found = |finder: &Finder<'_>| {
            let part = finder.needle().len() - 1;
            // What lies over the seam: too short on either side to hold a whole mark.
            let seam = [&end[end.len().saturating_sub(part)..], &data[..data.len().min(part)]].concat();
            (finder.find_iter(data).count() + finder.find_iter(&seam).count()) as u64
        };
        got.frames.fetch_add(found(&self.frame), Ordering::Relaxed);
        got.rows.fetch_add(found(&self.row), Ordering::Relaxed);
        got.resets.fetch_add(found(&self.reset), Ordering::Relaxed);
        got.bytes.fetch_add(data.len() as u64, Ordering::Relaxed);
        self.end.extend_from_slice(data);
        let old = self.end.len().saturating_sub(LONGEST_MARK);
        self.end.drain(..old);
    }
}
