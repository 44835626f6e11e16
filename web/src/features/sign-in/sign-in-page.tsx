import { useState } from "react";
import { signInAs, useAuthOptions } from "@/api/queries";
import { asApiError } from "@/api/problem";
import { ErrorNotice } from "@/components/error-notice";
import { initials } from "@/lib/text";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import type { Persona } from "@/api/contract";

function PersonaButton({ persona, onPick }: { persona: Persona; onPick: () => void }) {
  return (
    <button
      type="button"
      onClick={onPick}
      className="flex w-full items-center gap-3 border-b border-line px-3 py-3 text-left last:border-b-0 hover:bg-raised-2"
    >
      <span
        aria-hidden
        className="flex size-8 shrink-0 items-center justify-center rounded-full bg-raised-3 text-sm font-semibold"
      >
        {initials(persona.name)}
      </span>
      <span className="min-w-0">
        <span className="block font-medium">{persona.name}</span>
        <span className="block text-text-2">{persona.about}</span>
      </span>
    </button>
  );
}

/** Who to be in the demo: one click. Other modes have no page of their own. */
export function SignInPage() {
  const options = useAuthOptions();
  const [error, setError] = useState<unknown>(null);
  const pick = async (persona: string) => {
    try {
      await signInAs(persona);
      location.reload();
    } catch (cause) {
      setError(cause);
    }
  };
  if (options.error)
    return <ErrorNotice error={options.error} what="sign-in" onRetry={() => void options.refetch()} />;
  if (options.data && options.data.personas.length === 0) {
    return (
      <EmptyState tone="unknown" title="You are not signed in">
        This server has no sign-in page: it is started with an identity for local use.
      </EmptyState>
    );
  }
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center px-4 py-10">
      <div className="flex items-center gap-2 text-lg font-semibold">
        <img src="/favicon.svg" alt="" width="24" height="24" /> Periscope
      </div>
      <h1 className="mt-6 text-xl font-semibold">Who are you today?</h1>
      <p className="mb-4 text-md text-text-2">
        A demonstration with three clusters of its own. Each person sees what Kubernetes shows them, and
        nothing else.
      </p>
      {options.data ? (
        <div className="rounded-lg border border-line-strong bg-raised-1">
          {options.data.personas.map((persona) => (
            <PersonaButton key={persona.id} persona={persona} onPick={() => void pick(persona.id)} />
          ))}
        </div>
      ) : (
        <div className="h-[290px] max-md:h-[308px]">
          <SkeletonLines />
        </div>
      )}
      {error !== null && (
        <p role="alert" className="mt-3 text-danger">
          {asApiError(error).problem.detail}
        </p>
      )}
    </main>
  );
}
