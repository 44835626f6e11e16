//! The id that ties requests to an API server with the request to us that caused them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::HeaderValue;
use parking_lot::Mutex;

/// What fits the API server's audit log and everything that reads it.
const LONGEST: usize = 64;
/// Ids remembered of one act; those of a long one are alike but for the number.
const REMEMBERED: usize = 32;

/// Numbers what is sent upstream because of one request to us: `<request id>`, `<request id>.2`, `<request id>.3` …
///
/// They go up as `Audit-ID`, which an API server takes over as the id of its own audit events.
#[derive(Debug, Clone)]
pub struct Trace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    request_id: Arc<str>,
    sent: Arc<AtomicU32>,
    used: Mutex<Vec<String>>,
}

impl Trace {
    pub fn new(request_id: impl Into<Arc<str>>) -> Self {
        let inner = Inner { request_id: request_id.into(), sent: Arc::default(), used: Mutex::default() };
        Self(Arc::new(inner))
    }

    /// For one act among several of the same request: numbered on, remembered apart.
    #[must_use]
    pub fn branch(&self) -> Self {
        let Inner { request_id, sent, .. } = &*self.0;
        Self(Arc::new(Inner { request_id: request_id.clone(), sent: sent.clone(), used: Mutex::default() }))
    }

    /// The ids sent so far through this very trace, at most 32.
    pub fn audit_ids(&self) -> Vec<String> {
        self.0.used.lock().clone()
    }

    /// The next id; none where it could not be sent whole.
    pub(crate) fn next(&self) -> Option<HeaderValue> {
        let number = self.0.sent.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let mut id = self.0.request_id.to_string();
        if number > 1 {
            write!(id, ".{number}").ok()?;
        }
        if id.is_empty() || id.len() > LONGEST || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let value = HeaderValue::from_str(&id).ok()?;
        let mut used = self.0.used.lock();
        if used.len() < REMEMBERED {
            used.push(id);
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(trace: &Trace) -> Option<String> {
        trace.next().map(|value| value.to_str().expect("text").to_owned())
    }

    #[test]
    fn each_request_of_a_request_has_an_id_of_its_own() {
        let trace = Trace::new("a1-000007");
        let branch = trace.branch();
        assert_eq!(next(&trace).as_deref(), Some("a1-000007"));
        assert_eq!(next(&branch).as_deref(), Some("a1-000007.2"));
        assert_eq!(next(&trace).as_deref(), Some("a1-000007.3"));
        assert_eq!(trace.audit_ids(), ["a1-000007", "a1-000007.3"]);
        assert_eq!(branch.audit_ids(), ["a1-000007.2"]);
    }

    #[test]
    fn what_is_no_id_is_not_sent() {
        for wrong in ["", "a b", "a\r\nb", "ä", &"a".repeat(65)] {
            assert_eq!(next(&Trace::new(wrong)), None, "{wrong:?}");
        }
        let long = Trace::new("a".repeat(64));
        assert!(next(&long).is_some());
        assert_eq!(next(&long), None, "a number more and it is too long");
    }
}
