//! Sets of actions over the reference table: what the patterns of a statement name, as bits, so that union, intersection
//! and difference cost a few words. An action that AWS has added since the table was made is in no set; whoever asks
//! for one by name is answered from the patterns themselves ([`ActionGlob`]).

use std::fmt;

use crate::overlap;
use crate::reference::{ActionId, KnownAction, Reference, ServiceId, reference};

const BITS: u16 = 64;

/// Some of the reference table's actions. Only words that are not empty are kept: most statements name a few actions of one service.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct ActionSet {
    words: Vec<(u16, u64)>,
}

impl ActionSet {
    pub fn new() -> Self {
        Self::default()
    }

    /// Every action there is.
    pub fn all() -> Self {
        let mut set = Self::new();
        set.add_range(0..u16::try_from(reference().len()).unwrap_or(u16::MAX));
        set
    }

    /// What any of these patterns names, in any case: `s3:Get*`, `*`, `iam:*Role?olicy`.
    pub fn of_patterns<I: IntoIterator<Item: AsRef<str>>>(patterns: I) -> Self {
        let mut set = Self::new();
        for pattern in patterns {
            ActionGlob::new(pattern.as_ref()).add_to(&mut set);
        }
        set
    }

    /// What none of these patterns names: the meaning of `NotAction`.
    pub fn complement_of<I: IntoIterator<Item: AsRef<str>>>(patterns: I) -> Self {
        Self::all().difference(&Self::of_patterns(patterns))
    }

    pub fn len(&self) -> usize {
        self.words.iter().map(|(_, word)| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub fn contains(&self, action: ActionId) -> bool {
        let place = self.words.binary_search_by_key(&(action.0 / BITS), |(at, _)| *at);
        place.is_ok_and(|place| self.words[place].1 & bit(action.0) != 0)
    }

    pub fn insert(&mut self, action: ActionId) {
        match self.words.binary_search_by_key(&(action.0 / BITS), |(at, _)| *at) {
            Ok(place) => self.words[place].1 |= bit(action.0),
            Err(place) => self.words.insert(place, (action.0 / BITS, bit(action.0))),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = ActionId> + '_ {
        self.words.iter().flat_map(|&(at, word)| {
            (0..BITS).filter(move |place| word & (1 << place) != 0).map(move |place| ActionId(at * BITS + place))
        })
    }

    /// With all that is known of each.
    pub fn actions(&self) -> impl Iterator<Item = KnownAction<'static>> + '_ {
        self.iter().map(|id| reference().action(id))
    }

    /// The services with at least one action in it, in order.
    pub fn services(&self) -> Vec<ServiceId> {
        let mut services: Vec<ServiceId> = Vec::new();
        let mut behind = 0;
        for &(at, word) in &self.words {
            let mut rest = if at * BITS >= behind { word } else { word & from(behind - at * BITS) };
            while rest != 0 {
                let action = at * BITS + u16::try_from(rest.trailing_zeros()).unwrap_or(0);
                let service = reference().action(ActionId(action)).service();
                services.push(service.id);
                behind = service.range().end;
                rest = word & from(behind.saturating_sub(at * BITS));
            }
        }
        services
    }

    /// Those of one service.
    #[must_use]
    pub fn of_service(&self, service: ServiceId) -> Self {
        let mut range = Self::new();
        range.add_range(reference().service(service).range());
        self.intersection(&range)
    }

    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        let mut words = Vec::with_capacity(self.words.len().max(other.words.len()));
        let (mut mine, mut theirs) = (self.words.iter().peekable(), other.words.iter().peekable());
        loop {
            match (mine.peek(), theirs.peek()) {
                (Some(&&(one, left)), Some(&&(two, right))) if one == two => {
                    words.push((one, left | right));
                    mine.next();
                    theirs.next();
                }
                (Some(&&(one, left)), Some(&&(two, _))) if one < two => {
                    words.push((one, left));
                    mine.next();
                }
                (Some(&&word), None) => {
                    words.push(word);
                    mine.next();
                }
                (_, Some(&&word)) => {
                    words.push(word);
                    theirs.next();
                }
                (None, None) => return Self { words },
            }
        }
    }

    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        // A few against many: look each up.
        let (few, many) = if self.words.len() <= other.words.len() { (self, other) } else { (other, self) };
        let mut rest = many.words.as_slice();
        let mut words = Vec::new();
        for &(at, word) in &few.words {
            rest = skip(rest, at);
            let both = rest.first().filter(|(other, _)| *other == at).map_or(0, |(_, other)| word & other);
            if both != 0 {
                words.push((at, both));
            }
        }
        Self { words }
    }

    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = other.words.as_slice();
        let mut words = Vec::with_capacity(self.words.len());
        for &(at, word) in &self.words {
            rest = skip(rest, at);
            let left = rest.first().filter(|(other, _)| *other == at).map_or(word, |(_, other)| word & !other);
            if left != 0 {
                words.push((at, left));
            }
        }
        Self { words }
    }

    pub fn intersects(&self, other: &Self) -> bool {
        let (few, many) = if self.words.len() <= other.words.len() { (self, other) } else { (other, self) };
        let mut rest = many.words.as_slice();
        few.words.iter().any(|&(at, word)| {
            rest = skip(rest, at);
            rest.first().is_some_and(|(other, other_word)| *other == at && word & other_word != 0)
        })
    }

    pub fn is_subset(&self, other: &Self) -> bool {
        let mut rest = other.words.as_slice();
        self.words.iter().all(|&(at, word)| {
            rest = skip(rest, at);
            rest.first().is_some_and(|(other, all)| *other == at && word & !all == 0)
        })
    }

    /// Gives back what growing has left over; for sets that are kept.
    #[must_use]
    pub(crate) fn compact(mut self) -> Self {
        self.words.shrink_to_fit();
        self
    }

    fn add_range(&mut self, range: std::ops::Range<u16>) {
        let mut set = Self::new();
        let mut at = range.start;
        while at < range.end {
            let end = range.end.min((at / BITS + 1) * BITS);
            let upto = if end.is_multiple_of(BITS) { u64::MAX } else { bit(end) - 1 };
            set.words.push((at / BITS, from(at % BITS) & upto));
            at = end;
        }
        *self = self.union(&set);
    }
}

fn bit(action: u16) -> u64 {
    1 << (action % BITS)
}

/// The bits from this one on.
fn from(place: u16) -> u64 {
    u64::MAX.checked_shl(place.into()).unwrap_or(0)
}

/// What is left of sorted words from this place on.
fn skip(words: &[(u16, u64)], at: u16) -> &[(u16, u64)] {
    // Nearly always the next one.
    match words.first() {
        Some((first, _)) if *first < at => &words[words.partition_point(|(other, _)| *other < at)..],
        _ => words,
    }
}

impl FromIterator<ActionId> for ActionSet {
    fn from_iter<I: IntoIterator<Item = ActionId>>(actions: I) -> Self {
        let mut set = Self::new();
        actions.into_iter().for_each(|action| set.insert(action));
        set
    }
}

impl fmt::Debug for ActionSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len() > 20 {
            return write!(formatter, "{} actions", self.len());
        }
        formatter.debug_set().entries(self.actions()).finish()
    }
}

/// A pattern of actions, of an `Action` element or of a question, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ActionGlob {
    text: String,
    colon: Option<usize>,
}

impl ActionGlob {
    pub fn new(pattern: &str) -> Self {
        let text = pattern.to_ascii_lowercase();
        Self { colon: text.find(':'), text }
    }

    /// Service and name; a lone `*` is both, and anything else names nothing.
    pub(crate) fn parts(&self) -> Option<(&str, &str)> {
        match self.colon {
            Some(colon) => {
                let (service, name) = (&self.text[..colon], &self.text[colon + 1..]);
                (!service.is_empty() && !name.is_empty() && !name.contains(':')).then_some((service, name))
            }
            None => (!self.text.is_empty() && self.text.bytes().all(|byte| byte == b'*')).then_some(("*", "*")),
        }
    }

    /// Whether it is `*` or two parts around one colon.
    pub fn is_valid(&self) -> bool {
        self.parts().is_some()
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// No wildcard: it names one action.
    pub fn is_exact(&self) -> bool {
        !overlap::has_wildcard(&self.text)
    }

    /// Whether some action, known or not, fits both.
    pub fn intersects(&self, other: &Self) -> bool {
        self.related(other, overlap::intersects)
    }

    /// Whether each action that fits `other` fits this too.
    pub fn covers(&self, other: &Self) -> bool {
        self.related(other, overlap::covers)
    }

    fn related(&self, other: &Self, parts: impl Fn(&str, &str) -> bool) -> bool {
        let (Some((service, name)), Some((other_service, other_name))) = (self.parts(), other.parts()) else {
            return false;
        };
        parts(service, other_service) && parts(name, other_name)
    }

    /// The known actions that fit.
    pub fn set(&self) -> ActionSet {
        let mut set = ActionSet::new();
        self.add_to(&mut set);
        set
    }

    fn add_to(&self, set: &mut ActionSet) {
        let Some((service, name)) = self.parts() else { return };
        let all = reference();
        if overlap::has_wildcard(service) {
            for (_, range) in all.service_rows().filter(|(prefix, _)| overlap::covers(service, prefix)) {
                add_names(all, range, name, set);
            }
        } else if let Some(found) = all.find_service(service) {
            add_names(all, found.range(), name, set);
        }
    }
}

/// Those of a service's actions whose name fits. Names are sorted, so what the pattern begins with finds a range of them.
fn add_names(all: &Reference, range: std::ops::Range<u16>, pattern: &str, set: &mut ActionSet) {
    let literal = pattern.find(['*', '?']).unwrap_or(pattern.len());
    let (head, tail) = pattern.split_at(literal);
    let below = |limit: &dyn Fn(&str) -> bool| {
        let (mut low, mut high) = (range.start, range.end);
        while low < high {
            let middle = low.midpoint(high);
            if limit(all.folded_name(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    };
    let first = below(&|name| name < head);
    let behind = below(&|name| name < head || name.starts_with(head));
    match tail {
        "*" => set.add_range(first..behind),
        "" => (first..behind).filter(|at| all.folded_name(*at) == head).for_each(|at| set.insert(ActionId(at))),
        _ => (first..behind)
            .filter(|at| overlap::covers(tail, &all.folded_name(*at)[literal..]))
            .for_each(|at| set.insert(ActionId(at))),
    }
}

#[cfg(test)]
mod tests;
