//! Order by any column: typed, what is missing last, ties by cluster, namespace, name.

mod key;

use std::cmp::Ordering;

use crate::filter::FilterError;
use crate::rows::Row;

pub(crate) use key::{OwnedKey, SortKey};

/// Most columns to sort by.
const MAX_COLUMNS: usize = 4;
const MAX_ID: usize = 64;

/// An order. The default is by cluster, namespace and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Sort(Vec<By>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct By {
    pub(crate) column: Box<str>,
    pub(crate) descending: bool,
}

/// A row in a list of several clusters; parts are in the order of their clusters.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) row: std::sync::Arc<Row>,
    pub(crate) part: u32,
}

impl Sort {
    /// Parses `-age,name`: column ids, a minus for descending.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        let mut by = Vec::new();
        let mut at = 0;
        for part in text.split(',') {
            let range = at..at + part.len();
            at = range.end + 1;
            let trimmed = part.trim();
            if trimmed.is_empty() {
                continue;
            }
            let column = trimmed.strip_prefix('-').unwrap_or(trimmed);
            let valid = !column.is_empty()
                && column.len() <= MAX_ID
                && column.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
            if !valid || by.len() == MAX_COLUMNS {
                let message =
                    format!("sort by at most {MAX_COLUMNS} columns, each a column's id with '-' before it to reverse");
                return Err(FilterError { at: range, message });
            }
            by.push(By { column: column.into(), descending: trimmed.starts_with('-') });
        }
        Ok(Self(by))
    }

    pub(crate) fn columns(&self) -> &[By] {
        &self.0
    }

    /// The order of two entries: total, so that every entry has one place.
    pub(crate) fn compare(&self, a: &Entry, b: &Entry, clusters: &[String]) -> Ordering {
        let by_columns = self.0.iter().map(|by| {
            let (a, b) = (SortKey::of(a, &by.column, clusters), SortKey::of(b, &by.column, clusters));
            a.compare(&b, by.descending)
        });
        by_columns.fold(Ordering::Equal, Ordering::then).then_with(|| natural(a, b))
    }

    /// Orders entries that are in natural order already. Keys are read once, row by row; then one stable pass per
    /// column over numbers alone, the least important first, so that ties stay in natural order.
    pub(crate) fn order(&self, entries: &mut Vec<Entry>, clusters: &[String]) {
        if self.0.is_empty() {
            return;
        }
        let places = {
            let keys: Vec<Vec<SortKey<'_>>> = self.0.iter().map(|by| keys(entries, &by.column, clusters)).collect();
            let mut places: Vec<u32> = (0..).take(entries.len()).collect();
            for (by, keys) in self.0.iter().zip(&keys).rev() {
                pass(&mut places, keys, by.descending);
            }
            places
        };
        let mut taken: Vec<Option<Entry>> = std::mem::take(entries).into_iter().map(Some).collect();
        entries.extend(places.into_iter().filter_map(|at| taken[at as usize].take()));
    }
}

fn keys<'a>(entries: &'a [Entry], column: &str, clusters: &'a [String]) -> Vec<SortKey<'a>> {
    let mut keys = Vec::with_capacity(entries.len());
    for some in entries.chunks(Row::WARM) {
        Row::warm(some.iter().map(|entry| &entry.row));
        keys.extend(some.iter().map(|entry| SortKey::of(entry, column, clusters)));
    }
    keys
}

/// Orders `places` by their keys, ties as they are. Ranks tell most keys apart without looking at the keys themselves.
fn pass(places: &mut [u32], keys: &[SortKey<'_>], descending: bool) {
    let ranks = key::ranks(keys, descending);
    let mut ranked: Vec<(u128, u32)> = places.iter().map(|at| (ranks[*at as usize], *at)).collect();
    ranked.sort_by(|(a, i), (b, j)| {
        a.cmp(b).then_with(|| {
            if key::rank_is_exact(*a, descending) {
                Ordering::Equal
            } else {
                keys[*i as usize].compare(&keys[*j as usize], descending)
            }
        })
    });
    for (place, (_, at)) in places.iter_mut().zip(ranked) {
        *place = at;
    }
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, by) in self.0.iter().enumerate() {
            write!(f, "{}{}{}", if at > 0 { "," } else { "" }, if by.descending { "-" } else { "" }, by.column)?;
        }
        Ok(())
    }
}

/// Cluster, namespace, name.
pub(crate) fn natural(a: &Entry, b: &Entry) -> Ordering {
    a.part
        .cmp(&b.part)
        .then_with(|| a.row.meta.namespace.cmp(&b.row.meta.namespace))
        .then_with(|| a.row.meta.name.cmp(&b.row.meta.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use std::sync::Arc;

    fn pods(names: &[(&str, u32)]) -> Vec<Entry> {
        let entry = |(name, restarts): &(&str, u32)| {
            let status = format!(
                r#"{{"phase":"Running","containerStatuses":[{{"name":"app","restartCount":{restarts},"state":{{"running":{{}}}}}}]}}"#
            );
            Entry { row: Arc::new(testing::row("pods", &testing::pod_with("n", name, &status))), part: 0 }
        };
        let mut entries: Vec<Entry> = names.iter().map(entry).collect();
        entries.sort_by(natural);
        entries
    }

    fn names(sort: &str, mut entries: Vec<Entry>) -> Vec<String> {
        let clusters = ["c".to_owned()];
        let sort = Sort::parse(sort).expect("a sort");
        sort.order(&mut entries, &clusters);
        let ordered = entries.windows(2).all(|pair| sort.compare(&pair[0], &pair[1], &clusters) == Ordering::Less);
        assert!(ordered, "both orders agree: {sort}");
        entries.iter().map(|entry| entry.row.meta.name.to_string()).collect()
    }

    #[test]
    fn numbers_are_numbers_and_ties_are_by_name() {
        let entries = || pods(&[("b", 10), ("a", 10), ("c", 9), ("d", 100)]);
        assert_eq!(names("restarts", entries()), ["c", "a", "b", "d"]);
        assert_eq!(names("-restarts", entries()), ["d", "a", "b", "c"]);
        assert_eq!(names("-restarts,-name", entries()), ["d", "b", "a", "c"]);
        assert_eq!(names("", entries()), ["a", "b", "c", "d"]);
        assert_eq!(names("nothing", entries()), ["a", "b", "c", "d"]);
    }

    #[test]
    fn long_common_beginnings_are_told_apart() {
        let entries = pods(&[("checkout-service-b", 1), ("checkout-service-a", 1), ("checkout-service", 1)]);
        assert_eq!(names("-name", entries), ["checkout-service-b", "checkout-service-a", "checkout-service"]);
    }

    #[test]
    fn what_is_missing_comes_last_both_ways() {
        let mut entries = pods(&[("a", 1), ("b", 1)]);
        let json = testing::pod("n", "c").replace(r#""nodeName":"node-1","#, "");
        entries.push(Entry { row: Arc::new(testing::row("pods", &json)), part: 0 });
        assert_eq!(names("node", entries.clone()), ["a", "b", "c"]);
        assert_eq!(names("-node", entries), ["a", "b", "c"]);
    }

    #[test]
    fn bad_sorts_say_where() {
        assert_eq!(Sort::parse("name,a b").map_err(|error| error.at), Err(5..8));
        assert!(Sort::parse("a,b,c,d,e").is_err());
        assert_eq!(Sort::parse("-age, name").map(|sort| sort.to_string()), Ok("-age,name".to_owned()));
    }
}
