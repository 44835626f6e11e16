//! AWS's answers as the model says them.

pub(crate) mod authorization_details;
pub(crate) mod eks;
pub(crate) mod instances;
pub(crate) mod organizations;
pub(crate) mod providers;
pub(crate) mod roles;
pub(crate) mod simulate;

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use periscope_model::Gap;

use crate::xml::Element;

/// What was read, and what of it could not be.
pub(crate) struct Read<T> {
    pub(crate) value: T,
    pub(crate) gaps: Vec<Gap>,
    /// Whether what is missing may be there soon.
    pub(crate) passes: bool,
}

impl<T> Read<T> {
    pub(crate) fn whole(value: T) -> Self {
        Self { value, gaps: Vec::new(), passes: false }
    }
}

/// IAM allows a policy 10,240 characters at most; nothing that AWS hands out comes near this.
const MAX_DOCUMENT: usize = 1 << 20;

/// What is read one by one is read this many at once.
const AT_ONCE: usize = 6;

/// In the order given.
pub(crate) async fn at_once<T>(reads: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    stream::iter(reads).buffered(AT_ONCE).collect().await
}

/// A document as IAM sends it, percent-encoded.
fn document(encoded: &str, of: &str) -> Result<Arc<str>, Gap> {
    let decoded = percent_decode_str(encoded).decode_utf8();
    let decoded = decoded.map_err(|_| Gap::new("AWS_UNREADABLE", format!("{of} is not text")))?;
    sized(&decoded, of)
}

fn sized(text: &str, of: &str) -> Result<Arc<str>, Gap> {
    if text.len() > MAX_DOCUMENT {
        let what = format!("{of} has {} bytes; at most {MAX_DOCUMENT} are read", text.len());
        return Err(Gap::new("AWS_TOO_LARGE", what));
    }
    Ok(text.into())
}

/// `2026-11-26T17:00:00Z`
fn time(element: &Element, name: &str) -> Option<Timestamp> {
    element.text(name)?.parse().ok()
}

/// EKS's JSON has seconds, with a fraction.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of our age are far below what a float holds exactly")]
fn seconds(seconds: Option<f64>) -> Option<Timestamp> {
    Timestamp::from_millisecond((seconds? * 1000.0).round() as i64).ok()
}
