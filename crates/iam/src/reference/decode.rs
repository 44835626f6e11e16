//! The format of `data/reference.txt`, one row per line, the first character saying which:
//!
//! ```text
//! @1 ⇥ date ⇥ source
//! K condition key                      numbered from 0
//! G key,key,…                          a set of condition keys, numbered from 1; 0 is the empty one
//! S+ prefix ⇥ name                     a service; + where resource control policies bind it, else -
//! : resource type ⇥ ARN                of the service above, numbered from 0
//! LRWTP n rest ⇥ type[!],… ⇥ set       an action: its access level, how much of the name is the last one's, and the rest;
//!                                      its resource types, ! where required; its condition keys
//! ```
//!
//! Numbers are in base 36. Services and their actions are ordered (in lower case), so that one finds by halving. `~` begins an ARN of
//! `arn:${Partition}:service:${Region}:${Account}:`, `^` one of `arn:${Partition}:`.

use super::{AccessLevel, ActionRow, Reference, ServiceRow};

pub(super) fn decode(text: &'static str) -> Option<Reference> {
    let mut lines = text.lines();
    let mut head = lines.next()?.strip_prefix('@')?.split('\t');
    let mut reference = Reference {
        version: head.next()?,
        date: head.next()?,
        source: head.next()?,
        services: Vec::with_capacity(512),
        names: String::with_capacity(text.len() * 3 / 4),
        folded: String::new(),
        actions: Vec::with_capacity(text.len() / 28),
        uses: Vec::with_capacity(text.len() / 28),
        types: Vec::with_capacity(2560),
        keys: Vec::with_capacity(1536),
        key_sets: vec![Vec::new()],
    };
    let mut last = 0..0;
    for line in lines {
        let (kind, rest) = line.split_at_checked(1)?;
        match kind {
            "K" => reference.keys.push(rest),
            "G" => reference.key_sets.push(rest.split(',').map(number).collect::<Option<_>>()?),
            "S" => {
                service(&mut reference, rest)?;
                last = reference.names.len()..reference.names.len();
            }
            ":" => {
                reference.types.push(rest.split_once('\t')?);
                reference.services.last_mut()?.types.end = u16::try_from(reference.types.len()).ok()?;
            }
            _ => last = action(&mut reference, level(kind)?, rest, last)?,
        }
    }
    reference.names.shrink_to_fit();
    reference.folded = reference.names.to_ascii_lowercase();
    Some(reference)
}

fn service(reference: &mut Reference, rest: &'static str) -> Option<()> {
    let (sign, rest) = rest.split_at_checked(1)?;
    let (prefix, name) = rest.split_once('\t')?;
    let actions = u16::try_from(reference.actions.len()).ok()?;
    let types = u16::try_from(reference.types.len()).ok()?;
    let resource_control = sign == "+";
    let row = ServiceRow { prefix, name, resource_control, actions: actions..actions, types: types..types };
    reference.services.push(row);
    Some(())
}

fn action(
    reference: &mut Reference,
    level: AccessLevel,
    rest: &str,
    last: std::ops::Range<usize>,
) -> Option<std::ops::Range<usize>> {
    let mut fields = rest.split('\t');
    let (shared, suffix) = fields.next()?.split_at_checked(1)?;
    let start = reference.names.len();
    let shared = reference.names.get(last.start..last.start + usize::from(number(shared)?))?.to_owned();
    reference.names.push_str(&shared);
    reference.names.push_str(suffix);
    let uses = u32::try_from(reference.uses.len()).ok()?;
    for used in fields.next().unwrap_or_default().split(',').filter(|used| !used.is_empty()) {
        let (at, required) = used.strip_suffix('!').map_or((used, 0), |at| (at, 1));
        reference.uses.push(number(at)? << 1 | required);
    }
    let keys = fields.next().map_or(Some(0), number)?;
    let service = u16::try_from(reference.services.len()).ok()?.checked_sub(1)?;
    reference.actions.push(ActionRow { name: u32::try_from(start).ok()?, uses, service, keys, level });
    reference.services.last_mut()?.actions.end = u16::try_from(reference.actions.len()).ok()?;
    Some(start..reference.names.len())
}

fn level(kind: &str) -> Option<AccessLevel> {
    Some(match kind {
        "L" => AccessLevel::List,
        "R" => AccessLevel::Read,
        "W" => AccessLevel::Write,
        "T" => AccessLevel::Tagging,
        "P" => AccessLevel::PermissionsManagement,
        _ => return None,
    })
}

fn number(text: &str) -> Option<u16> {
    u16::from_str_radix(text, 36).ok()
}
