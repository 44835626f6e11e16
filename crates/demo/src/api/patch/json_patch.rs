//! RFC 6902.

use serde_json::Value;

use super::Failure;

pub(super) fn apply(object: &mut Value, patch: &Value) -> Result<(), Failure> {
    let operations = patch.as_array().ok_or_else(|| Failure::bad_request("a JSON patch is a list of operations"))?;
    for operation in operations {
        let target_path = operation["path"].as_str().ok_or_else(|| invalid("an operation has no path"))?;
        match operation["op"].as_str().unwrap_or_default() {
            "add" => add(object, target_path, operation["value"].clone())?,
            "replace" => *target(object, target_path)? = operation["value"].clone(),
            "remove" => drop(remove(object, target_path)?),
            "test" => test(object, target_path, &operation["value"])?,
            "move" => {
                let value = remove(object, operation["from"].as_str().unwrap_or_default())?;
                add(object, target_path, value)?;
            }
            "copy" => {
                let value = target(object, operation["from"].as_str().unwrap_or_default())?.clone();
                add(object, target_path, value)?;
            }
            other => return Err(invalid(&format!("unknown operation {other:?}"))),
        }
    }
    Ok(())
}

fn invalid(why: &str) -> Failure {
    Failure::new(422, "Invalid", format!("the server rejected our request due to an error in our request: {why}"))
}

fn test(object: &mut Value, path: &str, wanted: &Value) -> Result<(), Failure> {
    if target(object, path)? == wanted { Ok(()) } else { Err(invalid(&format!("testing path {path} failed"))) }
}

fn target<'a>(object: &'a mut Value, path: &str) -> Result<&'a mut Value, Failure> {
    object.pointer_mut(path).ok_or_else(|| invalid(&format!("path {path} does not exist")))
}

/// The container that holds the last part of the path, and that part.
fn parent<'a>(object: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), Failure> {
    let (before, last) = path.rsplit_once('/').ok_or_else(|| invalid(&format!("path {path:?} is not a pointer")))?;
    Ok((target(object, before)?, last.replace("~1", "/").replace("~0", "~")))
}

fn add(object: &mut Value, path: &str, value: Value) -> Result<(), Failure> {
    if path.is_empty() {
        *object = value;
        return Ok(());
    }
    let (holder, last) = parent(object, path)?;
    match holder {
        Value::Object(map) => drop(map.insert(last, value)),
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => {
            let at: usize = last.parse().map_err(|_| invalid(&format!("{last:?} is not an index")))?;
            if at > items.len() {
                return Err(invalid(&format!("path {path} is behind the end of its list")));
            }
            items.insert(at, value);
        }
        _ => return Err(invalid(&format!("path {path} leads into a plain value"))),
    }
    Ok(())
}

fn remove(object: &mut Value, path: &str) -> Result<Value, Failure> {
    let missing = || invalid(&format!("path {path} does not exist"));
    let (holder, last) = parent(object, path)?;
    match holder {
        Value::Object(map) => map.remove(&last).ok_or_else(missing),
        Value::Array(items) => {
            let at = last.parse::<usize>().ok().filter(|at| *at < items.len()).ok_or_else(missing)?;
            Ok(items.remove(at))
        }
        _ => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_apply_in_order() {
        let mut object = json!({"a": [1, 2], "b": {"x/y": 1}});
        let patch = json!([{"op": "test", "path": "/b/x~1y", "value": 1}, {"op": "add", "path": "/a/1", "value": 9},
            {"op": "remove", "path": "/a/0"}, {"op": "move", "from": "/b/x~1y", "path": "/c"}, {"op": "add", "path": "/a/-", "value": 3}]);
        apply(&mut object, &patch).expect("applies");
        assert_eq!(object, json!({"a": [9, 2, 3], "b": {}, "c": 1}));
    }

    #[test]
    fn what_is_not_there_is_refused() {
        for patch in [
            json!([{"op": "remove", "path": "/x"}]),
            json!([{"op": "test", "path": "/a", "value": 2}]),
            json!([{"op": "add", "path": "/x/y", "value": 1}]),
            json!({}),
        ] {
            assert!(apply(&mut json!({"a": 1}), &patch).is_err(), "{patch}");
        }
    }
}
