//! Questions to the API server about identities.
