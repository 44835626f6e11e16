export function Skeleton({ className = "h-3 w-24" }: { className?: string }) {
  return <span aria-hidden className={`skeleton inline-block ${className}`} />;
}

/** Lines that stand for text on its way. */
export function SkeletonLines({ count = 6 }: { count?: number }) {
  return (
    <div role="status" aria-label="loading" className="flex flex-col gap-3 py-1">
      {Array.from({ length: count }, (_, at) => (
        <Skeleton key={at} className={`h-3 ${["w-3/4", "w-1/2", "w-5/6", "w-2/3"][at % 4] ?? ""}`} />
      ))}
    </div>
  );
}
