//! Services, Ingresses and EndpointSlices.

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::workload::equalities;
use super::{Body, Facts, Meta};
use crate::cell::{Cell, Column};
use crate::intern::{Pools, Sym};
use crate::json::{List, Pairs, Text};
use crate::judge::{Class, Verdict};
use crate::labels::Selector;

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`.
    pub kind: Sym,
    pub cluster_ip: Sym,
    /// Addresses of load balancers, external IPs, or the external name.
    pub external: Sym,
    pub ports: Box<[ServicePort]>,
    pub selector: Selector,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServicePort {
    pub name: Sym,
    pub port: u16,
    /// A number or a container port's name.
    pub target: Sym,
    pub node_port: u16,
    pub protocol: Sym,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Ingress {
    pub class: Option<Sym>,
    pub hosts: Sym,
    pub address: Sym,
    pub backends: Box<[Backend]>,
    /// Secrets with its certificates.
    pub secrets: Box<[Sym]>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Backend {
    pub service: Sym,
    /// A number or a name.
    pub port: Sym,
}

#[derive(Debug, Clone, PartialEq)]
pub struct EndpointSlice {
    /// From its label `kubernetes.io/service-name`.
    pub service: Option<Sym>,
    pub address_type: Sym,
    pub endpoints: Box<[Endpoint]>,
    pub ports: Sym,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub address: Sym,
    pub ready: bool,
    pub pod: Option<Sym>,
    pub node: Option<Sym>,
}

impl Facts for Service {
    const COLUMNS: &'static [Column] = &[
        Column::text("type", "Type"),
        Column::text("clusterIp", "Cluster IP"),
        Column::text("external", "External"),
        Column::text("ports", "Ports"),
        Column::age(),
        Column::text("selector", "Selector").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "type" => Cell::text(&self.kind),
            "clusterIp" => Cell::text(&self.cluster_ip),
            "external" => Cell::text(&self.external),
            "ports" => Cell::owned(self.ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
            "selector" => Cell::owned(self.selector.to_string()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        if &*self.kind == "LoadBalancer" && self.external.is_empty() {
            return Verdict::new("Pending", Class::Pending).tone(Tone::Notice).note("no load balancer address yet");
        }
        Verdict::neutral()
    }
}

impl std::fmt::Display for ServicePort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.port)?;
        if self.node_port != 0 {
            write!(f, ":{}", self.node_port)?;
        }
        write!(f, "/{}", self.protocol)
    }
}

impl Facts for Ingress {
    const COLUMNS: &'static [Column] = &[
        Column::to("class", "Class", "ingressclasses.networking.k8s.io"),
        Column::text("hosts", "Hosts"),
        Column::text("address", "Address"),
        Column::text("backends", "Services"),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "class" => Cell::some(self.class.as_deref()),
            "hosts" => Cell::text(&self.hosts),
            "address" => Cell::text(&self.address),
            "backends" => {
                let texts: Vec<String> =
                    self.backends.iter().map(|one| format!("{}:{}", one.service, one.port)).collect();
                Cell::owned(texts.join(","))
            }
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        Verdict::neutral()
    }
}

impl EndpointSlice {
    pub fn ready(&self) -> usize {
        self.endpoints.iter().filter(|one| one.ready).count()
    }
}

impl Facts for EndpointSlice {
    const COLUMNS: &'static [Column] = &[
        Column::to("service", "Service", "services"),
        Column::text("addressType", "Address type"),
        Column::new("ready", "Ready", crate::cell::ColumnType::Ready),
        Column::text("ports", "Ports"),
        Column::text("endpoints", "Endpoints").wide(),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        match id {
            "service" => Cell::some(self.service.as_deref()),
            "addressType" => Cell::text(&self.address_type),
            "ready" => Cell::Ready(count(self.ready()), count(self.endpoints.len())),
            "ports" => Cell::text(&self.ports),
            "endpoints" => {
                let addresses: Vec<&str> = self.endpoints.iter().take(8).map(|one| one.address.as_ref()).collect();
                Cell::owned(addresses.join(","))
            }
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        Verdict::neutral()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawService<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawServiceSpec<'a>,
    #[serde(borrow)]
    status: RawBalanced<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawServiceSpec<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, rename = "clusterIP")]
    cluster_ip: Text<'a>,
    #[serde(borrow, rename = "externalIPs")]
    external_ips: List<Text<'a>>,
    #[serde(borrow)]
    external_name: Text<'a>,
    #[serde(borrow)]
    ports: List<RawPort<'a>>,
    #[serde(borrow)]
    selector: Pairs<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawPort<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    port: Option<u16>,
    #[serde(borrow)]
    target_port: Text<'a>,
    node_port: u16,
    #[serde(borrow)]
    protocol: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawBalanced<'a> {
    #[serde(borrow)]
    load_balancer: RawLoadBalancer<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawLoadBalancer<'a> {
    #[serde(borrow)]
    ingress: List<RawPoint<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPoint<'a> {
    #[serde(borrow)]
    ip: Text<'a>,
    #[serde(borrow)]
    hostname: Text<'a>,
}

impl RawBalanced<'_> {
    fn addresses(&self) -> impl Iterator<Item = &str> {
        self.load_balancer.ingress.iter().map(|one| if one.ip.is_empty() { &*one.hostname } else { &*one.ip })
    }
}

impl RawPort<'_> {
    fn slim(&self, pools: &mut Pools) -> ServicePort {
        ServicePort {
            name: pools.sym(&self.name),
            port: self.port.unwrap_or(0),
            target: pools.sym(&self.target_port),
            node_port: self.node_port,
            protocol: pools.sym(if self.protocol.is_empty() { "TCP" } else { &self.protocol }),
        }
    }
}

impl<'a> Raw<'a> for RawService<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let spec = &self.spec;
        let external: Vec<&str> = self.status.addresses().chain(spec.external_ips.iter().map(|ip| &**ip)).collect();
        let external = if external.is_empty() { spec.external_name.to_string() } else { external.join(",") };
        let requirements = equalities(&spec.selector, pools);
        Body::Service(Box::new(Service {
            kind: pools.sym(if spec.kind.is_empty() { "ClusterIP" } else { &spec.kind }),
            cluster_ip: pools.sym(&spec.cluster_ip),
            external: pools.sym(&external),
            ports: spec.ports.iter().map(|port| port.slim(pools)).collect(),
            // A service without a selector selects nothing: its endpoints are made by somebody else.
            selector: if requirements.is_empty() { Selector::default() } else { Selector::new(requirements) },
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawIngress<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawIngressSpec<'a>,
    #[serde(borrow)]
    status: RawBalanced<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawIngressSpec<'a> {
    #[serde(borrow)]
    ingress_class_name: Text<'a>,
    #[serde(borrow)]
    default_backend: Option<RawBackend<'a>>,
    #[serde(borrow)]
    rules: List<RawRule<'a>>,
    #[serde(borrow)]
    tls: List<RawTls<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawTls<'a> {
    #[serde(borrow)]
    secret_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawRule<'a> {
    #[serde(borrow)]
    host: Text<'a>,
    #[serde(borrow)]
    http: Option<RawHttp<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawHttp<'a> {
    #[serde(borrow)]
    paths: List<RawPath<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPath<'a> {
    #[serde(borrow)]
    backend: RawBackend<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawBackend<'a> {
    #[serde(borrow)]
    service: Option<RawServiceBackend<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawServiceBackend<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    port: RawBackendPort<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawBackendPort<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    number: Text<'a>,
}

impl<'a> Raw<'a> for RawIngress<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let spec = &self.spec;
        let paths = spec.rules.iter().filter_map(|rule| rule.http.as_ref()).flat_map(|http| http.paths.iter());
        let backends = paths.map(|path| &path.backend).chain(&spec.default_backend);
        let mut backends: Vec<Backend> = backends
            .filter_map(|backend| backend.service.as_ref())
            .map(|service| Backend {
                service: pools.sym(&service.name),
                port: pools.sym(if service.port.name.is_empty() { &service.port.number } else { &service.port.name }),
            })
            .collect();
        backends.sort();
        backends.dedup();
        let hosts: Vec<&str> =
            spec.rules.iter().map(|rule| if rule.host.is_empty() { "*" } else { &rule.host }).collect();
        let address: Vec<&str> = self.status.addresses().collect();
        Body::Ingress(Box::new(Ingress {
            class: pools.some(&spec.ingress_class_name),
            hosts: pools.sym(&hosts.join(",")),
            address: pools.sym(&address.join(",")),
            backends: backends.into(),
            secrets: spec.tls.iter().filter_map(|tls| pools.some(&tls.secret_name)).collect(),
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawEndpointSlice<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    address_type: Text<'a>,
    #[serde(borrow)]
    endpoints: List<RawEndpoint<'a>>,
    #[serde(borrow)]
    ports: List<RawPort<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawEndpoint<'a> {
    #[serde(borrow)]
    addresses: List<Text<'a>>,
    #[serde(borrow)]
    node_name: Text<'a>,
    conditions: RawConditions,
    #[serde(borrow)]
    target_ref: Option<RawTarget<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawConditions {
    ready: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawTarget<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

impl RawEndpoint<'_> {
    fn slim(&self, pools: &mut Pools) -> Endpoint {
        let pod = self.target_ref.as_ref().filter(|target| &*target.kind == "Pod");
        Endpoint {
            address: pools.sym(self.addresses.first().map_or("", |address| address)),
            // Absent is to be read as ready.
            ready: self.conditions.ready.unwrap_or(true),
            pod: pod.and_then(|pod| pools.some(&pod.name)),
            node: pools.some(&self.node_name),
        }
    }
}

impl<'a> Raw<'a> for RawEndpointSlice<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let meta = self.metadata.slim(pools);
        let ports: Vec<String> = self.ports.iter().filter_map(|one| one.port).map(|port| port.to_string()).collect();
        Body::EndpointSlice(Box::new(EndpointSlice {
            service: meta.labels.get("kubernetes.io/service-name").and_then(|name| pools.some(name)),
            address_type: pools.sym(&self.address_type),
            endpoints: self.endpoints.iter().map(|one| one.slim(pools)).collect(),
            ports: pools.sym(&ports.join(",")),
        }))
    }
}
