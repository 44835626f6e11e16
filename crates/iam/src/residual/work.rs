//! How much work simplifying and comparing take, for tests: time would depend on the machine.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn did(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// The steps that something takes.
pub(super) fn of<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = STEPS.get();
    let done = work();
    (done, STEPS.get() - before)
}
