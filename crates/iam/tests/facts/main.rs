//! The numbered facts about evaluation, one table each: what is asked, and what must come out. The numbers are those of the
//! specification that the engine was written from.

#![expect(clippy::needless_pass_by_value, reason = "rows are written with what `json!` makes")]

mod conditions;
mod decision;
mod documents;
mod managed;
mod manners;
mod patterns;
mod services;

use periscope_iam::Cases;
use serde_json::{Value, json};

pub(crate) const ROLE: &str = "arn:aws:iam::111122223333:role/app";
pub(crate) const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/one";
pub(crate) const USER: &str = "arn:aws:iam::111122223333:user/alice";
pub(crate) const ROOT: &str = "arn:aws:iam::111122223333:root";
pub(crate) const FOREIGN: &str = "arn:aws:iam::444455556666:role/app";
pub(crate) const OBJECT: &str = "arn:aws:s3:::bucket/key";

/// A case of `s3:GetObject` on an object by a role of the same account, with more, or something else, laid over it.
pub(crate) fn case(more: Value) -> Value {
    let request = json!({"principal": ROLE, "action": "s3:GetObject", "resource": OBJECT, "account": "111122223333"});
    let mut case = json!({"id": 1, "request": request});
    lay(&mut case, more);
    case
}

fn lay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

pub(crate) fn statement(effect: &str, more: Value) -> Value {
    let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*"});
    let Value::Object(more) = more else { return statement };
    for (key, value) in more {
        if let Some(positive) = key.strip_prefix("Not") {
            statement.as_object_mut().and_then(|all| all.remove(positive));
        }
        statement[key] = value;
    }
    statement
}

pub(crate) fn allow(more: Value) -> Value {
    policy([statement("Allow", more)])
}

pub(crate) fn deny(more: Value) -> Value {
    policy([statement("Deny", more)])
}

pub(crate) fn policy<const N: usize>(statements: [Value; N]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements.to_vec()})
}

/// Without resources, as in trust policies.
pub(crate) fn trust(effect: &str, action: &str, principal: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Action": action, "Principal": principal}})
}

pub(crate) fn answer(case: &Value) -> Value {
    let line = Cases::new().answer(case.to_string().as_bytes()).unwrap_or_default();
    serde_json::from_str(&line).unwrap_or_default()
}

/// `Allowed`, `ExplicitlyDenied`, `ImplicitlyDenied`, `conditional` or `error`.
pub(crate) fn outcome(case: &Value) -> String {
    let answer = answer(case);
    answer["detail"].as_str().or_else(|| answer["decision"].as_str()).unwrap_or_default().to_owned()
}

/// What a table's row expects, in short.
pub(crate) const YES: &str = "Allowed";
pub(crate) const NO: &str = "ImplicitlyDenied";
pub(crate) const NEVER: &str = "ExplicitlyDenied";
pub(crate) const DEPENDS: &str = "conditional";
pub(crate) const ERROR: &str = "error";

pub(crate) fn check(rows: impl IntoIterator<Item = (&'static str, Value, &'static str)>) {
    let wrong: Vec<String> = rows
        .into_iter()
        .filter_map(|(about, case, expected)| {
            let found = outcome(&case);
            (found != expected).then(|| format!("{about}: {found}, not {expected}: {}", answer(&case)))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
