import { formatBytes, formatCount, formatCpu, parseQuantity } from "@/lib/quantity";
import type { Gauge, Unit } from "./model";
import { str } from "./read";

/** A quantity in the unit we compute with: millicores, bytes, or a count. */
export function amount(unit: Unit, quantity: unknown): number | undefined {
  const value = parseQuantity(str(quantity));
  return value === null ? undefined : unit === "cpu" ? value * 1000 : value;
}

export const amountText = (unit: Unit, value: number): string =>
  unit === "cpu" ? formatCpu(value) : unit === "memory" ? formatBytes(value) : formatCount(value);

/** `511 / 512 MiB`: both sides in one unit where they have it in common. */
export function ratioText(unit: Unit, part: number, whole: number): string {
  const [left, right] = [amountText(unit, part), amountText(unit, whole)];
  const [leftUnit, rightUnit] = [left.split(" ")[1], right.split(" ")[1]];
  return leftUnit === rightUnit && leftUnit !== undefined
    ? `${left.split(" ")[0] ?? ""} / ${right}`
    : `${left} / ${right}`;
}

export interface Use {
  used?: number | null | undefined;
  request?: number | undefined;
  limit?: number | undefined;
}

function toneOfUse(unit: Unit, used: number, limit: number | undefined): Gauge["tone"] {
  if (limit === undefined || limit <= 0) return "neutral";
  const share = used / limit;
  // Memory at its limit is killed; CPU at its limit is only slowed.
  if (share >= 0.95) return unit === "memory" ? "danger" : "warning";
  return share >= 0.85 ? "warning" : "neutral";
}

/** Use against the limit, with the request as a tick; null when nothing is known or asked for. */
export function usageGauge(label: string, unit: Unit, { used, request, limit }: Use): Gauge | null {
  if (typeof used !== "number" && request === undefined && limit === undefined) return null;
  const measured = typeof used === "number" ? used : 0;
  // Without limit and request there is nothing to measure against: no bar, only the figure.
  const total = limit ?? (request === undefined ? 0 : Math.max(request, measured) * 1.25);
  const said =
    typeof used !== "number"
      ? ["not measured"]
      : [limit !== undefined ? ratioText(unit, used, limit) : amountText(unit, used)];
  if (request !== undefined && request !== limit) said.push(`request ${amountText(unit, request)}`);
  if (typeof used !== "number" && limit !== undefined) said.push(`limit ${amountText(unit, limit)}`);
  if (limit === undefined) said.push("no limit");
  return {
    label,
    unit,
    total,
    used: typeof used === "number" ? used : null,
    mark: request !== undefined && request !== limit ? request : undefined,
    tone: typeof used === "number" ? toneOfUse(unit, used, limit) : "neutral",
    text: said.join(" · "),
  };
}

/** What is asked for and used, of what there is. */
export function capacityGauge(label: string, unit: Unit, total: number, { used, request }: Use): Gauge {
  const said = [
    typeof used === "number" ? `${amountText(unit, used)} used` : unit === "count" ? "" : "use not measured",
  ];
  if (request !== undefined)
    said.push(`${amountText(unit, request)} ${unit === "count" ? "running" : "requested"}`);
  said.push(`of ${amountText(unit, total)}`);
  const share = total > 0 ? Math.max(typeof used === "number" ? used / total : 0, 0) : 0;
  return {
    label,
    unit,
    total,
    used: unit === "count" ? undefined : (used ?? null),
    requested: request,
    tone: share >= 0.95 ? "danger" : share >= 0.85 ? "warning" : "accent",
    text: said.filter(Boolean).join(" · "),
  };
}
