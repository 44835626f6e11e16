//! The users that are left from before roles.

use serde_json::{Value, json};

use super::{document, listed, no_such, page, time};
use crate::aws::estate::{self, ACCOUNTS, Account, HOME};
use crate::aws::http::{Call, Failure, Reply};
use crate::content::builder::DAY;

const JENKINS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","eks:DescribeCluster"],"Resource":"*"}]}"#;

fn names(account: &Account) -> &'static [&'static str] {
    if *account == *HOME { &["jenkins"] } else { &[] }
}

fn value(call: &Call<'_>, account: &Account, name: &str) -> Value {
    let arn = arn(account, name);
    json!({"Path": "/", "UserName": name, "UserId": estate::unique_id("AIDA", &arn), "Arn": arn,
        "CreateDate": time(call.aws().started - 1200 * DAY)})
}

/// All of them, by their ARNs.
pub(crate) fn all() -> impl Iterator<Item = (&'static Account, String)> {
    let of = |account: &'static Account| names(account).iter().map(move |name| (account, arn(account, name)));
    ACCOUNTS.into_iter().flat_map(of)
}

/// What a user's own policies say, by their names; `None` for nobody.
pub(crate) fn policies(principal: &str) -> Option<Vec<(String, &'static str)>> {
    all().any(|(_, arn)| arn == principal).then(|| vec![("deploy".to_owned(), JENKINS)])
}

fn arn(account: &Account, name: &str) -> String {
    format!("arn:aws:iam::{}:user/{name}", account.id)
}

/// As `GetAccountAuthorizationDetails` tells them.
pub(super) fn details(call: &Call<'_>) -> Result<Vec<Value>, Failure> {
    let account = call.account()?;
    let one = |name: &&str| {
        let mut value = value(call, account, name);
        value["UserPolicyList"] = json!([{"PolicyName": "deploy", "PolicyDocument": document(JENKINS)}]);
        value["GroupList"] = json!([]);
        value["AttachedManagedPolicies"] = json!([]);
        value["Tags"] = json!([]);
        value
    };
    Ok(names(account).iter().map(one).collect())
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let account = call.account()?;
    let all = names(account).iter().map(|name| value(call, account, name)).collect();
    Ok(listed("Users", page(call, all, ("users", 5))?))
}

pub(super) fn get(call: &Call<'_>) -> Reply {
    let account = call.account()?;
    let caller = call.caller()?;
    let own = caller.session.is_none().then(|| caller.name());
    let Some(name) = call.param("UserName").or(own) else {
        let message = "Must specify userName when calling with non-User credentials";
        return Err(Failure::new(400, "ValidationError", message));
    };
    let known = names(account).contains(&name);
    known
        .then(|| json!({"User": value(call, account, name)}))
        .ok_or_else(|| no_such(format!("The user with name {name} cannot be found.")))
}

/// The name that the request has to give, of a user there is.
fn named<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    let name = call.required("UserName")?;
    let known = names(call.account()?).contains(&name);
    known.then_some(name).ok_or_else(|| no_such(format!("The user with name {name} cannot be found.")))
}

fn own(call: &Call<'_>) -> Result<Vec<(String, &'static str)>, Failure> {
    Ok(policies(&arn(call.account()?, named(call)?)).unwrap_or_default())
}

pub(super) fn inline_names(call: &Call<'_>) -> Reply {
    let names = own(call)?.into_iter().map(|(name, _)| json!(name)).collect();
    Ok(listed("PolicyNames", page(call, names, ("user-policies", 1))?))
}

pub(super) fn inline(call: &Call<'_>) -> Reply {
    let (user, name) = (named(call)?, call.required("PolicyName")?);
    let held = own(call)?.into_iter().find(|(held, _)| held == name);
    let (_, text) = held.ok_or_else(|| no_such(format!("The user policy with name {name} cannot be found.")))?;
    Ok(json!({"UserName": user, "PolicyName": name, "PolicyDocument": document(text)}))
}

/// A list that is empty for every user of this world.
pub(super) fn nothing(call: &Call<'_>, list: &str) -> Reply {
    named(call)?;
    Ok(json!({list: [], "IsTruncated": false}))
}
