import { ClusterText } from "@/components/cluster-text";
import { Link } from "@/components/link";
import { listHref } from "@/lib/place";
import { CopyButton } from "@/ui/copy-button";
import { Section } from "@/ui/definition-rows";
import { Fold } from "./fold";

const LONG = 160;

function Pair({ name, value, href }: { name: string; value: string; href: string | null }) {
  const text = (
    <>
      <span className="text-text-3">
        <ClusterText text={name} />
      </span>
      {value !== "" && (
        <>
          <span className="text-text-3">=</span>
          <ClusterText text={value} />
        </>
      )}
    </>
  );
  const look = "mono max-w-full [overflow-wrap:anywhere] rounded-sm bg-raised-2 px-1.5 py-px";
  if (href) {
    return (
      <Link href={href} className={`${look} hover:bg-raised-3`} title="list what has this label">
        {text}
      </Link>
    );
  }
  return <span className={look}>{text}</span>;
}

function LongPair({ name, value }: { name: string; value: string }) {
  return (
    <Fold
      className="w-full rounded-sm bg-raised-2 px-1.5 py-px"
      summary={
        <span className="mono truncate">
          <ClusterText text={`${name} · ${value.length} characters`} />
        </span>
      }
    >
      <div className="relative">
        <div className="absolute top-0 right-0">
          <CopyButton text={value} label={`copy ${name}`} />
        </div>
        <pre
          className="mono max-h-64 overflow-auto py-1 pr-7 [overflow-wrap:anywhere] whitespace-pre-wrap"
          tabIndex={0}
        >
          <ClusterText text={value} />
        </pre>
      </div>
    </Fold>
  );
}

interface LabelsProps {
  title: string;
  pairs: [string, string][];
  /** Kind and cluster whose list a label filters; annotations filter nothing. */
  kind?: string;
  cluster?: string;
  folded?: boolean;
}

export function LabelsBlock({ title, pairs, kind, cluster, folded }: LabelsProps) {
  if (pairs.length === 0) return null;
  const list = (
    <div className="flex flex-wrap gap-1">
      {pairs.map(([name, value]) =>
        value.length > LONG ? (
          <LongPair key={name} name={name} value={value} />
        ) : (
          <Pair
            key={name}
            name={name}
            value={value}
            href={
              kind && cluster
                ? listHref(cluster, kind, {
                    filter: value === "" ? `label:${name}` : `label:${name}=${value}`,
                  })
                : null
            }
          />
        ),
      )}
    </div>
  );
  return (
    <Section title={title}>
      {folded && pairs.length > 4 ? (
        <Fold summary={`${pairs.length} of them`}>
          <div className="mt-1">{list}</div>
        </Fold>
      ) : (
        list
      )}
    </Section>
  );
}
