export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="mono rounded-sm max-md:hidden border border-line-strong px-1 text-[11px]/4 text-text-3">
      {children}
    </kbd>
  );
}

/** The modifier as this keyboard prints it. */
export const MOD = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "") ? "⌘" : "Ctrl ";
