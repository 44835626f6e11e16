//! The world as its clients see it: over HTTPS, with tokens.

mod access;
mod aws;
mod client;
mod leaving;
mod people;
mod reads;
mod signer;
mod tokens;
mod writes;

use std::sync::LazyLock;

use periscope_demo::{World, WorldOptions};

/// One world for all tests that leave each other alone. It lives on a runtime of its own, because that of the test which
/// asked first ends with that test.
static SHARED: LazyLock<World> = LazyLock::new(|| {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            sender.send(quiet().await).expect("the test waits");
            std::future::pending::<()>().await;
        });
    });
    receiver.recv().expect("a world")
});

/// A world in which nothing happens unless a test asks for it.
async fn quiet() -> World {
    let options = WorldOptions { quiet: true, seed: 7, ..WorldOptions::default() };
    World::start(options).await.expect("a loopback port is all it needs")
}

/// The shared one: for tests that only read, or write in a namespace of their own.
async fn shared() -> &'static World {
    tokio::task::spawn_blocking(|| &*SHARED).await.expect("the world starts")
}
