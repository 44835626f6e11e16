//! Says why there is no connection, in words that tell what to do.

use std::error::Error as StdError;
use std::io;

use super::dial::DialTimeout;
use crate::error::tls;
use crate::{Deadlines, Error};

/// The cause of a failed request, found in its chain of sources.
pub(super) fn of(error: &(dyn StdError + 'static), server: &str, deadlines: &Deadlines) -> Error {
    let mut causes = Vec::new();
    collect(error, &mut causes);
    if causes.iter().any(|cause| cause.is::<DialTimeout>()) {
        return Error::Timeout { what: format!("connecting to {server}"), after: deadlines.connect };
    }
    let reason = causes
        .iter()
        .find_map(|cause| {
            cause.downcast_ref().map(|error| format!("no trusted connection to {server}: {}", tls::explain(error)))
        })
        .or_else(|| alert(&causes, server))
        .or_else(|| dns(&causes, server))
        .or_else(|| causes.iter().rev().find_map(|cause| io_reason(cause.downcast_ref()?, server)))
        .unwrap_or_else(|| {
            let last = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
            format!("the connection to {server} broke: {last}")
        });
    Error::Unreachable { reason }
}

/// `io::Error::source` skips the error it wraps, so the chain is walked by hand.
fn collect<'a>(error: &'a (dyn StdError + 'static), causes: &mut Vec<&'a (dyn StdError + 'static)>) {
    const DEEPEST: usize = 16;
    if causes.len() >= DEEPEST {
        return;
    }
    causes.push(error);
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => collect(inner, causes),
        None => {
            if let Some(source) = error.source() {
                collect(source, causes);
            }
        }
    }
}

/// An alert that came after the handshake, as those about client certificates do in TLS 1.3.
fn alert(causes: &[&(dyn StdError + 'static)], server: &str) -> Option<String> {
    let told = causes.last()?.to_string();
    let name = told.strip_prefix("received fatal alert: ")?;
    Some(format!("no trusted connection to {server}: {}", tls::alert(name)))
}

fn dns(causes: &[&(dyn StdError + 'static)], server: &str) -> Option<String> {
    // hyper-util's error for this has no public type.
    let at = causes.iter().position(|cause| cause.to_string() == "dns error")?;
    let detail = causes[at + 1..].first().map_or_else(String::new, |cause| format!(" ({cause})"));
    Some(format!("the name in {server} cannot be resolved{detail}; check the address and this host's DNS"))
}

fn io_reason(error: &io::Error, server: &str) -> Option<String> {
    let text = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("{server} refuses connections; is the API server running and the address right?")
        }
        io::ErrorKind::TimedOut => format!("{server} does not answer; is it reachable from here?"),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionAborted => {
            format!("{server} closed the connection")
        }
        io::ErrorKind::UnexpectedEof => format!("{server} closed the connection in the middle"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            format!("there is no route to {server}")
        }
        _ => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests;
