import type { SessionItem } from "@/api/contract";

const BROWSERS: [RegExp, string][] = [
  [/Edg\/(\d+)/, "Edge"],
  [/OPR\/(\d+)/, "Opera"],
  [/Firefox\/(\d+)/, "Firefox"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+)[.\d]* .*Safari/, "Safari"],
  [/curl\/(\d+)/, "curl"],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** `Chrome 139 on Linux`, as far as the browser tells; a hint for people, nothing that could be relied upon. */
export function browserWords(userAgent: string): string {
  const browser = BROWSERS.flatMap(([pattern, name]) => {
    const version = pattern.exec(userAgent)?.[1];
    return version ? [`${name} ${version}`] : [];
  })[0];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (!browser && !system) return userAgent ? "a program of its own" : "unknown";
  return [browser ?? "a browser", system && `on ${system}`].filter(Boolean).join(" ");
}

export function matchesSession(session: SessionItem, text: string): boolean {
  const { user, displayName, email, provider, address, userAgent } = session;
  const wish = text.trim().toLowerCase();
  return [user, displayName, email ?? "", provider, address, userAgent, browserWords(userAgent)].some(
    (part) => part.toLowerCase().includes(wish),
  );
}
