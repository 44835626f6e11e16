/** How much of something is done. */
export function ProgressBar({ done, total, label }: { done: number; total: number; label: string }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      className="h-1 overflow-hidden rounded-full bg-bar-track"
    >
      <div
        className="h-full bg-accent transition-[width] duration-[120ms]"
        style={{ width: `${total === 0 ? 0 : (100 * done) / total}%` }}
      />
    </div>
  );
}
