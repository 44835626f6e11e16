//! The question turned round: who holds a permission.

use crate::evaluate::Grant;
use crate::{Policies, Request, Subject};

/// One subject and the binding through which it holds the permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// A service account always carries its namespace here.
    pub subject: Subject,
    pub grant: Grant,
}

impl Policies {
    /// Every subject that holds the permission, once per granting binding, cluster-wide bindings first.
    pub fn subjects_of(&self, request: &Request<'_>) -> Vec<Holder> {
        let mut holders = Vec::new();
        for binding in self.bindings_for(request.namespace()) {
            if !self.rules_of(binding).iter().any(|rule| rule.covers(request)) {
                continue;
            }
            for subject in &binding.subjects {
                let mut subject = subject.clone();
                if subject.kind == "ServiceAccount" && subject.namespace.as_deref().is_none_or(str::is_empty) {
                    subject.namespace = binding.namespace().map(str::to_owned);
                }
                holders.push(Holder { subject, grant: Grant::of(binding) });
            }
        }
        holders
    }
}
