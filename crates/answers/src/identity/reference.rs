//! What is the same for everybody: the catalogue and the actions that AWS knows. Neither is recorded.

use periscope_iam::{KnownAction, reference};

use super::{AwsActionItem, AwsActionList, SensitiveCatalog, SensitiveEntry};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Actions of one answer.
const MAX_ACTIONS: usize = 200;
/// Longer than any action.
const MAX_PREFIX: usize = 128;

impl App {
    /// What is called sensitive, silenced entries with their reason.
    pub fn sensitive_catalog(&self, _: &Context) -> SensitiveCatalog {
        let catalogue = self.known.catalogue();
        let entries = catalogue.entries().iter().map(SensitiveEntry::of).collect();
        let (version, published_version) = (catalogue.version().to_owned(), catalogue.published_version().to_owned());
        SensitiveCatalog { version, published_version, entries }
    }

    /// Actions that begin with `prefix`, for who types one.
    pub fn aws_actions(&self, _: &Context, prefix: &str, limit: usize) -> Result<AwsActionList, Error> {
        if prefix.chars().count() > MAX_PREFIX {
            return Err(Error::invalid("prefix_invalid", format!("a prefix has at most {MAX_PREFIX} characters")));
        }
        let known = reference();
        let actions = known.complete(prefix, limit.clamp(1, MAX_ACTIONS));
        let actions = actions.into_iter().map(AwsActionItem::of).collect();
        Ok(AwsActionList { date: known.date().to_owned(), notice: known.notice(), actions })
    }
}

impl SensitiveEntry {
    fn of(entry: &periscope_iam::SensitiveEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            category: entry.category.to_string(),
            title: entry.title.to_string(),
            why: entry.why.to_string(),
            actions: entry.actions.iter().map(ToString::to_string).collect(),
            published: entry.published,
            silenced: entry.silenced.as_deref().map(str::to_owned),
            custom: entry.custom,
        }
    }
}

impl AwsActionItem {
    fn of(action: KnownAction<'_>) -> Self {
        let service = action.service().prefix();
        Self {
            action: format!("{service}:{}", action.name()),
            service: service.to_owned(),
            access_level: action.access_level().name().to_owned(),
            resource_types: action.resource_types().map(|kind| kind.name.to_owned()).collect(),
            wildcard_only: action.is_wildcard_only(),
        }
    }
}
