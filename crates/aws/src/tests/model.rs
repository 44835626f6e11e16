//! AWS's service models, as far as they are needed: what a request may hold, and how an answer is written.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::operations::Service;

pub(super) struct Model(Value);

impl Model {
    pub(super) fn of(service: Service) -> Self {
        let text = match service {
            Service::Eks => include_str!("models/eks.json"),
            Service::Iam => include_str!("models/iam.json"),
            Service::Sts => include_str!("models/sts.json"),
            Service::Organizations => include_str!("models/organizations.json"),
            Service::Ec2 => include_str!("models/ec2.json"),
        };
        Self(serde_json::from_str(text).expect("JSON"))
    }

    pub(super) fn metadata(&self, key: &str) -> &str {
        self.0["metadata"][key].as_str().unwrap_or_default()
    }

    pub(super) fn operations(&self) -> &Map<String, Value> {
        self.0["operations"].as_object().expect("operations")
    }

    /// Partition by partition, region by region: address and region to sign for.
    pub(super) fn endpoints(&self) -> &Map<String, Value> {
        self.0["endpoints"].as_object().expect("endpoints")
    }

    fn shape(&self, name: &Value) -> &Value {
        &self.0["shapes"][name.as_str().expect("a shape's name")]
    }

    /// The operation at a path, with what the path holds.
    pub(super) fn at_path(&self, path: &str) -> Option<(&str, Map<String, Value>)> {
        let parts: Vec<&str> = path.split('/').collect();
        self.operations().iter().find_map(|(name, operation)| {
            let template: Vec<&str> = operation["http"]["requestUri"].as_str()?.split('/').collect();
            let mut held = Map::new();
            let fits = template.len() == parts.len()
                && template.iter().zip(&parts).all(|(wanted, part)| {
                    let Some(held_as) = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                        return wanted == part;
                    };
                    let decoded = percent_encoding::percent_decode_str(part).decode_utf8().expect("text");
                    held.insert(held_as.to_owned(), decoded.into_owned().into());
                    true
                });
            fits.then_some((name.as_str(), held))
        })
    }

    /// What is wrong with the names and values of a request.
    pub(super) fn wrong_input(&self, operation: &str, inputs: &Map<String, Value>) -> Vec<String> {
        let Some(input) = self.operations()[operation].get("input") else {
            return inputs.keys().map(|name| format!("{operation} has no input {name}")).collect();
        };
        let shape = self.shape(&input["shape"]);
        let mut wrong: Vec<String> = inputs
            .keys()
            .filter_map(|name| self.wrong_name(shape, name).map(|why| format!("{operation}: {name}: {why}")))
            .collect();
        for required in shape["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let given = |name: &String| name == required || name.starts_with(&format!("{required}."));
            let located = shape["members"][required]["locationName"].as_str().unwrap_or(required);
            if !inputs.keys().any(given) && !inputs.contains_key(located) {
                wrong.push(format!("{operation}: {required} is missing"));
            }
        }
        wrong
    }

    /// `ActionNames.member.1` with the query protocol, `Filter.1.Value.2` with EC2's.
    fn wrong_name(&self, shape: &Value, name: &str) -> Option<String> {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        match shape["type"].as_str() {
            Some("structure") => {
                let members = shape["members"].as_object().expect("members");
                let ec2 = self.metadata("protocol") == "ec2";
                let called = |(member, part): (&String, &Value)| {
                    let located = part["locationName"].as_str().unwrap_or(member);
                    let queried = part["queryName"].as_str().map_or_else(|| capitalised(located), str::to_owned);
                    if ec2 { queried == first } else { member == first || located == first }
                };
                let found = members.iter().find(|(member, part)| called((member, part)));
                match (found, rest) {
                    (None, _) => Some(format!("there is no {first}")),
                    (Some((_, part)), None) => {
                        let kind = self.shape(&part["shape"])["type"].as_str().unwrap_or_default();
                        matches!(kind, "structure" | "list" | "map").then(|| format!("{first} is a {kind}"))
                    }
                    (Some((_, part)), Some(rest)) => self.wrong_name(self.shape(&part["shape"]), rest),
                }
            }
            Some("list") => {
                let flat = self.metadata("protocol") == "ec2" || shape["flattened"] == json!(true);
                let rest = if flat { Some(name) } else { rest.filter(|_| first == "member") };
                let Some(rest) = rest else { return Some("a list needs .member.N".to_owned()) };
                let (index, below) = rest.split_once('.').map_or((rest, None), |(index, below)| (index, Some(below)));
                if index.parse::<u32>().is_err() {
                    return Some(format!("{index} is no place in a list"));
                }
                below.and_then(|below| self.wrong_name(self.shape(&shape["member"]["shape"]), below))
            }
            other => Some(format!("nothing is inside a {other:?}")),
        }
    }

    /// An answer as the service would write it.
    pub(super) fn written(&self, operation: &str, answer: &Value) -> (&'static str, String) {
        let output = self.operations()[operation].get("output");
        match self.metadata("protocol") {
            "query" | "ec2" => {
                let mut text = format!("<{operation}Response xmlns=\"urn:model\">");
                if let Some(output) = output {
                    let wrapper = output["resultWrapper"].as_str();
                    let shape = self.shape(&output["shape"]);
                    if let Some(name) = wrapper {
                        write!(text, "<{name}>").expect("text");
                    }
                    self.members(&mut text, shape, answer, operation);
                    if let Some(name) = wrapper {
                        write!(text, "</{name}>").expect("text");
                    }
                }
                write!(text, "</{operation}Response>").expect("text");
                ("text/xml", text)
            }
            protocol => {
                let written =
                    output.map_or(json!({}), |output| self.json(self.shape(&output["shape"]), answer, operation));
                let kind = if protocol == "json" { "application/x-amz-json-1.1" } else { "application/json" };
                (kind, written.to_string())
            }
        }
    }

    fn members(&self, text: &mut String, shape: &Value, value: &Value, place: &str) {
        for (member, value) in value.as_object().unwrap_or_else(|| panic!("{place} is a structure")) {
            let part = &shape["members"][member];
            assert!(part.is_object(), "{place} has no {member}");
            let name = part["locationName"].as_str().unwrap_or(member);
            self.xml(text, name, self.shape(&part["shape"]), value);
        }
    }

    fn xml(&self, text: &mut String, name: &str, shape: &Value, value: &Value) {
        write!(text, "<{name}>").expect("text");
        match shape["type"].as_str().expect("a type") {
            "structure" => self.members(text, shape, value, name),
            "list" => {
                let member = &shape["member"];
                let item = member["locationName"].as_str().unwrap_or("member");
                for value in value.as_array().unwrap_or_else(|| panic!("{name} is a list")) {
                    self.xml(text, item, self.shape(&member["shape"]), value);
                }
            }
            _ => {
                let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let escaped = plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                text.push_str(&escaped);
            }
        }
        write!(text, "</{name}>").expect("text");
    }

    fn json(&self, shape: &Value, value: &Value, place: &str) -> Value {
        match shape["type"].as_str().expect("a type") {
            "structure" => {
                let members = value.as_object().unwrap_or_else(|| panic!("{place} is a structure"));
                let written = members.iter().map(|(member, value)| {
                    let part = &shape["members"][member];
                    assert!(part.is_object(), "{place} has no {member}");
                    let name = part["locationName"].as_str().unwrap_or(member);
                    (name.to_owned(), self.json(self.shape(&part["shape"]), value, member))
                });
                written.collect()
            }
            "list" => {
                let values = value.as_array().unwrap_or_else(|| panic!("{place} is a list"));
                values.iter().map(|value| self.json(self.shape(&shape["member"]["shape"]), value, place)).collect()
            }
            "timestamp" => {
                let time: jiff::Timestamp = value.as_str().expect("a time").parse().expect("a time");
                json!(time.as_duration().as_secs_f64())
            }
            _ => value.clone(),
        }
    }
}

/// A path without the names of what it holds: they are the client's own.
fn places(path: &str) -> Vec<&str> {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect()
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[test]
fn everything_that_is_asked_exists() {
    for service in Service::ALL {
        let model = Model::of(service);
        let signed_for = model.metadata("signingName");
        let signed_for = if signed_for.is_empty() { model.metadata("endpointPrefix") } else { signed_for };
        assert_eq!(signed_for, service.name());
        for spec in crate::operations::TABLE.iter().filter(|spec| spec.service == service) {
            let operation = &model.operations()[spec.name];
            if service == Service::Eks {
                let uri = operation["http"]["requestUri"].as_str().expect("a path");
                assert_eq!((&operation["http"]["method"], places(uri)), (&json!("GET"), places(spec.path)));
            }
        }
        let known: Vec<&String> = model.operations().keys().collect();
        assert!(known.iter().all(|name| crate::operations::TABLE.iter().any(|spec| spec.name == *name)), "{known:?}");
    }
}
