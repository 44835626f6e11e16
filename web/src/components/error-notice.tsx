import { asApiError } from "@/api/problem";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { Needs } from "./gaps";

/** Says which part is missing and why; the rest of the page stays. */
export function ErrorNotice({
  error,
  what,
  onRetry,
}: {
  error: unknown;
  what: string;
  onRetry?: () => void;
}) {
  const problem = asApiError(error).problem;
  const refused = problem.status === 403;
  return (
    <EmptyState
      tone={refused ? "unknown" : "danger"}
      title={refused ? `${what}: refused` : `${what}: ${problem.title}`}
      actions={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      <p>{problem.detail}</p>
      {problem.needs && problem.needs.length > 0 && (
        <p>
          Needs <Needs needs={problem.needs} />
        </p>
      )}
      {problem.requestId && <p className="label">request {problem.requestId}</p>}
    </EmptyState>
  );
}
