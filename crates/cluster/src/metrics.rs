//! Slim readings of `metrics.k8s.io`.

use jiff::Timestamp;

/// What something used, averaged over the reading's window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    pub cpu_millicores: f64,
    pub memory_bytes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NodeMetrics {
    pub name: String,
    pub at: Option<Timestamp>,
    pub window_seconds: u32,
    pub usage: Usage,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PodMetrics {
    pub namespace: String,
    pub name: String,
    pub at: Option<Timestamp>,
    pub window_seconds: u32,
    pub containers: Vec<ContainerMetrics>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ContainerMetrics {
    pub name: String,
    pub usage: Usage,
}

impl PodMetrics {
    /// The sum of its containers.
    pub fn usage(&self) -> Usage {
        self.containers.iter().fold(Usage::default(), |sum, container| Usage {
            cpu_millicores: sum.cpu_millicores + container.usage.cpu_millicores,
            memory_bytes: sum.memory_bytes.saturating_add(container.usage.memory_bytes),
        })
    }
}
