// What Kubernetes accepts as the key and value of a label or an annotation, and how it says so.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 63;
const LONGEST_PREFIX = 253;
/** Keys and values of all annotations of an object together. */
export const LARGEST_ANNOTATIONS = 256 * 1024;

/** What is wrong with a key, or null. */
export function keyProblem(key: string): string | null {
  if (key === "") return "a key is needed";
  const parts = key.split("/");
  if (parts.length > 2) return "one slash at most: prefix/name";
  const [prefix, name = ""] = parts.length === 2 ? parts : [undefined, parts[0]];
  if (prefix === "") return "the prefix before the slash is empty";
  if (prefix !== undefined && prefix.length > LONGEST_PREFIX)
    return `the prefix has ${prefix.length} characters; ${LONGEST_PREFIX} are allowed`;
  if (prefix !== undefined && !SUBDOMAIN.test(prefix))
    return "the prefix is a DNS name: small letters, digits, - and .";
  if (name === "") return "the name after the slash is empty";
  if (name.length > LONGEST_NAME)
    return `the name has ${name.length} characters; ${LONGEST_NAME} are allowed`;
  return NAME.test(name) ? null : "letters, digits, -, _ and .; a letter or digit at both ends";
}

/** What is wrong with a label's value, or null. Annotations may hold anything. */
export function labelValueProblem(value: string): string | null {
  if (value === "") return null;
  if (value.length > LONGEST_NAME) return `${value.length} characters; ${LONGEST_NAME} are allowed`;
  return NAME.test(value) ? null : "letters, digits, -, _ and .; a letter or digit at both ends";
}
