//! Nodes, and which of them a pod fits on.

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, time};
use super::image::hex;
use crate::profile::Flavour;

/// What scheduling needs to know of a node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) ip: String,
    pub(crate) zone: String,
    pub(crate) arm: bool,
    pub(crate) age: i64,
    pub(crate) pods: usize,
    pub(crate) capacity: usize,
    pub(crate) cpu_left: i64,
    pub(crate) ready: bool,
    /// Tainted: only takes who asks for it.
    pub(crate) reserved: bool,
}

/// instance type, vCPU, GiB, pods
type Machine = (&'static str, i64, i64, usize);

const MACHINES: &[Machine] =
    &[("m6i.2xlarge", 8, 32, 58), ("m7g.2xlarge", 8, 32, 58), ("c6i.4xlarge", 16, 32, 110), ("r6i.2xlarge", 8, 64, 58)];

/// The node group whose instances let containers reach their metadata service.
pub(crate) const REACHABLE: &str = "aws-examples";

/// How a node came to be, which its labels tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Group,
    /// The group that the examples of access to AWS need.
    Examples,
    Karpenter {
        spot: bool,
    },
    K3s {
        server: bool,
    },
}

pub(super) fn fill(builder: &Builder<'_>, count: usize) -> Vec<Node> {
    let mut nodes = Vec::with_capacity(count);
    for at in 0..count {
        nodes.push(node(builder, at));
    }
    nodes
}

fn node(builder: &Builder<'_>, at: usize) -> Node {
    let edge = builder.cluster.profile.flavour == Flavour::Edge;
    let origin = match (edge, at) {
        (true, _) => Origin::K3s { server: at == 0 },
        (false, 5) => Origin::Examples,
        (false, 0..6) => Origin::Group,
        _ => Origin::Karpenter { spot: at.is_multiple_of(3) },
    };
    let machine = if edge {
        ("nuc", 8, 16, 110)
    } else {
        MACHINES[if matches!(origin, Origin::Group | Origin::Examples) { 0 } else { at % MACHINES.len() }]
    };
    let region = builder.cluster.profile.region();
    let zone = region.map_or_else(|| "berlin-07".to_owned(), |region| format!("{region}{}", ["a", "b", "c"][at % 3]));
    let (high, low) = (at / 250, at % 250 + 4);
    let ip = if edge {
        format!("192.168.40.{}", at + 11)
    } else {
        format!("10.{}.{}.{low}", 20 + high / 60, at % 3 * 64 + high % 60)
    };
    let name = match region {
        Some(region) => format!("ip-{}.{region}.compute.internal", ip.replace('.', "-")),
        None => ["till-gateway", "shelf-a", "shelf-b", "back-office"]
            .get(at)
            .map_or_else(|| format!("shelf-{at}"), |&name| name.to_owned()),
    };
    let age = match origin {
        Origin::Group | Origin::Examples => 34 * DAY + builder.below(2 * HOUR),
        Origin::K3s { .. } => 201 * DAY,
        Origin::Karpenter { .. } => builder.between(2 * HOUR, 13 * DAY),
    };
    let arm = machine.0.starts_with("m7g");
    let reserved = origin == Origin::Examples;
    let (capacity, cpu_left) = (machine.3, machine.1 * 1000 - 110);
    let node = Node { name, ip, zone, arm, age, pods: 0, capacity, cpu_left, ready: true, reserved };
    let object = object(builder, &node, machine, origin, at);
    builder.add_by("nodes", age, "kubelet", object);
    lease(builder, &node);
    node
}

fn object(builder: &Builder<'_>, node: &Node, machine: Machine, origin: Origin, at: usize) -> Value {
    let (kind, cpu, memory, pods) = machine;
    let version = builder.cluster.profile.git_version;
    let kubelet = if at == 4 && version.contains("eks") { "v1.32.9-eks-113cf36" } else { version };
    let architecture = if node.arm { "arm64" } else { "amd64" };
    let mut labels = json!({"kubernetes.io/arch": architecture, "kubernetes.io/os": "linux", "kubernetes.io/hostname": node.name,
        "node.kubernetes.io/instance-type": kind, "beta.kubernetes.io/arch": architecture, "beta.kubernetes.io/os": "linux"});
    let instance = format!("i-0{}", hex(&node.name, 16));
    let mut spec = json!({"providerID": format!("aws:///{}/{instance}", node.zone)});
    origin_labels(&mut labels, &mut spec, origin, node);
    let (os, runtime) = match origin {
        Origin::K3s { .. } => ("Debian GNU/Linux 12 (bookworm)", "containerd://2.0.5-k3s1.32"),
        Origin::Group | Origin::Examples => ("Amazon Linux 2023.8.20250915", "containerd://2.1.4"),
        Origin::Karpenter { .. } => ("Bottlerocket OS 1.46.0 (aws-k8s-1.33)", "containerd://2.1.4+bottlerocket"),
    };
    let amounts = |cpu: String, memory: i64| {
        json!({"cpu": cpu, "memory": format!("{memory}Ki"), "pods": pods.to_string(), "ephemeral-storage": "83873772Ki",
            "hugepages-1Gi": "0", "hugepages-2Mi": "0"})
    };
    json!({"metadata": {"name": node.name, "labels": labels, "annotations": annotations(node, &instance, origin)}, "spec": spec,
        "status": {
            "capacity": amounts(cpu.to_string(), memory * 1024 * 1024 - 400_000),
            "allocatable": amounts(format!("{}m", cpu * 1000 - 110), memory * 1024 * 1024 - 1_600_000),
            "addresses": [{"type": "InternalIP", "address": node.ip}, {"type": "Hostname", "address": node.name},
                {"type": "InternalDNS", "address": node.name}],
            "conditions": conditions(builder.now, builder.now - node.age, true),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {"architecture": architecture, "operatingSystem": "linux", "osImage": os, "containerRuntimeVersion": runtime,
                "kubeletVersion": kubelet, "kubeProxyVersion": kubelet, "kernelVersion": "6.12.46-66.121.amzn2023",
                "machineID": hex(&node.name, 32), "systemUUID": hex(&instance, 32), "bootID": hex(&node.ip, 32)},
            "images": images(builder)}})
}

fn annotations(node: &Node, instance: &str, origin: Origin) -> Value {
    let mut annotations = json!({"alpha.kubernetes.io/provided-node-ip": node.ip, "volumes.kubernetes.io/controller-managed-attach-detach": "true",
        "node.alpha.kubernetes.io/ttl": "0", "csi.volume.kubernetes.io/nodeid": json!({"ebs.csi.aws.com": instance}).to_string()});
    if matches!(origin, Origin::Karpenter { .. }) {
        annotations["karpenter.k8s.aws/ec2nodeclass-hash-version"] = json!("v4");
    }
    annotations
}

fn origin_labels(labels: &mut Value, spec: &mut Value, origin: Origin, node: &Node) {
    match origin {
        Origin::K3s { server } => {
            labels["node.kubernetes.io/instance-type"] = json!("k3s");
            spec["providerID"] = json!(format!("k3s://{}", node.name));
            if server {
                labels["node-role.kubernetes.io/control-plane"] = json!("true");
                labels["node-role.kubernetes.io/master"] = json!("true");
            }
            return;
        }
        Origin::Group | Origin::Examples => {
            let group = if origin == Origin::Examples { REACHABLE } else { "system" };
            labels["eks.amazonaws.com/nodegroup"] = json!(group);
            if origin == Origin::Examples {
                spec["taints"] = json!([{"key": "dedicated", "value": REACHABLE, "effect": "NoSchedule"}]);
            }
            labels["eks.amazonaws.com/capacityType"] = json!("ON_DEMAND");
            labels["eks.amazonaws.com/nodegroup-image"] = json!("ami-0b3e7a1c9d2f45678");
        }
        Origin::Karpenter { spot } => {
            let pool = if node.arm {
                "arm"
            } else if spot {
                "spot"
            } else {
                "general"
            };
            labels["karpenter.sh/nodepool"] = json!(pool);
            labels["karpenter.sh/capacity-type"] = json!(if spot { "spot" } else { "on-demand" });
            labels["karpenter.sh/registered"] = json!("true");
            labels["karpenter.sh/initialized"] = json!("true");
            labels["karpenter.k8s.aws/ec2nodeclass"] = json!("default");
        }
    }
    labels["topology.kubernetes.io/region"] = json!(node.zone.trim_end_matches(char::is_alphabetic));
    labels["topology.kubernetes.io/zone"] = json!(node.zone);
    labels["failure-domain.beta.kubernetes.io/zone"] = json!(node.zone);
}

/// A node's five conditions; `since` is when it last became (not) ready.
pub(crate) fn conditions(now: i64, since: i64, ready: bool) -> Value {
    let condition = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({"type": kind, "status": status, "reason": reason, "message": message,
            "lastHeartbeatTime": time(if ready { now - 20 } else { since }), "lastTransitionTime": time(since)})
    };
    if !ready {
        let lost = |kind: &str| condition(kind, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.");
        return json!([lost("MemoryPressure"), lost("DiskPressure"), lost("PIDPressure"), lost("Ready")]);
    }
    json!([
        condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ])
}

fn images(builder: &Builder<'_>) -> Value {
    let names = ["amazon-k8s-cni", "kube-proxy", "aws-ebs-csi-driver", "pause", "coredns"];
    let region = builder.cluster.profile.region();
    let list: Vec<Value> = names
        .iter()
        .map(|name| {
            let public = || super::image::public(name, "v1.19.6");
            let image = region.map_or_else(public, |region| super::image::eks(region, name, "v1.19.6"));
            json!({"names": [super::image::digest(&image), image], "sizeBytes": 18_000_000 + super::image::hash(name) % 90_000_000})
        })
        .collect();
    Value::Array(list)
}

fn lease(builder: &Builder<'_>, node: &Node) {
    let renewed = super::builder::micro_time(builder.now - builder.below(9));
    let spec = json!({"holderIdentity": node.name, "leaseDurationSeconds": 40, "renewTime": renewed});
    let object = json!({"metadata": {"name": node.name, "namespace": "kube-node-lease"}, "spec": spec});
    builder.add_by("leases.coordination.k8s.io", node.age, "kubelet", object);
}

/// The least filled node that has room; `None` when the cluster is full.
pub(super) fn place(nodes: &mut [Node], cpu: i64, arm_allowed: bool) -> Option<&Node> {
    let best = nodes
        .iter_mut()
        .filter(|node| {
            node.ready
                && !node.reserved
                && node.pods < node.capacity
                && node.cpu_left >= cpu
                && (arm_allowed || !node.arm)
        })
        .max_by_key(|node| node.cpu_left)?;
    best.pods += 1;
    best.cpu_left -= cpu;
    Some(best)
}
