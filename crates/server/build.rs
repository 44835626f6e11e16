//! A console built after this crate was compiled must still get into the binary.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
