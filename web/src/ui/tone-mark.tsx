export type ToneName = "ok" | "notice" | "warning" | "danger" | "unknown" | "neutral";

export const TONE_WORD: Record<ToneName, string> = {
  ok: "ok",
  notice: "notice",
  warning: "warning",
  danger: "failing",
  unknown: "unknown",
  neutral: "",
};

/** Text colour of a tone. Ok and neutral stay uncoloured: calm is the default. */
export const TONE_TEXT: Record<ToneName, string> = {
  ok: "text-text-1",
  notice: "text-notice",
  warning: "text-warning",
  danger: "text-danger",
  unknown: "text-text-2",
  neutral: "text-text-1",
};

const FILL: Record<ToneName, string> = {
  ok: "fill-ok",
  notice: "fill-notice",
  warning: "fill-warning",
  danger: "fill-danger",
  unknown: "fill-none stroke-text-3",
  neutral: "fill-none stroke-text-3",
};

/** A shape for each tone, so that colour never carries the meaning alone. */
function Shape({ tone }: { tone: ToneName }) {
  if (tone === "danger") return <path d="M5 0.4 9.6 5 5 9.6 0.4 5Z" />;
  if (tone === "warning") return <path d="M5 0.9 9.5 9H0.5Z" />;
  if (tone === "notice") return <rect x="1.5" y="1.5" width="7" height="7" rx="1" />;
  if (tone === "unknown") return <circle cx="5" cy="5" r="4" strokeWidth="1.2" strokeDasharray="2.2 2" />;
  if (tone === "neutral") return <circle cx="5" cy="5" r="2.6" strokeWidth="1.2" />;
  return <circle cx="5" cy="5" r="3.2" />;
}

/** Give `label` when no word stands beside the mark. */
export function ToneMark({
  tone,
  label,
  className = "",
}: {
  tone: ToneName;
  label?: string;
  className?: string;
}) {
  return (
    <svg
      viewBox="0 0 10 10"
      className={`inline-block size-[10px] shrink-0 ${FILL[tone]} ${className}`}
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <Shape tone={tone} />
    </svg>
  );
}

/** Mark and word together. */
export function Status({
  tone,
  children,
  className = "",
}: {
  tone: ToneName;
  children: string;
  className?: string;
}) {
  return (
    <span className={`inline-flex min-w-0 items-center gap-1.5 ${TONE_TEXT[tone]} ${className}`}>
      <ToneMark tone={tone} />
      <span className="truncate">{children}</span>
    </span>
  );
}
