// What a person chose for this browser. The server knows nothing of it.

export interface Settings {
  theme: "auto" | "light" | "dark";
  density: "compact" | "comfortable";
  shortcuts: boolean;
  times: "relative" | "local" | "utc";
  paneWidth: number;
  dockHeight: number;
}

export const DEFAULTS: Settings = {
  theme: "auto",
  density: "compact",
  shortcuts: true,
  times: "relative",
  paneWidth: 460,
  dockHeight: 320,
};

const KEY = "periscope.settings";

export function parseSettings(text: string | null): Settings {
  let raw: unknown;
  try {
    raw = JSON.parse(text ?? "{}");
  } catch {
    return DEFAULTS;
  }
  const saved = (typeof raw === "object" && raw !== null ? raw : {}) as Partial<
    Record<keyof Settings, unknown>
  >;
  const pick = <K extends keyof Settings>(key: K, allowed: readonly Settings[K][]): Settings[K] =>
    allowed.find((value) => value === saved[key]) ?? DEFAULTS[key];
  const size = (key: "paneWidth" | "dockHeight", least: number, most: number) => {
    const wish = Number(saved[key]);
    return Number.isFinite(wish) && wish >= least && wish <= most ? wish : DEFAULTS[key];
  };
  return {
    theme: pick("theme", ["auto", "light", "dark"]),
    density: pick("density", ["compact", "comfortable"]),
    shortcuts: saved.shortcuts !== false,
    times: pick("times", ["relative", "local", "utc"]),
    paneWidth: size("paneWidth", 360, 1200),
    dockHeight: size("dockHeight", 160, 1600),
  };
}

let current: Settings | null = null;
const listeners = new Set<() => void>();

export function readSettings(): Settings {
  current ??= parseSettings(globalThis.localStorage?.getItem(KEY) ?? null);
  return current;
}

export function changeSettings(change: Partial<Settings>): void {
  current = { ...readSettings(), ...change };
  localStorage.setItem(KEY, JSON.stringify(current));
  applySettings(current);
  for (const listener of listeners) listener();
}

/** Writes theme and density where the style sheet looks for them. */
export function applySettings({ theme, density }: Settings): void {
  const root = document.documentElement;
  if (theme === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  if (density === "compact") delete root.dataset["density"];
  else root.dataset["density"] = density;
}

export function subscribeSettings(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
