import { describe, expect, it } from "vitest";
import { linesAsText } from "./copying";
import { logsKubectl } from "./kubectl-logs";
import type { LogLine } from "./lines";
import type { LogSnapshot, Source } from "./log-store";

const line = (raw: string): LogLine => ({ id: 1, source: "api-0/app", time: "2026-11-26T13:00:00Z", raw });
const snapshot = (sources: number, ...raw: string[]) =>
  ({
    shown: raw.map(line),
    sources: Array.from({ length: sources }, () => ({}) as Source),
  }) as unknown as LogSnapshot;

describe("copied lines", () => {
  it("are plain text, one each", () => {
    expect(linesAsText(snapshot(1, "a\u001b[31mb\u001b]0;title\u0007", "c\rd\u0008"), false)).toBe(
      "ab\nc\ufffdd\ufffd",
    );
    expect(linesAsText(snapshot(2, "a"), true)).toBe("2026-11-26T13:00:00Z api-0/app a");
  });
});

describe("the kubectl line", () => {
  const asked = { containers: [], previous: false, sinceSeconds: null };
  const object = { cluster: "prod", kind: "deployments.apps", namespace: "shop", name: "api" };
  const line = (change: Partial<typeof object>, more: object = {}) =>
    logsKubectl({ context: "prod" }, { ...object, ...change }, { ...asked, ...more });
  it("reads the same", () => {
    expect(line({})).toBe(
      "kubectl --context prod logs deployments.apps/api --namespace shop --all-containers --all-pods --prefix --timestamps --follow --max-log-requests=50 --tail 500",
    );
    expect(line({ kind: "pods" }, { containers: ["app"], previous: true, sinceSeconds: 300 })).toBe(
      "kubectl --context prod logs api --namespace shop --container app --timestamps --previous --since=300s",
    );
  });
  it("is quoted, and not there where kubectl cannot", () => {
    expect(line({ kind: "pods", name: "a;b" })).toContain("logs 'a;b'");
    expect(line({ kind: "cronjobs.batch" })).toBeNull();
  });
});
