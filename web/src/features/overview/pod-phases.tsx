import type { PodTotals } from "@/api/contract";
import { Link } from "@/components/link";
import { listHref } from "@/lib/place";
import { formatCount } from "@/lib/quantity";
import { ToneMark, type ToneName } from "@/ui/tone-mark";

interface Phase {
  label: string;
  count: number;
  filter: string;
  tone: ToneName;
  fill: string;
}

function phases(pods: PodTotals): Phase[] {
  return [
    { label: "failing", count: pods.failing, filter: "status:failing", tone: "danger", fill: "fill-danger" },
    {
      label: "pending",
      count: pods.pending,
      filter: "status:pending",
      tone: "warning",
      fill: "fill-warning",
    },
    { label: "running", count: pods.running, filter: "status:running", tone: "ok", fill: "fill-ok" },
    {
      label: "succeeded",
      count: pods.succeeded,
      filter: "status:succeeded",
      tone: "neutral",
      fill: "fill-bar-fill",
    },
  ];
}

/** Pods by phase: one bar, and a legend whose words are links to the pods they count. */
export function PodPhases({ cluster, pods }: { cluster: string; pods: PodTotals }) {
  const all = phases(pods);
  const sum = all.reduce((total, phase) => total + phase.count, 0);
  const starts = all.map((_, at) => all.slice(0, at).reduce((total, phase) => total + phase.count, 0));
  return (
    <div>
      <svg
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        role="img"
        aria-label={all.map(({ label, count }) => `${count} ${label}`).join(", ")}
        className="h-2 w-full max-w-md rounded-full"
      >
        <rect width="100" height="6" className="fill-bar-track" />
        {sum > 0 &&
          all.map(({ label, count, fill }, at) => (
            // Never so thin that a few failing ones among thousands are not seen.
            <rect
              key={label}
              x={((starts[at] ?? 0) / sum) * 100}
              width={count > 0 ? Math.max(0.8, (count / sum) * 100) : 0}
              height="6"
              className={fill}
            />
          ))}
      </svg>
      <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1">
        {all.map(({ label, count, filter, tone }) => (
          <li key={label}>
            <Link
              href={listHref(cluster, "pods", { filter })}
              className="flex items-center gap-1.5 hover:underline"
            >
              <ToneMark tone={tone} />
              <span className="mono">{formatCount(count)}</span> <span className="text-text-2">{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
