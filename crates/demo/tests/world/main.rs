//! The world as its clients see it: over HTTPS, with tokens.

mod access;
mod client;
mod reads;
mod writes;

use periscope_demo::{World, WorldOptions};

/// A world in which nothing happens unless a test asks for it.
async fn quiet() -> World {
    World::start(WorldOptions { quiet: true, seed: 7, ..WorldOptions::default() })
        .await
        .expect("a loopback port is all it needs")
}
