#![doc = include_str!("../README.md")]

mod auth;
mod claims;
mod http;
mod login;
mod modes;
mod provider;
mod seal;
mod secret;
mod session;
#[cfg(test)]
mod testing;
mod token;

pub use auth::{Auth, AuthError, AuthOptions};
pub use claims::{ClaimPath, ClaimRules};
pub use login::{Arrival, Begun, Callback, LOGIN_TAKES, LoginFailure, LoginProblem, safe_return};
pub use modes::{Admission, Authorization, Mode, NotAdmitted, TIER_GROUP_PREFIX, Tier, Tiers, is_reserved};
pub use provider::{Provider, ProviderOptions, is_loopback};
pub use seal::{KEY_BYTES, NoRandomness, Sealer};
pub use secret::Secret;
pub use session::{
    Database, DatabaseError, Ended, EndedBy, Limits, NewSession, Session, SessionError, SessionSecret, Sessions,
};
pub use token::{Bearer, BearerError};
