import { describe, expect, it } from "vitest";
import { hereToReturn, returnPath, signInHref } from "./return-path";

const ORIGIN = "https://periscope.corp";

describe("where to go after signing in", () => {
  it.each(["/", "/c/prod-eu/pods?filter=status:failing#x", "/audit?filter=user:bob"])("%s", (path) =>
    expect(returnPath(path, ORIGIN)).toBe(path),
  );
  it.each([
    null,
    "",
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/\t/evil.example",
    "javascript:alert(1)",
    "c/prod-eu",
    "/sign-in?returnTo=/",
    "/api/auth/logout",
  ])("not %s", (path) => expect(returnPath(path, ORIGIN)).toBe("/"));
  it("is the page one is on", () => {
    const at = (href: string) => hereToReturn(new URL(href, ORIGIN) as unknown as Location);
    expect(at("/c/prod-eu?x=1")).toBe("/c/prod-eu?x=1");
    expect(at("/sign-in?problem=login_expired")).toBe("/");
    expect(at("/sign-in?returnTo=%2Faudit%3Frange%3D7d")).toBe("/audit?range=7d");
  });
  it("survives the way over the sign-in page", () => {
    const path = "/c/prod-eu/pods?filter=a b&ns=x";
    expect(new URL(signInHref(path), ORIGIN).searchParams.get("returnTo")).toBe(path);
  });
});
