import { useSyncExternalStore } from "react";
import { formatAbsolute, formatAge } from "@/lib/age";
import { nowSeconds, subscribeClock } from "@/lib/clock";
import { useSettings } from "./use-settings";

/** An age that keeps itself current, with the absolute time on hover. `at`: RFC 3339 or epoch seconds. */
export function Age({ at, className }: { at: string | number | null | undefined; className?: string }) {
  const { times } = useSettings();
  // The snapshot is the text itself, so a tick that changes nothing renders nothing.
  const age = useSyncExternalStore(subscribeClock, () => formatAge(at, nowSeconds()));
  const absolute = formatAbsolute(at, times === "utc");
  const [text, title] = times === "relative" ? [age, absolute] : [absolute, `${age} ago`];
  return (
    <span className={className} title={title}>
      {text}
    </span>
  );
}
