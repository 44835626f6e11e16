import type { AuditHistogram } from "@/api/contract";
import { Link } from "@/components/link";
import { recordHref, type RecordState } from "@/lib/record-place";
import { cx } from "@/lib/class-names";
import { edgesWords } from "./chart-words";
import { brushRange, bucketTotal, type Series } from "./histogram";

const COLUMNS: Series[] = ["success", "denied", "failure", "unknown", "open"];

/** The chart's figures, one line for each bar, the newest first; its time is a link that looks closer. */
export function ChartTable({
  histogram,
  state,
  utc,
}: {
  histogram: AuditHistogram;
  state: RecordState;
  utc: boolean;
}) {
  return (
    <div
      className="h-full overflow-auto rounded border border-line"
      tabIndex={0}
      role="region"
      aria-label="acts over time, as a table"
    >
      <table className="w-full border-collapse text-left text-sm">
        <thead className="sticky top-0 bg-raised-1 text-text-2">
          <tr>
            <th scope="col" className="px-2 font-normal">
              time
            </th>
            {["acts", ...COLUMNS].map((head) => (
              <th key={head} scope="col" className="px-2 text-right font-normal">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="mono">
          {[...histogram.buckets.entries()].reverse().map(([index, bucket]) => (
            <tr
              key={bucket.at}
              className={cx("border-t border-line", bucketTotal(bucket) === 0 && "text-text-3")}
            >
              <th scope="row" className="px-2 text-left font-normal whitespace-nowrap">
                <Link
                  href={recordHref({
                    ...state,
                    range: brushRange(histogram, { anchor: index, head: index }),
                  })}
                  className="hover:underline"
                >
                  {edgesWords(histogram, [index, index], utc)}
                </Link>
              </th>
              <td className="px-2 text-right">{bucketTotal(bucket)}</td>
              {COLUMNS.map((series) => (
                <td
                  key={series}
                  className={cx(
                    "px-2 text-right",
                    bucket[series] === 0
                      ? "text-text-3"
                      : series === "failure"
                        ? "text-danger"
                        : series === "denied" && "text-warning",
                  )}
                >
                  {bucket[series]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
