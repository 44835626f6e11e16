//! Reads answers that are there as a whole.

use serde::de::DeserializeOwned;

use crate::Error;
use crate::request::Ask;

/// An answer as `T`; a mistake is named by the request, its key and its place.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], ask: &Ask) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json)
        .map_err(|error| Error::Garbage { what: format!("the answer to {}: {error}", ask.what()) })
}
