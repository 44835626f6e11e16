//! Starts a world, writes kubeconfigs next to each other and waits for ctrl-c.
//!
//! `cargo run -p periscope-demo --example world -- DIR [--pods N] [--seed N] [--quiet] [--changes N]`

#![expect(clippy::print_stdout, reason = "an example talks to the person who runs it")]

use std::path::PathBuf;

use periscope_demo::{PERSONAS, World, WorldOptions};
use tokio::time::Instant;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = WorldOptions::default();
    let mut directory = PathBuf::from(".");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().unwrap_or_default().parse::<usize>();
        match argument.as_str() {
            "--pods" => options.pods = Some(number()?),
            "--seed" => options.seed = u64::try_from(number()?)?,
            "--changes" => options.changes_per_second = Some(u32::try_from(number()?)?),
            "--quiet" => options.quiet = true,
            path => directory = PathBuf::from(path),
        }
    }
    let begin = Instant::now();
    let world = World::start(options).await?;
    std::fs::create_dir_all(&directory)?;
    std::fs::write(directory.join("admin.kubeconfig"), world.kubeconfig())?;
    std::fs::write(directory.join("server.kubeconfig"), world.server_kubeconfig())?;
    for persona in PERSONAS {
        if let Some(config) = world.persona_kubeconfig(persona.id) {
            std::fs::write(directory.join(format!("{}.kubeconfig", persona.id)), config)?;
        }
    }
    std::fs::write(directory.join("aws.env"), world.aws().shell_exports())?;
    println!("started in {:?}", begin.elapsed());
    for cluster in world.clusters() {
        println!("{} {}", cluster.id, cluster.server);
    }
    println!("AWS {}", world.aws().endpoint);
    println!("KUBECONFIG={}", directory.join("admin.kubeconfig").display());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
