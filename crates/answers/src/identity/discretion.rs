//! A trust policy says who may become a role, and so who uses it, in whatever namespace. Of its statements only what
//! speaks of what the reader may see is told: whoever else is named is left out, and that somebody is, is said.

use std::collections::BTreeSet;

use periscope_iam::{Layer, Reason};
use periscope_identity::Identities;
use serde_json::Value;

use super::AwsReason;
use super::gaps::{named_roles, naming};
use super::known::Made;

/// In place of whoever is left out.
const NOT_SHOWN: &str = "(not shown)";

pub(super) struct Discretion<'a> {
    identities: &'a Identities,
    sees_all: bool,
    /// Roles that something which the reader sees names.
    roles: BTreeSet<&'a str>,
}

impl<'a> Discretion<'a> {
    pub(super) fn of(made: &'a Made) -> Self {
        Self::new(&made.identities, made.sees_all())
    }

    fn new(identities: &'a Identities, sees_all: bool) -> Self {
        Self { identities, sees_all, roles: named_roles(identities.facts()) }
    }

    /// What is told of a statement of a trust policy; of other policies all is.
    pub(super) fn told(&self, reason: &Reason, told: AwsReason) -> AwsReason {
        if reason.layer != Layer::Resource || self.sees_all {
            return told;
        }
        let Some(Ok(mut statement)) = told.document.as_deref().map(serde_json::from_str::<Value>) else { return told };
        let whole = statement.clone();
        for field in ["Principal", "NotPrincipal"] {
            if let Some(named) = statement.get_mut(field) {
                each(named, "", &|_, principal| self.may_know(principal));
            }
        }
        if let Some(Value::Object(operators)) = statement.get_mut("Condition") {
            for keys in operators.values_mut() {
                each(keys, "", &|key, value| self.identities.facts().sees_value(key, value) && self.may_know(value));
            }
        }
        if statement == whole {
            return told;
        }
        // Its words name the same values.
        let words = match told.effect {
            super::Effect::Allow => "allows it to some; not all whom it names are shown",
            super::Effect::Deny => "denies it to some; not all whom it names are shown",
        };
        Self::written(told, words, &statement)
    }

    fn written(told: AwsReason, words: &str, statement: &Value) -> AwsReason {
        let document = serde_json::to_string_pretty(statement).ok();
        AwsReason { words: words.to_owned(), document, ..told }
    }

    /// Whether a text is not the ARN of somebody whom the reader knows nothing of.
    fn may_know(&self, text: &str) -> bool {
        naming(text).is_none() || self.roles.contains(text)
    }
}

/// Replaces every text that may not be told, of lists all of them by one. `key` is the field that it stands under.
fn each(value: &mut Value, key: &str, may_tell: &dyn Fn(&str, &str) -> bool) {
    match value {
        Value::String(text) if !may_tell(key, text) => NOT_SHOWN.clone_into(text),
        Value::Array(all) => {
            let before = all.len();
            all.retain(|one| one.as_str().is_none_or(|text| may_tell(key, text)));
            if all.len() < before {
                all.push(NOT_SHOWN.into());
            }
        }
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| each(value, key, may_tell)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use periscope_iam::{Action, Context, Policies, Policy, PolicyKind, Principal, Request, explain};
    use periscope_identity::{Accounts, ClusterFacts, ServiceAccountFacts};
    use periscope_model::aws::Observed;
    use periscope_model::{ClusterId, Scope};
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "oidc.example/id/A";
    const MINE: &str = "arn:aws:iam::111122223333:role/mine";

    /// What a reader of namespace `shop` is told of a trust policy that was asked.
    fn told(trust: &Value, (principal, action): (&str, &str), sees_all: bool) -> String {
        let scope = Scope { cluster_wide: false, namespaces: vec!["shop".to_owned()] };
        let account = |name: &str, role: Option<&str>| ServiceAccountFacts {
            namespace: "shop".into(),
            name: name.into(),
            role_arn: role.map(Into::into),
            ..ServiceAccountFacts::default()
        };
        let facts = ClusterFacts {
            service_accounts: Observed::new(vec![account("api", Some(MINE))], jiff::Timestamp::UNIX_EPOCH),
            ..ClusterFacts::new(ClusterId::slug("prod"), scope)
        };
        let identities = Identities::new(Arc::new(facts), Arc::new(Accounts::default()));
        let discretion = Discretion::new(&identities, sees_all);
        let policy = Policy::lenient("trust policy", PolicyKind::Trust, &trust.to_string());
        let context = Context::incomplete()
            .with(&format!("{ISSUER}:sub"), "system:serviceaccount:shop:api")
            .with("aws:RequestTag/kubernetes-namespace", "shop");
        let principal = Principal::parse(principal).expect("a principal");
        let action = Action::parse(action).expect("an action");
        let request = Request {
            principal: Some(&principal),
            action: &action,
            resource: "arn:aws:iam::111122223333:role/asked",
            account: None,
            context: &context,
        };
        let explained = explain(&request, &Policies { resource: Some(&policy), ..Policies::default() });
        let reasons = explained.why.iter().filter(|reason| reason.layer == Layer::Resource);
        let texts: Vec<String> = reasons
            .map(|reason| discretion.told(reason, AwsReason::of(reason, &|_| None)))
            .map(|told| format!("{} {}", told.words, told.document.unwrap_or_default()))
            .collect();
        assert!(!texts.is_empty(), "{explained:?}");
        texts.join("\n")
    }

    #[test]
    fn a_trust_policy_tells_its_readers_of_themselves_and_not_of_others() {
        let federated = format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}");
        let web = (federated.as_str(), "sts:AssumeRoleWithWebIdentity");
        let statement = |subjects: Value| {
            json!({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", "Principal": {"Federated": federated},
                "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {format!("{ISSUER}:sub"): subjects}}}]})
        };
        let (mine, theirs) = ("system:serviceaccount:shop:api", "system:serviceaccount:payroll:runner");
        let own = told(&statement(json!([mine])), web, false);
        assert!(own.contains(mine) && !own.contains(NOT_SHOWN), "{own}");
        for subjects in
            [json!([mine, theirs]), json!([theirs]), json!(theirs), json!([mine, "system:serviceaccount:pay*:x"])]
        {
            let said = told(&statement(subjects.clone()), web, false);
            assert!(said.contains(NOT_SHOWN) && !said.contains("pay") && !said.contains("runner"), "{said}");
            assert!(told(&statement(subjects), web, true).contains("pay"), "who sees all is told all");
        }
        let by_tags = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": ["payroll", "shop"]}}}]});
        let said = told(&by_tags, ("pods.eks.amazonaws.com", "sts:AssumeRole"), false);
        assert!(said.contains("\"shop\"") && !said.contains("payroll"), "{said}");
        let by_roles = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": [MINE, "arn:aws:iam::111122223333:role/payroll-runner"]},
            "Condition": {"StringLike": {"sts:ExternalId": "*/payroll/runner"}}}]});
        let said = told(&by_roles, (MINE, "sts:AssumeRole"), false);
        assert!(said.contains(MINE) && !said.contains("payroll"), "{said}");
    }

    #[test]
    fn whoever_is_left_out_is_one_whatever_their_number() {
        let mut named = json!({"AWS": ["mine", "theirs", "others"], "Service": "theirs", "n": 1});
        each(&mut named, "", &|_, text| text == "mine");
        assert_eq!(named, json!({"AWS": ["mine", NOT_SHOWN], "Service": NOT_SHOWN, "n": 1}));
        let mut keys = json!({"a:sub": "x", "b:sub": "x"});
        each(&mut keys, "", &|key, _| key == "a:sub");
        assert_eq!(keys, json!({"a:sub": "x", "b:sub": NOT_SHOWN}));
    }
}
