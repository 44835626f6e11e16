//! Facts 18 to 26: conditions. What numbers, dates and addresses are is tested beside them.

use serde_json::{Value, json};

use crate::*;

/// An Allow under this condition, in this context.
fn under(condition: Value, context: Value) -> Value {
    case(json!({"request": {"context": context}, "identity": [allow(json!({"Condition": condition}))]}))
}

fn rows(rows: &[(Value, Value, &'static str)]) {
    check(rows.iter().map(|(condition, context, expected)| ("", under(condition.clone(), context.clone()), *expected)));
}

#[test]
fn fact_18_operators_and_keys_are_anded_values_ored() {
    rows(&[
        (json!({}), json!({}), YES),
        (json!({"StringEquals": {}}), json!({}), YES),
        (json!({"StringEquals": {"a": ["x", "y"], "b": "z"}}), json!({"a": "y", "b": "z"}), YES),
        (json!({"StringEquals": {"a": ["x", "y"], "b": "z"}}), json!({"a": "y"}), NO),
        (json!({"StringEquals": {"a": "x"}, "Bool": {"b": "true"}}), json!({"a": "x", "b": "false"}), NO),
        (json!({"StringNotEquals": {"a": ["x", "y"]}}), json!({"a": "y"}), NO),
        (json!({"StringNotEquals": {"a": ["x", "y"]}}), json!({"a": "z"}), YES),
        (json!({"StringEquals": {"AWS:RequestTag/Team": "x"}}), json!({"aws:requesttag/TEAM": "x"}), YES),
        (json!({"StringEquals": {"a": []}}), json!({"a": "x"}), NO),
    ]);
}

#[test]
fn fact_19_names_of_operators() {
    rows(&[
        (json!({"stringequals": {"a": "x"}}), json!({"a": "x"}), YES),
        (json!({"forAnyValue:STRINGLIKE": {"a": "x*"}}), json!({"a": ["y", "xy"]}), YES),
        (json!({"STRINGEQUALSIFEXISTS": {"a": "x"}}), json!({}), YES),
        (json!({"NullIfExists": {"a": "true"}}), json!({}), NO),
    ]);
}

#[test]
fn fact_20_a_missing_key() {
    let absent = [json!({}), json!({"a": []}), json!({"a": null})];
    for context in absent {
        rows(&[
            (json!({"StringEquals": {"a": "x"}}), context.clone(), NO),
            (json!({"StringNotEquals": {"a": "x"}}), context.clone(), YES),
            (json!({"NotIpAddress": {"a": "10.0.0.0/8"}}), context.clone(), YES),
            (json!({"ArnNotLike": {"a": "arn:*:*:*:*:*"}}), context.clone(), YES),
            (json!({"DateNotEquals": {"a": "2020-01-01"}}), context.clone(), YES),
            (json!({"NumericLessThan": {"a": "1"}}), context.clone(), NO),
            (json!({"NumericLessThanIfExists": {"a": "1"}}), context.clone(), YES),
            (json!({"ForAllValues:StringEquals": {"a": "x"}}), context.clone(), YES),
            (json!({"ForAllValues:StringNotEquals": {"a": "x"}}), context.clone(), YES),
            (json!({"ForAnyValue:StringEquals": {"a": "x"}}), context.clone(), NO),
            (json!({"ForAnyValue:StringNotEquals": {"a": "x"}}), context.clone(), NO),
            (json!({"ForAnyValue:StringEqualsIfExists": {"a": "x"}}), context.clone(), NO),
            (json!({"Null": {"a": "true"}}), context.clone(), YES),
            (json!({"Null": {"a": false}}), context, NO),
        ]);
    }
}

#[test]
fn fact_21_several_values() {
    let several = || json!({"a": ["x", "y"]});
    rows(&[
        (json!({"StringEquals": {"a": "x"}}), several(), NO),
        (json!({"StringNotEquals": {"a": "z"}}), several(), NO),
        (json!({"StringEqualsIfExists": {"a": "x"}}), several(), NO),
        (json!({"Null": {"a": "false"}}), several(), YES),
        (json!({"ForAllValues:StringEquals": {"a": ["x", "y", "z"]}}), several(), YES),
        (json!({"ForAllValues:StringEquals": {"a": ["x"]}}), several(), NO),
        (json!({"ForAllValues:StringNotEquals": {"a": ["z"]}}), several(), YES),
        (json!({"ForAllValues:StringNotEquals": {"a": ["x"]}}), several(), NO),
        (json!({"ForAnyValue:StringEquals": {"a": ["y"]}}), several(), YES),
        (json!({"ForAnyValue:StringNotEquals": {"a": ["x"]}}), several(), YES),
        (json!({"ForAnyValue:StringNotEquals": {"a": ["x", "y"]}}), several(), NO),
        (json!({"ForAllValues:StringEquals": {"a": "x"}}), json!({"a": "x"}), YES),
        (json!({"ForAnyValue:StringEquals": {"a": "x"}}), json!({"a": "y"}), NO),
    ]);
}

#[test]
fn fact_22_strings() {
    rows(&[
        (json!({"StringEquals": {"a": "x*"}}), json!({"a": "xy"}), NO),
        (json!({"StringEquals": {"a": "x*"}}), json!({"a": "x*"}), YES),
        (json!({"StringEquals": {"a": "X"}}), json!({"a": "x"}), NO),
        (json!({"StringEqualsIgnoreCase": {"a": "X"}}), json!({"a": "x"}), YES),
        (json!({"StringNotEqualsIgnoreCase": {"a": "X"}}), json!({"a": "x"}), NO),
        (json!({"StringLike": {"a": "x*y?"}}), json!({"a": "x--yz"}), YES),
        (json!({"StringLike": {"a": "x*y?"}}), json!({"a": "x--y"}), NO),
        (json!({"StringLike": {"a": "x.y"}}), json!({"a": "xzy"}), NO),
        (json!({"StringLike": {"a": "X*"}}), json!({"a": "xy"}), NO),
        (json!({"StringNotLike": {"a": "x*"}}), json!({"a": "xy"}), NO),
        (json!({"StringLike": {"a": "[x]\\^$"}}), json!({"a": "[x]\\^$"}), YES),
        (json!({"StringLike": {"a": "x"}}), json!({"a": "yx"}), NO),
    ]);
}

#[test]
fn fact_23_numbers_dates_truths_bytes() {
    rows(&[
        (json!({"NumericEquals": {"a": "10"}}), json!({"a": "10.0"}), YES),
        (json!({"NumericLessThan": {"a": "10"}}), json!({"a": 9}), YES),
        (json!({"NumericGreaterThan": {"a": -5}}), json!({"a": "-4.5"}), YES),
        (json!({"NumericEquals": {"a": "10"}}), json!({"a": "10x"}), NO),
        (json!({"NumericNotEquals": {"a": "10"}}), json!({"a": "10x"}), YES),
        (json!({"NumericLessThanEquals": {"a": ["1", "5"]}}), json!({"a": "3"}), YES),
        (json!({"DateGreaterThan": {"a": "2020-04-01T00:00:00Z"}}), json!({"a": "1585699201"}), YES),
        (json!({"DateEquals": {"a": 1_585_699_200}}), json!({"a": "2020-04-01"}), YES),
        (json!({"DateLessThan": {"a": "2020-04-01T00:00:00Z"}}), json!({"a": "2020-04-01T01:00:00+02:00"}), YES),
        (json!({"DateLessThan": {"a": "soon"}}), json!({"a": "2020-04-01"}), NO),
        (json!({"Bool": {"a": "TRUE"}}), json!({"a": true}), YES),
        (json!({"Bool": {"a": "yes"}}), json!({"a": "yes"}), NO),
        (json!({"Bool": {"a": false}}), json!({"a": "False"}), YES),
        (json!({"BinaryEquals": {"a": "QmluYXJ5"}}), json!({"a": "QmluYXJ5"}), YES),
        (json!({"BinaryEquals": {"a": "QmluYXJ5"}}), json!({"a": "qmluYXJ5"}), NO),
    ]);
}

#[test]
fn facts_24_and_25_addresses_and_arns() {
    rows(&[
        (json!({"IpAddress": {"a": ["10.0.0.0/8", "2001:db8::/32"]}}), json!({"a": "2001:db8::9"}), YES),
        (json!({"NotIpAddress": {"a": "10.0.0.0/8"}}), json!({"a": "10.9.9.9"}), NO),
        (json!({"IpAddress": {"a": "0.0.0.0/0"}}), json!({"a": "::1"}), NO),
        (
            json!({"ArnLike": {"a": "arn:aws:iam::*:role/x/*"}}),
            json!({"a": "arn:aws:iam::111122223333:role/x/y:z"}),
            YES,
        ),
        (json!({"ArnEquals": {"a": "arn:aws:iam::*:role/x"}}), json!({"a": "arn:aws:iam::111122223333:role/x"}), YES),
        (json!({"ArnLike": {"a": "arn:aws:*:role/x"}}), json!({"a": "arn:aws:iam::111122223333:role/x"}), NO),
        (json!({"ArnLike": {"a": "*"}}), json!({"a": "arn:aws:iam::111122223333:role/x"}), NO),
        (json!({"ArnLike": {"a": "arn:*"}}), json!({"a": "arn:x"}), NO),
        (json!({"ArnNotEquals": {"a": "arn:aws:iam::*:role/x"}}), json!({"a": "arn:aws:iam::111122223333:role/x"}), NO),
        (json!({"ArnNotLike": {"a": "arn:aws:iam::*:role/x"}}), json!({"a": "no arn"}), YES),
    ]);
}

#[test]
fn fact_26_the_traps() {
    let mfa = "aws:MultiFactorAuthPresent";
    let denied = |condition: Value, context: Value| {
        case(
            json!({"request": {"context": context}, "identity": [allow(json!({})), deny(json!({"Condition": condition}))]}),
        )
    };
    check([
        ("Bool misses long-term keys", denied(json!({"Bool": {mfa: "false"}}), json!({})), YES),
        ("BoolIfExists hits them", denied(json!({"BoolIfExists": {mfa: "false"}}), json!({})), NEVER),
        (
            "StringNotEquals hits an absent key",
            denied(json!({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), json!({})),
            NEVER,
        ),
        ("ForAllValues is open", under(json!({"ForAllValues:StringEquals": {"aws:TagKeys": "x"}}), json!({})), YES),
    ]);
}
