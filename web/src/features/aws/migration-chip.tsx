import type { ClusterAccess } from "@/api/aws-contract";
import { Link } from "@/components/link";
import { cx } from "@/lib/class-names";
import { formatCount } from "@/lib/quantity";
import { ToneMark } from "@/ui/tone-mark";
import { STATE_TONE, type PrincipalState } from "./access-words";

const PARTS: {
  state: PrincipalState;
  key: keyof NonNullable<ClusterAccess["chip"]>;
  words: string;
  look: string;
}[] = [
  { state: "awsAuthOnly", key: "awsAuthOnly", words: "aws-auth only", look: "bg-warning" },
  { state: "both", key: "both", words: "both", look: "bg-notice" },
  { state: "entryOnly", key: "entriesOnly", words: "entries only", look: "bg-ok" },
  { state: "unknown", key: "unknown", words: "of which one side was seen", look: "hatched" },
];

interface MigrationChipProps {
  chip: NonNullable<ClusterAccess["chip"]>;
  only: string;
  hrefOf: (only: string) => string;
}

/** How far the cluster has come from aws-auth to access entries: a bar, and its parts in words that narrow the table. */
export function MigrationChip({ chip, only, hrefOf }: MigrationChipProps) {
  const total = chip.awsAuthOnly + chip.both + chip.entriesOnly + chip.unknown;
  const parts = PARTS.filter(({ key }) => key !== "unknown" || chip.unknown > 0);
  return (
    <div
      className="flex flex-wrap items-center gap-x-3 gap-y-1"
      role="group"
      aria-label="migration to access entries"
    >
      <div aria-hidden className="flex h-2 w-40 gap-px overflow-hidden rounded-full bg-bar-track">
        {parts.map(({ key, look }) => (
          <span
            key={key}
            className={look}
            style={{ width: `${total > 0 ? (100 * chip[key]) / total : 0}%` }}
          />
        ))}
      </div>
      <ul className="flex flex-wrap items-center gap-x-1 text-sm">
        {parts.map(({ state, key, words }, at) => (
          <li key={key} className="flex items-center">
            {at > 0 && (
              <span aria-hidden className="pr-1 text-text-3">
                ·
              </span>
            )}
            <Link
              href={hrefOf(only === state ? "" : state)}
              aria-current={only === state || undefined}
              className={cx(
                "inline-flex items-center gap-1.5 rounded px-1.5 py-0.5 whitespace-nowrap",
                only === state ? "bg-accent-soft" : "hover:bg-raised-2",
              )}
            >
              <ToneMark tone={chip[key] === 0 ? "neutral" : STATE_TONE[state]} />
              <span>
                <strong className="font-semibold">{formatCount(chip[key])}</strong> {words}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
