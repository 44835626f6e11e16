import { describe, expect, it } from "vitest";
import type { SessionItem } from "@/api/contract";
import { browserWords, matchesSession } from "./sessions";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";

describe("a browser in words", () => {
  it.each([
    [CHROME, "Chrome 139 on Linux"],
    [CHROME.replace("Safari/537.36", "Safari/537.36 Edg/139.0.0.0"), "Edge 139 on Linux"],
    [
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
      "Firefox 140 on macOS",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
      "Safari 18 on iOS",
    ],
    ["curl/8.5.0", "curl 8"],
    ["my-script", "a program of its own"],
    ["", "unknown"],
  ])("%s", (userAgent, words) => expect(browserWords(userAgent)).toBe(words));
});

describe("finding a session", () => {
  const session: SessionItem = {
    id: "a",
    user: "alice@corp",
    displayName: "Alice",
    issuer: "https://idp",
    provider: "okta",
    startedAt: "",
    lastSeenAt: "",
    expiresAt: "",
    address: "10.0.0.7",
    userAgent: CHROME,
    current: false,
  };
  it.each(["", "ALICE", "10.0.0", "okta", "chrome 139 on linux"])("by %s", (text) =>
    expect(matchesSession(session, text)).toBe(true),
  );
  it("not by what is not there", () => expect(matchesSession(session, "bob")).toBe(false));
});
