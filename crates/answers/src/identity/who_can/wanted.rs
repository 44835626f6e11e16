//! What is asked: an action or a pattern of actions, or several of them that one identity must be able to do together, as
//! `iam:PassRole + lambda:CreateFunction`.

use std::collections::HashMap;

use periscope_iam::{ActionSet, Index, Question, QuestionError, Verdict, reference};
use periscope_identity::HolderKey;
use periscope_model::Gap;

use super::super::asked::{check_action, check_resource};
use crate::error::Error;

/// Between actions that are asked together; no action has it.
const SIGN: char = '+';
/// More than any combination of the catalogue has.
const MAX_TOGETHER: usize = 8;

/// Each as it was written, and as it is asked.
pub(super) struct Wanted(Vec<(String, Question)>);

impl Wanted {
    pub(super) fn parse(text: &str, resource: Option<&str>) -> Result<Self, Error> {
        resource.map_or(Ok(()), check_resource)?;
        let actions: Vec<&str> = text.split(SIGN).collect();
        if actions.len() > MAX_TOGETHER {
            let message = format!("at most {MAX_TOGETHER} actions are asked together");
            let at = Some((0, text.chars().count()));
            return Err(Error::Invalid { code: "action_invalid", message, at });
        }
        let mut from = 0;
        let mut parts = Vec::with_capacity(actions.len());
        for written in actions {
            let action = written.trim();
            let start = from + written.chars().take_while(|c| c.is_whitespace()).count();
            check_action(action, true).map_err(|error| moved(error, start))?;
            let asked = question(action, resource).map_err(|error| moved(error, start))?;
            parts.push((action.to_owned(), asked));
            from += written.chars().count() + 1;
        }
        Ok(Self(parts))
    }

    /// Who can do all of it, with the actions that are meant.
    pub(super) fn holders<'a>(&'a self, index: &'a Index<HolderKey>) -> HashMap<&'a HolderKey, ActionSet> {
        let mut all: Option<HashMap<&HolderKey, ActionSet>> = None;
        for (_, part) in &self.0 {
            let found = index.who_can(part).into_iter().map(|found| (found.key, found.matched()));
            all = Some(match all {
                None => found.collect(),
                Some(before) => {
                    found.filter_map(|(key, set)| before.get(key).map(|known| (key, known.union(&set)))).collect()
                }
            });
        }
        all.unwrap_or_default()
    }

    /// Whether one of them can do all of it.
    pub(super) fn verdict(&self, index: &Index<HolderKey>, holder: &HolderKey) -> Verdict {
        let of = |(_, part): &(String, Question)| {
            index.detail(part, holder).map_or(Verdict::Denied { explicit: false }, |detail| detail.verdict)
        };
        self.0.iter().map(of).reduce(Verdict::and).unwrap_or(Verdict::Denied { explicit: false })
    }

    /// How many actions of the reference data it means.
    pub(super) fn known(&self) -> usize {
        self.0.iter().fold(ActionSet::new(), |all, (_, part)| all.union(part.actions())).len()
    }

    /// What of it AWS had no action for.
    pub(super) fn unknown(&self) -> impl Iterator<Item = Gap> {
        self.0.iter().filter(|(_, part)| part.actions().is_empty()).map(|(written, _)| unknown_action(written))
    }
}

fn question(action: &str, resource: Option<&str>) -> Result<Question, Error> {
    Question::parse(action, resource).map_err(|error| {
        let message = error.to_string();
        match &error {
            QuestionError::Action(_) => {
                Error::Invalid { code: "action_invalid", message, at: Some((0, action.chars().count())) }
            }
            QuestionError::Resource(text) => {
                Error::Invalid { code: "resource_invalid", message, at: Some((0, text.chars().count())) }
            }
        }
    })
}

/// What is wrong with one action, at its place in the whole text.
fn moved(error: Error, by: usize) -> Error {
    match error {
        Error::Invalid { code: code @ "action_invalid", message, at: Some((from, to)) } => {
            Error::Invalid { code, message, at: Some((from + by, to + by)) }
        }
        other => other,
    }
}

/// A pattern that names nothing is no mistake for certain: AWS may have the action since.
fn unknown_action(action: &str) -> Gap {
    let what = format!("AWS had no action {action} on {}, the day of the reference data", reference().date());
    let near = nearest(action).map(|action| format!("did you mean {action}?"));
    Gap { fix: near, ..Gap::new("ACTION_UNKNOWN", what) }
}

/// The first action that begins as this one does, as far as any does.
fn nearest(action: &str) -> Option<String> {
    let plain = action.split(['*', '?']).next().unwrap_or_default();
    let service = plain.find(':')?;
    let starts = (service + 2..=plain.len()).rev().filter_map(|end| plain.get(..end));
    let known = starts.filter_map(|start| reference().complete(start, 1).first().map(ToString::to_string));
    known.into_iter().find(|found| found.len() > service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_one_of_several_is_told_where_it_stands() {
        let at = |text: &str| match Wanted::parse(text, None).err() {
            Some(Error::Invalid { code: "action_invalid", at, .. }) => at,
            other => panic!("{text:?}: {other:?}"),
        };
        assert_eq!(at("iam:PassRole + lambda Create"), Some((21, 22)));
        assert_eq!(at("iam:PassRole +"), Some((14, 14)));
        assert_eq!(at("s3:Get Object"), Some((6, 7)));
        assert_eq!(at(&["s3:GetObject"; 9].join("+")), Some((0, 116)));
    }

    #[test]
    fn several_mean_the_actions_of_all() {
        let wanted = Wanted::parse("iam:PassRole+ lambda:CreateFunction", None).expect("it parses");
        assert_eq!((wanted.known(), wanted.unknown().count()), (2, 0));
        let wanted = Wanted::parse("iam:PassRole + iam:NoSuch", None).expect("it parses");
        let gaps: Vec<String> = wanted.unknown().map(|gap| gap.what).collect();
        assert!(matches!(gaps.as_slice(), [one] if one.contains("iam:NoSuch")), "{gaps:?}");
    }
}
