//! Configuration, accounts, quotas, events.

use serde_json::Value;

use super::Layout;
use super::text::{age, count, name, seconds_of, since, size, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "configmaps" => CONFIG_MAPS,
        "secrets" => SECRETS,
        "serviceaccounts" => ACCOUNTS,
        "resourcequotas" => QUOTAS,
        "limitranges" => LIMITS,
        "events" => EVENTS,
        _ => return None,
    })
}

const CONFIG_MAPS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Data", "string", 0), ("Age", "string", 0)],
    cells: |object, now| {
        vec![name(object), (size(&object["data"]) + size(&object["binaryData"])).into(), age(object, now)]
    },
};

const SECRETS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Type", "string", 0), ("Data", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), object["type"].clone(), size(&object["data"]).into(), age(object, now)],
};

const ACCOUNTS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Secrets", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), size(&object["secrets"]).into(), age(object, now)],
};

const QUOTAS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Request", "string", 0), ("Limit", "string", 0), ("Age", "string", 0)],
    cells: |object, now| {
        let (mut requests, mut limits) = (Vec::new(), Vec::new());
        for (resource, hard) in object["status"]["hard"].as_object().into_iter().flatten() {
            let used = str_of(&object["status"]["used"][resource]);
            let text = format!("{resource}: {used}/{}", str_of(hard));
            if resource.starts_with("limits.") { limits.push(text) } else { requests.push(text) }
        }
        vec![name(object), requests.join(", ").into(), limits.join(", ").into(), age(object, now)]
    },
};

const LIMITS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Created At", "date", 0)],
    cells: |object, _| vec![name(object), object["metadata"]["creationTimestamp"].clone()],
};

const EVENTS: Layout = Layout {
    columns: &[
        ("Last Seen", "string", 0),
        ("Type", "string", 0),
        ("Reason", "string", 0),
        ("Object", "string", 0),
        ("Subobject", "string", 1),
        ("Source", "string", 1),
        ("Message", "string", 0),
        ("First Seen", "string", 1),
        ("Count", "string", 1),
        ("Name", "string", 1),
    ],
    cells: |event, now| {
        let involved = &event["involvedObject"];
        let object = format!("{}/{}", str_of(&involved["kind"]).to_lowercase(), str_of(&involved["name"]));
        let first = if event["firstTimestamp"].is_string() { &event["firstTimestamp"] } else { &event["eventTime"] };
        let last = if event["lastTimestamp"].is_string() { &event["lastTimestamp"] } else { first };
        vec![
            since(last, now).into(),
            event["type"].clone(),
            event["reason"].clone(),
            object.into(),
            str_of(&involved["fieldPath"]).into(),
            source(event).into(),
            str_of(&event["message"]).trim().into(),
            seconds_of(first).map_or(Value::from("<unknown>"), |_| since(first, now).into()),
            count(&event["count"]).max(1).into(),
            name(event),
        ]
    },
};

fn source(event: &Value) -> String {
    let component = str_of(&event["source"]["component"]);
    let component = if component.is_empty() { str_of(&event["reportingComponent"]) } else { component };
    match str_of(&event["source"]["host"]) {
        "" => component.to_owned(),
        host => format!("{component}, {host}"),
    }
}
