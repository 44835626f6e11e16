//! Small pieces of text that several tables share.

use serde_json::Value;

pub(super) const NONE: &str = "<none>";
pub(super) const UNSET: &str = "<unset>";
pub(super) const UNKNOWN: &str = "<unknown>";

pub(super) fn str_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(super) fn or_none(value: &Value) -> Value {
    match value {
        Value::Null => NONE.into(),
        Value::String(text) if text.is_empty() => NONE.into(),
        other => other.clone(),
    }
}

pub(super) fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

pub(super) fn age(object: &Value, now: i64) -> Value {
    since(&object["metadata"]["creationTimestamp"], now).into()
}

pub(super) fn since(time: &Value, now: i64) -> String {
    seconds_of(time).map_or_else(|| UNKNOWN.to_owned(), |then| duration(now - then))
}

pub(super) fn seconds_of(time: &Value) -> Option<i64> {
    time.as_str()?.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// kubectl's human duration: two units while the number is small, then one.
pub(super) fn duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let two = |large: i64, unit: char, small: i64, part: char| {
        if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{part}") }
    };
    match seconds {
        ..=-2 => "<invalid>".to_owned(),
        -1 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        120..600 => two(minutes, 'm', seconds % 60, 's'),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two(hours, 'h', minutes % 60, 'm'),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two(days, 'd', hours % 24, 'h'),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => two(days / 365, 'y', days % 365, 'd'),
        _ => format!("{}y", days / 365),
    }
}

pub(super) fn count(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

pub(super) fn size(value: &Value) -> i64 {
    let length = value.as_object().map_or_else(|| value.as_array().map_or(0, Vec::len), serde_json::Map::len);
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// `a=1,b=2`
pub(super) fn pairs(map: &Value) -> String {
    let list: Vec<String> =
        map.as_object().into_iter().flatten().map(|(key, value)| format!("{key}={}", str_of(value))).collect();
    if list.is_empty() { NONE.to_owned() } else { list.join(",") }
}

/// A label selector as kubectl prints it.
pub(super) fn selector(selector: &Value) -> String {
    let labels = if selector["matchLabels"].is_object() { &selector["matchLabels"] } else { &Value::Null };
    pairs(labels)
}

pub(super) fn join<'a>(items: &'a Value, text: impl Fn(&'a Value) -> String) -> String {
    let list: Vec<String> = items.as_array().into_iter().flatten().map(text).collect();
    if list.is_empty() { NONE.to_owned() } else { list.join(",") }
}

/// Container names and images of a pod template's spec.
pub(super) fn containers(spec: &Value) -> [Value; 2] {
    let of = |field: &str| Value::String(join(&spec["containers"], |container| str_of(&container[field]).to_owned()));
    [of("name"), of("image")]
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_read_like_kubectl() {
        let cases = [
            (5, "5s"),
            (119, "119s"),
            (125, "2m5s"),
            (600, "10m"),
            (7200, "120m"),
            (10_860, "3h1m"),
            (100_000, "27h"),
            (180_000, "2d2h"),
            (700_000, "8d"),
            (70_000_000, "2y80d"),
            (-5, "<invalid>"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration(seconds), text);
        }
    }
}
