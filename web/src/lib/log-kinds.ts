/** The kinds that have logs, and what one of them is called: a pod, and what makes pods. */
const LOG_KINDS: Record<string, string> = {
  pods: "pod",
  "deployments.apps": "deployment",
  "statefulsets.apps": "stateful set",
  "daemonsets.apps": "daemon set",
  "replicasets.apps": "replica set",
  "jobs.batch": "job",
  "cronjobs.batch": "cron job",
};

export const hasLogs = (kind: string): boolean => Object.hasOwn(LOG_KINDS, kind);

export const logKindWord = (kind: string): string => LOG_KINDS[kind] ?? kind;
