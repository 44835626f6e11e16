//! What would run in a container: its output, and a little shell inside.

pub(crate) mod log;
pub(crate) mod shell;
