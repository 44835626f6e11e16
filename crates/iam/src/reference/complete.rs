//! What somebody may mean who has typed the beginning of an action.

use super::{ActionId, KnownAction, Reference};

/// How well an action fits: smaller is better, and of equals the shorter one.
type Fit = (u8, usize, u16);

pub(super) fn complete<'a>(reference: &'a Reference, typed: &str, limit: usize) -> Vec<KnownAction<'a>> {
    let typed = typed.trim().to_ascii_lowercase();
    let mut fits: Vec<Fit> = match typed.split_once(':') {
        Some((service, name)) => of_service(reference, service, name),
        None => anywhere(reference, &typed),
    };
    fits.sort_unstable();
    fits.truncate(limit);
    fits.into_iter().map(|(_, _, at)| reference.action(ActionId(at))).collect()
}

/// The service is said: of services that begin so (the one called so first) the names that begin with the rest, then
/// those that have it somewhere.
fn of_service(reference: &Reference, service: &str, name: &str) -> Vec<Fit> {
    let mut fits = Vec::new();
    for (prefix, actions) in reference.service_rows().filter(|(prefix, _)| prefix.starts_with(service)) {
        let other = u8::from(prefix != service);
        for at in actions {
            let candidate = reference.folded_name(at);
            if candidate.starts_with(name) {
                // In order of the alphabet, which is that of the table.
                fits.push((other, 0, at));
            } else if candidate.contains(name) {
                fits.push((2 + other, candidate.len(), at));
            }
        }
    }
    fits
}

/// Only one word: a service that is called so, then names that begin so, then services that begin so, then names that have it
/// somewhere.
fn anywhere(reference: &Reference, typed: &str) -> Vec<Fit> {
    let mut fits = Vec::new();
    for (prefix, actions) in reference.service_rows() {
        let by_service = if prefix == typed { Some(0) } else { prefix.starts_with(typed).then_some(2) };
        for at in actions {
            let candidate = reference.folded_name(at);
            if let Some(rank) = by_service {
                fits.push((rank, 0, at));
            } else if candidate.starts_with(typed) {
                fits.push((1, candidate.len() + prefix.len(), at));
            } else if candidate.contains(typed) {
                fits.push((3, candidate.len() + prefix.len(), at));
            }
        }
    }
    fits
}
