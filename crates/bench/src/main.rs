#![doc = include_str!("../README.md")]

mod api;
mod audit;
mod iam;
mod memory;
mod objects;
mod process;
mod queries;
mod relay;
mod source;
mod typed_list;
mod viewers;

use std::io::Write;

use clap::{Parser, Subcommand};
use serde_json::Value;

/// The same allocator as Periscope's, for both sides of every comparison.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(name = "periscope-bench", about = "The parts of make bench that are not a browser.")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A scripted API server on loopback.
    Api {
        #[command(flatten)]
        sizes: api::Sizes,
    },
    /// The record: rows a second, and questions to a large one.
    Audit {
        #[command(flatten)]
        wanted: audit::Wanted,
    },
    /// The policy language, and an index of principals.
    Iam {
        #[command(flatten)]
        wanted: iam::Wanted,
    },
    /// Resident memory with so many pods.
    Memory { keeper: memory::Keeper, pods: usize },
    /// CPU time of first windows over so many pods.
    Queries { pods: usize },
    /// CPU time of a typed list.
    TypedList { server: String },
    /// One upstream watch per viewer.
    Relay { server: String },
    /// Many readers at once.
    Viewers {
        #[command(flatten)]
        wanted: viewers::Wanted,
    },
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    // The same provider as Periscope's; without a choice there would be two.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match args.command {
        // A query is measured on the thread that runs it.
        Command::Queries { .. } | Command::Memory { .. } | Command::Iam { .. } => {
            tokio::runtime::Builder::new_current_thread()
        }
        _ => tokio::runtime::Builder::new_multi_thread(),
    }
    .enable_all()
    .build()?;
    runtime.block_on(run(args.command))
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Api { sizes } => api::run(sizes).await,
        Command::Audit { wanted } => say(&audit::run(wanted).await?),
        Command::Iam { wanted } => say(&iam::run(&wanted)?),
        Command::Memory { keeper, pods } => say(&memory::run(keeper, pods).await?),
        Command::Queries { pods } => say(&queries::run(pods).await?),
        Command::TypedList { server } => say(&typed_list::run(&server).await?),
        Command::Relay { server } => relay::run(&server).await,
        Command::Viewers { wanted } => viewers::run(wanted).await,
    }
}

/// One line of JSON for whoever runs this.
fn say(value: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{value}")?;
    Ok(out.flush()?)
}
