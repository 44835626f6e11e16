import { useState, type ReactNode } from "react";
import { useSearch } from "wouter";
import type { AuthOptions, Persona } from "@/api/contract";
import { loginHref, signInAs, useAuthOptions } from "@/api/queries";
import { asApiError } from "@/api/problem";
import { ErrorNotice } from "@/components/error-notice";
import { hereToReturn } from "@/lib/return-path";
import { initials } from "@/lib/text";
import { EmptyState } from "@/ui/empty-state";
import { SkeletonLines } from "@/ui/skeleton";
import { ToneMark } from "@/ui/tone-mark";
import { requestId, signInProblem } from "./problems";

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

/** Who to be in the demo: one click. */
function Personas({ personas }: { personas: Persona[] }) {
  const [error, setError] = useState<unknown>(null);
  const pick = async (persona: string) => {
    try {
      await signInAs(persona);
      // Loaded anew either way: nothing of whoever was here before may stay.
      if (location.pathname === "/sign-in") location.assign(hereToReturn(location));
      else location.reload();
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <>
      <div className="rounded-lg border border-line-strong bg-raised-1">
        {personas.map((persona) => (
          <PersonaButton key={persona.id} persona={persona} onPick={() => void pick(persona.id)} />
        ))}
      </div>
      {error !== null && (
        <p role="alert" className="mt-3 text-danger">
          {asApiError(error).problem.detail}
        </p>
      )}
    </>
  );
}

/** One way in for each provider. Nobody is sent there without a click: who signed out stays signed out. */
function Providers({ providers }: { providers: { id: string; name: string }[] }) {
  return (
    <ul className="flex flex-col gap-2">
      {providers.map(({ id, name }, at) => (
        <li key={id}>
          <a
            href={loginHref(id, hereToReturn(location))}
            className={`flex h-10 items-center justify-center rounded border text-md font-medium ${
              at === 0
                ? "border-transparent bg-accent text-on-accent hover:brightness-110"
                : "border-line-strong hover:bg-raised-2"
            }`}
          >
            Continue with {name}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** What became of a sign-in or a sign-out before this page. */
function Before() {
  const query = new URLSearchParams(useSearch());
  const code = query.get("problem");
  const id = requestId(query.get("request"));
  if (code !== null) {
    const { title, advice } = signInProblem(code);
    return (
      <div role="alert" className="mb-5 rounded border border-line-strong bg-danger-soft px-3 py-2">
        <p className="flex items-center gap-2 font-medium text-danger">
          <ToneMark tone="danger" /> {title}
        </p>
        <p className="mt-0.5 text-text-1">{advice}</p>
        {id && (
          <p className="mt-0.5 text-sm text-text-2">
            request <span className="mono">{id}</span>
          </p>
        )}
      </div>
    );
  }
  const out = query.get("signed-out");
  if (out === null) return null;
  return (
    <div role="status" className="mb-5 rounded border border-line px-3 py-2 text-text-2">
      <p className="font-medium text-text-1">
        {out === "everywhere" ? "You are signed out everywhere." : "You are signed out."}
      </p>
      <p>The identity provider may still know you: on a shared machine, sign out there too.</p>
    </div>
  );
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-full max-w-md flex-col justify-center px-4 py-10">
      <div className="flex items-center gap-2 text-lg font-semibold">
        <img src="/favicon.svg" alt="" width="24" height="24" /> Periscope
      </div>
      <h1 className="mt-6 mb-1 text-xl font-semibold">{title}</h1>
      {children}
    </main>
  );
}

function Ways({ options }: { options: AuthOptions }) {
  const providers = options.providers ?? [];
  if (options.mode === "demo") {
    return (
      <Frame title="Who are you today?">
        <p className="mb-4 text-md text-text-2">
          A demonstration with three clusters of its own. Each person sees what Kubernetes shows them, and
          nothing else.
        </p>
        <Personas personas={options.personas} />
      </Frame>
    );
  }
  if (providers.length === 0) {
    return (
      <EmptyState tone="unknown" title="You are not signed in">
        This server has no sign-in page: it is started with an identity for local use.
      </EmptyState>
    );
  }
  return (
    <Frame title="Sign in">
      <p className="mb-4 text-md text-text-2">
        You act on clusters under your own name; what you change is recorded.
      </p>
      <Before />
      <Providers providers={providers} />
    </Frame>
  );
}

/** How one gets in here: by an identity provider, or as somebody of the demo. */
export function SignInPage() {
  const options = useAuthOptions();
  if (options.error)
    return <ErrorNotice error={options.error} what="sign-in" onRetry={() => void options.refetch()} />;
  if (options.data) return <Ways options={options.data} />;
  return (
    <Frame title="Sign in">
      <div className="h-[290px] max-md:h-[308px]">
        <SkeletonLines />
      </div>
    </Frame>
  );
}
