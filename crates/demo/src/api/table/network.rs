//! Services and what leads to them.

use serde_json::Value;

use super::Layout;
use super::text::{NONE, UNSET, age, join, name, or_none, pairs, selector, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "services" => SERVICES,
        "endpoints" => ENDPOINTS,
        "endpointslices.discovery.k8s.io" => SLICES,
        "ingresses.networking.k8s.io" => INGRESSES,
        "ingressclasses.networking.k8s.io" => INGRESS_CLASSES,
        "networkpolicies.networking.k8s.io" => POLICIES,
        _ => return None,
    })
}

const SERVICES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Type", "string", 0),
        ("Cluster-IP", "string", 0),
        ("External-IP", "string", 0),
        ("Port(s)", "string", 0),
        ("Age", "string", 0),
        ("Selector", "string", 1),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        vec![
            name(object),
            spec["type"].clone(),
            or_none(&spec["clusterIP"]),
            external(object).into(),
            join(&spec["ports"], port).into(),
            age(object, now),
            pairs(&spec["selector"]).into(),
        ]
    },
};

fn port(port: &Value) -> String {
    let protocol = port["protocol"].as_str().unwrap_or("TCP");
    match port["nodePort"].as_i64() {
        Some(node) => format!("{}:{node}/{protocol}", port["port"]),
        None => format!("{}/{protocol}", port["port"]),
    }
}

fn external(service: &Value) -> String {
    match str_of(&service["spec"]["type"]) {
        "LoadBalancer" => {
            let text = addresses(&service["status"]["loadBalancer"]["ingress"]);
            if text == NONE { "<pending>".to_owned() } else { text }
        }
        "ExternalName" => str_of(&service["spec"]["externalName"]).to_owned(),
        _ => join(&service["spec"]["externalIPs"], |address| str_of(address).to_owned()),
    }
}

fn addresses(ingress: &Value) -> String {
    join(ingress, |point| {
        let host = str_of(&point["hostname"]);
        if host.is_empty() { str_of(&point["ip"]).to_owned() } else { host.to_owned() }
    })
}

const ENDPOINTS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Endpoints", "string", 0), ("Age", "string", 0)],
    cells: |object, now| {
        let mut list = Vec::new();
        for subset in object["subsets"].as_array().into_iter().flatten() {
            for address in subset["addresses"].as_array().into_iter().flatten() {
                for port in subset["ports"].as_array().into_iter().flatten() {
                    list.push(format!("{}:{}", str_of(&address["ip"]), port["port"]));
                }
            }
        }
        let text = match list.len() {
            0 => NONE.to_owned(),
            1..=3 => list.join(","),
            more => format!("{} + {} more...", list[..3].join(","), more - 3),
        };
        vec![name(object), text.into(), age(object, now)]
    },
};

const SLICES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("AddressType", "string", 0),
        ("Ports", "string", 0),
        ("Endpoints", "string", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let mut list: Vec<&str> = Vec::new();
        for endpoint in object["endpoints"].as_array().into_iter().flatten() {
            list.extend(endpoint["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str));
        }
        let text = match list.len() {
            0 => UNSET.to_owned(),
            1..=3 => list.join(","),
            more => format!("{} + {} more...", list[..3].join(","), more - 3),
        };
        let ports = join(&object["ports"], |port| port["port"].to_string());
        vec![name(object), object["addressType"].clone(), ports.into(), text.into(), age(object, now)]
    },
};

const INGRESSES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Class", "string", 0),
        ("Hosts", "string", 0),
        ("Address", "string", 0),
        ("Ports", "string", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        let hosts = join(&spec["rules"], |rule| rule["host"].as_str().unwrap_or("*").to_owned());
        let address = addresses(&object["status"]["loadBalancer"]["ingress"]);
        let ports = if spec["tls"].is_array() { "80, 443" } else { "80" };
        vec![
            name(object),
            or_none(&spec["ingressClassName"]),
            hosts.into(),
            if address == NONE { "".into() } else { address.into() },
            ports.into(),
            age(object, now),
        ]
    },
};

const INGRESS_CLASSES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Controller", "string", 0), ("Parameters", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), object["spec"]["controller"].clone(), NONE.into(), age(object, now)],
};

const POLICIES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Pod-Selector", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), selector(&object["spec"]["podSelector"]).into(), age(object, now)],
};
