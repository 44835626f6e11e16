#![doc = include_str!("../README.md")]

mod modes;

pub use modes::{Admission, Authorization, Mode, NotAdmitted, TIER_GROUP_PREFIX, Tier, Tiers, is_reserved};
