//! Paging: pages are shorter than clients ask for, so that every client has to follow tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Failure;

/// One page of a list.
pub(crate) struct Pages<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Pages<T> {
    /// The page that `token` points to; `most` items, or fewer when `wanted` says so. `what` names the list, so that the
    /// token of one is refused by another.
    pub(crate) fn of(
        all: Vec<T>,
        (token, wanted): (Option<&str>, Option<usize>),
        (what, most): (&str, usize),
        refusal: &'static str,
    ) -> Result<Self, Failure> {
        let start = token.map_or(Some(0), |token| position(token, what));
        let start = start.filter(|start| *start <= all.len()).ok_or_else(|| {
            Failure::new(400, refusal, format!("the token {:?} is not one of {what}", token.unwrap_or_default()))
        })?;
        let size = wanted.map_or(most, |wanted| wanted.clamp(1, most));
        let end = (start + size).min(all.len());
        let next = (end < all.len()).then(|| URL_SAFE_NO_PAD.encode(format!("{what}:{end}")));
        Ok(Self { items: all.into_iter().skip(start).take(size).collect(), next })
    }

    pub(crate) fn map<U>(self, convert: impl FnMut(T) -> U) -> Pages<U> {
        Pages { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

fn position(token: &str, what: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(what)?.strip_prefix(':')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_lead_through_the_whole_list_and_nowhere_else() {
        let all: Vec<u8> = (0..7).collect();
        let (mut token, mut seen) = (None, Vec::new());
        loop {
            let page = Pages::of(all.clone(), (token.as_deref(), Some(100)), ("roles", 3), "Bad").expect("a page");
            assert!(page.items.len() <= 3);
            seen.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, all);
        let first = Pages::of(all.clone(), (None, None), ("roles", 3), "Bad").expect("a page");
        for wrong in [first.next.as_deref(), Some("rubbish"), Some("")] {
            assert!(Pages::of(all.clone(), (wrong, None), ("users", 3), "Bad").is_err());
        }
    }
}
