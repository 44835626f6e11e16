#![doc = include_str!("../README.md")]

mod access;
mod actor;
mod answer;
pub mod aws;
mod clock;
mod id;
mod person;
mod state;
mod tone;

pub use access::{AccessQuery, Permission, ResourceType};
pub use actor::Actor;
pub use answer::{Answer, Certainty, Gap, Scope, Source};
pub use aws::AwsPermission;
pub use clock::{Clock, ManualClock, SystemClock};
pub use id::{ClusterId, IdError, KindId, ObjectRef};
pub use person::Person;
pub use state::{Phase, State};
pub use tone::Tone;
