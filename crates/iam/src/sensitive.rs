//! Permissions that deserve a second look: those that lead to more of them, to data, out of the account, or to loss. They are
//! data (`crates/iam/data/sensitive.json`); operators add their own and silence those they have accepted, with a reason.

mod judge;

use std::fmt;
use std::sync::LazyLock;

use serde_json::Value;

use crate::action_set::{ActionGlob, ActionSet};
use crate::reference::reference;

pub(crate) use judge::Held;

static BUILT_IN: LazyLock<Catalogue> = LazyLock::new(|| {
    decode(include_str!("../data/sensitive.json")).expect("the catalogue in the binary is the one the tests decode")
});

/// The catalogue, or the one an operator has made of it.
#[derive(Debug, Clone)]
pub struct Catalogue {
    version: Box<str>,
    published_version: Box<str>,
    entries: Vec<Entry>,
}

/// One permission, or a combination of several, that deserves a second look.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, and they combine freely")]
pub struct Entry {
    pub id: Box<str>,
    pub category: Box<str>,
    pub title: Box<str>,
    /// One plain sentence: what it lets its holder do.
    pub why: Box<str>,
    /// All of them are needed; of a pattern any action will do, unless [`Entry::whole`].
    pub actions: Vec<Box<str>>,
    /// One of the eighteen of the published catalogue, the default view.
    pub published: bool,
    /// The whole of a pattern must be granted.
    pub whole: bool,
    /// Only where it is granted on everything of its kind.
    pub broad: bool,
    /// A combination with `iam:PassRole`: the service the role must be passed to.
    pub passed_to: Option<Box<str>>,
    /// An operator's.
    pub custom: bool,
    /// Why an operator does not want to hear of it.
    pub silenced: Option<Box<str>>,
    sets: Vec<ActionSet>,
}

/// An entry that an operator adds.
#[derive(Debug, Clone, Default)]
pub struct Extension {
    pub id: String,
    /// `custom` where it is empty.
    pub category: String,
    pub title: String,
    pub why: String,
    pub actions: Vec<String>,
    pub broad: bool,
    pub passed_to: Option<String>,
}

/// An entry that an operator has accepted.
#[derive(Debug, Clone, Default)]
pub struct Silence {
    pub id: String,
    pub reason: String,
}

/// What is wrong with an operator's extension or silence, and where: `extensions[2].actions[0]`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct CatalogueError {
    pub place: String,
    pub message: String,
}

impl Catalogue {
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The built-in one with an operator's entries and silences. The first thing that is wrong is said.
    pub fn with(extensions: &[Extension], silences: &[Silence]) -> Result<Self, CatalogueError> {
        let mut catalogue = Self::built_in().clone();
        for (at, extension) in extensions.iter().enumerate() {
            let place = format!("extensions[{at}]");
            let entry = catalogue.checked(extension, &place)?;
            catalogue.entries.push(entry);
        }
        for (at, silence) in silences.iter().enumerate() {
            let wrong =
                |field: &str, message| Err(CatalogueError { place: format!("silences[{at}].{field}"), message });
            if silence.reason.trim().is_empty() {
                return wrong("reason", "a silence needs a reason: say why it is accepted".into());
            }
            let Some(entry) = catalogue.entries.iter_mut().find(|entry| *entry.id == *silence.id) else {
                return wrong("id", format!("there is no entry `{}`", silence.id));
            };
            if entry.silenced.is_some() {
                return wrong("id", format!("`{}` is silenced already", silence.id));
            }
            entry.silenced = Some(silence.reason.as_str().into());
        }
        Ok(catalogue)
    }

    fn checked(&self, extension: &Extension, place: &str) -> Result<Entry, CatalogueError> {
        let wrong = |field: &str, message: String| CatalogueError { place: format!("{place}.{field}"), message };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if extension.id.is_empty() || !extension.id.bytes().all(plain) {
            return Err(wrong("id", format!("`{}` is no id: use lower-case letters, digits and dashes", extension.id)));
        }
        if self.find(&extension.id).is_some() {
            return Err(wrong("id", format!("there is an entry `{}` already", extension.id)));
        }
        for (field, text) in [("title", &extension.title), ("why", &extension.why)] {
            if text.trim().is_empty() {
                return Err(wrong(field, "it is empty: say it in a few words".into()));
            }
        }
        if extension.actions.is_empty() {
            return Err(wrong("actions", "name at least one action".into()));
        }
        for (at, action) in extension.actions.iter().enumerate() {
            check_action(action).map_err(|message| wrong(&format!("actions[{at}]"), message))?;
        }
        let passes = extension.actions.iter().any(|action| action.eq_ignore_ascii_case("iam:PassRole"));
        if extension.passed_to.is_some() && !passes {
            return Err(wrong("passedTo", "it only has a meaning beside iam:PassRole: add that to the actions".into()));
        }
        let category = if extension.category.is_empty() { "custom" } else { &extension.category };
        Ok(Entry {
            id: extension.id.as_str().into(),
            category: category.into(),
            title: extension.title.as_str().into(),
            why: extension.why.as_str().into(),
            actions: extension.actions.iter().map(|action| action.as_str().into()).collect(),
            published: false,
            whole: false,
            broad: extension.broad,
            passed_to: extension.passed_to.as_deref().map(Into::into),
            custom: true,
            silenced: None,
            sets: sets(&extension.actions),
        })
    }

    pub fn version(&self) -> &str {
        &self.version
    }

    /// The version of the published list that the default view is.
    pub fn published_version(&self) -> &str {
        &self.published_version
    }

    /// All of them, silenced ones too.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| *entry.id == *id)
    }
}

impl Entry {
    /// Each of [`Entry::actions`] as a set, in the same order.
    pub fn action_sets(&self) -> &[ActionSet] {
        &self.sets
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.actions.join(" + "))
    }
}

fn check_action(action: &str) -> Result<(), String> {
    let glob = ActionGlob::new(action);
    if !glob.is_valid() {
        return Err(format!("`{action}` is no action: write service:Name, `*` and `?` allowed"));
    }
    if glob.set().is_empty() {
        let date = reference().date();
        let nearest = reference().complete(action.get(..action.len().saturating_sub(2)).unwrap_or_default(), 1);
        let hint = nearest.first().map_or(String::new(), |found| format!("; did you mean {found}?"));
        return Err(format!("`{action}` names no action that AWS had on {date}{hint}"));
    }
    Ok(())
}

fn sets<T: AsRef<str>>(actions: &[T]) -> Vec<ActionSet> {
    actions.iter().map(|action| ActionSet::of_patterns([action])).collect()
}

fn decode(text: &str) -> Option<Catalogue> {
    let value: Value = serde_json::from_str(text).ok()?;
    let entries = value["entries"].as_array()?.iter().map(entry).collect::<Option<Vec<_>>>()?;
    let version = |key: &str| value[key].as_str().map(Into::into);
    Some(Catalogue { version: version("version")?, published_version: version("publishedVersion")?, entries })
}

fn entry(value: &Value) -> Option<Entry> {
    let text = |key: &str| value[key].as_str().map(Box::<str>::from);
    let flag = |key: &str| value[key].as_bool().unwrap_or(false);
    let actions = value["actions"]
        .as_array()?
        .iter()
        .map(|one| one.as_str().map(Into::into))
        .collect::<Option<Vec<Box<str>>>>()?;
    Some(Entry {
        id: text("id")?,
        category: text("category")?,
        title: text("title")?,
        why: text("why")?,
        published: flag("published"),
        whole: flag("whole"),
        broad: flag("broad"),
        passed_to: text("passedTo"),
        custom: false,
        silenced: None,
        sets: sets(&actions),
        actions,
    })
}

#[cfg(test)]
mod tests;
