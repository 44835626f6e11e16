export const sorted = (values) => [...values].sort((a, b) => a - b);

/** The value that a share of all does not exceed. */
export function quantile(values, share) {
  const order = sorted(values);
  if (order.length === 0) return NaN;
  return order[Math.min(order.length - 1, Math.ceil(order.length * share) - 1)];
}

export const median = (values) => quantile(values, 0.5);
export const p99 = (values) => quantile(values, 0.99);

/** Three digits that matter. */
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en").replaceAll(",", " ");
  return size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
