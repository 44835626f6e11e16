//! Verdicts of the policy language in the words of answers. What was not seen makes a bound of a verdict, never an answer.

use periscope_iam::{Layer, Verdict};
use periscope_identity::RoleLimits;

use super::{AwsReason, AwsVerdict, Decision, Effect};

impl AwsVerdict {
    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self { decision: Decision::Unknown, condition: Some(why.into()), blocked_by: Vec::new() }
    }

    pub(super) fn denied(by: &str) -> Self {
        Self { decision: Decision::Denied, condition: None, blocked_by: vec![by.to_owned()] }
    }

    pub(super) fn of(verdict: &Verdict, blocked_by: &[Layer]) -> Self {
        let blocked_by =
            |wanted: bool| blocked_by.iter().filter(|_| wanted).map(|layer| key(*layer).to_owned()).collect();
        match verdict {
            Verdict::Allowed => Self { decision: Decision::Allowed, condition: None, blocked_by: Vec::new() },
            Verdict::Denied { .. } => {
                Self { decision: Decision::Denied, condition: None, blocked_by: blocked_by(true) }
            }
            Verdict::Conditional(residual) => Self {
                // Nothing that becomes known would settle it.
                decision: if residual.is_unjudged() { Decision::Unknown } else { Decision::Conditional },
                condition: Some(residual.words()),
                blocked_by: Vec::new(),
            },
        }
    }

    /// The same where it is not certain that the workload acts as the role at all.
    pub(super) fn only_if(self, caveat: Option<&str>) -> Self {
        let Some(caveat) = caveat else { return self };
        let condition = match (self.decision, &self.condition) {
            (Decision::Allowed, _) => caveat.to_owned(),
            (Decision::Conditional, Some(condition)) => format!("{condition}, and {caveat}"),
            _ => return self,
        };
        Self { decision: Decision::Conditional, condition: Some(condition), ..self }
    }

    /// The same where policies were not seen that may allow more, or less.
    pub(super) fn bounded(self, verdict: &Verdict, limits: &RoleLimits) -> Self {
        let silent = matches!(verdict, Verdict::Denied { explicit: false });
        let unseen = limits.unseen.join("; ");
        match self.decision {
            Decision::Allowed if limits.may_do_less => Self {
                decision: Decision::Conditional,
                condition: Some(format!("nothing that could not be read denies it ({unseen})")),
                ..self
            },
            Decision::Denied if silent && limits.may_do_more && self.blocked_by == [key(Layer::Identity)] => {
                Self::unknown(format!("a policy that could not be read may allow it ({unseen})"))
            }
            _ => self,
        }
    }
}

impl AwsReason {
    pub(super) fn of(reason: &periscope_iam::Reason, arn_of: &dyn Fn(&str) -> Option<String>) -> Self {
        let statement = reason.statement();
        Self {
            layer: key(reason.layer).to_owned(),
            policy: reason.policy().to_owned(),
            policy_arn: arn_of(reason.policy()),
            statement: reason.label(),
            effect: match reason.effect {
                periscope_iam::Effect::Allow => Effect::Allow,
                periscope_iam::Effect::Deny => Effect::Deny,
            },
            words: reason.words(),
            document: statement.map(|statement| pretty(statement.source())),
        }
    }
}

/// As the API calls the layers.
pub(super) fn key(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "identity",
        Layer::Resource => "resource",
        Layer::Boundary => "boundary",
        Layer::Session => "session",
        Layer::ServiceControl => "serviceControl",
        Layer::ResourceControl => "resourceControl",
        Layer::Endpoint => "endpoint",
        Layer::Service => "service",
    }
}

fn pretty(statement: &str) -> String {
    let parsed: Result<serde_json::Value, _> = serde_json::from_str(statement);
    parsed.ok().and_then(|parsed| serde_json::to_string_pretty(&parsed).ok()).unwrap_or_else(|| statement.to_owned())
}

#[cfg(test)]
mod tests {
    use periscope_iam::{Policy, PolicyKind, Principal, RolePolicies};

    use super::*;

    fn limits(may_do_more: bool, may_do_less: bool) -> RoleLimits {
        let principal = Principal::parse("arn:aws:iam::111122223333:role/a").expect("an ARN");
        RoleLimits {
            policies: RolePolicies::new(principal),
            trust: Policy::lenient("trust policy", PolicyKind::Trust, "{}"),
            resource_control: Vec::new(),
            unseen: vec!["the boundary could not be read".to_owned()],
            may_do_more,
            may_do_less,
        }
    }

    #[test]
    fn who_perhaps_acts_as_the_role_is_not_simply_allowed() {
        let told = AwsVerdict::of(&Verdict::Allowed, &[]).only_if(Some("it is let in"));
        assert_eq!((told.decision, told.condition.as_deref()), (Decision::Conditional, Some("it is let in")));
        let both = told.only_if(Some("it rains"));
        assert_eq!(both.condition.as_deref(), Some("it is let in, and it rains"));
        let denied = AwsVerdict::denied("trust");
        assert_eq!(denied.clone().only_if(Some("it rains")), denied);
        let allowed = AwsVerdict::of(&Verdict::Allowed, &[]);
        assert_eq!(allowed.clone().only_if(None), allowed);
    }

    #[test]
    fn what_was_not_seen_makes_a_bound_not_an_answer() {
        let told = |verdict: &Verdict, layer: Layer, (more, less): (bool, bool)| {
            AwsVerdict::of(verdict, &[layer]).bounded(verdict, &limits(more, less))
        };
        let (allowed, silent) = (Verdict::Allowed, Verdict::Denied { explicit: false });
        assert_eq!(told(&allowed, Layer::Identity, (true, false)).decision, Decision::Allowed);
        let bounded = told(&allowed, Layer::Identity, (false, true));
        assert_eq!(bounded.decision, Decision::Conditional);
        assert!(bounded.condition.expect("words").contains("boundary could not be read"));
        assert_eq!(told(&silent, Layer::Identity, (true, true)).decision, Decision::Unknown);
        assert_eq!(told(&silent, Layer::ServiceControl, (true, true)).decision, Decision::Denied);
        assert_eq!(told(&silent, Layer::Identity, (false, true)).decision, Decision::Denied);
        let explicit = Verdict::Denied { explicit: true };
        assert_eq!(told(&explicit, Layer::Identity, (true, true)).decision, Decision::Denied, "no Allow undoes a Deny");
    }
}
