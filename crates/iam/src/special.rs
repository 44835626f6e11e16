//! What AWS does differently for some services, callers and things (facts 28, 29, 36 to 43).

use crate::action::Action;
use crate::principal::{Kind, Principal};
use crate::resource::Target;

/// Whether resource control policies reach this action (fact 29).
pub(crate) fn is_resource_controlled(action: &Action) -> bool {
    action.is_resource_controlled() && !action.is("kms:retiregrant")
}

/// Works for whoever has credentials, even under Deny (fact 39).
pub(crate) fn always_works(action: &Action) -> bool {
    action.is("sts:getcalleridentity")
}

/// Whether a caller proves who it is with a token instead of AWS credentials: it has no identity policies.
pub(crate) fn is_by_token(action: &Action) -> bool {
    matches!(action.service(), "sts") && matches!(action.name(), "assumerolewithwebidentity" | "assumerolewithsaml")
}

/// Whether the resource's own policy must allow, in the same account too: KMS keys and role trust (facts 38 and 39).
pub(crate) fn needs_resource_policy(action: &Action, target: &Target<'_>) -> bool {
    match action.service() {
        "kms" => target.of_service("kms").is_some_and(|resource| resource.starts_with("key/")),
        "sts" => is_about_trust(action) && is_role(target),
        _ => false,
    }
}

/// Whether a role's trust policy is what this action asks.
pub fn is_trust_question(action: &Action, resource: &str) -> bool {
    action.service() == "sts" && is_about_trust(action) && is_role(&Target::new(resource))
}

fn is_about_trust(action: &Action) -> bool {
    const NAMES: &[&str] = &["assumerole", "tagsession", "setsourceidentity", "setcontext"];
    is_by_token(action) || NAMES.contains(&action.name())
}

fn is_role(target: &Target<'_>) -> bool {
    target.of_service("iam").is_some_and(|resource| resource.starts_with("role/"))
}

/// Why AWS never lets it happen, whoever asks (facts 38 and 43).
pub(crate) fn refused(action: &Action, target: &Target<'_>, caller: Option<&Principal>) -> Option<&'static str> {
    match action.service() {
        "kms" => {
            let alias = target.of_service("kms")?.strip_prefix("alias/aws/").is_some();
            (alias && matches!(action.name(), "createalias" | "updatealias" | "deletealias"))
                .then_some("aliases under alias/aws/ belong to AWS and cannot be changed")
        }
        "iam" => {
            let resource = target.of_service("iam")?;
            if target.is_aws_owned() && resource.starts_with("policy/") {
                return changes_policy(action).then_some("policies that AWS manages cannot be changed");
            }
            if caller.is_some_and(Principal::is_service_linked) {
                return None;
            }
            if resource.starts_with("role/aws-reserved/") {
                return changes_role(action).then_some("roles under aws-reserved/ are changed only by AWS");
            }
            (resource.starts_with("role/aws-service-role/") && changes_role(action) && !is_for_service_linked(action))
                .then_some("service-linked roles are changed only by their service")
        }
        _ => None,
    }
}

fn changes_policy(action: &Action) -> bool {
    const NAMES: &[&str] = &[
        "createpolicy",
        "createpolicyversion",
        "deletepolicy",
        "deletepolicyversion",
        "setdefaultpolicyversion",
        "tagpolicy",
        "untagpolicy",
    ];
    NAMES.contains(&action.name())
}

fn changes_role(action: &Action) -> bool {
    const NAMES: &[&str] = &[
        "attachrolepolicy",
        "createrole",
        "deleterole",
        "deleterolepermissionsboundary",
        "deleterolepolicy",
        "detachrolepolicy",
        "putrolepermissionsboundary",
        "putrolepolicy",
        "tagrole",
        "untagrole",
        "updateassumerolepolicy",
        "updaterole",
        "updateroledescription",
    ];
    NAMES.contains(&action.name())
}

/// What IAM lets people do to service-linked roles: describe them. Making and deleting them has actions of its own.
fn is_for_service_linked(action: &Action) -> bool {
    matches!(action.name(), "updateroledescription")
}

/// The root user can always put a bucket policy right (fact 37).
pub(crate) fn is_bucket_repair(action: &Action, caller: Option<&Principal>) -> bool {
    caller.is_some_and(|caller| caller.kind() == Kind::Root)
        && action.service() == "s3"
        && matches!(action.name(), "getbucketpolicy" | "putbucketpolicy" | "deletebucketpolicy")
}

/// Whether a caller has identity policies, a boundary, a session policy and an organisation above it.
pub(crate) fn has_identity_side(caller: Option<&Principal>) -> bool {
    caller.is_some_and(|caller| !matches!(caller.kind(), Kind::Service | Kind::Federated))
}
