/** Why a sign-in came back without a session. Texts are ours: what a provider wrote is never shown. */
export interface SignInProblem {
  title: string;
  /** What to do about it. */
  advice: string;
}

const PROBLEMS: Record<string, SignInProblem> = {
  login_expired: {
    title: "This sign-in is no longer valid",
    advice: "A sign-in is good for ten minutes, once, and in the browser that began it. Begin again below.",
  },
  provider_refused: {
    title: "The identity provider did not sign you in",
    advice:
      "It may have been cancelled, or you may not be assigned to Periscope there. Try again, or ask who looks after the provider.",
  },
  provider_unreachable: {
    title: "The identity provider does not answer",
    advice: "Periscope could not reach it. Try again in a moment; if it stays so, tell who runs Periscope.",
  },
  token_invalid: {
    title: "The identity provider's answer was not accepted",
    advice:
      "Its token did not pass the checks of signature, issuer, audience and time. Who runs Periscope finds the reason in the log, under the request below.",
  },
  groups_claim_missing: {
    title: "Your groups did not arrive",
    advice:
      "Neither the tokens nor the user information of the provider say which groups you are in. The provider has to send the groups claim to Periscope.",
  },
  identity_reserved: {
    title: "This identity cannot be used",
    advice:
      "Its user name or one of its groups begins with system:, which belongs to Kubernetes itself. Have it renamed at the provider.",
  },
  identity_invalid: {
    title: "This identity cannot be used",
    advice:
      "The provider did not say who you are in a form that Kubernetes takes: a user name or the groups are missing, too long or too many.",
  },
  not_recorded: {
    title: "Nobody can sign in right now",
    advice:
      "Every sign-in is recorded before it counts, and the record cannot be written. Tell who runs Periscope.",
  },
};

const OTHER: SignInProblem = {
  title: "You could not be signed in",
  advice: "Try again; if it stays so, give the request below to who runs Periscope.",
};

export const signInProblem = (code: string): SignInProblem =>
  Object.hasOwn(PROBLEMS, code) ? (PROBLEMS[code] ?? OTHER) : OTHER;

/** Ids are made by Periscope: anything else in the address is not repeated. */
export const requestId = (text: string | null): string | null =>
  text !== null && /^[A-Za-z0-9-]{1,64}$/.test(text) ? text : null;
