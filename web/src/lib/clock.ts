// One ticker for every age on the page, running only while somebody looks at one.

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

export const nowSeconds = (): number => Date.now() / 1000;

export function subscribeClock(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    if (!document.hidden) for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}
