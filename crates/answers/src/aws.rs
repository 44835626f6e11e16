//! The connection to AWS as the console shows it: what was read when, what was refused, and which permission would help.
//!
//! It says nothing of any workload, so it is not recorded; asking AWS again is.

mod shapes;
mod status;

pub use shapes::{AwsCapability, AwsPart, AwsPartKind, AwsPartState, AwsStatus, CapabilitySource, CapabilityState};
