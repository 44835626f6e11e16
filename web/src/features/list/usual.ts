// What a kind's list looks like while nobody has chosen otherwise, where the server's own order is not the best.

interface Usual {
  columns?: string[];
  sort?: string;
  widths?: Record<string, number>;
}

const USUAL: Record<string, Usual> = {
  // Its name tells nothing about an event.
  events: {
    columns: ["lastSeen", "type", "reason", "namespace", "object", "message", "count", "name"],
    // Ages: the newest first.
    sort: "lastSeen",
    widths: { type: 88, reason: 150, namespace: 130, name: 96, lastSeen: 100 },
  },
  nodes: { widths: { version: 164, roles: 84 } },
};

const NONE: Usual = {};

export const usual = (kind: string): Usual => USUAL[kind] ?? NONE;
