import { openHref } from "@/lib/place";
import type { ObjectRef } from "@/api/contract";
import { Link } from "./link";

interface ObjectLinkProps {
  object: ObjectRef;
  /** `payments / api` rather than `api`. */
  namespace?: boolean;
  tab?: string;
  className?: string;
}

/** Every name of an object is a link to it: its list with its pane open. */
export function ObjectLink({ object, namespace = false, tab, className = "" }: ObjectLinkProps) {
  const prefix = namespace && object.namespace ? `${object.namespace} / ` : "";
  return (
    <Link
      href={openHref(object, tab)}
      title={`${object.kind} ${prefix}${object.name}`}
      className={`mono truncate hover:underline ${className}`}
    >
      {prefix && <span className="text-text-2">{prefix}</span>}
      {object.name}
    </Link>
  );
}
