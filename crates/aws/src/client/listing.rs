//! Listings, page after page, to an end that is one.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Call, Client, json, xml};
use crate::error::Error;
use crate::xml::Element;

/// More pages, and more bytes in them, than any account has.
const MAX_PAGES: usize = 2_000;
const MAX_BYTES: usize = 1 << 30;

/// How an answer in XML says that there is more.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Paging {
    /// IAM: `IsTruncated` and a `Marker`.
    Marker,
    /// EC2: a `nextToken`, or none.
    NextToken,
}

impl Paging {
    fn input(self) -> &'static str {
        match self {
            Self::Marker => "Marker",
            Self::NextToken => "NextToken",
        }
    }

    fn next(self, page: &Element, call: &Call) -> Result<Option<String>, Error> {
        let text = |name: &str| page.find(name).map(|found| found.text.trim()).filter(|text| !text.is_empty());
        match self {
            Self::NextToken => Ok(text("nextToken").map(str::to_owned)),
            Self::Marker if text("IsTruncated") != Some("true") => Ok(None),
            // What is missing would be taken for what is not there.
            Self::Marker => match text("Marker") {
                Some(marker) => Ok(Some(marker.to_owned())),
                None => Err(unreadable(call, "it goes on, and does not say where")),
            },
        }
    }
}

/// Where a listing is.
#[derive(Default)]
struct Listing {
    next: Option<String>,
    pages: usize,
    bytes: usize,
}

impl Listing {
    async fn page(&mut self, client: &Client, call: &Call, token: &str) -> Result<Bytes, Error> {
        let next = self.next.iter().fold(call.clone(), |call, next| call.with(token, next));
        let page = client.send(&next).await?;
        self.pages += 1;
        self.bytes += page.len();
        Ok(page)
    }

    /// Whether there is another page.
    fn turn(&mut self, call: &Call, next: Option<String>) -> Result<bool, Error> {
        if next.is_none() {
            return Ok(false);
        }
        if next == self.next {
            return Err(unreadable(call, "the same page comes again"));
        }
        if self.pages >= MAX_PAGES || self.bytes > MAX_BYTES {
            return Err(unreadable(call, &format!("it has more than {MAX_PAGES} pages or {MAX_BYTES} bytes")));
        }
        self.next = next;
        Ok(true)
    }
}

fn unreadable(call: &Call, reason: &str) -> Error {
    Error::Unreadable { what: call.what(), reason: reason.to_owned() }
}

impl Client {
    /// Every page of what answers in XML.
    pub(crate) async fn xml_pages(
        &self,
        call: &Call,
        paging: Paging,
        mut each: impl FnMut(&Element) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut listing = Listing::default();
        loop {
            let page = xml(&listing.page(self, call, paging.input()).await?, call)?;
            each(&page)?;
            if !listing.turn(call, paging.next(&page, call)?)? {
                return Ok(());
            }
        }
    }

    /// Every page of what answers in JSON. `each` takes a page and says where the next one begins; one without anything may
    /// come before others.
    pub(crate) async fn json_pages<T: DeserializeOwned>(
        &self,
        call: &Call,
        token: &str,
        mut each: impl FnMut(T) -> Option<String>,
    ) -> Result<(), Error> {
        let mut listing = Listing::default();
        loop {
            let page = json(&listing.page(self, call, token).await?, call)?;
            let next = each(page).filter(|next| !next.is_empty());
            if !listing.turn(call, next)? {
                return Ok(());
            }
        }
    }
}
