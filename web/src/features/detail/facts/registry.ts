import type { Kind, KindGroup, KubernetesObject, ObjectRef } from "@/api/contract";
import { bindingFacts, roleFacts, serviceAccountFacts } from "./access";
import { priorityClassFacts, webhookFacts } from "./admission";
import { definitionFacts, eventFacts, limitRangeFacts, namespaceFacts, quotaFacts } from "./cluster";
import { configMapFacts, secretFacts } from "./config";
import { genericFacts } from "./generic";
import { cronJobFacts, jobFacts } from "./job";
import { kindFinder } from "./kinds";
import { metadataBlocks } from "./metadata";
import type { Builder, Facts, Subject, Surroundings, Verdict } from "./model";
import { networkPolicyFacts } from "./network-policy";
import { nodeFacts } from "./node";
import { podFacts } from "./pod";
import { rec } from "./read";
import { autoscalerFacts, disruptionBudgetFacts } from "./scaling";
import { endpointSliceFacts, ingressFacts, serviceFacts } from "./service";
import { claimFacts, storageClassFacts, volumeFacts } from "./storage";
import { since } from "./spans";
import { daemonSetFacts, deploymentFacts, replicaSetFacts, statefulSetFacts } from "./workload";

const BUILDERS: Record<string, Builder> = {
  pods: podFacts,
  "deployments.apps": deploymentFacts,
  "statefulsets.apps": statefulSetFacts,
  "daemonsets.apps": daemonSetFacts,
  "replicasets.apps": replicaSetFacts,
  replicationcontrollers: replicaSetFacts,
  "jobs.batch": jobFacts,
  "cronjobs.batch": cronJobFacts,
  nodes: nodeFacts,
  services: serviceFacts,
  "endpointslices.discovery.k8s.io": endpointSliceFacts,
  "ingresses.networking.k8s.io": ingressFacts,
  "networkpolicies.networking.k8s.io": networkPolicyFacts,
  configmaps: configMapFacts,
  secrets: secretFacts,
  persistentvolumeclaims: claimFacts,
  persistentvolumes: volumeFacts,
  "storageclasses.storage.k8s.io": storageClassFacts,
  "horizontalpodautoscalers.autoscaling": autoscalerFacts,
  "poddisruptionbudgets.policy": disruptionBudgetFacts,
  serviceaccounts: serviceAccountFacts,
  "roles.rbac.authorization.k8s.io": roleFacts,
  "clusterroles.rbac.authorization.k8s.io": roleFacts,
  "rolebindings.rbac.authorization.k8s.io": bindingFacts,
  "clusterrolebindings.rbac.authorization.k8s.io": bindingFacts,
  "mutatingwebhookconfigurations.admissionregistration.k8s.io": webhookFacts,
  "validatingwebhookconfigurations.admissionregistration.k8s.io": webhookFacts,
  "priorityclasses.scheduling.k8s.io": priorityClassFacts,
  namespaces: namespaceFacts,
  resourcequotas: quotaFacts,
  limitranges: limitRangeFacts,
  events: eventFacts,
  "events.events.k8s.io": eventFacts,
  "customresourcedefinitions.apiextensions.k8s.io": definitionFacts,
};

export interface FactsInput extends Surroundings {
  ref: ObjectRef;
  kind: Kind;
  object: KubernetesObject;
  groups: KindGroup[] | undefined;
  nowSeconds: number;
}

/** Pods tell the end of their life themselves; for everything else, being deleted comes first. */
function leaving({ object }: Subject, kind: string, verdict: Verdict | null): Verdict | null {
  const deleted = object.metadata?.deletionTimestamp;
  if (!deleted || kind === "pods" || kind === "namespaces") return verdict;
  const held = object.metadata?.finalizers ?? [];
  return {
    tone: "warning",
    status: "Terminating",
    title: ["Being deleted", ...since(deleted, "for")],
    detail: held.length > 0 ? [`waits for ${held.join(", ")}`] : [],
  };
}

/** Everything the overview of an object shows, in order. */
export function buildFacts({ kind, groups, ...input }: FactsInput): Facts {
  const { spec, status } = input.object;
  const subject: Subject = { ...input, spec: rec(spec), status: rec(status), kindId: kindFinder(groups) };
  const facts = (BUILDERS[kind.id] ?? genericFacts)(subject);
  return {
    verdict: leaving(subject, kind.id, facts.verdict),
    main: facts.main,
    side: [...facts.side, ...metadataBlocks(subject, kind.id)],
  };
}
