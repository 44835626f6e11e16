//! The policy simulator: what a role or a user may do, judged from their policies, their boundary and their organisation's,
//! or what given documents allow. What the world's faults deny is denied here too, so that who asks learns it beforehand.

mod matched;

use std::collections::BTreeSet;

use periscope_iam::{Context, KnownAction, Policy, PolicyKind, Principal, RolePolicies, Verdict, reference};
use serde_json::{Value, json};

use super::{invalid, listed, no_such, page};
use crate::aws::authority::{self, Judgement};
use crate::aws::http::{Call, Failure, Reply, denies};

/// Everything a simulation is asked about, but the actions and the resources.
struct Simulation {
    policies: RolePolicies,
    /// That of every resource.
    resource: Option<Policy>,
    context: Context,
    /// Whether it is about somebody of the account, and so about the organisation, too.
    of_principal: bool,
}

/// `SimulatePrincipalPolicy`
pub(super) fn of_principal(call: &Call<'_>) -> Reply {
    let mut policies = principal(call)?;
    policies.identity.extend(documents(call, "PolicyInputList", PolicyKind::Identity)?);
    let boundary = documents(call, "PermissionsBoundaryPolicyInputList", PolicyKind::Boundary)?;
    if !boundary.is_empty() {
        policies.boundary = boundary;
    }
    answer(call, policies, true)
}

/// `SimulateCustomPolicy`
pub(super) fn of_documents(call: &Call<'_>) -> Reply {
    call.required("PolicyInputList.member.1")?;
    // who calls matters to a resource's policy only
    let nobody = format!("arn:aws:iam::{}:user/simulated", call.account()?.id);
    let caller = call.param("CallerArn").unwrap_or(&nobody);
    let caller = Principal::parse(caller).ok_or_else(|| invalid(format!("Invalid caller ARN: {caller}")))?;
    let mut policies = RolePolicies::new(caller);
    policies.identity = documents(call, "PolicyInputList", PolicyKind::Identity)?;
    policies.boundary = documents(call, "PermissionsBoundaryPolicyInputList", PolicyKind::Boundary)?;
    answer(call, policies, false)
}

/// `GetContextKeysForPrincipalPolicy`
pub(super) fn keys_of_principal(call: &Call<'_>) -> Reply {
    let mut policies = principal(call)?.identity;
    policies.extend(documents(call, "PolicyInputList", PolicyKind::Identity)?);
    Ok(keys(&policies))
}

/// `GetContextKeysForCustomPolicy`
pub(super) fn keys_of_documents(call: &Call<'_>) -> Reply {
    call.required("PolicyInputList.member.1")?;
    Ok(keys(&documents(call, "PolicyInputList", PolicyKind::Identity)?))
}

/// Keys that conditions ask for, and those that stand in texts as variables.
fn keys(policies: &[Policy]) -> Value {
    let mut keys = BTreeSet::new();
    for statement in policies.iter().flat_map(Policy::statements) {
        keys.extend(statement.conditions().map(|condition| condition.key.to_owned()));
        let variables = statement.source().split("${").skip(1);
        let names = variables.filter_map(|rest| rest.split(['}', ',']).next()).map(str::trim);
        keys.extend(names.filter(|name| name.contains(':')).map(str::to_owned));
    }
    json!({"ContextKeyNames": keys})
}

fn principal(call: &Call<'_>) -> Result<RolePolicies, Failure> {
    let source = call.required("PolicySourceArn")?;
    let own = source.split(':').nth(4) == Some(call.account()?.id);
    let policies = own.then(|| authority::policies(call.aws(), source)).flatten();
    policies.ok_or_else(|| no_such(format!("The policy source {source} cannot be found.")))
}

/// Policies of the request, which are called by their place in it.
fn documents(call: &Call<'_>, list: &str, kind: PolicyKind) -> Result<Vec<Policy>, Failure> {
    let texts = call.list(&format!("{list}.member"));
    let parsed = texts.into_iter().enumerate().map(|(at, text)| {
        let name = format!("{list}.{}", at + 1);
        Policy::parse(&name, kind, text).map_err(|error| invalid(format!("{name} is no valid policy: {error}")))
    });
    parsed.collect()
}

fn answer(call: &Call<'_>, policies: RolePolicies, of_principal: bool) -> Reply {
    call.required("ActionNames.member.1")?;
    let resource = call.param("ResourcePolicy").map(|text| {
        let parsed = Policy::parse("ResourcePolicy", PolicyKind::Resource, text);
        parsed.map_err(|error| invalid(format!("ResourcePolicy is no valid policy: {error}")))
    });
    let simulation = Simulation { policies, resource: resource.transpose()?, context: context(call), of_principal };
    let resources = call.list("ResourceArns.member");
    let results =
        call.list("ActionNames.member").into_iter().map(|action| result(call, &simulation, action, &resources));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    Ok(listed("EvaluationResults", page(call, results, ("simulation", 10))?))
}

/// What the caller says of the circumstances; everything else is unknown.
fn context(call: &Call<'_>) -> Context {
    let mut context = Context::incomplete();
    for at in 1.. {
        let entry = format!("ContextEntries.member.{at}");
        let Some(key) = call.param(&format!("{entry}.ContextKeyName")) else { break };
        let values = call.list(&format!("{entry}.ContextKeyValues.member"));
        // a list is another thing than one value, also when it has one
        let list = call.param(&format!("{entry}.ContextKeyType")).is_some_and(|kind| kind.ends_with("List"));
        context = match values.as_slice() {
            [value] if !list => context.with(key, value),
            _ => context.with_all(key, values),
        };
    }
    context
}

/// One action, on each of the resources; on all of them together the strictest decision stands.
fn result(call: &Call<'_>, simulation: &Simulation, action: &str, resources: &[&str]) -> Result<Value, Failure> {
    let (mut strictest, mut results): (Option<(u8, Value)>, _) = (None, Vec::new());
    for resource in resources {
        let (strictness, each) = one(call, simulation, (action, resource))?;
        let mut own = json!({"EvalResourceName": resource, "EvalResourceDecision": each["EvalDecision"],
            "MatchedStatements": each["MatchedStatements"], "MissingContextValues": each["MissingContextValues"]});
        if let Some(detail) = each.get("PermissionsBoundaryDecisionDetail") {
            own["PermissionsBoundaryDecisionDetail"] = detail.clone();
        }
        results.push(own);
        if strictest.as_ref().is_none_or(|(held, _)| strictness > *held) {
            strictest = Some((strictness, each));
        }
    }
    let Some((_, mut value)) = strictest else { return Ok(one(call, simulation, (action, "*"))?.1) };
    if resources.len() > 1 {
        value["EvalResourceName"] = json!(form(action, resources[0]));
    }
    value["ResourceSpecificResults"] = json!(results);
    Ok(value)
}

/// What ARNs such as this one look like to an action: `arn:aws:s3:::${BucketName}/${ObjectName}`.
fn form(action: &str, resource: &str) -> String {
    // those of access points have an account, and those of objects none
    let placed = |arn: &str| arn.split(':').skip(3).take(2).map(str::is_empty).collect::<Vec<bool>>();
    let kinds = reference().find(action).into_iter().flat_map(KnownAction::resource_types);
    let mut forms = kinds.map(|kind| kind.arn().replace("${Partition}", "aws"));
    forms.find(|form| placed(form) == placed(resource)).unwrap_or_else(|| "*".to_owned())
}

/// One action on one resource, and how strict the decision is.
fn one(call: &Call<'_>, simulation: &Simulation, (action, resource): (&str, &str)) -> Result<(u8, Value), Failure> {
    let Simulation { policies, resource: of_resource, context, of_principal } = simulation;
    let judged = authority::judge((policies, of_resource.as_ref()), action, resource, context);
    let Judgement { explanation, by_organization, by_boundary } =
        judged.ok_or_else(|| invalid(format!("Invalid Action: {action}")))?;
    let account = call.account()?;
    let faulty = *of_principal && call.aws().faults.read().deny.iter().any(|pattern| denies(pattern, account, action));
    let (strictness, decision, missing) = match &explanation.verdict {
        _ if faulty => (1, "implicitDeny", Vec::new()),
        Verdict::Allowed => (0, "allowed", Vec::new()),
        Verdict::Denied { explicit: true } => (2, "explicitDeny", Vec::new()),
        Verdict::Denied { explicit: false } => (1, "implicitDeny", Vec::new()),
        // as with AWS: what is missing is named, and until it is given nothing is allowed
        Verdict::Conditional(residual) => (1, "implicitDeny", residual.keys()),
    };
    let matched = if faulty { Vec::new() } else { matched::statements(&explanation) };
    let mut result = json!({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision,
        "MatchedStatements": matched, "MissingContextValues": missing});
    if *of_principal {
        result["OrganizationsDecisionDetail"] = json!({"AllowedByOrganizations": by_organization});
    }
    if let Some(allowed) = by_boundary {
        result["PermissionsBoundaryDecisionDetail"] = json!({"AllowedByPermissionsBoundary": allowed});
    }
    Ok((strictness, result))
}
