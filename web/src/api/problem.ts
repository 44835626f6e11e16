import type { Permission, Problem } from "./contract";

/** Whatever went wrong with a request, always in the server's own form. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get needs(): Permission[] {
    return this.problem.needs ?? [];
  }
}

function localProblem(code: string, title: string, detail: string): Problem {
  return { type: "about:blank", title, status: 0, detail, code, requestId: "" };
}

/** A failure that never reached the server, told like one that did. */
export function fromFailure(cause: unknown, deadlineMs = 10_000): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new ApiError(
      localProblem(
        "deadline",
        "no answer in time",
        `Periscope did not answer within ${Math.round(deadlineMs / 1000)} s`,
      ),
    );
  }
  return new ApiError(
    localProblem("offline", "not connected", "Periscope cannot be reached from this browser"),
  );
}

export async function fromResponse(response: Response): Promise<ApiError> {
  const fallback = localProblem(
    "http",
    response.statusText || "error",
    `Periscope answered ${response.status}`,
  );
  try {
    const body = (await response.json()) as Partial<Problem>;
    return new ApiError({ ...fallback, status: response.status, ...body });
  } catch {
    return new ApiError({ ...fallback, status: response.status });
  }
}

/** What to show for any error a query can hold. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : fromFailure(error);
}
