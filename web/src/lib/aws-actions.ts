// Several actions that are dangerous together are asked together: `iam:PassRole + lambda:CreateFunction`.

const SIGN = " + ";

/** Actions as one question: who can do all of them. */
export const together = (actions: readonly string[]): string => actions.join(SIGN);

/** The actions of a question, or of what is typed of one. */
export const apart = (text: string): string[] =>
  text
    .split("+")
    .map((action) => action.trim())
    .filter(Boolean);

/** What is being typed: the last action of several. */
export const typed = (text: string): string => text.slice(text.lastIndexOf("+") + 1).trim();

/** The text with its last action completed. */
export const completed = (text: string, action: string): string =>
  together([...apart(text.slice(0, Math.max(0, text.lastIndexOf("+")))), action]);

export const isPattern = (action: string): boolean => /[*?]/.test(action);

/** What every action of a pattern begins with: `s3:Get` of `s3:Get*Acl`. */
export const prefixOf = (pattern: string): string => pattern.split(/[*?]/)[0] ?? "";

/** Whether an action is one of a pattern's; case is not looked at, as AWS does not. */
export function fits(pattern: string): (action: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    // Several stars in a row mean one, and would be slow.
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "i");
  return (action) => expression.test(action);
}
