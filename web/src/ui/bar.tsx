export interface BarProps {
  /** What is full: allocatable, or a limit. */
  total: number;
  used?: number | null;
  requested?: number | null;
  /** A tick, such as the request on a usage bar. */
  mark?: number | null;
  tone?: "accent" | "ok" | "warning" | "danger" | "neutral";
  /** What the bar says in words: it is an image to a screen reader. */
  label: string;
  className?: string;
}

const FILL = {
  accent: "fill-accent",
  ok: "fill-ok",
  warning: "fill-warning",
  danger: "fill-danger",
  neutral: "fill-bar-fill",
};

/** Requested behind used, of a total; hatched when use was not measured. */
export function Bar({
  total,
  used,
  requested,
  mark,
  tone = "accent",
  label,
  className = "h-1.5 w-36",
}: BarProps) {
  const share = (value: number) => (total > 0 ? Math.min(100, Math.max(0, (value / total) * 100)) : 0);
  const unmeasured = used === null || used === undefined;
  return (
    <svg
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      className={`rounded-full ${className} ${unmeasured && requested === undefined ? "hatched" : ""}`}
    >
      <title>{label}</title>
      {!(unmeasured && requested === undefined) && <rect width="100" height="6" className="fill-bar-track" />}
      {requested !== null && requested !== undefined && (
        <rect width={share(requested)} height="6" className="fill-bar-fill" />
      )}
      {!unmeasured && <rect width={share(used)} height="6" className={FILL[tone]} />}
      {mark !== null && mark !== undefined && (
        <rect x={Math.min(99, share(mark))} width="1" height="6" className="fill-text-1" />
      )}
    </svg>
  );
}
