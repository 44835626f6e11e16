//! Volumes, claims and classes.

use serde_json::Value;

use super::Layout;
use super::text::{UNSET, age, join, name, size, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "persistentvolumes" => VOLUMES,
        "persistentvolumeclaims" => CLAIMS,
        "storageclasses.storage.k8s.io" => CLASSES,
        "csidrivers.storage.k8s.io" => DRIVERS,
        "csinodes.storage.k8s.io" => CSI_NODES,
        "volumeattachments.storage.k8s.io" => ATTACHMENTS,
        _ => return None,
    })
}

fn modes(list: &Value) -> String {
    join(list, |mode| {
        match str_of(mode) {
            "ReadWriteOnce" => "RWO",
            "ReadOnlyMany" => "ROX",
            "ReadWriteMany" => "RWX",
            "ReadWriteOncePod" => "RWOP",
            other => other,
        }
        .to_owned()
    })
}

const VOLUMES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Capacity", "string", 0),
        ("Access Modes", "string", 0),
        ("Reclaim Policy", "string", 0),
        ("Status", "string", 0),
        ("Claim", "string", 0),
        ("StorageClass", "string", 0),
        ("VolumeAttributesClass", "string", 0),
        ("Reason", "string", 0),
        ("Age", "string", 0),
        ("VolumeMode", "string", 1),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        let claim = &spec["claimRef"];
        let claim = if claim.is_object() {
            format!("{}/{}", str_of(&claim["namespace"]), str_of(&claim["name"]))
        } else {
            String::new()
        };
        vec![
            name(object),
            spec["capacity"]["storage"].clone(),
            modes(&spec["accessModes"]).into(),
            spec["persistentVolumeReclaimPolicy"].clone(),
            object["status"]["phase"].clone(),
            claim.into(),
            str_of(&spec["storageClassName"]).into(),
            UNSET.into(),
            str_of(&object["status"]["reason"]).into(),
            age(object, now),
            spec["volumeMode"].clone(),
        ]
    },
};

const CLAIMS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Status", "string", 0),
        ("Volume", "string", 0),
        ("Capacity", "string", 0),
        ("Access Modes", "string", 0),
        ("StorageClass", "string", 0),
        ("VolumeAttributesClass", "string", 0),
        ("Age", "string", 0),
        ("VolumeMode", "string", 1),
    ],
    cells: |object, now| {
        let (spec, status) = (&object["spec"], &object["status"]);
        let bound = str_of(&spec["volumeName"]);
        let phase =
            if object["metadata"]["deletionTimestamp"].is_string() { "Terminating" } else { str_of(&status["phase"]) };
        let modes = if bound.is_empty() { String::new() } else { modes(&status["accessModes"]) };
        vec![
            name(object),
            phase.into(),
            bound.into(),
            str_of(&status["capacity"]["storage"]).into(),
            modes.into(),
            str_of(&spec["storageClassName"]).into(),
            UNSET.into(),
            age(object, now),
            spec["volumeMode"].clone(),
        ]
    },
};

const CLASSES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Provisioner", "string", 0),
        ("ReclaimPolicy", "string", 0),
        ("VolumeBindingMode", "string", 0),
        ("AllowVolumeExpansion", "string", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let default = &object["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true";
        let shown = format!("{}{}", str_of(&object["metadata"]["name"]), if default { " (default)" } else { "" });
        vec![
            shown.into(),
            object["provisioner"].clone(),
            object["reclaimPolicy"].clone(),
            object["volumeBindingMode"].clone(),
            object["allowVolumeExpansion"].as_bool().unwrap_or(false).into(),
            age(object, now),
        ]
    },
};

const DRIVERS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("AttachRequired", "boolean", 0),
        ("PodInfoOnMount", "boolean", 0),
        ("StorageCapacity", "boolean", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        let flag = |name: &str| Value::from(spec[name].as_bool().unwrap_or(false));
        vec![name(object), flag("attachRequired"), flag("podInfoOnMount"), flag("storageCapacity"), age(object, now)]
    },
};

const CSI_NODES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Drivers", "integer", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), size(&object["spec"]["drivers"]).into(), age(object, now)],
};

const ATTACHMENTS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Attacher", "string", 0),
        ("PV", "string", 0),
        ("Node", "string", 0),
        ("Attached", "boolean", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        vec![
            name(object),
            spec["attacher"].clone(),
            spec["source"]["persistentVolumeName"].clone(),
            spec["nodeName"].clone(),
            object["status"]["attached"].as_bool().unwrap_or(false).into(),
            age(object, now),
        ]
    },
};
