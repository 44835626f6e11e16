//! `SimulatePrincipalPolicy`: what a role may do, judged from its policies, its boundary and its organisation's. What the
//! world's faults deny is denied here too, so that who asks learns it beforehand.

use periscope_iam::{Context, RolePolicies, Verdict};
use serde_json::{Value, json};

use super::{invalid, listed, no_such, page};
use crate::aws::authority::{self, Judgement};
use crate::aws::http::{Call, Failure, Reply, denies};

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let source = call.required("PolicySourceArn")?;
    let account = call.account()?;
    let role = call.aws().role_by_arn(source).filter(|role| role.account == account.id);
    let policies = role.as_ref().and_then(authority::policies);
    let policies = policies.ok_or_else(|| no_such(format!("The policy source {source} cannot be found.")))?;
    call.required("ActionNames.member.1")?;
    let mut resources = call.list("ResourceArns.member");
    if resources.is_empty() {
        resources.push("*");
    }
    let context = context(call);
    let mut results = Vec::new();
    for action in call.list("ActionNames.member") {
        let faulty = call.aws().faults.read().deny.iter().any(|pattern| denies(pattern, account, action));
        for resource in &resources {
            results.push(result(&policies, (action, resource), &context, faulty)?);
        }
    }
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

fn result(
    policies: &RolePolicies,
    (action, resource): (&str, &str),
    context: &Context,
    faulty: bool,
) -> Result<Value, Failure> {
    let judged = authority::judge(policies, action, resource, context);
    let Judgement { verdict, by_organization, by_boundary } =
        judged.ok_or_else(|| invalid(format!("Invalid Action: {action}")))?;
    let (decision, missing) = match &verdict {
        _ if faulty => ("implicitDeny", Vec::new()),
        Verdict::Allowed => ("allowed", Vec::new()),
        Verdict::Denied { explicit: true } => ("explicitDeny", Vec::new()),
        Verdict::Denied { explicit: false } => ("implicitDeny", Vec::new()),
        // as with AWS: what is missing is named, and until it is given nothing is allowed
        Verdict::Conditional(residual) => ("implicitDeny", residual.keys()),
    };
    let mut result = json!({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision,
        "MatchedStatements": [], "MissingContextValues": missing,
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": by_organization}});
    if let Some(allowed) = by_boundary {
        result["PermissionsBoundaryDecisionDetail"] = json!({"AllowedByPermissionsBoundary": allowed});
    }
    Ok(result)
}
