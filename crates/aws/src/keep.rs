//! What was read, kept with its age while somebody looks.

mod account;
mod attention;
mod cluster;
mod identity;
mod keeper;
mod organization;

pub(crate) use account::AccountKeeper;
pub(crate) use attention::Attention;
pub use attention::Spared;
pub(crate) use cluster::ClusterKeeper;
pub(crate) use identity::IdentityKeeper;
pub(crate) use keeper::{Keeper, keep_current};
pub(crate) use organization::OrganizationKeeper;

use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::RwLock;
use periscope_model::Gap;
use periscope_model::aws::Observed;

use crate::reach::Reach;

/// One part of AWS as it was last read.
#[derive(Debug)]
struct Kept<T>(RwLock<Observed<T>>);

impl<T: PartialEq> Kept<T> {
    /// Before anybody read it, it says so.
    fn new(what: &str) -> Self {
        Self(RwLock::new(Observed::missing(Gap::new("NOT_READ", format!("{what} is not read yet")))))
    }

    fn seen(&self) -> Observed<T> {
        self.0.read().clone()
    }

    /// What was read, with what could not be. Equal data stays the same data, so that whoever computed from it may keep that.
    fn read(&self, value: T, gaps: Vec<Gap>, reach: &Reach) {
        self.replace(value, Some(reach.now()), gaps, reach);
    }

    /// Something was added: the rest is as old as before.
    fn grown(&self, value: T, gaps: Vec<Gap>, reach: &Reach) {
        let at = self.0.read().at;
        self.replace(value, at.or_else(|| Some(reach.now())), gaps, reach);
    }

    fn replace(&self, value: T, at: Option<Timestamp>, gaps: Vec<Gap>, reach: &Reach) {
        let gaps = bounded(gaps);
        let mut kept = self.0.write();
        let same = kept.value.as_deref() == Some(&value);
        let told = kept.gaps != gaps;
        let value = if same { kept.value.take() } else { Some(Arc::new(value)) };
        *kept = Observed { value, at, gaps };
        drop(kept);
        if !same || told {
            reach.note_change();
        }
    }

    /// It could not be read: what was there stays, with its age.
    fn failed(&self, gap: Gap, reach: &Reach) {
        self.failed_by(vec![gap], reach);
    }

    /// The same for more than one reason.
    fn failed_by(&self, gaps: Vec<Gap>, reach: &Reach) {
        let mut kept = self.0.write();
        let told = kept.gaps != gaps;
        kept.gaps = gaps;
        drop(kept);
        if told {
            reach.note_change();
        }
    }

    /// The last value, without its age.
    fn value(&self) -> Option<Arc<T>> {
        self.0.read().value.clone()
    }
}

/// Many of a kind say no more than a few.
fn bounded(mut gaps: Vec<Gap>) -> Vec<Gap> {
    const MOST: usize = 20;
    if gaps.len() > MOST {
        let more = gaps.len() - MOST;
        gaps.truncate(MOST);
        gaps.push(Gap::new("MORE_GAPS", format!("{more} more parts are not read")));
    }
    gaps
}
