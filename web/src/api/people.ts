// Who is signed in, and how one signs in.
// Written by hand until the server describes it: contract.ts then takes these names from the description.

export interface AuthOptions {
  mode: "oidc" | "demo" | "local" | "dev";
  providers?: { id: string; name: string }[];
  personas: { id: string; name: string; about: string }[];
}

export type Tier = "read" | "triage" | "write" | "maintain" | "admin";

export interface SessionCluster {
  cluster: string;
  mode: "tier" | "raw" | "shared";
  tier?: Tier;
  admitted: boolean;
  /** Why not, when not. */
  reason?: string;
  impersonates: { user: string; groups: string[] };
}

export interface Session {
  mode: AuthOptions["mode"];
  user: string;
  displayName: string;
  email?: string;
  issuer?: string;
  subject?: string;
  groups: string[];
  persona?: string | null;
  session?: { id: string; startedAt: string; lastSeenAt: string; expiresAt: string; idleAt: string };
  /** `allowedGroups`: what would let them in, only when they are not. */
  admission?: { admitted: boolean; allowedGroups: string[] };
  auditAdmin?: boolean;
  sessionAdmin?: boolean;
  clusters?: SessionCluster[];
  serverVersion: string;
}

export interface SessionItem {
  id: string;
  user: string;
  displayName: string;
  email?: string;
  issuer: string;
  provider: string;
  startedAt: string;
  lastSeenAt: string;
  expiresAt: string;
  address: string;
  userAgent: string;
  current: boolean;
}

export interface SessionList {
  sessions: SessionItem[];
}
