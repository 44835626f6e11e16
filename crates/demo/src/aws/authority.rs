//! Whether a role may do something, judged from everything the organisation has attached to it, by the same engine that
//! the console judges with. The world keeps no judgement: its documents are small, and few ask.

use periscope_iam::{
    Action, AssumeTarget, Context, Explanation, PodIdentity, Policies, Policy, PolicyKind, Principal, Request,
    RolePolicies, WebIdentity, assume_by_pod_identity, assume_by_web_identity, assume_role, decide, explain,
};

use super::Aws;
use super::documents::managed;
use super::documents::organization::{self, ROOT, SERVICE_CONTROL};
use super::estate::{self, Account, MANAGEMENT};
use super::iam::users;
use super::keys::Caller;
use super::role::Role;

/// Everything that limits a role or a user. Policies have the names that IAM's simulator calls them by.
pub(super) fn policies(aws: &Aws, principal: &str) -> Option<RolePolicies> {
    let account = estate::account(principal.split(':').nth(4)?)?;
    let mut all = RolePolicies::new(Principal::parse(principal)?);
    all.service_control = Some(service_control(account));
    all.management_account = Some(MANAGEMENT.id.into());
    let inline = |kind: &str, owner: &str, name: &str, text: &str| {
        Policy::lenient(&format!("{kind}_{owner}_{name}"), PolicyKind::Identity, text)
    };
    let Some(role) = aws.role_by_arn(principal) else {
        let own = users::policies(principal)?.into_iter();
        let user = principal.rsplit('/').next().unwrap_or_default();
        all.identity = own.map(|(name, text)| inline("user", user, &name, text)).collect();
        return Some(all);
    };
    all.identity = role.inline.iter().map(|(name, text)| inline("role", &role.name, name, text)).collect();
    all.identity.extend(role.attached.iter().filter_map(|arn| document(account, arn, PolicyKind::Identity)));
    all.boundary = role.boundary.iter().filter_map(|arn| document(account, arn, PolicyKind::Boundary)).collect();
    Some(all)
}

/// The same, and what the session was narrowed to.
fn of_caller(aws: &Aws, caller: &Caller) -> Option<RolePolicies> {
    let mut all = policies(aws, &caller.principal_arn)?;
    all.session = caller.policies.iter().map(|text| Policy::lenient("session", PolicyKind::Session, text)).collect();
    Some(all)
}

/// What a managed policy says, that of AWS or of the account.
pub(super) fn text_of(account: &Account, arn: &str) -> Option<String> {
    let policy = managed::of_account(account).chain(managed::of_aws()).find(|policy| policy.arn() == arn)?;
    policy.versions().into_iter().next().map(|(_, text)| text)
}

/// The default version of a managed policy.
fn document(account: &Account, arn: &str, kind: PolicyKind) -> Option<Policy> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    text_of(account, arn).map(|text| Policy::lenient(name, kind, &text))
}

/// What the organisation allows an account, level by level, the root first.
fn service_control(account: &Account) -> Vec<Vec<Policy>> {
    let above = organization::parent(account);
    let unit = (above != ROOT).then_some(above);
    let levels = [Some(ROOT), unit, Some(account.id)];
    let of_level = |level: &str| {
        let there = organization::POLICIES.iter().filter(|one| one.kind == SERVICE_CONTROL && one.applies_to(level));
        there.map(|one| Policy::lenient(one.name, PolicyKind::ServiceControl, one.document)).collect()
    };
    levels.into_iter().flatten().map(of_level).collect()
}

/// Each layer's word on an action.
pub(super) struct Judgement {
    pub(super) explanation: Explanation,
    pub(super) by_organization: bool,
    /// `None` without a boundary.
    pub(super) by_boundary: Option<bool>,
}

/// `None` for what is no action.
pub(super) fn judge(
    (all, of_resource): (&RolePolicies, Option<&Policy>),
    action: &str,
    resource: &str,
    context: &Context,
) -> Option<Judgement> {
    let action = Action::parse(action)?;
    let request = Request { principal: Some(&all.principal), action: &action, resource, account: None, context };
    let everything = Policies { resource: of_resource, ..all.policies() };
    // each layer beside an identity that may do everything, so that only the layer decides
    let anything = [Policy::lenient(
        "anything",
        PolicyKind::Identity,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    )];
    let alone = |policies: Policies<'_>| !decide(&request, &policies).is_denied();
    let facts = everything.facts;
    let by_organization = alone(Policies {
        identity: &anything,
        service_control: everything.service_control,
        facts,
        ..Policies::default()
    });
    let by_boundary = (!all.boundary.is_empty())
        .then(|| alone(Policies { identity: &anything, boundary: &all.boundary, facts, ..Policies::default() }));
    Some(Judgement { explanation: explain(&request, &everything), by_organization, by_boundary })
}

/// Whether `caller` may do this now.
pub(super) fn may(aws: &Aws, caller: &Caller, (action, resource): (&str, &str), region: &str) -> bool {
    let context = Context::complete().with("aws:RequestedRegion", region).with("aws:SecureTransport", "false");
    of_caller(aws, caller)
        .and_then(|all| judge((&all, None), action, resource, &context))
        .is_some_and(|judgement| judgement.explanation.verdict.is_allowed())
}

fn trust(role: &Role) -> Policy {
    Policy::lenient("trust", PolicyKind::Trust, &role.trust)
}

/// Whether `caller` can become `role`: its own policies and the role's trust must both allow it.
pub(super) fn may_become(aws: &Aws, caller: &Caller, role: &Role, session: &str, external_id: Option<&str>) -> bool {
    let context = Context::complete().with("sts:RoleSessionName", session);
    let context = external_id.map_or(context.clone(), |id| context.with("sts:ExternalId", id));
    let (trust, arn) = (trust(role), role.arn());
    let target = AssumeTarget { arn: &arn, trust: Some(&trust) };
    of_caller(aws, caller).is_some_and(|all| assume_role(&all, &target, &context).verdict.is_allowed())
}

/// Whether the token of a service account makes its holder `role`.
pub(super) fn is_let_in(role: &Role, provider: &str, namespace: &str, service_account: &str) -> bool {
    let (trust, arn) = (trust(role), role.arn());
    let target = AssumeTarget { arn: &arn, trust: Some(&trust) };
    assume_by_web_identity(&WebIdentity { provider, namespace, service_account }, &target).verdict.is_allowed()
}

/// Whether EKS makes a pod of this service account (namespace, name) `role`.
pub(super) fn lets_pod_in(role: &Role, cluster: &str, (namespace, name): (&str, &str), session_tags: bool) -> bool {
    let (trust, arn) = (trust(role), role.arn());
    let target = AssumeTarget { arn: &arn, trust: Some(&trust) };
    let pod = PodIdentity { cluster, namespace, service_account: name, session_tags };
    assume_by_pod_identity(&pod, &target).verdict.is_allowed()
}
