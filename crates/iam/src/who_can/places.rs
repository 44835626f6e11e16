//! Where cells are: by the service of their pattern and by what its resource part begins with, so that a question about a
//! resource only looks at those that can fit.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use crate::action_set::ActionSet;
use crate::grants::{CellSets, ResourceGlob};
use crate::overlap;

/// One cell: what it is about, what it comes to, and whose it is.
#[derive(Debug)]
pub(super) struct Entry {
    /// Absent for `NotResource`: what is not certain things may be anything.
    glob: Option<ResourceGlob>,
    sets: Arc<CellSets>,
    pub(super) group: u32,
    /// Its place in the group.
    pub(super) cell: u16,
}

#[derive(Debug, Default)]
pub(super) struct Places {
    by_beginning: BTreeMap<Box<str>, Vec<Entry>>,
}

/// A cell that has to do with what is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit<'a> {
    pub(super) group: u32,
    pub(super) cell: u16,
    pub(super) sets: &'a CellSets,
}

/// Stands for services that are a pattern, and sorts before all that are not.
const ANY: &str = "*";

impl Places {
    pub(super) fn add(&mut self, glob: Option<&ResourceGlob>, sets: &Arc<CellSets>, (group, cell): (u32, u16)) {
        let key = key(glob);
        let entry = Entry { glob: glob.cloned(), sets: Arc::clone(sets), group, cell };
        match self.by_beginning.get_mut(&*key) {
            Some(entries) => entries.push(entry),
            None => {
                self.by_beginning.insert(key.into(), vec![entry]);
            }
        }
    }

    pub(super) fn remove(&mut self, glob: Option<&ResourceGlob>, group: u32) {
        let key = key(glob);
        if let Some(entries) = self.by_beginning.get_mut(&*key) {
            entries.retain(|one| one.group != group);
            if entries.is_empty() {
                self.by_beginning.remove(&*key);
            }
        }
    }

    /// The cells with some of the actions on some of the resources, those of a group together.
    pub(super) fn hits(&self, wanted: &ActionSet, resource: &ResourceGlob) -> Vec<Hit<'_>> {
        let mut hits = Vec::new();
        // Neighbours often have the same sets.
        let mut last: Option<(*const CellSets, bool)> = None;
        self.each(resource, &mut |entry| {
            let sets = Arc::as_ptr(&entry.sets);
            let about = match last {
                Some((known, about)) if known == sets => about,
                _ => !entry.sets.free.truth(wanted).is_false() || entry.sets.tied.intersects(wanted),
            };
            last = Some((sets, about));
            if about && entry.glob.as_ref().is_none_or(|glob| glob.intersects(resource)) {
                hits.push(Hit { group: entry.group, cell: entry.cell, sets: &entry.sets });
            }
        });
        hits.sort_unstable_by_key(|hit| (hit.group, hit.cell));
        hits
    }

    /// The entries that can fit something that the pattern fits; too many rather than too few.
    fn each<'a>(&'a self, resource: &ResourceGlob, visit: &mut dyn FnMut(&'a Entry)) {
        let service = resource.segment(2);
        if overlap::has_wildcard(service) {
            return self.by_beginning.values().flatten().for_each(visit);
        }
        let resource_part = resource.segment(5);
        let beginning = beginning(resource_part);
        let ends_there = beginning.len() == resource_part.len();
        for service in [ANY, service] {
            let whole = format!("{service}:{beginning}");
            // Those that begin with less …
            let ends = whole.char_indices().map(|(at, _)| at).filter(|at| *at > service.len());
            for end in ends {
                self.by_beginning.get(&whole[..end]).into_iter().flatten().for_each(&mut *visit);
            }
            // … and those that begin with all of it, and more where it goes on.
            if ends_there {
                self.by_beginning.get(&*whole).into_iter().flatten().for_each(&mut *visit);
                continue;
            }
            let from = (Bound::Included(whole.as_str()), Bound::Unbounded);
            let more = self.by_beginning.range::<str, _>(from).take_while(|(key, _)| key.starts_with(&whole));
            more.flat_map(|(_, entries)| entries).for_each(&mut *visit);
        }
    }
}

fn key(glob: Option<&ResourceGlob>) -> String {
    let Some(glob) = glob else { return format!("{ANY}:") };
    let service = glob.segment(2);
    let service = if overlap::has_wildcard(service) { ANY } else { service };
    format!("{service}:{}", beginning(glob.segment(5)))
}

/// What stands before the first wildcard.
fn beginning(pattern: &str) -> &str {
    &pattern[..pattern.find(['*', '?']).unwrap_or(pattern.len())]
}
