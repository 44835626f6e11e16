//! The users that are left from before roles.

use serde_json::{Value, json};

use super::{document, listed, no_such, page, time};
use crate::aws::estate::{self, Account, HOME};
use crate::aws::http::{Call, Failure, Reply};
use crate::content::builder::DAY;

const JENKINS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","eks:DescribeCluster"],"Resource":"*"}]}"#;

fn names(account: &Account) -> &'static [&'static str] {
    if *account == *HOME { &["jenkins"] } else { &[] }
}

fn value(call: &Call<'_>, account: &Account, name: &str) -> Value {
    let arn = format!("arn:aws:iam::{}:user/{name}", account.id);
    json!({"Path": "/", "UserName": name, "UserId": estate::unique_id("AIDA", &arn), "Arn": arn,
        "CreateDate": time(call.aws().started - 1200 * DAY)})
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
    let Some(name) = call.param("UserName") else {
        let message = "Must specify userName when calling with non-User credentials";
        return Err(Failure::new(400, "ValidationError", message));
    };
    let known = names(account).contains(&name);
    known
        .then(|| json!({"User": value(call, account, name)}))
        .ok_or_else(|| no_such(format!("The user with name {name} cannot be found.")))
}
