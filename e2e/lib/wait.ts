/** What a look saw, kept for the failure: `saw(x)` returns x. */
export type Saw = <S>(state: S) => S;

interface Patience {
  timeoutMs?: number;
  everyMs?: number;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The largest part of a state that helps in a failure. */
const MAX_SHOWN = 4_000;

export function show(state: unknown): string {
  if (state instanceof Error) return state.message;
  const text = typeof state === "string" ? state : (JSON.stringify(state, null, 1) ?? String(state));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)} … (${text.length} characters)` : text;
}

/**
 * Looks again and again until `look` gives something other than undefined or false. A look that throws is one
 * that has not seen it yet; the failure says what was seen last.
 */
export async function until<T>(
  what: string,
  look: (saw: Saw) => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 30_000, everyMs = 100 }: Patience = {},
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last: unknown = "nothing";
  const saw: Saw = (state) => {
    last = state;
    return state;
  };
  for (;;) {
    try {
      const found = await look(saw);
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= end) break;
    await pause(everyMs);
  }
  const cause = last instanceof Error ? last : undefined;
  throw new Error(`not within ${timeoutMs} ms: ${what}; last seen: ${show(last)}`, cause && { cause });
}

/** Repeats assertions until none of them throws. */
export async function eventually(
  what: string,
  check: (saw: Saw) => Promise<void> | void,
  patience: Patience = {},
): Promise<void> {
  await until(
    what,
    async (saw) => {
      await check(saw);
      return true;
    },
    patience,
  );
}

/** Rejects when `promise` takes longer: for what has no deadline of its own. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
