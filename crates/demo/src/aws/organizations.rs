//! Organizations: only the management account may look around; everybody may know that there is an organisation.

use serde_json::{Value, json};

use super::documents::organization::{
    ID, POLICIES, Policy, RESOURCE_CONTROL, ROOT, SERVICE_CONTROL, UNITS, accounts_of, parent,
};
use super::estate::{ACCOUNTS, Account, MANAGEMENT};
use super::http::{Call, Failure, Pages, Reply};
use crate::content::builder::DAY;

pub(super) fn answer(call: &Call<'_>) -> Reply {
    if call.action == "DescribeOrganization" {
        return Ok(organization());
    }
    if *call.account()? != *MANAGEMENT {
        let message = "You don't have permissions to access this resource.".to_owned();
        return Err(call.protocol.access_denied(message));
    }
    match call.action.as_str() {
        "ListRoots" => roots(call),
        "ListParents" => parents(call),
        "ListChildren" => children(call),
        "ListAccounts" => list(call, "Accounts", ACCOUNTS.into_iter().map(|one| account(call, one)).collect()),
        "ListAccountsForParent" => {
            let there = accounts_of(target(call, "ParentId")?).map(|one| account(call, one)).collect();
            list(call, "Accounts", there)
        }
        "ListOrganizationalUnitsForParent" => {
            let there = if target(call, "ParentId")? == ROOT { UNITS.iter().map(unit).collect() } else { Vec::new() };
            list(call, "OrganizationalUnits", there)
        }
        "DescribeAccount" => describe_account(call),
        "DescribeOrganizationalUnit" => describe_unit(call),
        "ListPoliciesForTarget" => policies_for_target(call),
        "ListPolicies" => {
            let kind = filter(call)?;
            list(call, "Policies", POLICIES.iter().filter(|policy| policy.kind == kind).map(summary).collect())
        }
        "DescribePolicy" => describe_policy(call),
        other => Err(call.protocol.unknown_action(other)),
    }
}

fn arn(what: &str) -> String {
    format!("arn:aws:organizations::{}:{what}", MANAGEMENT.id)
}

fn organization() -> Value {
    let types: Vec<Value> =
        [SERVICE_CONTROL, RESOURCE_CONTROL].iter().map(|kind| json!({"Type": kind, "Status": "ENABLED"})).collect();
    json!({"Organization": {"Id": ID, "Arn": arn(&format!("organization/{ID}")), "FeatureSet": "ALL",
        "MasterAccountArn": arn(&format!("account/{ID}/{}", MANAGEMENT.id)), "MasterAccountId": MANAGEMENT.id,
        "MasterAccountEmail": MANAGEMENT.email, "AvailablePolicyTypes": types}})
}

fn roots(call: &Call<'_>) -> Reply {
    let types: Vec<Value> =
        [SERVICE_CONTROL, RESOURCE_CONTROL].iter().map(|kind| json!({"Type": kind, "Status": "ENABLED"})).collect();
    let root = json!({"Id": ROOT, "Arn": arn(&format!("root/{ID}/{ROOT}")), "Name": "Root", "PolicyTypes": types});
    list(call, "Roots", vec![root])
}

fn account(call: &Call<'_>, account: &Account) -> Value {
    json!({"Id": account.id, "Arn": arn(&format!("account/{ID}/{}", account.id)), "Email": account.email, "Name": account.name,
        "Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": "CREATED", "JoinedTimestamp": call.aws().started - 1500 * DAY})
}

fn unit(unit: &super::documents::organization::Unit) -> Value {
    json!({"Id": unit.id, "Arn": arn(&format!("ou/{ID}/{}", unit.id)), "Name": unit.name})
}

/// Two on a page at most.
fn list(call: &Call<'_>, name: &str, all: Vec<Value>) -> Reply {
    let token = call.body["NextToken"].as_str();
    let wanted = call.body["MaxResults"].as_u64().and_then(|number| usize::try_from(number).ok());
    let Pages { items, next } = Pages::of(all, (token, wanted), (name, 2), "InvalidInputException")?;
    let mut value = json!({name: items});
    if let Some(next) = next {
        value["NextToken"] = json!(next);
    }
    Ok(value)
}

fn target<'a>(call: &'a Call<'_>, name: &str) -> Result<&'a str, Failure> {
    call.body[name]
        .as_str()
        .ok_or_else(|| invalid(format!("You provided a value that does not match: {name} is missing")))
}

fn invalid(message: String) -> Failure {
    Failure::new(400, "InvalidInputException", message)
}

fn missing(code: &'static str, what: &str) -> Failure {
    Failure::new(400, code, format!("You specified {what}, which does not exist in this organisation"))
}

fn parents(call: &Call<'_>) -> Reply {
    let child = target(call, "ChildId")?;
    let above = match ACCOUNTS.into_iter().find(|account| account.id == child) {
        Some(account) => parent(account),
        None if UNITS.iter().any(|unit| unit.id == child) => ROOT,
        None => return Err(missing("ChildNotFoundException", child)),
    };
    let kind = if above == ROOT { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
    list(call, "Parents", vec![json!({"Id": above, "Type": kind})])
}

fn children(call: &Call<'_>) -> Reply {
    let above = target(call, "ParentId")?;
    if above != ROOT && !UNITS.iter().any(|unit| unit.id == above) {
        return Err(missing("ParentNotFoundException", above));
    }
    let there = match target(call, "ChildType")? {
        "ACCOUNT" => accounts_of(above).map(|one| json!({"Id": one.id, "Type": "ACCOUNT"})).collect(),
        "ORGANIZATIONAL_UNIT" if above == ROOT => {
            UNITS.iter().map(|unit| json!({"Id": unit.id, "Type": "ORGANIZATIONAL_UNIT"})).collect()
        }
        "ORGANIZATIONAL_UNIT" => Vec::new(),
        other => return Err(invalid(format!("{other} is no type of child: ACCOUNT or ORGANIZATIONAL_UNIT"))),
    };
    list(call, "Children", there)
}

fn describe_account(call: &Call<'_>) -> Reply {
    let id = target(call, "AccountId")?;
    let found = super::estate::account(id).ok_or_else(|| missing("AccountNotFoundException", id))?;
    Ok(json!({"Account": account(call, found)}))
}

fn describe_unit(call: &Call<'_>) -> Reply {
    let id = target(call, "OrganizationalUnitId")?;
    let found = UNITS.iter().find(|unit| unit.id == id);
    let found = found.ok_or_else(|| missing("OrganizationalUnitNotFoundException", id))?;
    Ok(json!({"OrganizationalUnit": unit(found)}))
}

fn filter<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    let kind = target(call, "Filter")?;
    let known = [SERVICE_CONTROL, RESOURCE_CONTROL, "TAG_POLICY", "BACKUP_POLICY", "AISERVICES_OPT_OUT_POLICY"];
    if known.contains(&kind) { Ok(kind) } else { Err(invalid(format!("{kind} is no type of policy"))) }
}

fn summary(policy: &Policy) -> Value {
    json!({"Id": policy.id, "Arn": policy.arn(), "Name": policy.name, "Description": policy.description, "Type": policy.kind,
        "AwsManaged": policy.aws})
}

fn policies_for_target(call: &Call<'_>) -> Reply {
    let (kind, id) = (filter(call)?, target(call, "TargetId")?);
    let known = id == ROOT || UNITS.iter().any(|unit| unit.id == id) || super::estate::account(id).is_some();
    if !known {
        return Err(missing("TargetNotFoundException", id));
    }
    let there = POLICIES.iter().filter(|policy| policy.kind == kind && policy.applies_to(id));
    list(call, "Policies", there.map(summary).collect())
}

fn describe_policy(call: &Call<'_>) -> Reply {
    let id = target(call, "PolicyId")?;
    let policy = POLICIES.iter().find(|policy| policy.id == id);
    let policy = policy.ok_or_else(|| missing("PolicyNotFoundException", id))?;
    Ok(json!({"Policy": {"PolicySummary": summary(policy), "Content": policy.document}}))
}
