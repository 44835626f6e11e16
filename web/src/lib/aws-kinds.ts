/** The kinds that have, or are, an identity in AWS. */
const AWS_KINDS = new Set([
  "pods",
  "serviceaccounts",
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
]);

export const hasAwsIdentity = (kind: string): boolean => AWS_KINDS.has(kind);
