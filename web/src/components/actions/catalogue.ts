// Which actions a kind offers, what each needs, and how it is called: the one table that menus, keys, the palette
// and the bar of a selection are made from.
import type { ActionType } from "@/api/actions-contract";
import type { Kind, KubernetesObject, Permission } from "@/api/contract";

/** One action of the console; the same words as the server's. */
export type ActionId = ActionType;

export interface Place {
  namespace: string | null;
  /** Null: any of them. */
  name: string | null;
}

export interface ActionSpec {
  id: ActionId;
  /** A verb, as on a button: `Restart`. */
  title: string;
  /** While it goes on: `restarting`. */
  doing: string;
  /** Takes something away that does not come back by itself. */
  danger?: boolean;
  /** Its key on a row. */
  key?: string;
  /** It asks for more than a confirmation, so its name ends with an ellipsis. */
  asks?: boolean;
  /** Only one object at a time. */
  single?: boolean;
  /** Stands as a button where there is room. */
  primary?: boolean;
  /** `object`: one that was read, where the kind alone does not tell. */
  offered: (kind: Kind, object?: KubernetesObject) => boolean;
  needs: (kind: Kind, place: Place) => Permission[];
}

const oneOf =
  (...ids: string[]) =>
  ({ id }: Kind) =>
    ids.includes(id);

const on =
  (verb: string, subresource?: string) =>
  ({ group, resource, namespaced }: Kind, { namespace, name }: Place): Permission[] => [
    {
      verb,
      group,
      resource,
      ...(subresource ? { subresource } : {}),
      ...(namespaced && namespace ? { namespace } : {}),
      ...(name ? { name } : {}),
    },
  ];

const SCALABLE = [
  "deployments.apps",
  "statefulsets.apps",
  "replicasets.apps",
  "replicationcontrollers",
] as const;
const ROLLED = ["deployments.apps", "statefulsets.apps", "daemonsets.apps"] as const;
const SUSPENDED = ["cronjobs.batch", "jobs.batch"] as const;

/** In the order of menus: what is done often and does little harm first. */
export const ACTIONS: readonly ActionSpec[] = [
  {
    id: "restart",
    title: "Restart",
    doing: "restarting",
    key: "r",
    primary: true,
    offered: oneOf(...ROLLED),
    needs: on("patch"),
  },
  {
    id: "scale",
    title: "Scale",
    doing: "scaling",
    key: "s",
    asks: true,
    primary: true,
    // Discovery tells the console of no subresources; a custom object with replicas most likely has a scale.
    offered: (kind, object) =>
      oneOf(...SCALABLE)(kind) || (kind.custom && typeof object?.spec?.["replicas"] === "number"),
    needs: on("patch", "scale"),
  },
  {
    id: "rollback",
    title: "Roll back",
    doing: "rolling back",
    asks: true,
    single: true,
    offered: oneOf(...ROLLED),
    needs: on("patch"),
  },
  {
    id: "pause",
    title: "Pause rollout",
    doing: "pausing",
    offered: oneOf("deployments.apps"),
    needs: on("patch"),
  },
  {
    id: "resume",
    title: "Resume rollout",
    doing: "resuming",
    offered: oneOf("deployments.apps"),
    needs: on("patch"),
  },
  {
    id: "trigger",
    title: "Run now",
    doing: "starting",
    asks: true,
    primary: true,
    offered: oneOf("cronjobs.batch"),
    needs: (_kind, { namespace }) => [
      { verb: "create", group: "batch", resource: "jobs", ...(namespace ? { namespace } : {}) },
    ],
  },
  {
    id: "suspend",
    title: "Suspend",
    doing: "suspending",
    primary: true,
    offered: oneOf(...SUSPENDED),
    needs: on("patch"),
  },
  {
    id: "unsuspend",
    title: "Resume",
    doing: "resuming",
    primary: true,
    offered: oneOf(...SUSPENDED),
    needs: on("patch"),
  },
  {
    id: "cordon",
    title: "Cordon",
    doing: "cordoning",
    primary: true,
    offered: oneOf("nodes"),
    needs: on("patch"),
  },
  {
    id: "uncordon",
    title: "Uncordon",
    doing: "uncordoning",
    primary: true,
    offered: oneOf("nodes"),
    needs: on("patch"),
  },
  {
    id: "drain",
    title: "Drain",
    doing: "draining",
    danger: true,
    asks: true,
    primary: true,
    offered: oneOf("nodes"),
    // Evictions are asked for one by one, in each pod's own namespace.
    needs: (kind, place) => [...on("patch")(kind, place), { verb: "list", group: "", resource: "pods" }],
  },
  {
    id: "evict",
    title: "Evict",
    doing: "evicting",
    danger: true,
    asks: true,
    primary: true,
    offered: oneOf("pods"),
    needs: on("create", "eviction"),
  },
  {
    id: "label",
    title: "Edit labels",
    doing: "labelling",
    asks: true,
    offered: ({ verbs }) => verbs.includes("patch"),
    needs: on("patch"),
  },
  {
    id: "annotate",
    title: "Edit annotations",
    doing: "annotating",
    asks: true,
    offered: ({ verbs }) => verbs.includes("patch"),
    needs: on("patch"),
  },
  {
    id: "delete",
    title: "Delete",
    doing: "deleting",
    danger: true,
    key: "D",
    asks: true,
    primary: true,
    offered: ({ verbs }) => verbs.includes("delete"),
    needs: on("delete"),
  },
];

/** Beside its letter, what a keyboard has a key for. */
export const KEY_ALIASES: Record<string, ActionId> = { Delete: "delete" };

export const actionSpec = (id: ActionId): ActionSpec => {
  const spec = ACTIONS.find((each) => each.id === id);
  if (!spec) throw new Error(`there is no action ${id}`);
  return spec;
};

export const actionsOf = (kind: Kind, object?: KubernetesObject): ActionSpec[] =>
  ACTIONS.filter((spec) => spec.offered(kind, object));

export const actionTitle = ({ title, asks }: ActionSpec): string => (asks ? `${title} …` : title);
