// The shapes of followed logs, by the names the console uses.
import type { Gap, Permission } from "./contract";

export interface LogsWanted {
  cluster: string;
  kind: string;
  namespace: string;
  name: string;
  containers: string[];
  previous: boolean;
  sinceSeconds?: number;
  sinceTime?: string;
  tail?: number;
  follow: boolean;
}
export type LogPhase = "connecting" | "live" | "ended" | "refused" | "failed";
export interface LogSource {
  pod: string;
  container: string;
  node?: string;
  state: LogPhase;
  reason?: string;
  needs?: Permission[];
}
export interface LogTrouble {
  code: string;
  detail: string;
  needs: Permission[];
}
export interface LogsEvent {
  sub: string;
  reset: boolean;
  lines: [number, string, string][];
  sources?: LogSource[];
  problem?: LogTrouble | null;
  gaps?: Gap[];
  searching?: boolean;
}
