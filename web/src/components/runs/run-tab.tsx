import { RunView } from "./run-view";

/** A run in the dock. */
export function RunTab({ id }: { id: string }) {
  return (
    <div className="h-full overflow-auto p-3">
      <div className="max-w-5xl">
        <RunView id={id} />
      </div>
    </div>
  );
}
