import { describe, expect, it } from "vitest";
import type { SearchAnswer } from "@/api/contract";
import { readDock } from "@/components/dock";
import { logEntries, logsWanted } from "./log-entries";

describe(":logs in the palette", () => {
  it.each([
    [":logs api", "api"],
    [":log  api-7 ", "api-7"],
    [":logs ", ""],
    [":logs", null],
    ["logs api", null],
    [":logstash x", null],
  ])("%s looks for %s", (text, wanted) => expect(logsWanted(text)).toBe(wanted));

  it("offers what has logs, and opens them", () => {
    const hit = (kind: string) => ({
      object: { cluster: "a", kind, namespace: "shop", name: "api" },
      tone: "ok",
      status: "Running",
    });
    const search = {
      hits: [hit("pods"), hit("services"), hit("deployments.apps")],
    } as unknown as SearchAnswer;
    const entries = logEntries(search);
    expect(entries.map(({ note }) => note)).toEqual([
      "pod · shop · a · Running",
      "deployment · shop · a · Running",
    ]);
    entries[1]?.act?.();
    expect(readDock().tabs.at(-1)?.key).toBe("logs a/deployments.apps/shop/api");
  });
});
