//! What the accounts contain: roles, policies, who may enter the clusters, what the organisation forbids. Texts are
//! static and have placeholders (`<account>`, `<region>`, `<cluster>`, `<issuer>` …), which are filled when somebody asks.

pub(super) mod access;
pub(super) mod apps;
pub(super) mod console;
pub(super) mod examples;
pub(super) mod managed;
pub(super) mod organization;
pub(super) mod platform;
