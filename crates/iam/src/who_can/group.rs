//! Principals that are judged the same, and what they are granted of a question.

use std::collections::HashSet;
use std::sync::Arc;

use super::places::Hit;
use super::question::Question;
use crate::action_set::ActionSet;
use crate::grants::{Cell, CellSets, Finding, Granted, Layers, ResourceGlob};
use crate::truth::Truth;

/// Principals that are judged the same.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) layers: Layers,
    pub(super) cells: Box<[(Cell, Arc<CellSets>)]>,
    pub(super) anywhere: Granted,
    pub(super) members: u32,
}

/// Where the sets of a row come from: they are only made when somebody looks at them.
#[derive(Debug, Clone)]
pub(super) enum Source<'a> {
    Whole(&'a Granted),
    Part(&'a Granted, &'a ActionSet),
    Several(Vec<&'a Granted>, &'a ActionSet),
    Own(Arc<Granted>),
}

impl Source<'_> {
    pub(super) fn granted(&self) -> Granted {
        match self {
            Self::Whole(granted) => (*granted).clone(),
            Self::Part(granted, wanted) => granted.intersection(wanted),
            Self::Several(all, wanted) => {
                let mut together = Granted::default();
                for granted in all {
                    let part = granted.intersection(wanted);
                    together.add(&part.certain, &part.conditional);
                }
                together.conditional = together.conditional.difference(&together.certain);
                together
            }
            Self::Own(granted) => (**granted).clone(),
        }
    }
}

impl Group {
    pub(super) fn new(layers: Layers, known: &mut HashSet<Arc<CellSets>>) -> Self {
        let mut cells = Vec::new();
        let mut anywhere = Granted::default();
        layers.cells(&mut |cell, sets| {
            anywhere.add(&sets.free.certain, &sets.free.conditional);
            if !sets.tied.is_empty() {
                let add = &mut |finding: Finding<'_>| anywhere.add(&finding.certain, &finding.conditional);
                layers.judge_tied(cell, &sets.tied, None, add);
            }
            let sets = known.get(&sets).cloned().unwrap_or_else(|| {
                let sets = Arc::new(CellSets { free: sets.free.compact(), tied: sets.tied.compact() });
                known.insert(Arc::clone(&sets));
                sets
            });
            cells.push((cell, sets));
        });
        anywhere.conditional = anywhere.conditional.difference(&anywhere.certain);
        Self { layers, cells: cells.into(), anywhere: anywhere.compact(), members: 1 }
    }

    /// Without a resource, or from the patterns themselves.
    pub(super) fn anywhere<'a>(&'a self, question: &'a Question) -> Option<(Source<'a>, Truth)> {
        if question.actions().is_empty() {
            let truth = self.layers.unknown(question.action(), question.resource());
            return (!truth.is_false()).then(|| (Source::Own(Arc::default()), truth));
        }
        let truth = self.anywhere.truth(question.actions());
        let source = if question.is_everything() {
            Source::Whole(&self.anywhere)
        } else {
            Source::Part(&self.anywhere, question.actions())
        };
        (!truth.is_false()).then_some((source, truth))
    }

    /// What these cells allow on the resources asked for.
    pub(super) fn on<'a>(
        &self,
        hits: &[Hit<'a>],
        wanted: &'a ActionSet,
        resource: &ResourceGlob,
    ) -> Option<(Source<'a>, Truth)> {
        // Whatever the patterns are, what is asked may be in another account.
        let abroad = self.layers.home.is_abroad(resource);
        if !abroad && !hits.iter().any(|hit| hit.sets.tied.intersects(wanted)) {
            let mut all: Vec<&Granted> = Vec::new();
            // Patterns of one statement have the same sets.
            for hit in hits {
                if !all.iter().any(|known| std::ptr::eq(*known, &raw const hit.sets.free)) {
                    all.push(&hit.sets.free);
                }
            }
            let truth = all.iter().fold(Truth::False, |best, granted| best.or(granted.truth(wanted)));
            let source =
                if let [only] = all.as_slice() { Source::Part(only, wanted) } else { Source::Several(all, wanted) };
            return (!truth.is_false()).then_some((source, truth));
        }
        let mut granted = Granted::default();
        for hit in hits {
            let free = hit.sets.free.intersection(wanted);
            if abroad {
                granted.add(&ActionSet::new(), &free.certain.union(&free.conditional));
            } else {
                granted.add(&free.certain, &free.conditional);
            }
            if hit.sets.tied.intersects(wanted)
                && let Some((cell, _)) = self.cells.get(usize::from(hit.cell))
            {
                let add = &mut |finding: Finding<'_>| granted.add(&finding.certain, &finding.conditional);
                self.layers.judge_tied(*cell, &hit.sets.tied.intersection(wanted), Some(resource), add);
            }
        }
        granted.conditional = granted.conditional.difference(&granted.certain);
        let truth = granted.truth(wanted);
        (!truth.is_false()).then(|| (Source::Own(Arc::new(granted)), truth))
    }
}
