//! On whose behalf a request is made.

use std::sync::Arc;

use periscope_model::Actor;

/// The virtual user of the inventory plane: read-only, without Secrets.
pub const INVENTORY_USER: &str = "periscope:inventory";

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// The connection's own; refused on a connection that impersonates.
    Own,
    /// [`INVENTORY_USER`].
    Inventory,
    Human(Arc<Actor>),
}
