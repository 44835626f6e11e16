//! What somebody asks: an action and a resource, both of which may be patterns.

use super::{Action, ActionId, ActionSet, Asked, ResourceGlob, applicable};
use crate::action_set::ActionGlob;
use crate::grants::wildcard_only;

/// An action (pattern) and perhaps a resource (pattern).
#[derive(Debug, Clone)]
pub struct Question {
    action: ActionGlob,
    resource: Option<ResourceGlob>,
    actions: ActionSet,
    /// Those that act on such a resource; absent where any will do.
    wanted: Option<ActionSet>,
    everything: bool,
}

/// What cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("`{0}` is no action: write service:Name, `*` and `?` allowed")]
    Action(String),
    #[error("`{0}` is no resource: write an ARN of six parts, `*` and `?` allowed")]
    Resource(String),
}

impl Question {
    /// `s3:Get*` on `arn:aws:s3:::pay*`; on any resource where it is absent or `*`.
    pub fn parse(action: &str, resource: Option<&str>) -> Result<Self, QuestionError> {
        let glob = ActionGlob::new(action.trim());
        if !glob.is_valid() {
            return Err(QuestionError::Action(action.to_owned()));
        }
        let wanted = resource.map(str::trim).filter(|text| !text.is_empty());
        let resource = match wanted {
            None => None,
            Some(text) => {
                let glob = ResourceGlob::parse(text).filter(|glob| glob.is_everything() || glob.segment(0) == "arn");
                Some(glob.ok_or_else(|| QuestionError::Resource(text.to_owned()))?).filter(|glob| !glob.is_everything())
            }
        };
        let actions = glob.set();
        let everything = actions.len() == crate::reference::reference().len();
        let wanted = resource.as_ref().map(|resource| actions.intersection(&applicable(resource)));
        Ok(Self { action: glob, resource, actions, wanted, everything })
    }

    pub fn action(&self) -> &ActionGlob {
        &self.action
    }

    /// The known actions that fit. None at all: AWS had no such action when the reference table was made.
    pub fn actions(&self) -> &ActionSet {
        &self.actions
    }

    pub(super) fn resource(&self) -> Option<&ResourceGlob> {
        self.resource.as_ref()
    }

    pub(super) fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether some of the actions can be asked for on such a resource: nobody can read an object that is a queue. Where
    /// this is false and the resource is of a kind that is newer than the reference table, the answer is too small.
    pub fn is_answerable(&self) -> bool {
        self.actions.is_empty() || !self.wanted().is_empty()
    }

    /// The actions that can be asked for on the resource.
    pub(super) fn wanted(&self) -> &ActionSet {
        self.wanted.as_ref().unwrap_or(&self.actions)
    }

    pub(super) fn asked(&self) -> Asked<'_> {
        Asked { actions: self.wanted(), resource: self.resource.as_ref() }
    }

    /// One action on one resource.
    pub(super) fn exact(&self) -> Option<(Action, &str, Option<ActionId>)> {
        let resource = self.resource.as_ref().filter(|resource| resource.is_concrete())?;
        let action = Action::parse(self.action.as_str()).filter(|_| self.action.is_exact())?;
        let id = self.actions.iter().next();
        // A resource that it knows none of is not what decides.
        let fits = id.is_none_or(|id| !wildcard_only().contains(id));
        fits.then(|| (action, resource.as_str(), id))
    }
}
