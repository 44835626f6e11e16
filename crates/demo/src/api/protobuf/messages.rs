//! The messages kubectl sends in protobuf: reviews, options, and what `kubectl create` makes. Numbers are those of
//! Kubernetes' own `generated.proto` files.

use super::Field::{Blobs, Either, Flag, Message, Messages, Number, Pairs, Quantities, Text, Texts};
use super::Line;

const METADATA: &[Line] = &[
    (1, "name", Text),
    (2, "generateName", Text),
    (3, "namespace", Text),
    (5, "uid", Text),
    (6, "resourceVersion", Text),
    (11, "labels", Pairs),
    (12, "annotations", Pairs),
];
const RESOURCE: &[Line] = &[
    (1, "namespace", Text),
    (2, "verb", Text),
    (3, "group", Text),
    (4, "version", Text),
    (5, "resource", Text),
    (6, "subresource", Text),
    (7, "name", Text),
];
const PATH: &[Line] = &[(1, "path", Text), (2, "verb", Text)];
const ACCESS: &[Line] = &[
    (1, "resourceAttributes", Message(RESOURCE)),
    (2, "nonResourceAttributes", Message(PATH)),
    (3, "user", Text),
    (4, "groups", Texts),
];
const PRECONDITIONS: &[Line] = &[(1, "uid", Text), (2, "resourceVersion", Text)];
const DELETE: &[Line] = &[
    (1, "gracePeriodSeconds", Number),
    (2, "preconditions", Message(PRECONDITIONS)),
    (3, "orphanDependents", Flag),
    (4, "propagationPolicy", Text),
    (5, "dryRun", Texts),
];
const PORT: &[Line] =
    &[(1, "name", Text), (2, "hostPort", Number), (3, "containerPort", Number), (4, "protocol", Text)];
const VARIABLE: &[Line] = &[(1, "name", Text), (2, "value", Text)];
const RESOURCES: &[Line] = &[(1, "limits", Quantities), (2, "requests", Quantities)];
const CONTAINER: &[Line] = &[
    (1, "name", Text),
    (2, "image", Text),
    (3, "command", Texts),
    (4, "args", Texts),
    (5, "workingDir", Text),
    (6, "ports", Messages(PORT)),
    (7, "env", Messages(VARIABLE)),
    (8, "resources", Message(RESOURCES)),
    (14, "imagePullPolicy", Text),
    (16, "stdin", Flag),
    (18, "tty", Flag),
];
const POD: &[Line] = &[
    (2, "containers", Messages(CONTAINER)),
    (3, "restartPolicy", Text),
    (4, "terminationGracePeriodSeconds", Number),
    (6, "dnsPolicy", Text),
    (7, "nodeSelector", Pairs),
    (8, "serviceAccountName", Text),
    (10, "nodeName", Text),
    (20, "initContainers", Messages(CONTAINER)),
];
const TEMPLATE: &[Line] = &[(1, "metadata", Message(METADATA)), (2, "spec", Message(POD))];
const SELECTOR: &[Line] = &[(1, "matchLabels", Pairs)];
const DEPLOYMENT: &[Line] =
    &[(1, "replicas", Number), (2, "selector", Message(SELECTOR)), (3, "template", Message(TEMPLATE))];
const JOB: &[Line] = &[
    (1, "parallelism", Number),
    (2, "completions", Number),
    (6, "template", Message(TEMPLATE)),
    (7, "backoffLimit", Number),
    (8, "ttlSecondsAfterFinished", Number),
];
const JOB_TEMPLATE: &[Line] = &[(1, "metadata", Message(METADATA)), (2, "spec", Message(JOB))];
const CRON_JOB: &[Line] = &[
    (1, "schedule", Text),
    (3, "concurrencyPolicy", Text),
    (4, "suspend", Flag),
    (5, "jobTemplate", Message(JOB_TEMPLATE)),
];
const RULE: &[Line] = &[
    (1, "verbs", Texts),
    (2, "apiGroups", Texts),
    (3, "resources", Texts),
    (4, "resourceNames", Texts),
    (5, "nonResourceURLs", Texts),
];
const SUBJECT: &[Line] = &[(1, "kind", Text), (2, "apiGroup", Text), (3, "name", Text), (4, "namespace", Text)];
const ROLE_REF: &[Line] = &[(1, "apiGroup", Text), (2, "kind", Text), (3, "name", Text)];
const TOKEN: &[Line] = &[(1, "audiences", Texts), (4, "expirationSeconds", Number)];

const TARGET: &[Line] = &[(1, "type", Text), (3, "averageValue", Text), (4, "averageUtilization", Number)];
const RESOURCE_METRIC: &[Line] = &[(1, "name", Text), (2, "target", Message(TARGET))];
const METRIC: &[Line] = &[(1, "type", Text), (4, "resource", Message(RESOURCE_METRIC))];
const SCALED: &[Line] = &[(1, "kind", Text), (2, "name", Text), (3, "apiVersion", Text)];
const AUTOSCALER: &[Line] = &[
    (1, "scaleTargetRef", Message(SCALED)),
    (2, "minReplicas", Number),
    (3, "maxReplicas", Number),
    (4, "metrics", Messages(METRIC)),
];
const BUDGET: &[Line] =
    &[(1, "minAvailable", Either), (2, "selector", Message(SELECTOR)), (3, "maxUnavailable", Either)];
const SERVICE_PORT: &[Line] = &[
    (1, "name", Text),
    (2, "protocol", Text),
    (3, "port", Number),
    (4, "targetPort", Either),
    (5, "nodePort", Number),
];
const SERVICE: &[Line] = &[
    (1, "ports", Messages(SERVICE_PORT)),
    (2, "selector", Pairs),
    (3, "clusterIP", Text),
    (4, "type", Text),
    (10, "externalName", Text),
];

const META: Line = (1, "metadata", Message(METADATA));

pub(super) fn message(kind: &str) -> Option<&'static [Line]> {
    Some(match kind {
        "SelfSubjectAccessReview" | "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            const { &[META, (2, "spec", Message(ACCESS))] }
        }
        "SelfSubjectRulesReview" => const { &[META, (2, "spec", Message(&[(1, "namespace", Text)]))] },
        "SelfSubjectReview" | "Namespace" | "ServiceAccount" => const { &[META] },
        "DeleteOptions" => DELETE,
        "Eviction" => const { &[META, (2, "deleteOptions", Message(DELETE))] },
        "TokenRequest" => const { &[META, (2, "spec", Message(TOKEN))] },
        "Pod" => TEMPLATE,
        "Deployment" => const { &[META, (2, "spec", Message(DEPLOYMENT))] },
        "Job" => JOB_TEMPLATE,
        "CronJob" => const { &[META, (2, "spec", Message(CRON_JOB))] },
        "HorizontalPodAutoscaler" => const { &[META, (2, "spec", Message(AUTOSCALER))] },
        "PodDisruptionBudget" => const { &[META, (2, "spec", Message(BUDGET))] },
        "Service" => const { &[META, (2, "spec", Message(SERVICE))] },
        "ConfigMap" => const { &[META, (2, "data", Pairs), (3, "binaryData", Blobs)] },
        "Secret" => const { &[META, (2, "data", Blobs), (3, "type", Text), (4, "stringData", Pairs)] },
        "Role" | "ClusterRole" => const { &[META, (2, "rules", Messages(RULE))] },
        "RoleBinding" | "ClusterRoleBinding" => {
            const { &[META, (2, "subjects", Messages(SUBJECT)), (3, "roleRef", Message(ROLE_REF))] }
        }
        _ => return None,
    })
}
