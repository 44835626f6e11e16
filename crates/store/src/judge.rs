//! What a row's state means: the status in words, its class, and how much attention it deserves.

use std::borrow::Cow;

use periscope_model::Tone;
use serde::Serialize;

use crate::intern::{Pools, Sym};

/// Classes of status, the same for every kind; what `status:` and the facets count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    Failing,
    Pending,
    Terminating,
    Unknown,
    Running,
    Ok,
    Succeeded,
    /// The kind has no health.
    #[default]
    Neutral,
}

impl Class {
    pub const ALL: [Self; 8] = [
        Self::Failing,
        Self::Pending,
        Self::Terminating,
        Self::Unknown,
        Self::Running,
        Self::Ok,
        Self::Succeeded,
        Self::Neutral,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Pending => "pending",
            Self::Terminating => "terminating",
            Self::Unknown => "unknown",
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Succeeded => "succeeded",
            Self::Neutral => "neutral",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| *class != Self::Neutral && class.as_str().eq_ignore_ascii_case(text))
    }

    /// The tone that a count of this class is shown in.
    pub fn tone(self) -> Tone {
        match self {
            Self::Failing => Tone::Danger,
            Self::Pending => Tone::Warning,
            Self::Terminating => Tone::Notice,
            Self::Unknown => Tone::Unknown,
            Self::Running | Self::Ok => Tone::Ok,
            Self::Succeeded | Self::Neutral => Tone::Neutral,
        }
    }

    /// Whether a row of this class answers `status:wanted`: what runs or has succeeded is also ok.
    pub(crate) fn answers(self, wanted: Self) -> bool {
        self == wanted || (wanted == Self::Ok && matches!(self, Self::Running | Self::Succeeded))
    }
}

/// A judgement of one row at one time, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// In kubectl's words; empty for kinds without a status.
    pub status: Sym,
    pub class: Class,
    pub tone: Tone,
    /// Since when it is so, as far as the object tells. Epoch seconds.
    pub since: Option<i64>,
    /// When the passing of time alone changes the judgement. Epoch seconds.
    pub(crate) again_at: Option<i64>,
    /// Why, where the status does not say it: one sentence.
    pub note: Option<Box<str>>,
}

impl Judgement {
    pub(crate) fn new(verdict: Verdict, pools: &mut Pools) -> Self {
        let Verdict { status, class, tone, since, again_at, note } = verdict;
        Self { status: pools.sym(&status), class, tone, since, again_at, note }
    }
}

/// A judgement in the making. It depends on nothing but the row and the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: Cow<'static, str>,
    pub(crate) class: Class,
    pub(crate) tone: Tone,
    since: Option<i64>,
    again_at: Option<i64>,
    note: Option<Box<str>>,
}

impl Verdict {
    pub(crate) fn new(status: impl Into<Cow<'static, str>>, class: Class) -> Self {
        Self { status: status.into(), class, tone: class.tone(), since: None, again_at: None, note: None }
    }

    /// For kinds that have no health.
    pub(crate) fn neutral() -> Self {
        Self::new("", Class::Neutral)
    }

    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    pub(crate) fn since(mut self, since: Option<i64>) -> Self {
        self.since = since;
        self
    }

    pub(crate) fn note(mut self, note: impl Into<Box<str>>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Takes `tone` from `at` on; until then the judgement stands and is made again at that time.
    pub(crate) fn then(mut self, at: i64, now: i64, tone: Tone) -> Self {
        if now >= at {
            self.tone = tone;
        } else {
            self.again_at = Some(self.again_at.map_or(at, |earlier| earlier.min(at)));
        }
        self
    }
}
