import type { ReactNode } from "react";

/** Facts with aligned labels. */
export function DefinitionRows({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(92px,max-content)_minmax(0,1fr)] gap-x-4 gap-y-0.5">{children}</dl>
  );
}

export function Definition({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-text-3">{label}</dt>
      <dd className="min-w-0 break-words text-text-1">{children}</dd>
    </>
  );
}

/** A titled part of a pane or page. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="mt-5 first:mt-0">
      <h3 className="label mb-1 flex items-baseline justify-between gap-2 font-medium">
        {title}
        {aside}
      </h3>
      {children}
    </section>
  );
}
