//! Storage classes, claims and volumes.

use serde_json::{Value, json};

use super::builder::{Builder, DAY};
use super::image::hex;

pub(super) fn classes(builder: &Builder<'_>) {
    let class = |name: &str, provisioner: &str, default: bool, parameters: &Value| {
        let mut metadata = json!({"name": name});
        if default {
            metadata["annotations"] = json!({"storageclass.kubernetes.io/is-default-class": "true"});
        }
        let object = json!({"metadata": metadata, "provisioner": provisioner, "parameters": parameters, "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": default});
        builder.add("storageclasses.storage.k8s.io", 300 * DAY, object);
    };
    if builder.cluster.profile.eks.is_none() {
        return class("local-path", "rancher.io/local-path", true, &json!({}));
    }
    class("gp2", "kubernetes.io/aws-ebs", false, &json!({"type": "gp2", "fsType": "ext4"}));
    class("gp3", "ebs.csi.aws.com", true, &json!({"type": "gp3", "encrypted": "true"}));
    class("io2-fast", "ebs.csi.aws.com", false, &json!({"type": "io2", "iops": "16000", "encrypted": "true"}));
    let spec = json!({"attachRequired": true, "podInfoOnMount": false, "storageCapacity": false, "fsGroupPolicy": "ReadWriteOnceWithFSType",
        "volumeLifecycleModes": ["Persistent"]});
    builder.add("csidrivers.storage.k8s.io", 300 * DAY, json!({"metadata": {"name": "ebs.csi.aws.com"}, "spec": spec}));
}

pub(super) fn default_class(builder: &Builder<'_>) -> &'static str {
    if builder.cluster.profile.eks.is_some() { "gp3" } else { "local-path" }
}

pub(super) fn bound_claim(builder: &Builder<'_>, namespace: &str, name: &str, labels: &Value, age: i64) {
    let uid = builder.cluster.uid();
    let class = default_class(builder);
    let volume = format!("pvc-{uid}");
    let size = json!({"storage": "100Gi"});
    let modes = json!(["ReadWriteOnce"]);
    let provisioner = if class == "gp3" { "ebs.csi.aws.com" } else { "rancher.io/local-path" };
    let claim = json!({"metadata": {"name": name, "namespace": namespace, "labels": labels, "uid": uid, "finalizers": ["kubernetes.io/pvc-protection"],
            "annotations": {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes",
                "volume.kubernetes.io/storage-provisioner": provisioner}},
        "spec": {"accessModes": modes, "resources": {"requests": size}, "storageClassName": class, "volumeMode": "Filesystem", "volumeName": volume},
        "status": {"phase": "Bound", "accessModes": modes, "capacity": size}});
    builder.add_by("persistentvolumeclaims", age, "kube-controller-manager", claim);
    let mut spec = json!({"accessModes": modes, "capacity": size, "persistentVolumeReclaimPolicy": "Delete", "storageClassName": class, "volumeMode": "Filesystem",
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": name, "uid": uid}});
    if class == "gp3" {
        spec["csi"] = json!({"driver": provisioner, "fsType": "ext4", "volumeHandle": format!("vol-0{}", hex(&volume, 16)),
            "volumeAttributes": {"storage.kubernetes.io/csiProvisionerIdentity": "1758000000000-1234-ebs.csi.aws.com"}});
    } else {
        spec["hostPath"] =
            json!({"path": format!("/var/lib/rancher/k3s/storage/{volume}"), "type": "DirectoryOrCreate"});
    }
    let volume = json!({"metadata": {"name": volume, "finalizers": ["kubernetes.io/pv-protection"],
        "annotations": {"pv.kubernetes.io/provisioned-by": provisioner}}, "spec": spec, "status": {"phase": "Bound"}});
    builder.add_by("persistentvolumes", age, "csi-provisioner", volume);
}

/// A claim nobody can satisfy.
pub(super) fn pending_claim(builder: &Builder<'_>, namespace: &str, name: &str, class: &str, age: i64) -> Value {
    let claim = json!({"metadata": {"name": name, "namespace": namespace, "finalizers": ["kubernetes.io/pvc-protection"]},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "500Gi"}}, "storageClassName": class, "volumeMode": "Filesystem"},
        "status": {"phase": "Pending"}});
    builder.add("persistentvolumeclaims", age, claim)
}
