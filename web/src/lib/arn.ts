export interface Arn {
  partition: string;
  service: string;
  region: string;
  account: string;
  /** All after the fifth colon: `role/team/api`. */
  resource: string;
}

/** The parts of an ARN, or null for anything else. */
export function parseArn(text: string): Arn | null {
  const [, partition, service, region, account, resource] =
    /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text) ?? [];
  if (partition === undefined || service === undefined || resource === undefined) return null;
  return { partition, service, region: region ?? "", account: account ?? "", resource };
}

/** What people call it: `api` for `arn:aws:iam::111122223333:role/team/api`; other text as it is. */
export function arnName(text: string): string {
  const arn = parseArn(text);
  if (!arn) return text;
  const { service, resource } = arn;
  if (service === "iam" || service === "sts") return resource.split("/").at(-1) ?? resource;
  return resource;
}

/** Short enough for a cell, and still itself: the account's digits are left out of the middle. */
export function shortArn(text: string): string {
  const arn = parseArn(text);
  if (!arn) return text;
  const { partition, service, region, account, resource } = arn;
  const digits = /^\d{12}$/.test(account) ? `${account.slice(0, 4)}…` : account;
  return `arn:${partition}:${service}:${region}:${digits}:${resource}`;
}

export const arnAccount = (text: string): string => parseArn(text)?.account ?? "";
