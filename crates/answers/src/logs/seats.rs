//! How many logs are read at a time, so that one person cannot take everything.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use periscope_model::Person;

/// Logs of containers open at a time in this process.
const ALL: usize = 4_000;
/// Of one person.
const OF_ONE: usize = 400;

/// Everybody's.
#[derive(Debug, Default)]
pub(crate) struct Hall(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    of_one: HashMap<Arc<Person>, usize>,
}

/// One person's.
#[derive(Debug)]
pub(super) struct Seats {
    hall: Arc<Hall>,
    person: Arc<Person>,
}

/// Free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    hall: Arc<Hall>,
    person: Arc<Person>,
}

impl Seats {
    pub(super) fn new(hall: Arc<Hall>, person: Arc<Person>) -> Arc<Self> {
        Arc::new(Self { hall, person })
    }

    pub(super) fn take(&self) -> Option<Seat> {
        let mut taken = self.hall.0.lock();
        let own = taken.of_one.get(&self.person).copied().unwrap_or_default();
        if taken.all >= ALL || own >= OF_ONE {
            return None;
        }
        taken.all += 1;
        *taken.of_one.entry(self.person.clone()).or_default() += 1;
        Some(Seat { hall: self.hall.clone(), person: self.person.clone() })
    }

    /// Why there is none.
    pub(super) fn full(&self) -> String {
        let own = self.hall.0.lock().of_one.get(&self.person).copied().unwrap_or_default();
        if own >= OF_ONE {
            format!("you read {OF_ONE} logs at a time already; close some")
        } else {
            format!("{ALL} logs are being read here already; try again later")
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.hall.0.lock();
        taken.all -= 1;
        if let Some(own) = taken.of_one.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                taken.of_one.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_does_not_take_everything() {
        let hall = Arc::<Hall>::default();
        let person = |name: &str| Arc::new(Person::new("test", name, []));
        let alice = Seats::new(hall.clone(), person("alice"));
        let mut seats: Vec<Seat> = std::iter::from_fn(|| alice.take()).collect();
        assert_eq!(seats.len(), OF_ONE);
        assert!(alice.full().starts_with("you read 400 logs"));
        assert!(Seats::new(hall.clone(), person("bob")).take().is_some());
        seats.pop();
        assert!(alice.take().is_some());
        drop(seats);
        assert!(hall.0.lock().of_one.is_empty(), "nobody is remembered");
    }
}
