//! What somebody asks: an action and a resource, both of which may be patterns.

use std::borrow::Cow;

use super::{Action, ActionId, ActionSet, Asked, ResourceGlob, applicable};
use crate::action_set::ActionGlob;
use crate::grants::wildcard_only;

/// An action (pattern) and perhaps a resource (pattern).
#[derive(Debug, Clone)]
pub struct Question {
    action: ActionGlob,
    resource: Option<ResourceGlob>,
    actions: ActionSet,
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
        Ok(Self { action: glob, resource, actions, everything })
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

    /// The actions that can be asked for on the resource. Whoever names one action gets an answer about it all the same.
    pub(super) fn wanted(&self) -> Cow<'_, ActionSet> {
        match &self.resource {
            Some(resource) if !self.action.is_exact() => Cow::Owned(self.actions.intersection(&applicable(resource))),
            _ => Cow::Borrowed(&self.actions),
        }
    }

    pub(super) fn asked<'a>(&'a self, wanted: &'a ActionSet) -> Asked<'a> {
        Asked { actions: wanted, resource: self.resource.as_ref(), named: self.exact().is_some() }
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
