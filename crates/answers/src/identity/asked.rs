//! Questions, checked where they enter.

use std::fmt;

use periscope_model::{ClusterId, KindId, ObjectRef};

use crate::error::Error;
use crate::objects::check_place;

/// The kinds of which it can be asked what they are in AWS.
const KINDS: [&str; 7] = [
    "pods",
    "serviceaccounts",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
];
/// Longer than any action of AWS.
const MAX_ACTION: usize = 128;
/// As long as IAM takes an ARN.
const MAX_RESOURCE: usize = 2048;

/// One object that is, or has, an identity in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) cluster: ClusterId,
    pub(crate) kind: KindId,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Subject {
    pub(crate) fn of(place: &ObjectRef) -> Result<Self, Error> {
        check_place(place)?;
        if !KINDS.contains(&place.kind.to_string().as_str()) {
            let message = format!("{} has no identity in AWS; ask about {}", place.kind, KINDS.join(", "));
            return Err(Error::invalid("kind_invalid", message));
        }
        let Some(namespace) = place.namespace.clone() else {
            return Err(Error::invalid("namespace_invalid", format!("{} live in namespaces: name one", place.kind)));
        };
        let (cluster, kind, name) = (place.cluster.clone(), place.kind.clone(), place.name.clone());
        Ok(Self { cluster, kind, namespace, name })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} in namespace {}", self.kind, self.name, self.namespace)
    }
}

/// A pattern of actions: `s3:Get*`, or `*` for all.
pub(crate) fn check_action(text: &str, wildcards: bool) -> Result<(), Error> {
    let count = text.chars().count();
    if count == 0 || count > MAX_ACTION {
        return Err(wrong_action(
            format!("an action has 1 to {MAX_ACTION} characters, such as s3:GetObject"),
            (0, count),
        ));
    }
    if wildcards && text == "*" {
        return Ok(());
    }
    let mut colon = None;
    for (at, c) in text.chars().enumerate() {
        let known = match c {
            ':' if colon.is_none() => {
                colon = Some(at);
                true
            }
            '*' | '?' => wildcards,
            '-' => colon.is_none(),
            c => c.is_ascii_alphanumeric(),
        };
        if !known {
            let message = match c {
                '*' | '?' => "name one action here, without wildcards".to_owned(),
                c => format!("{c:?} has no place in an action; write it like s3:GetObject"),
            };
            return Err(wrong_action(message, (at, at + 1)));
        }
    }
    match colon {
        None => Err(wrong_action("an action names its service: s3:GetObject".to_owned(), (0, count))),
        Some(0) => Err(wrong_action("the service before ':' is missing".to_owned(), (0, 1))),
        Some(at) if at + 1 == count => Err(wrong_action("the action after ':' is missing".to_owned(), (at, count))),
        Some(_) => Ok(()),
    }
}

fn wrong_action(message: String, at: (usize, usize)) -> Error {
    Error::Invalid { code: "action_invalid", message, at: Some(at) }
}

/// An ARN or a pattern of ARNs: `arn:aws:s3:::invoices/*`, or `*` for any.
pub(crate) fn check_resource(text: &str) -> Result<(), Error> {
    let count = text.chars().count();
    let wrong = |message: String, at| Err(Error::Invalid { code: "resource_invalid", message, at: Some(at) });
    if count == 0 || count > MAX_RESOURCE {
        return wrong(format!("a resource has 1 to {MAX_RESOURCE} characters"), (0, count));
    }
    if let Some(at) = text.chars().position(|c| c.is_control() || c.is_whitespace()) {
        return wrong("an ARN has no spaces".to_owned(), (at, at + 1));
    }
    let open = text.starts_with(['*', '?']);
    if !open && !text.starts_with("arn:") {
        return wrong("a resource is an ARN, such as arn:aws:s3:::invoices/*, or *".to_owned(), (0, count));
    }
    if !open && !text.contains(['*', '?']) && text.split(':').count() < 6 {
        let message = "an ARN has six parts: arn:partition:service:region:account:resource".to_owned();
        return wrong(message, (0, count));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of_error(result: Result<(), Error>) -> Option<(usize, usize)> {
        match result {
            Err(Error::Invalid { at, .. }) => at,
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn an_action_that_does_not_parse_is_refused_at_its_place() {
        for good in ["*", "s3:*", "s3:Get*", "S3:getobject", "iam:Pass?ole", "execute-api:Invoke", "*:Get*"] {
            assert!(check_action(good, true).is_ok(), "{good}");
        }
        for (bad, at) in [
            ("", (0, 0)),
            ("s3", (0, 2)),
            ("s3:", (2, 3)),
            (":Get", (0, 1)),
            ("s3:Get Object", (6, 7)),
            ("é:a", (0, 1)),
            ("s3:a:b", (4, 5)),
            ("s3:Get-Object", (6, 7)),
        ] {
            assert_eq!(place_of_error(check_action(bad, true)), Some(at), "{bad}");
        }
        assert_eq!(place_of_error(check_action("s3:Get*", false)), Some((6, 7)));
        assert_eq!(place_of_error(check_action(&"a".repeat(129), true)), Some((0, 129)));
    }

    #[test]
    fn a_resource_is_an_arn_or_a_pattern_of_one() {
        for good in ["*", "arn:aws:s3:::a", "arn:aws:s3:::a/*", "arn:*", "*:role/x", "arn:aws-cn:iam::1:role/a/b"] {
            assert!(check_resource(good).is_ok(), "{good}");
        }
        for (bad, at) in [("", (0, 0)), ("bucket", (0, 6)), ("arn:aws:s3", (0, 10)), ("arn:aws:s3:::a b", (14, 15))] {
            assert_eq!(place_of_error(check_resource(bad)), Some(at), "{bad}");
        }
    }

    #[test]
    fn only_what_runs_pods_has_an_identity() {
        let place = |kind: &str, namespace: Option<&str>| ObjectRef {
            cluster: "a".parse().expect("an id"),
            kind: kind.parse().expect("a kind"),
            namespace: namespace.map(str::to_owned),
            name: "api".to_owned(),
        };
        for kind in KINDS {
            assert!(Subject::of(&place(kind, Some("shop"))).is_ok(), "{kind}");
        }
        for (kind, namespace, code) in [
            ("nodes", Some("shop"), "kind_invalid"),
            ("secrets", Some("shop"), "kind_invalid"),
            ("deployments", Some("shop"), "kind_invalid"),
            ("pods", None, "namespace_invalid"),
            ("pods", Some(".."), "namespace_invalid"),
        ] {
            assert_eq!(Subject::of(&place(kind, namespace)).expect_err(kind).code(), code, "{kind}");
        }
    }
}
