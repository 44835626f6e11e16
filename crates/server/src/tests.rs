//! The server through its real router, over the demo world.

mod actions;
mod audit;
mod aws;
mod aws_canary;
mod client;
mod description;
mod operations;
mod paths;
mod people;
mod problems;
mod refusals;
mod related;
mod secrets;
mod stream;
mod visibility;
mod windows;
mod world;
