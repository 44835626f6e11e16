//! Which statements decided, and where they stand in their documents.

use periscope_iam::{Effect, Explanation, Layer, Outcome, Policy, Verdict};
use serde_json::{Value, json};

/// Those that allow it, or those that deny it; none where nothing allows it. Organisations' policies are not told.
pub(super) fn statements(explanation: &Explanation) -> Vec<Value> {
    let effect = match explanation.verdict {
        Verdict::Allowed => Effect::Allow,
        Verdict::Denied { explicit: true } => Effect::Deny,
        Verdict::Denied { explicit: false } | Verdict::Conditional(_) => return Vec::new(),
    };
    let decided = explanation.why.iter().filter(|reason| reason.outcome == Outcome::Applies && reason.effect == effect);
    let told = decided.filter(|reason| matches!(reason.layer, Layer::Identity | Layer::Boundary | Layer::Resource));
    told.filter_map(|reason| reason.statement.as_ref()).map(|(policy, at)| statement(policy, *at)).collect()
}

/// IAM's model has other words for the types of policies, and its simulator says this of each.
const SOURCE: &str = "IAM Policy";

fn statement(policy: &Policy, at: usize) -> Value {
    let (start, end) = place(policy, at);
    json!({"SourcePolicyId": policy.name(), "SourcePolicyType": SOURCE, "StartPosition": position(policy.source(), start),
        "EndPosition": position(policy.source(), end)})
}

/// From behind what stands before the statement to behind the statement, in bytes.
fn place(policy: &Policy, at: usize) -> (usize, usize) {
    let (source, mut from, mut found) = (policy.source(), 0, (0, 0));
    for statement in policy.statements().take(at + 1) {
        let Some(offset) = source[from..].find(statement.source()) else { break };
        let start = from + offset;
        from = start + statement.source().len();
        found = (source[..start].trim_end().len(), from);
    }
    found
}

/// Both from 1.
fn position(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    json!({"Line": before.matches('\n').count() + 1, "Column": before[line..].chars().count() + 1})
}

#[cfg(test)]
mod tests {
    use periscope_iam::PolicyKind;

    use super::*;

    #[test]
    fn statements_are_where_the_simulator_says_they_are() {
        // as it told of these documents: on one line, and of many
        let line =
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
        let many = "{\n    \"Version\": \"2012-10-17\",\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\",\n            \"Action\": \"s3:*\",\n            \"Resource\": \"*\"\n        }\n    ]\n}";
        for (text, start, end) in [(line, (1, 41), (1, 95)), (many, (3, 19), (8, 10))] {
            let policy = Policy::parse("p", PolicyKind::Identity, text).expect("a policy");
            let told = statement(&policy, 0);
            let at = |(line, column): (usize, usize)| json!({"Line": line, "Column": column});
            assert_eq!((&told["StartPosition"], &told["EndPosition"]), (&at(start), &at(end)), "{text}");
        }
    }

    #[test]
    fn of_statements_that_are_alike_each_has_its_own_place() {
        let one = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
        let policy = Policy::parse("p", PolicyKind::Identity, &format!(r#"{{"Statement":[{one},{one}]}}"#));
        let policy = policy.expect("a policy");
        assert_eq!(
            (place(&policy, 0), place(&policy, 1)),
            ((14, 14 + one.len()), (15 + one.len(), 15 + 2 * one.len()))
        );
    }
}
