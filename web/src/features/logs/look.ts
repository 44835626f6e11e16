// What a log looks like on this browser: kept, because people have one way of reading logs.

export interface Look {
  wrap: boolean;
  times: boolean;
  /** JSON lines with their message first. */
  fields: boolean;
}

const KEY = "periscope.logs";
const DEFAULTS: Look = { wrap: false, times: true, fields: true };

export function parseLook(text: string | null): Look {
  try {
    const saved = JSON.parse(text ?? "{}") as Partial<Record<keyof Look, unknown>> | null;
    const pick = (key: keyof Look) => (typeof saved?.[key] === "boolean" ? saved[key] : DEFAULTS[key]);
    return { wrap: pick("wrap"), times: pick("times"), fields: pick("fields") };
  } catch {
    return DEFAULTS;
  }
}

export const readLook = (): Look => parseLook(localStorage.getItem(KEY));

export const saveLook = (look: Look): void => localStorage.setItem(KEY, JSON.stringify(look));
