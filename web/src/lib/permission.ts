interface Permission {
  verb: string;
  group: string;
  resource: string;
  subresource?: string | null;
  namespace?: string | null;
  name?: string | null;
}

/** `list pods`, `get deployments.apps/scale api in payments`. */
export function formatPermission(permission: Permission): string {
  const { verb, group, resource, subresource, namespace, name } = permission;
  const kind = `${resource}${group ? `.${group}` : ""}${subresource ? `/${subresource}` : ""}`;
  return `${verb} ${kind}${name ? ` ${name}` : ""}${namespace ? ` in ${namespace}` : ""}`;
}
